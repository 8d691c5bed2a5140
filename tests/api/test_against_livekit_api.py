"""livekit-api and ours make the same calls to one server, and what they send is compared."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import reduce
from importlib.util import find_spec
from typing import Any, NamedTuple

import pytest
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI

from .methods import ATTRIBUTES, METHODS
from .recorder import Recorded, Recorder, recording
from .wire import (
    HEADERS,
    LACKING,
    LACKING_SERVICES,
    NONCE,
    OUR_TTL,
    SHARED,
    THEIR_TTL,
    WITH_MAPS,
    Shared,
    as_theirs,
)

pytestmark = [
    pytest.mark.skipif(
        find_spec("livekit") is None or find_spec("livekit.api") is None,
        reason="livekit-api is not installed (dependency group peers)",
    ),
    pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning"),
]
KEY, SECRET = "APIwire", "wire-secret-wire-secret-wire-sec"  # public
SERVICES = ("room", "egress", "ingress", "sip", "agent_dispatch", "connector")
shared = pytest.mark.parametrize("shared", SHARED, ids=lambda each: each.theirs)


class Peer(NamedTuple):
    """What livekit-api sent, by its functions, and all of them, and those it says are deprecated."""

    sent: dict[str, list[Recorded]]
    deprecated: list[str]
    functions: list[str]


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording() as running:
        yield running


@pytest.fixture(scope="module")
def peer(recorder: Recorder) -> Peer:
    command = [sys.executable, "-m", "tests.api.wire_peer", recorder.url, KEY, SECRET]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    requests = iter(recorder.taken())
    sent = {
        each.theirs: [next(requests) for _ in each.requests(each.method)]
        for each in SHARED
    }
    assert not [*requests]
    return Peer(sent, **json.loads(done.stdout))


def named(api: Any, path: str) -> Any:
    return reduce(getattr, path.split("."), api)


def sent_by_us(shared: Shared, recorder: Recorder) -> list[Recorded]:
    with LiveKitAPI(recorder.url, KEY, SECRET) as api:
        for request in shared.requests(shared.method):
            named(api, shared.ours)(request)
    return recorder.taken()


async def sent_by_us_async(shared: Shared, recorder: Recorder) -> list[Recorded]:
    async with AsyncLiveKitAPI(recorder.url, KEY, SECRET) as api:
        for request in shared.requests(shared.method):
            await named(api, shared.ours)(request)
    return recorder.taken()


def test_every_function_of_livekit_api_is_compared(peer: Peer) -> None:
    assert sorted(peer.functions) == sorted(each.theirs for each in SHARED)


def test_what_livekit_api_lacks_is_listed() -> None:
    ours = {f"{ATTRIBUTES[each.service]}.{each.python_name}" for each in METHODS}
    compared = {each.ours for each in SHARED}

    assert {each.partition(".")[0] for each in ours} == {*SERVICES, *LACKING_SERVICES}
    assert {
        each for each in ours - compared if each.partition(".")[0] in SERVICES
    } == LACKING


@shared
def test_the_same_call_is_the_same_request(
    shared: Shared, peer: Peer, recorder: Recorder
) -> None:
    theirs = peer.sent[shared.theirs]
    ours = sent_by_us(shared, recorder)
    ours_async = asyncio.run(sent_by_us_async(shared, recorder))

    assert len(theirs) == len(ours) == len(ours_async) > 0
    for one, other, later in zip(theirs, ours, ours_async, strict=True):
        assert one.path == other.path == later.path == f"/twirp/{shared.method.path}"
        assert other.body == later.body
        check_bodies(shared, one.body, other.body)
        check_headers(one.headers, other.headers)
        check_headers(one.headers, later.headers)
        check_claims(one.claims, other.claims)
        check_claims(one.claims, later.claims)


def check_bodies(shared: Shared, theirs: bytes, ours: bytes) -> None:
    """The same bytes, but for what the tables tell."""
    cls: Any = shared.method.input_type
    if shared.theirs in NONCE:
        one, other = map(cls.from_bytes, (theirs, ours))
        assert len(one.nonce) == 16 != len(other.nonce)
        one.nonce = other.nonce
        assert one == other
    elif shared.theirs in WITH_MAPS:
        assert len(theirs) == len(ours)
        assert cls.from_bytes(theirs) == cls.from_bytes(ours)
    else:
        assert theirs == ours


def check_headers(theirs: dict[str, str], ours: dict[str, str]) -> None:
    """The same headers, but for what the table tells."""
    for name in (theirs.keys() | ours.keys() | HEADERS.keys()) - {"content-length"}:
        if name not in HEADERS:
            assert theirs.get(name) == ours.get(name), name
            continue
        difference = HEADERS[name]
        for value, pattern in (
            (theirs.get(name), difference.theirs),
            (ours.get(name), difference.ours),
        ):
            if pattern is None:
                assert value is None, name
            else:
                assert re.fullmatch(pattern, value or ""), name


def check_claims(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """The same claims, but for what `as_theirs` tells; times may be those of another second."""
    assert ours["exp"] - ours["nbf"] == OUR_TTL
    assert abs(theirs["nbf"] - ours["nbf"]) < 60
    moved = ours | {"nbf": theirs["nbf"]}
    assert as_theirs(moved) | {"exp": theirs["exp"]} == theirs
    assert abs(theirs["exp"] - theirs["nbf"] - THEIR_TTL) < 2


def test_functions_that_are_deprecated_are_listed(peer: Peer) -> None:
    assert peer.deprecated == [each.theirs for each in SHARED if each.deprecated]
