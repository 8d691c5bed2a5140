"""The fast way to read room configurations accepts and refuses the same as the exact way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto import fields_of
from lkproto.auth import ClaimError
from lkproto.auth._claims_reader import _message, _plain_message
from lkproto.auth._scan import read
from lkproto.livekit import RoomConfiguration

NAMES = [field.json_name for field in fields_of(RoomConfiguration)]
NAMES += [field.proto_name for field in fields_of(RoomConfiguration)]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from([*NAMES, "agentName", "room", "s3"]), inner),
    max_leaves=6,
)


def outcome(way: Any, value: Any) -> Any:
    """The message and the unknown members, or the text of the error."""
    try:
        return way(RoomConfiguration, value, "roomConfig")
    except ClaimError as error:
        return str(error)


@given(st.dictionaries(st.sampled_from([*NAMES, "later"]), VALUES, max_size=4))
def test_both_ways_agree_on_generated_input(value: dict[str, Any]) -> None:
    assert outcome(_plain_message, value) == outcome(_message, value)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ('{"emptyTimeout":60,"later":{"x":[1]}}', True),
        ('{"emptyTimeout":"60"}', True),
        ('{"emptyTimeout":6e1}', True),
        ('{"emptyTimeout":-0}', True),
        ('{"emptyTimeout":60.0}', True),
        ('{"emptyTimeout":60.5}', False),
        ('{"emptyTimeout":60.00000000000000001}', False),
        ('{"emptyTimeout":1e-400}', False),
        ('{"emptyTimeout":1e400}', False),
        ('{"later":1e400}', True),
        ('{"later":%s}' % ("9" * 5000), True),
        ('{"emptyTimeout":%s}' % ("9" * 5000), False),
        ('{"emptyTimeout":60,"empty_timeout":60}', False),
        ('{"agents":[{"agentName":"a","agent_name":"b"}]}', False),
        ('{"agents":[{"restartPolicy":"LATER"}]}', True),
        ('{"agents":[null]}', False),
        ('{"egress":{"tracks":{"s3":{},"gcp":{}}}}', False),
        ('{"tags":{"a":"b"}}', True),
        ('{"tags":{"a":1}}', False),
        ('{"name":1}', False),
        ("[]", False),
        ('"x"', False),
    ],
)
def test_both_ways_agree_on_unusual_input(text: str, taken: bool) -> None:
    value = read(text.encode(), True, 100)
    quick, exact = outcome(_plain_message, value), outcome(_message, value)

    assert quick == exact
    assert isinstance(quick, tuple) == taken


def test_both_ways_agree_on_deep_nesting() -> None:
    value = json.loads('{"later":%s}' % ("[" * 99 + "]" * 99))

    assert outcome(_plain_message, value) == outcome(_message, value)
