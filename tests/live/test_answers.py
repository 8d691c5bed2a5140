"""The server answers each method as it did when its answers were recorded, with both codecs."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.answers import captures
from tests.answers.normal import normal, shape
from tests.answers.script import CODECS, METHODS, Answer, Codec, calls, play
from tests.services.livekit_server import LiveKitServer
from tests.services.redis_server import RedisServer

from .conftest import KEYS, needs_session, shown
from .stage import LiveStage

needs_session()
Answers = dict[str, Answer]
# What no worker does here, and what the open server has not.
_NEVER = {
    "livekit.Egress/StartEgress",
    "livekit.Egress/StartParticipantEgress",
    "livekit.Egress/StartRoomCompositeEgress",
    "livekit.Egress/StartTrackCompositeEgress",
    "livekit.Egress/StartTrackEgress",
    "livekit.Egress/StartWebEgress",
    "livekit.Egress/StopEgress",
    "livekit.Egress/UpdateLayout",
    "livekit.Egress/UpdateStream",
    "livekit.RoomService/ForwardParticipant",
    "livekit.RoomService/MoveParticipant",
    "livekit.SIP/CreateSIPParticipant",
    "livekit.SIP/TransferSIPParticipant",
}


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> dict[Codec, Answers]:
    """The script, played with each codec on a server of its own."""

    folders = [tmp_path_factory.mktemp(codec) for codec in CODECS]
    with ThreadPoolExecutor() as pool:
        found = dict(zip(CODECS, pool.map(_played, folders, CODECS), strict=True))
    if request.config.getoption("--record"):
        captures.record(found)
        captures.exchanges.cache_clear()
    return found


def _played(folder: Path, codec: Codec) -> Answers:
    redis = RedisServer(folder)
    with shown(redis):
        server = LiveKitServer(folder, KEYS, [], redis=redis.port)
        with shown(server), LiveStage(server) as stage:
            return play(stage, codec)


@pytest.mark.parametrize("codec", CODECS)
def test_the_server_answers_as_it_is_recorded(
    answers: dict[Codec, Answers], codec: Codec
) -> None:
    kept = captures.recorded(codec)

    for call in calls():
        method = METHODS[call.path]
        now, then = answers[codec][call.name], kept[call.name]
        assert now.type == then.type, call.name
        assert normal(method, codec, now) == normal(method, codec, then), call.name


def test_the_recording_is_of_the_calls_that_are_made(
    answers: dict[Codec, Answers],
) -> None:
    kept = [
        {name: value for name, value in each.items() if name not in CODECS}
        for each in captures.exchanges()
    ]

    assert kept == json.loads(json.dumps([captures.told(call) for call in calls()]))


def test_both_codecs_get_the_same(answers: dict[Codec, Answers]) -> None:
    for call in calls():
        method = METHODS[call.path]
        first, second = (
            normal(method, codec, answers[codec][call.name]) for codec in CODECS
        )
        assert first == second, call.name


def test_json_has_the_members_that_it_had(answers: dict[Codec, Answers]) -> None:
    kept = captures.recorded("json")

    for name, answer in answers["json"].items():
        if answer.status == 200:
            now, then = (json.loads(each.body) for each in (answer, kept[name]))
            assert shape(now) == shape(then), name


def test_every_method_is_answered_with_200_that_needs_no_worker(
    answers: dict[Codec, Answers],
) -> None:
    answered = {
        call.path for call in calls() if answers["json"][call.name].status == 200
    }

    assert answered == METHODS.keys() - _NEVER
    assert len(METHODS) == 47


def test_no_field_of_an_answer_is_unknown(answers: dict[Codec, Answers]) -> None:
    for call in calls():
        answer = answers["json"][call.name]
        if answer.status == 200:
            METHODS[call.path].output_type.from_json(answer.body)
