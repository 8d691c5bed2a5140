"""`lkproto call`: names of methods, answers, errors, what is not sent, mistakes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lkproto.livekit import (
    CreateRoomRequest,
    IngressInfo,
    ListIngressResponse,
    Room,
)
from lkproto_cli.call_text import print_json

from .calls import (
    NOWHERE,
    SECRET,
    answer,
    call,
    dry,
    failure,
    serving,
)
from .conftest import SOURCES, Done, Project

CREATE = "RoomService/CreateRoom"
ROOM = answer(Room(name="demo", num_participants=2))
MISSING = failure(404, "not_found", "requested room does not exist", room="demo")


def test_a_call_sends_the_request_with_a_token_and_prints_the_answer(
    project: Project,
) -> None:
    with serving(ROOM) as server:
        done = call(project, CREATE, "--data", '{"name":"demo"}', "--url", server.url)

    assert done == Done(0, '{"name":"demo","numParticipants":2}\n', "")
    [asked] = server.requests
    assert asked.path == "/twirp/livekit.RoomService/CreateRoom"
    assert CreateRoomRequest.from_bytes(asked.body).name == "demo"
    assert asked.headers["Authorization"].startswith("Bearer eyJ")


@pytest.mark.parametrize(
    "name",
    [
        "livekit.RoomService/CreateRoom",
        "livekit.RoomService.CreateRoom",
        "/livekit.RoomService/CreateRoom",
        "RoomService/CreateRoom",
        "roomservice/createroom",
        "room/create-room",
        "room.create_room",
        "createroom",
        "create-room",
    ],
)
def test_a_method_is_found_by_each_of_its_names(name: str, project: Project) -> None:
    assert dry(project, name)["url"].endswith("/twirp/livekit.RoomService/CreateRoom")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "createrom",
            "there is no method 'createrom'\n"
            "  hint: did you mean livekit.RoomService/CreateRoom?\n",
        ),
        (
            "RomService/CreateRoom",
            "there is no service 'RomService'\n  hint: did you mean 'RoomService'?\n",
        ),
        (
            "Ingress/Zzzzzz",
            "there is no method 'Ingress/Zzzzzz'\n  hint: livekit.Ingress has "
            "CreateIngress, UpdateIngress, ListIngress, DeleteIngress\n",
        ),
        (
            "zzzzzzzz",
            "there is no method 'zzzzzzzz'\n  hint: lkproto services lists them\n",
        ),
        (
            "rpc.Signal/RelaySignal",
            "rpc.Signal is called over psrpc, and by servers or in rooms, not from here\n",
        ),
    ],
)
def test_a_name_that_is_none_gets_the_nearest(
    name: str, message: str, project: Project
) -> None:
    assert call(project, name) == Done(2, "", f"lkproto: error: {message}")


def test_without_a_method_it_says_how_to_name_one(project: Project) -> None:
    message = (
        "lkproto: error: name the method first, as in lkproto call RoomService/ListRooms\n"
        "  hint: see lkproto call --help\n"
    )

    assert call(project) == Done(2, "", message)
    assert call(project, "--name", "demo", CREATE) == Done(2, "", message)
    assert call(project, "--help").out.startswith("usage: lkproto call")


def test_help_of_a_method_shows_its_fields_its_grant_and_how_that_is_known(
    project: Project,
) -> None:
    done = call(project, "room.create_room", "--help")

    assert (done.code, done.err) == (0, "")
    shown = " ".join(done.out.split())
    assert "Opens a room ahead of its first participant." in shown
    assert "Grant: video.roomCreate (source: server 1.13.5, executed)." in shown
    assert "--empty-timeout NUMBER Seconds an unused room waits for" in shown
    assert "--tags KEY=TEXT Labels under which" in shown


def test_help_says_which_values_an_enum_has_and_what_is_a_secret(
    project: Project,
) -> None:
    shown = " ".join(call(project, "sip/createsipparticipant", "--help").out.split())
    egress = " ".join(call(project, "egress/updatestream", "--help").out.split())

    assert "[SIP_MEDIA_ENCRYPT_DISABLE, SIP_MEDIA_ENCRYPT_ALLOW," in shown
    assert "--ringing-timeout DURATION How long" in shown
    assert "[secret: with --data - or --data-file only]" in egress


def test_an_error_of_the_server_is_printed_with_what_it_says(project: Project) -> None:
    with serving(MISSING) as server:
        done = call(project, "room.deleteroom", "--room", "demo", "--url", server.url)

    assert (done.code, done.out) == (1, "")
    first, meta = done.err.splitlines()
    assert first.startswith(
        "lkproto: error: not_found: requested room does not exist "
        "(livekit.RoomService/DeleteRoom, HTTP 404, request "
    )
    assert meta == "  room: demo"


def test_an_error_for_programs_is_one_line_of_json(project: Project) -> None:
    with serving(MISSING) as server:
        done = call(project, "room.deleteroom", "--json", "--url", server.url)

    assert (done.code, done.err) == (1, "")
    error = json.loads(done.out)["error"]
    assert error.pop("request_id")
    assert error == {
        "code": "not_found",
        "msg": "requested room does not exist",
        "meta": {"room": "demo"},
        "status": 404,
        "method": "livekit.RoomService/DeleteRoom",
    }


def test_a_refusal_names_the_grant_that_is_missing_and_how_to_get_it(
    project: Project,
) -> None:
    grants = ("--grants", '{"video":{"roomCreate":true}}')
    with serving(failure(401, "unauthenticated", "permissions denied")) as server:
        done = call(project, "room.listrooms", *grants, "--url", server.url)
        other = call(project, "room.listrooms", *grants, "--json", "--url", server.url)

    assert done.code == 1
    needs = "it needs the grant video.roomList; the call's token has video.roomCreate"
    assert needs in done.err
    mint = "call with a token that has it: lkproto token mint --grant video.roomList"
    assert done.err.endswith(f"  hint: {mint}\n")
    error = json.loads(other.out)["error"]
    assert (error["needs"], error["has"]) == ("video.roomList", "video.roomCreate")


def test_tokens_that_a_server_echoes_are_not_printed(project: Project) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl"
    echo = failure(401, "unauthenticated", f"invalid token: {token}", token=token)
    with serving(echo) as server:
        words = call(project, "room.listrooms", "--url", server.url)
        line = call(project, "room.listrooms", "--json", "--url", server.url)

    assert words.code == line.code == 1
    assert "eyJ" not in words.err + line.out
    assert json.loads(line.out)["error"]["msg"] == "invalid token: <token>"


def test_no_answer_is_not_an_error_of_the_server(project: Project) -> None:
    done = call(project, "room.listrooms", "--timeout", "2s", **NOWHERE)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("lkproto: error: unavailable: http://127.0.0.1:9: ")
    assert "see --url and --timeout\n" in done.err


def test_an_address_of_something_else_is_a_mistake_of_the_caller(
    project: Project,
) -> None:
    with serving((200, "text/html", b"<html>Our application</html>")) as server:
        done = call(project, "room.listrooms", "--url", server.url)

    assert done.code == 2
    assert "is this the URL of the API?" in done.err


def test_secrets_of_an_answer_are_printed_only_when_they_are_asked_for(
    project: Project,
) -> None:
    ingress = IngressInfo(ingress_id="IN_1", stream_key="k3y", url="rtmp://a/b")
    with serving(answer(ListIngressResponse(items=[ingress]))) as server:
        hidden = call(project, "ingress/listingress", "--url", server.url)
        shown = call(
            project, "ingress/listingress", "--show-secrets", "--url", server.url
        )

    items = {"ingressId": "IN_1", "streamKey": "<redacted>", "url": "<redacted>"}
    assert json.loads(hidden.out) == {"items": [items]}
    assert '"streamKey":"k3y"' in shown.out


def test_answers_are_for_people_on_a_terminal_and_one_line_elsewhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    value = {"name": "Zoë\x1b[2J\x7f"}

    print_json(value, in_line=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_json(value, in_line=False)
    print_json(value, in_line=True)

    line = '{"name":"Zo\\u00eb\\u001b[2J\\u007f"}\n'
    people = '{\n  "name": "Zoë\\u001b[2J\\u007f"\n}\n'
    assert capsys.readouterr().out == line + people + line


def test_a_dry_run_shows_all_but_the_token_and_sends_nothing(project: Project) -> None:
    with serving(ROOM) as server:
        done = call(project, CREATE, "--name", "demo", "--dry-run", "--url", server.url)
        found = dry(
            project, CREATE, "--name", "demo", "--header", "X-A=b", "--codec=json"
        )

    assert server.requests == []
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        f"POST {server.url}/twirp/livekit.RoomService/CreateRoom\n"
    )
    assert "Authorization: <redacted>\n" in done.out
    assert "eyJ" not in done.out
    assert found["url"] == "http://127.0.0.1:9/twirp/livekit.RoomService/CreateRoom"
    assert found["headers"]["Content-Type"] == "application/json"
    assert found["headers"]["X-A"] == "b"
    assert found["claims"]["iss"] == "APIkey"
    assert found["claims"]["video"] == {"roomCreate": True}
    assert found["request"] == {"name": "demo"}


def test_a_dry_run_hides_secrets_of_the_request_by_default(project: Project) -> None:
    body = b'{"trunk":{"name":"t","authPassword":"pw"}}'
    words = ("sip/createsipoutboundtrunk", "--data", "-")

    hidden = dry(project, *words, stdin=body)
    shown = dry(project, *words, "--show-secrets", stdin=body)

    assert hidden["request"]["trunk"] == {"name": "t", "authPassword": "<redacted>"}
    assert shown["request"]["trunk"]["authPassword"] == "pw"


@pytest.mark.parametrize(
    "words",
    [
        ("--secret", SECRET),
        (f"--api-secret={SECRET}",),
        ("--token", SECRET),
        ("--authorization", SECRET),
        ("--header", f"Authorization={SECRET}"),
        ("--header", f"cookie={SECRET}"),
        ("--url", f"https://me:{SECRET}@example.com"),
        (f"--url=wss://me:{SECRET}@example.com",),
    ],
)
def test_secrets_on_the_command_line_are_refused_and_not_repeated(
    words: tuple[str, ...], project: Project
) -> None:
    done = call(project, "room.listrooms", *words, **NOWHERE)

    assert (done.code, done.out) == (2, "")
    assert "command line, where others" in done.err or "others can see" in done.err
    assert SECRET not in done.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--nam", "x"), "unknown argument '--nam'; did you mean --name?"),
        (("--timeout", "5"), "'5' is not a duration"),
        (("--header", "x"), "--header takes a pair"),
        (("--codec", "xml"), "argument --codec: invalid choice: 'xml'"),
        (("--grants", "{"), "--grants: not JSON"),
        (("--grants", '{"vidio":{}}'), "--grants: there is no 'vidio'"),
        (("--data", "{", "--data-file", "x"), "give --data or --data-file, not both"),
        (("--data-file", "missing"), "missing: No such file or directory"),
        (("--url", "ftp://x"), "the URL of the server begins with none of wss://"),
        (("--url", "http://x y"), "the URL cannot be used"),
    ],
)
def test_mistakes_are_reported_in_a_line(
    words: tuple[str, ...], message: str, project: Project
) -> None:
    done = call(project, CREATE, *words, **NOWHERE)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"lkproto: error: {message}")


OPTIONS = """
--name --egress --tags --agents --egress.room.layout --field --sync-streams --data --timeout
--header --grants --url {} [] a=b 1 true = -- --= --. --a.b - -1
"""
WORDS = st.one_of(st.sampled_from(OPTIONS.split()), st.text(max_size=8))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(words=st.lists(WORDS, max_size=6))
def test_no_command_line_is_an_error_of_ours(
    project: Project, words: list[str]
) -> None:
    done = call(project, CREATE, *words, "--dry-run", **NOWHERE)

    assert done.code in (0, 2)
    assert "internal error" not in done.err
    assert "Traceback" not in done.err + done.out


def test_help_loads_neither_the_generator_nor_a_client_of_http() -> None:
    code = (
        "import sys; from lkproto_cli.main import main\n"
        "try: main(['call', 'room.createroom', '--help'])\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(SOURCES)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = done.stdout.rpartition("LOADED")[2].split()

    assert "lkproto.livekit_room_pb" in loaded
    heavy = {"lkproto_codegen", "google.protobuf", "asyncio", "ssl", "yaml"}
    assert heavy.isdisjoint(loaded)
