"""The mock server and its API, in any order of calls, compared with a model of four dictionaries."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)
from lkproto import TwirpError
from lkproto.livekit import EgressStatus, Room
from lkproto.mock import MockLiveKit
from lkproto.mock._rooms import Rooms

from .support import examples

ROOMS = st.sampled_from(["red", "blue", "green"])
PEOPLE = st.sampled_from(["ann", "bob", "eve"])
WORDS = st.sampled_from(["", "a", "größe"])
FINAL = (
    EgressStatus.EGRESS_COMPLETE,
    EgressStatus.EGRESS_ABORTED,
    EgressStatus.EGRESS_FAILED,
)


class MockServer(RuleBasedStateMachine):
    """A mock, and what should be in it: metadata of rooms and people, tracks, egress."""

    egresses: Bundle[str] = Bundle("egresses")

    def __init__(self) -> None:
        super().__init__()
        self.mock = MockLiveKit().start()
        self.api = self.mock.api()
        self.rooms: dict[str, str] = {}
        self.people: dict[tuple[str, str], str] = {}
        self.tracks: dict[str, tuple[str, str]] = {}
        self.active: set[str] = set()
        self.ended: set[str] = set()

    def teardown(self) -> None:
        """Close both; the events are those of the model."""
        try:
            self.check_events()
        finally:
            self.api.close()
            self.mock.stop()

    def check_events(self) -> None:
        """What began and has not ended is there."""
        events = Counter(event.event for event in self.mock.webhooks)
        for began, ended, there in (
            ("room_started", "room_finished", self.rooms),
            ("participant_joined", "participant_left", self.people),
            ("egress_started", "egress_ended", self.active),
        ):
            assert events[began] - events[ended] == len(there), began

    @rule(room=ROOMS, metadata=WORDS)
    def create_room(self, room: str, metadata: str) -> None:
        made = self.api.room.create_room(name=room, metadata=metadata)
        assert made.metadata == self.rooms.setdefault(room, metadata)

    @rule(room=ROOMS)
    def delete_room(self, room: str) -> None:
        with refused("not_found", room not in self.rooms):
            self.api.room.delete_room(room=room)
        self.rooms.pop(room, None)
        for person in [each for each in self.people if each[0] == room]:
            self.gone(person)

    @rule(room=ROOMS, metadata=WORDS)
    def describe_room(self, room: str, metadata: str) -> None:
        with refused("not_found", room not in self.rooms):
            self.api.room.update_room_metadata(room=room, metadata=metadata)
            self.rooms[room] = metadata

    @rule(room=ROOMS, person=PEOPLE, metadata=WORDS)
    def join(self, room: str, person: str, metadata: str) -> None:
        self.gone((room, person))
        self.mock.join(room, person, metadata=metadata)
        self.rooms.setdefault(room, "")
        self.people[room, person] = metadata

    @rule(room=ROOMS, person=PEOPLE)
    def remove(self, room: str, person: str) -> None:
        with refused("not_found", (room, person) not in self.people):
            self.api.room.remove_participant(room=room, identity=person)
        self.gone((room, person))

    @rule(room=ROOMS, person=PEOPLE, metadata=WORDS)
    def describe(self, room: str, person: str, metadata: str) -> None:
        with refused("not_found", (room, person) not in self.people):
            self.api.room.update_participant(
                room=room, identity=person, metadata=metadata
            )
            # An empty text is that of a field that is not set.
            self.people[room, person] = metadata or self.people[room, person]

    @rule(room=ROOMS, person=PEOPLE)
    def publish(self, room: str, person: str) -> None:
        if (room, person) in self.people:
            self.tracks[self.mock.publish(room, person).sid] = (room, person)

    @rule(room=ROOMS, person=PEOPLE, to=ROOMS)
    def move(self, room: str, person: str, to: str) -> None:
        if (room, person) not in self.people or to not in self.rooms or to == room:
            return
        self.gone((to, person))
        self.api.room.move_participant(room=room, identity=person, destination_room=to)
        self.people[to, person] = self.people[room, person]
        for sid, who in self.tracks.items():
            if who == (room, person):  # who is moved publishes on
                self.tracks[sid] = (to, person)
        self.gone((room, person))

    @rule(target=egresses)
    def record(self) -> str:
        info = self.api.egress.start_web_egress(url="https://example.com")
        self.active.add(info.egress_id)
        return info.egress_id

    @rule(egress=egresses)
    def stop_recording(self, egress: str) -> None:
        with refused("failed_precondition", egress in self.ended):
            info = self.api.egress.stop_egress(egress_id=egress)
            assert info.status == EgressStatus.EGRESS_ENDING
        self.over(egress)

    @rule(egress=consumes(egresses), status=st.sampled_from(FINAL))
    def end_recording(self, egress: str, status: EgressStatus) -> None:
        if egress in self.active:
            self.mock.update_egress(egress, status)
            self.over(egress)

    @invariant()
    def rooms_are_as_expected(self) -> None:
        found = {room.name: room for room in self.api.room.list_rooms().rooms}
        assert {name: room.metadata for name, room in found.items()} == self.rooms
        there = Counter(room for room, _ in self.people)
        assert {name: room.num_participants for name, room in found.items()} == {
            name: there[name] for name in self.rooms
        }

    @invariant()
    def people_are_as_expected(self) -> None:
        for room in self.rooms:
            found = self.api.room.list_participants(room=room).participants
            expected = {
                who: data for (where, who), data in self.people.items() if where == room
            }
            assert {each.identity: each.metadata for each in found} == expected
            for each in found:
                own = {
                    sid
                    for sid, who in self.tracks.items()
                    if who == (room, each.identity)
                }
                assert {track.sid for track in each.tracks} == own

    @invariant()
    def recordings_are_as_expected(self) -> None:
        def ids(**fields: Any) -> set[str]:
            return {
                info.egress_id for info in self.api.egress.list_egress(**fields).items
            }

        assert ids() == self.active | self.ended
        assert ids(active=True) == self.active

    def gone(self, person: tuple[str, str]) -> None:
        """Somebody leaves, with their tracks."""
        self.people.pop(person, None)
        self.tracks = {sid: who for sid, who in self.tracks.items() if who != person}

    def over(self, egress: str) -> None:
        """An egress ends."""
        self.active.discard(egress)
        self.ended.add(egress)


class refused:  # noqa: N801 - it reads as a part of `with`
    """Expects that a call is refused with a code, if it should be."""

    def __init__(self, code: str, expected: bool) -> None:
        self._code, self._expected = code, expected

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        code = error.code.value if isinstance(error, TwirpError) else None
        if error is not None and code is None:
            return False
        assert code == (self._code if self._expected else None), error
        return True


MockServer.TestCase.settings = examples(15, 1_000)
FOUND = settings(examples(200, 200), phases=[Phase.generate])


@pytest.mark.slow
class TestMockServer(MockServer.TestCase):  # type: ignore[misc,valid-type]
    """The machine, run by pytest."""


def test_the_machine_finds_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rooms, "update_room_metadata", lambda *_: Room())

    with pytest.raises(AssertionError):
        run_state_machine_as_test(MockServer, settings=FOUND)
