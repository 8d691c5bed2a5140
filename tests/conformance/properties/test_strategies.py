"""Strategies: what they make is what they say, for every message, quickly, and shrinks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from lkproto import (
    DecodeError,
    Message,
    clear_unknown,
    fields_of,
    has_unknown,
    unknown_bytes,
)
from lkproto.auth import AuthError, TokenVerifier
from lkproto.google.protobuf import FileOptions, Struct, Timestamp
from lkproto.livekit import (
    DeleteRoomRequest,
    EgressInfo,
    ParticipantInfo,
    ParticipantPermission,
    Room,
    TimedVersion,
    WebhookEvent,
)
from lkproto.webhook import WebhookReceiver
from lkproto_conformance import strategies
from lkproto_conformance.message_types import message_types
from lkproto_conformance.strategies import from_message, hostile_json, hostile_wire

from tests.support import sampled

from .support import examples

SECOND = 200
"""Examples that have to be made in a second of processor time."""
QUICK = settings(
    max_examples=400,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", sampled([*message_types()]))
def test_messages_of_any_type_survive_bytes_json_and_text(name: str) -> None:
    cls = message_types()[name]

    @examples(5, 100)
    @given(from_message(cls))
    def hold(message: Any) -> None:
        assert cls.from_bytes(message.to_bytes()) == message
        assert cls.from_json(message.to_json()) == message
        assert cls.from_text(message.to_text()) == message

    hold()


@pytest.mark.parametrize("name", sampled([*message_types()]))
def test_messages_at_the_edges_survive_bytes(name: str) -> None:
    cls = message_types()[name]

    @examples(5, 100)
    @given(from_message(cls, "boundary"))
    def hold(message: Any) -> None:
        again = cls.from_bytes(message.to_bytes())
        assert again.to_bytes(deterministic=True) == message.to_bytes(
            deterministic=True
        )

    hold()


SOUGHT: dict[str, tuple[type[Message], Callable[[Any], bool]]] = {
    "the largest integer": (TimedVersion, lambda version: version.ticks == 2**31 - 1),
    "the smallest integer": (TimedVersion, lambda it: it.unix_micro == -(2**63)),
    "a text outside the basic plane": (
        DeleteRoomRequest,
        lambda it: "\U0001f600" in it.room,
    ),
    "a long text": (DeleteRoomRequest, lambda it: len(it.room) > 100),
    "fields that are not known": (Room, has_unknown),
    "an enum number without a name": (
        ParticipantInfo,
        lambda info: info.state.name.lstrip("-").isdecimal(),
    ),
    "each member of a oneof": (
        EgressInfo,
        lambda info: bool(info.web and info.web.url),
    ),
    "presence without a value": (
        FileOptions,
        lambda options: options.java_package == "",
    ),
}


@pytest.mark.parametrize("what", SOUGHT)
def test_edges_are_sought(what: str) -> None:
    cls, is_it = SOUGHT[what]
    find(
        from_message(cls, "boundary"),
        is_it,
        settings=settings(QUICK, max_examples=20_000),
    )


@pytest.mark.parametrize(
    "is_it", [math.isnan, math.isinf, lambda x: x == 5e-324, lambda x: str(x) == "-0.0"]
)
def test_odd_floats_are_sought(is_it: Callable[[float], bool]) -> None:
    find(strategies.floats(64, "boundary"), is_it, settings=QUICK)


def test_examples_shrink_to_what_matters() -> None:
    found = find(from_message(Room), lambda room: room.max_participants > 1000)

    assert found == Room(max_participants=1001)


def test_members_of_a_oneof_exclude_each_other() -> None:
    fields = [field for field in fields_of(EgressInfo) if field.oneof == "request"]
    assert len(fields) > 3

    @examples(50, 500)
    @given(from_message(EgressInfo))
    def hold(message: EgressInfo) -> None:
        assert sum(getattr(message, field.name) is not None for field in fields) <= 1

    hold()


@pytest.mark.parametrize("cls", [Timestamp, Struct])
def test_well_known_types_are_in_the_range_of_json(cls: Any) -> None:
    @examples(50, 500)
    @given(from_message(cls, "boundary"))
    def hold(message: Any) -> None:
        assert cls.from_json(message.to_json()) == message

    hold()


def test_unknown_fields_are_unknown() -> None:
    @examples(50, 500)
    @given(strategies.unknown_fields(Room))
    def hold(data: bytes) -> None:
        room = Room.from_bytes(data)
        assert unknown_bytes(room) == data
        clear_unknown(room)
        assert room == Room()

    hold()


def test_hostile_bytes_are_mostly_refused_and_sometimes_not() -> None:
    verdicts: list[bool] = []

    @QUICK
    @given(hostile_wire(Room))
    def judge(data: bytes) -> None:
        try:
            Room.from_bytes(data)
        except DecodeError:
            verdicts.append(False)
        else:
            verdicts.append(True)

    judge()
    assert 0.05 < sum(verdicts) / len(verdicts) < 0.9


HOSTILE = {
    "deep nesting": lambda text: text.count("[") >= 100,
    "a name that comes again": lambda text: text.count('"ticks":') > 1,
    "a lone surrogate": lambda text: "\\ud800" in text and "\\udc00" not in text,
    "a number as a text": lambda text: ':"1"' in text,
    "an exponent": lambda text: ":1e2" in text,
    "a name of the schema": lambda text: '"unix_micro"' in text,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_json_has(what: str) -> None:
    find(
        hostile_json(TimedVersion),
        HOSTILE[what],
        settings=settings(QUICK, max_examples=20_000),
    )


@examples(60, 1_000)
@given(strategies.valid_tokens())
def test_valid_tokens_verify(token: strategies.Token) -> None:
    verifier = TokenVerifier(keys=token.keys, profile="strict", clock=lambda: token.now)

    verifier.verify(token.text)


@examples(60, 1_000)
@given(strategies.webhook_deliveries())
def test_deliveries_are_received_if_they_were_not_tampered_with(
    given: strategies.Delivery,
) -> None:
    receiver = WebhookReceiver(
        keys=given.keys, profile="strict", clock=lambda: given.now
    )

    if given.tampering == "none":
        receiver.receive(given.body, given.authorization)
    else:
        with pytest.raises(AuthError):
            receiver.receive(given.body, given.authorization)


FAST: dict[str, st.SearchStrategy[Any]] = {
    "Room": from_message(Room),
    "Room at the edges": from_message(Room, "boundary"),
    "WebhookEvent": from_message(WebhookEvent),
    "permissions": from_message(ParticipantPermission),
    "hostile wire": hostile_wire(Room),
    "hostile JSON": hostile_json(Room),
    "grants": strategies.grants(),
    "tokens": strategies.tokens(),
    "deliveries": strategies.webhook_deliveries(),
    "exchanges": strategies.twirp_exchanges(),
}


@pytest.mark.parametrize("name", FAST)
def test_examples_are_made_quickly(name: str) -> None:
    count = 0

    @settings(QUICK, max_examples=100)
    @given(FAST[name])
    def make(_: Any) -> None:
        nonlocal count
        count += 1

    make()  # imports, and tables of hypothesis
    count, begun = 0, time.process_time()
    make()

    # A tenth of what is measured on a machine that is free, for one that is not.
    assert count / (time.process_time() - begun) > SECOND / 4
