"""Deliveries that are repeated, forged or signed with another key of the server."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from lkproto.auth import (
    ExpiredTokenError,
    SignatureError,
    TokenError,
    WrongIssuerError,
    parse_unverified,
)
from lkproto.webhook import BodyHashError, WebhookReceiver

from . import scenario
from .conftest import FIRST, KEYS, SECOND, Run, needs_session
from .sink import Delivery

needs_session()


def one_of_each(run: Run) -> list[Delivery]:
    """A delivery of each kind."""
    return [run.hook.of(name)[0].delivery for name in scenario.KINDS]


def flipped(text: bytes, index: int) -> bytes:
    """A text with another bit in one byte."""
    return text[:index] + bytes([text[index] ^ 1]) + text[index + 1 :]


def test_a_body_of_which_any_byte_differs_is_refused(run: Run) -> None:
    receiver = WebhookReceiver(keys=KEYS)

    for number, delivery in enumerate(one_of_each(run)):
        # All bytes of all bodies would take a minute.
        for index in range(number % 7, len(delivery.body), 7):
            with pytest.raises(BodyHashError):
                receiver.receive(flipped(delivery.body, index), delivery.authorization)


def test_a_body_that_was_parsed_and_written_again_is_refused_with_both_lengths(
    run: Run,
) -> None:
    receiver = WebhookReceiver(keys=KEYS)

    for delivery in one_of_each(run):
        written = json.dumps(json.loads(delivery.body), indent=1).encode()

        with pytest.raises(BodyHashError) as refused:
            receiver.receive(written, delivery.authorization)
        assert "the body was parsed and written again" in str(refused.value)
        assert f"has {len(written)} bytes" in str(refused.value)
        assert f"signed has {len(delivery.body)};" in str(refused.value)


def test_the_token_of_one_delivery_is_not_good_for_another(run: Run) -> None:
    receiver = WebhookReceiver(keys=KEYS)
    deliveries = one_of_each(run)

    for delivery, other in pairwise(deliveries):
        with pytest.raises(BodyHashError):
            receiver.receive(delivery.body, other.authorization)


def test_a_changed_token_is_refused(run: Run) -> None:
    receiver = WebhookReceiver(keys=KEYS)
    delivery = run.hook.deliveries[0]
    head, payload, signature = delivery.authorization.split(".")
    last = "A" if signature[0] != "A" else "B"
    changed = f"{head}.{payload}.{last}{signature[1:]}"

    with pytest.raises(SignatureError):
        receiver.receive(delivery.body, changed)
    for index in range(0, len(payload), 5):
        changed = flipped(payload.encode(), index).decode()
        with pytest.raises(TokenError):
            receiver.receive(delivery.body, f"{head}.{changed}.{signature}")


def test_a_delivery_is_good_for_its_five_minutes_and_the_leeway(run: Run) -> None:
    delivery = run.hook.deliveries[0]
    now = time.time()

    WebhookReceiver(keys=KEYS, clock=lambda: now + 290).receive(
        delivery.body, delivery.authorization
    )
    with pytest.raises(ExpiredTokenError):
        WebhookReceiver(keys=KEYS, clock=lambda: now + 361).receive(
            delivery.body, delivery.authorization
        )


def test_a_receiver_with_both_keys_takes_what_either_signs(run: Run) -> None:
    first, second = run.hook, run.applications["/second-key"]
    signers = [parse_unverified(each.authorization) for each in second.deliveries]

    assert {FIRST} == {parse_unverified(e.authorization) for e in first.deliveries}
    assert set(signers) == {SECOND}
    assert first.refused == second.refused == []
    for name, delivery in (
        (FIRST, second.deliveries[0]),
        (SECOND, first.deliveries[0]),
    ):
        with pytest.raises(WrongIssuerError):
            WebhookReceiver(name, KEYS[name]).receive(
                delivery.body, delivery.authorization
            )


def test_a_receiver_without_the_key_refuses_all_and_names_it(run: Run) -> None:
    other = run.applications["/other-key"]

    assert len(other.deliveries) == len(other.refused) > 0
    assert other.events == []
    for error in other.refused:
        assert isinstance(error, WrongIssuerError)
        assert FIRST in str(error)


def test_a_refusal_is_not_repeated(run: Run) -> None:
    bodies = [each.body for each in run.applications["/other-key"].deliveries]

    assert len(set(bodies)) == len(bodies)


@pytest.mark.parametrize(
    ("path", "handled", "seconds"),
    [
        ("/fails-once", [None, True], 1),  # what failed is done when it comes again
        ("/answer-lost", [True, False], 1),  # what was done is not done again
        ("/busy", [True, False], 2),  # after as long as Retry-After says
    ],
)
def test_what_is_answered_with_5xx_comes_again_the_same(
    run: Run, path: str, handled: list[bool | None], seconds: int
) -> None:
    application = run.applications[path]
    attempts = application.of("room_started")
    first, second = (each.delivery for each in attempts)

    assert (first.body, first.authorization) == (second.body, second.authorization)
    assert attempts[0].event == attempts[1].event
    assert seconds - 0.1 < second.at - first.at < seconds + 4
    assert [each.handled for each in attempts] == handled
    assert len(application.taken) == sum(scenario.KINDS.values()) + 1


def test_the_events_of_a_room_wait_for_the_one_that_is_repeated(run: Run) -> None:
    for path in ("/fails-once", "/answer-lost", "/busy"):
        events = [each for each in run.applications[path].events if each.room]

        assert [each.event for each in events[:2]] == ["room_started"] * 2
