"""The page for users of twirpy: what it says of both libraries, and that it names all."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from lkproto import TwirpError, TwirpHooks, twirp_wsgi
from lkproto.http import Request, Response, ScriptedTransport
from lkproto.livekit import Room, RoomService, RoomServiceClient

from tests.docs.pages import blocks, section, text_of
from tests.support import ROOT

PAGE = "docs/twirp/coming-from-twirpy.md"
ROOM = "/twirp/livekit.RoomService/CreateRoom"
PROTOBUF = {"Content-Type": "application/protobuf"}
JSON = {"Content-Type": "application/json"}
REQUESTS: dict[str, tuple[str, str, dict[str, str], str]] = {
    "`Content-Type: application/json;charset=UTF-8`": (
        "POST",
        ROOM,
        {"Content-Type": "application/json;charset=UTF-8"},
        "{}",
    ),
    "without `Content-Type`": ("POST", ROOM, {}, ""),
    "for an unknown service": ("POST", "/twirp/a.B/C", PROTOBUF, ""),
    "below another prefix": ("POST", ROOM.replace("twirp", "rpc"), PROTOBUF, ""),
    "for an unknown method": ("POST", ROOM + "s", PROTOBUF, ""),
    "in JSON, with a field": ("POST", ROOM, JSON, '{"nope": 1}'),
    "in JSON, answered": ("POST", ROOM, JSON, "{}"),
    "longer than the limit": ("POST", ROOM, PROTOBUF, "\0" * (10 << 20 | 1)),
}
ANSWERS: dict[str, tuple[int, dict[str, str], str]] = {
    "a redirect": (302, {"Location": "/elsewhere"}, ""),
    "an error whose JSON is not": (500, JSON, "[1]"),
    "an error whose JSON is an object": (500, JSON, '{"error": "x"}'),
    "an unknown code": (500, JSON, '{"code": "dataloss", "msg": "m"}'),
}
# The public names of its modules, and of their classes.
NAMES = """
TwirpASGIApp add_service run_in_threadpool thread_pool_runner TwirpBaseApp Endpoint TwirpClient
AsyncTwirpClient Context set get get_logger set_logger headers set_header get_response_headers
set_response_header SERVICE_NAME METHOD_NAME RAW_HEADERS RAW_REQUEST_PATH RESPONSE_STATUS
ORIGINAL_EXCEPTION Errors get_status_code NoError TwirpServerException to_dict to_json_bytes
from_json InvalidArgument RequiredArgument TwirpHook ChainHooks configure TwirpServer ctx_class
max_receive_message_length server_path_prefix
"""


def installed() -> bool:
    try:
        importlib.metadata.version("twirp")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def row(title: str) -> list[str]:
    """What the page says of both libraries, in the row with a title."""
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in section(PAGE, "What differs on the wire").splitlines()
        if line.startswith("| ")
    ]
    [found] = [cells[1:] for cells in rows if cells[0].startswith(title)]
    return found


def answers_of(app: Any) -> Any:
    """The recipe for a server in the same process, of the page about tests."""
    page = blocks(text_of("docs/twirp/testing.md"))
    [code] = [block.code for block in page if "def answers_of" in block.code]
    namespace: dict[str, Any] = {"Response": Response}
    exec(code, namespace)
    return namespace["answers_of"](app)


class Rooms(RoomService):
    def create_room(self, request: Any, context: Any, /) -> Room:
        return Room()


@pytest.mark.parametrize("title", REQUESTS)
def test_our_server_answers_as_the_page_says(title: str) -> None:
    method, path, headers, body = REQUESTS[title]
    request = Request(method, f"http://test{path}", headers, body.encode())

    answer = answers_of(twirp_wsgi(Rooms()))(request)

    shown = "an answer"
    if answer.status != 200:
        shown = f"`{json.loads(answer.body)['code']}` {answer.status}"
    assert row(title)[1].startswith(shown)


@pytest.mark.parametrize("title", ANSWERS)
def test_our_client_takes_an_answer_as_the_page_says(title: str) -> None:
    status, headers, body = ANSWERS[title]
    transport = ScriptedTransport(Response(status, headers, body.encode()))
    with pytest.raises(TwirpError) as caught:
        RoomServiceClient("http://test", transport=transport).create_room()

    said = row(title)[1]
    assert said.startswith(f"`{caught.value.code}`")
    assert ("of an intermediary" in said) == (
        caught.value.from_intermediary and status == 500
    )


@pytest.mark.skipif(
    not installed() and "CI" not in os.environ,
    reason="twirpy is not installed (dependency group peers)",
)
def test_twirpy_does_as_the_page_says() -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("twirpy_peer.py"))],
        input=json.dumps({"requests": REQUESTS, "answers": ANSWERS}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)

    assert set(found) == {*REQUESTS, *ANSWERS, "none: no connection"}
    wrong = {
        title: each
        for title, each in found.items()
        if not row(title)[0].startswith(each)
    }
    assert wrong == {}


def test_every_public_name_of_twirpy_is_on_the_page() -> None:
    text = section(PAGE, "What becomes what") + section(PAGE, "What is new")

    assert [name for name in NAMES.split() if not re.search(rf"\b{name}\b", text)] == []


def test_hooks_are_those_of_twirpy() -> None:
    hooks = "request_received request_routed response_prepared response_sent error"
    ours = {name for name in vars(TwirpHooks) if not name.startswith("_")}

    assert ours == set(hooks.split())


def test_the_page_names_the_version_that_is_pinned() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    peers = groups["dependency-groups"]["peers"]
    [pin] = [each.partition("==")[2] for each in peers if each.startswith("twirp==")]

    assert f"version {pin}" in text_of(PAGE)
