"""The page of the mock says where it answers otherwise than livekit-server has answered."""

from __future__ import annotations

import pytest

from tests.answers import captures
from tests.answers.script import CODECS, METHODS, Answer, Codec, calls

from .differences import differences, table, written
from .reasons import REASONS


@pytest.fixture(scope="module")
def found() -> dict[Codec, dict[str, list[str]]]:
    return {codec: differences(codec) for codec in CODECS}


def test_both_codecs_have_the_same_differences(
    found: dict[Codec, dict[str, list[str]]],
) -> None:
    assert found["json"] == found["protobuf"]


def test_every_difference_has_a_reason_and_every_reason_a_difference(
    found: dict[Codec, dict[str, list[str]]],
) -> None:
    assert found["protobuf"].keys() == REASONS.keys()


def test_the_table_of_the_page_is_what_replaying_gives() -> None:
    again = "run: python -m tests.mock.differences"

    assert written() == table(), again
    assert written().count("\n") == len(METHODS) == 47


def test_what_is_recorded_is_what_is_replayed() -> None:
    names = [each["name"] for each in captures.exchanges()]

    assert names == [call.name for call in calls()]
    assert len(set(names)) == len(names)


def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = captures.recorded("json")
    other = Answer(200, "application/json", b'{"rooms":[{"name":"other"}]}')
    changed = {**kept, "list-rooms-none": other, "delete-room": kept["token-none"]}
    monkeypatch.setattr(captures, "recorded", lambda codec: changed)

    found = differences("json")

    assert found["list-rooms-none"] == ["without `rooms`"]
    assert found["delete-room"] == ["200, not 401 `unauthenticated`"]
