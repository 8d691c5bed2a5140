"""Requests of `lkproto call`: fields as options, JSON, both; typed errors; secrets."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto import fields_of
from lkproto.livekit import CreateRoomRequest, CreateSIPParticipantRequest
from lkproto_cli.call_method import about_fields, called_services, method_names

from .calls import NOWHERE, call, dry
from .conftest import Project

CREATE = "RoomService/CreateRoom"
PARTICIPANT = "SIP/CreateSIPParticipant"


@pytest.mark.parametrize(
    ("method", "words", "request_json"),
    [
        (CREATE, ["--name", "r"], {"name": "r"}),
        (CREATE, ["--name=a=b"], {"name": "a=b"}),
        (CREATE, ["--empty-timeout", "300"], {"emptyTimeout": 300}),
        (CREATE, ["--empty_timeout", "300"], {"emptyTimeout": 300}),
        (CREATE, ["--emptyTimeout=300"], {"emptyTimeout": 300}),
        (CREATE, ["--sync-streams", "--name", "r"], {"syncStreams": True, "name": "r"}),
        (CREATE, ["--sync-streams", "false"], {}),
        (
            CREATE,
            ["--tags", "a=1", "--tags", "b=x=y"],
            {"tags": {"a": "1", "b": "x=y"}},
        ),
        (
            CREATE,
            ["--agents", '{"agentName":"a"}', "--agents", '{"agent_name":"b"}'],
            {"agents": [{"agentName": "a"}, {"agentName": "b"}]},
        ),
        (
            CREATE,
            ["--egress", '{"room":{"layout":"grid"}}', "--egress.room.audioOnly"],
            {"egress": {"room": {"layout": "grid", "audioOnly": True}}},
        ),
        (
            CREATE,
            ["--egress.room.layout", "grid", "--field", "egress.room.audio_only=true"],
            {"egress": {"room": {"layout": "grid", "audioOnly": True}}},
        ),
        (
            "RoomService/ListRooms",
            ["--names", "a", "--names", "b"],
            {"names": ["a", "b"]},
        ),
        (
            "RoomService/SendData",
            ["--field", "data=aGk=", "--kind", "lossy"],
            {"data": "aGk=", "kind": "LOSSY"},
        ),
        (PARTICIPANT, ["--ringing-timeout", "30s"], {"ringingTimeout": "30s"}),
        (PARTICIPANT, ["--ringing-timeout", "1.5s"], {"ringingTimeout": "1.500s"}),
        (PARTICIPANT, ["--ringing-timeout", "1h30m"], {"ringingTimeout": "5400s"}),
        (
            PARTICIPANT,
            ["--media-encryption", "require", "--include-headers", "1"],
            {
                "mediaEncryption": "SIP_MEDIA_ENCRYPT_REQUIRE",
                "includeHeaders": "SIP_X_HEADERS",
            },
        ),
        (
            PARTICIPANT,
            ["--headers", "X-A=b", "--display-name", ""],
            {"headers": {"X-A": "b"}, "displayName": ""},
        ),
    ],
)
def test_fields_are_options(
    method: str, words: list[str], request_json: Any, project: Project
) -> None:
    assert dry(project, method, *words)["request"] == request_json


def test_json_comes_from_the_command_line_a_file_or_stdin(project: Project) -> None:
    project.write("r.json", '{"name": "r", "emptyTimeout": 3}')
    wanted = {"name": "r", "emptyTimeout": 3}

    assert dry(project, CREATE, "--data-file", "r.json")["request"] == wanted
    line = '{"name":"r","empty_timeout":3}'
    assert dry(project, CREATE, "--data", line)["request"] == wanted
    assert dry(project, CREATE, "--data", "-", stdin=line.encode())["request"] == wanted


def test_options_replace_what_json_says_field_by_field(project: Project) -> None:
    json = (
        '{"name":"r","syncStreams":true,"tags":{"a":"1"},'
        '"egress":{"room":{"layout":"grid","audioOnly":true}}}'
    )
    words = ("--sync-streams=false", "--tags", "b=2", "--egress.room.layout", "speaker")

    assert dry(project, CREATE, "--data", json, *words)["request"] == {
        "name": "r",
        "tags": {"a": "1", "b": "2"},
        "egress": {"room": {"layout": "speaker", "audioOnly": True}},
    }


def test_stdin_is_read_only_when_that_is_said(project: Project) -> None:
    assert dry(project, CREATE, stdin=b'{"name":"r"}')["request"] == {}


@pytest.mark.parametrize(
    ("method", "words", "message"),
    [
        (
            CREATE,
            ["--empty-timeout", "x"],
            "--empty-timeout takes a whole number, not 'x'",
        ),
        (CREATE, ["--empty-timeout", "-1"], "--empty-timeout: $.empty_timeout: "),
        (
            CREATE,
            ["--sync-streams=yes"],
            "--sync-streams takes true or false, not 'yes'",
        ),
        (CREATE, ["--name", "a", "--name", "b"], "--name: the field is given twice"),
        (CREATE, ["--tags", "x"], "--tags: 'x' is not a pair\n  hint: write key=value"),
        (
            CREATE,
            ["--egress", "grid"],
            "--egress takes a JSON object\n"  # and the word, which may be a secret, is left out
            "  hint: its members are room, participant, tracks",
        ),
        (
            CREATE,
            ["--egress", '{"rom":{}}'],
            "--egress: there is no 'rom'\n  hint: did you mean 'room'?",
        ),
        (
            CREATE,
            ["--egress.rom.layout", "x"],
            "--field egress.rom.layout: livekit.RoomEgress has no field 'rom'\n"
            "  hint: did you mean 'room'?",
        ),
        (
            CREATE,
            ["--name.first", "x"],
            "--field name.first: name has no fields that could be named one by one\n"
            "  hint: write --name TEXT",
        ),
        (
            CREATE,
            ["--agents.agent_name", "x"],
            "--field agents.agent_name: agents has no fields that could be named one by one",
        ),
        (
            CREATE,
            ["--field", "nam=x"],
            "--field nam: livekit.CreateRoomRequest has no field 'nam'\n"
            "  hint: did you mean 'name'?",
        ),
        (
            PARTICIPANT,
            ["--media-encryption", "requir"],
            "--media-encryption has no value 'requir'\n  hint: ",
        ),
        (PARTICIPANT, ["--ringing-timeout", "soon"], "'soon' is not a duration"),
        ("RoomService/SendData", ["--field", "data=%"], "--field data: $.data: "),
        (CREATE, ["--data", '{"nam":"x"}'], "--data: there is no 'nam'"),
        (CREATE, ["--data", '{"name":1}'], "--data: $.name: "),
    ],
)
def test_a_wrong_value_is_reported_with_the_name_of_its_field(
    method: str, words: list[str], message: str, project: Project
) -> None:
    done = call(project, method, *words, **NOWHERE)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"lkproto: error: {message}")


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("sip/createsipoutboundtrunk", ["--trunk.auth_password", "pa55word"]),
        ("sip/createsipoutboundtrunk", ["--trunk", '{"authPassword":"pa55word"}']),
        (
            "sip/createsipoutboundtrunk",
            ["--data", '{"trunk":{"authPassword":"pa55word"}}'],
        ),
        ("connector/dialwhatsappcall", ["--whatsapp-api-key", "pa55word"]),
        ("ingress/createingress", ["--field", "url=rtmp://a/pa55word"]),
        ("egress/updatestream", ["--add-output-urls", "rtmp://a/pa55word"]),
    ],
)
def test_a_secret_is_refused_as_a_field_on_the_command_line(
    method: str, words: list[str], project: Project
) -> None:
    done = call(project, method, *words, **NOWHERE)

    assert (done.code, done.out) == (2, "")
    assert "is a secret, which others can see on the command line" in done.err
    assert done.err.endswith("hint: give it with --data - or --data-file\n")
    assert "pa55word" not in done.err


def test_stdin_gives_one_thing_only(project: Project) -> None:
    words = ("--data", "-", "--secret-stdin", "--api-key", "k")

    done = call(project, CREATE, *words, stdin=b"x", **NOWHERE)

    assert (
        done.err == "lkproto: error: stdin gives the secret or the request, not both\n"
    )


def test_every_field_of_a_request_has_its_comment() -> None:
    for cls in (CreateRoomRequest, CreateSIPParticipantRequest):
        comments = dict(about_fields(cls))

        assert [*comments] == list(fields_of(cls))
        empty = [field.name for field, words in comments.items() if not words]
        assert set(empty) <= {"participant_identity", "participant_metadata"}


@pytest.mark.slow
@pytest.mark.parametrize("service", called_services())
def test_every_method_can_be_asked_for_help_and_called(
    service: str, project: Project
) -> None:
    grants = ("--grants", '{"video":{}}')
    for name in method_names("livekit."):
        if name.startswith(f"{service}/"):
            assert call(project, name, "--help").code == 0
            done = call(project, name, *grants, "--dry-run", **NOWHERE)
            assert done.code == 0
            assert done.out.startswith(f"POST http://127.0.0.1:9/twirp/{name}\n")
