"""Every message of the schema means the same to google's protobuf, in bytes, JSON and text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import json_format, text_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lkproto import clear_unknown, find_message
from lkproto._index import TYPES
from lkproto._runtime.binary import decode as exact_decode
from lkproto._runtime.binary import encode as exact_encode
from lkproto._runtime.codec import fallbacks
from lkproto._runtime.json import decode as exact_parse
from lkproto._runtime.json import encode as exact_print
from lkproto_conformance.strategies import from_message

from tests.support import sampled

NAMES = [
    name
    for name in TYPES
    if find_message(name) and not name.startswith("google.protobuf.")
]
QUICK = settings(
    max_examples=6,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


# google's json_format prints the largest 32-bit float like this, and refuses to read it.
FLT_MAX = "3.4028235e+38"


def messages(cls: Any) -> st.SearchStrategy[Any]:
    """Messages at the edges of what JSON can express."""

    def known(message: Any) -> Any:
        clear_unknown(message)
        return message

    made = from_message(cls, "boundary").map(known)
    return made.filter(lambda message: FLT_MAX not in message.to_json())


def test_the_schema_has_all_its_messages() -> None:
    # 643 of livekit/protocol, 2 of psrpc's options, 10 of ours
    assert len(NAMES) == 655


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", sampled(NAMES))
def test_bytes_json_and_text_mean_the_same(
    name: str, google_class: Callable[[str], Any]
) -> None:
    ours: Any = find_message(name)
    theirs = google_class(name)

    @QUICK
    @given(st.data())
    def compare(data: st.DataObject) -> None:
        message = data.draw(messages(ours))
        fallbacks.clear()
        encoded = message.to_bytes(deterministic=True)
        peer = theirs.FromString(encoded)

        # Our own re-encoding makes their answers comparable, which their order of map entries and
        # NaN's inequality do not.
        def canonical(data: bytes) -> bytes:
            return ours.from_bytes(data).to_bytes(deterministic=True)

        assert canonical(encoded) == encoded
        assert canonical(peer.SerializeToString()) == encoded
        assert message.to_dict() == json_format.MessageToDict(peer)
        read = ours.from_json(json_format.MessageToJson(peer))
        assert read.to_bytes(deterministic=True) == encoded
        parsed = json_format.Parse(message.to_json(), theirs())
        assert canonical(parsed.SerializeToString()) == encoded
        read = ours.from_text(text_format.MessageToString(peer))
        assert read.to_bytes(deterministic=True) == encoded
        parsed = text_format.Parse(message.to_text(), theirs())
        assert canonical(parsed.SerializeToString()) == encoded

        assert message.to_bytes() == exact_encode.encode(message)
        assert (
            exact_decode.decode(ours, encoded).to_bytes(deterministic=True) == encoded
        )
        text = message.to_json()
        assert text == exact_print.to_json(message)
        assert exact_parse.from_json(ours, text).to_bytes(deterministic=True) == encoded
        assert not fallbacks

    compare()
