"""Which events of a participant still count."""

from __future__ import annotations

import itertools

import pytest
from lkproto.webhook import EVENTS, ParticipantEvent, ParticipantOrder

from .support import event


def of(name: str, sid: str, at: int, identity: str = "ann") -> ParticipantEvent:
    made = EVENTS[f"participant_{name}"](
        event(f"participant_{name}", sid=sid, at=at, identity=identity)
    )
    assert isinstance(made, ParticipantEvent)
    return made


def accepted(*events: ParticipantEvent) -> list[bool]:
    order = ParticipantOrder()
    return [order.accept(each) for each in events]


@pytest.mark.parametrize("gone", ["left", "connection_aborted"])
def test_a_late_departure_does_not_undo_that_the_participant_came_again(
    gone: str,
) -> None:
    for at in (5, 6):  # also in the same second
        first, again = of("joined", "PA_1", 1), of("joined", "PA_2", 6)
        assert accepted(first, again, of(gone, "PA_1", at)) == [True, True, False]


def test_who_has_left_does_not_come_with_the_same_sid() -> None:
    assert accepted(of("left", "PA_1", 5), of("joined", "PA_1", 1)) == [True, False]
    assert accepted(of("left", "PA_1", 5), of("joined", "PA_1", 5)) == [True, False]


def test_in_order_everything_counts() -> None:
    assert all(
        accepted(
            of("joined", "PA_1", 1),
            of("left", "PA_1", 1),
            of("joined", "PA_2", 1),
            of("left", "PA_2", 9),
        )
    )


def test_participants_do_not_concern_each_other() -> None:
    assert all(accepted(of("joined", "PA_2", 9), of("left", "PA_1", 1, "bob")))


def test_in_any_order_the_last_one_that_counts_is_the_last_that_happened() -> None:
    happened = [
        of("joined", "PA_1", 1),
        of("left", "PA_1", 2),
        of("joined", "PA_2", 3),
        of("left", "PA_2", 4),
        of("joined", "PA_3", 5),
    ]
    for arrival in itertools.permutations(happened):
        order = ParticipantOrder()
        counted = [each for each in arrival if order.accept(each)]
        assert counted[-1] == happened[-1]


def test_only_so_many_participants_are_kept() -> None:
    order = ParticipantOrder(most=1)

    assert order.accept(of("joined", "PA_2", 9))
    assert order.accept(of("joined", "PA_3", 9, "bob"))
    assert order.accept(of("left", "PA_1", 1))
