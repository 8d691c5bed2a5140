"""The testee protocol: replies, and what is reported about lines that are not replies."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest
from lkproto_conformance import protocol, serve
from lkproto_conformance.protocol import ProtocolError, Reply, parse_hello, parse_reply

HELLO = {"protocol": 1, "capabilities": ["kind.parse"], "profiles": ["go"]}


def test_a_reply_has_the_id_of_its_request_and_one_outcome() -> None:
    line = b'{"id":7,"reject":{"kind":"expired","message":"m"}}\n'

    reply = parse_reply(line, 7)

    assert (reply.outcome, reply.kind) == ("reject", "expired")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"PASS\n", "not a line of JSON"),
        (b"[" * 100_000, "not a line of JSON"),
        (b"\xff\n", "not a line of JSON"),
        (b"[]\n", "not a JSON object"),
        (b'{"ok":{}}\n', "a reply to None, not to 1"),
        (b'{"id":2,"ok":{}}\n', "a reply to 2, not to 1"),
        (b'{"id":true,"ok":{}}\n', "a reply to True, not to 1"),
        (b'{"id":1}\n', "0 of ok, reject, unsupported, error, not one"),
        (b'{"id":1,"ok":{},"error":{}}\n', "2 of ok"),
        (b'{"id":1,"ok":[]}\n', "ok is not an object"),
        (b'{"id":1,"reject":{"kind":"nonsense"}}\n', "'nonsense' is not a reject kind"),
        (b'{"id":1,"reject":{}}\n', "None is not a reject kind"),
    ],
)
def test_a_line_that_is_not_a_reply_is_refused(line: bytes, problem: str) -> None:
    with pytest.raises(ProtocolError, match="^" + problem):
        parse_reply(line, 1)


def test_twirp_codes_are_reject_kinds() -> None:
    assert protocol.is_kind("twirp:not_found")
    assert not protocol.is_kind(["malformed"])


def test_hello_has_name_capabilities_and_profiles() -> None:
    about = {"implementation": {"name": "x", "version": "1"}}
    hello = parse_hello(Reply("ok", {**HELLO, **about}))

    assert hello.name == "x 1"
    assert hello.capabilities == {"kind.parse"}
    assert hello.profiles == ("go",)
    assert hello.unavailable == {}


def test_hello_may_say_why_an_operation_is_not_offered() -> None:
    hello = parse_hello(Reply("ok", {**HELLO, "unavailable": {"keys.load": "no YAML"}}))

    assert hello.unavailable == {"keys.load": "no YAML"}


def test_a_testee_without_profiles_has_that_of_the_reference() -> None:
    body = {key: value for key, value in HELLO.items() if key != "profiles"}

    assert parse_hello(Reply("ok", body)).profiles == ("go",)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"protocol": 2}, "does not speak protocol 1"),
        ({"protocol": True}, "does not speak protocol 1"),
        ({"profiles": ["go"] * 9}, "duplicate profiles"),
        ({"capabilities": "all"}, "are lists"),
        ({"capabilities": ["fly"]}, r"unknown capabilities \['fly'\]"),
        ({"capabilities": [[]]}, r"\[\] is not a name"),
        ({"profiles": [{"go": 1}]}, r"\{'go': 1\} is not a name"),
        ({"capabilities": ["x" * 10_000]}, r"unknown capabilities \['x{198}…$"),
        ({"profiles": ["lax"]}, r"unknown profiles \['lax'\]"),
        ({"unavailable": ["keys.load"]}, "unavailable is an object"),
        ({"unavailable": {"fly": "no wings"}}, "'fly': 'no wings', which is not"),
        ({"unavailable": {"keys.load": 1}}, "'keys.load': 1, which is not"),
    ],
)
def test_a_wrong_hello_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ProtocolError, match=problem):
        parse_hello(Reply("ok", {**HELLO, **change}))


def test_a_line_that_is_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_LINE", 10)

    with pytest.raises(ProtocolError, match="at most 10 fit"):
        protocol.encode({"text": "x" * 10})


SERVED = """
from lkproto_conformance.serve import serve

class Testee:
    def hello(self):
        print("noise")
        return {"protocol": 1, "capabilities": [], "profiles": ["go"]}

    def answer(self, op, args):
        return {"ok": {"double": 2 * args["number"]}}

raise SystemExit(serve(Testee))
"""


def served(*requests: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """The output of a testee in Python for these requests."""
    text = "".join(json.dumps(request) + "\n" for request in requests)
    command = [sys.executable, "-c", SERVED]
    paths = {"PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(
        command, input=text, capture_output=True, text=True, check=True, env=paths
    )


def test_a_python_testee_answers_until_bye_and_its_prints_are_not_replies() -> None:
    ask = {"op": "x", "args": {"number": 2}}
    done = served(
        {"id": 0, "op": "hello"},
        {"id": 1, **ask},
        {"id": 2, "op": "bye"},
        {"id": 3, **ask},
    )

    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [0, 1]
    assert json.loads(done.stdout.splitlines()[1])["ok"] == {"double": 4}
    assert done.stderr == "noise\n"


def test_an_exception_of_a_python_testee_is_an_error_with_its_trace() -> None:
    done = served({"id": 5, "op": "x", "args": {}})

    error = json.loads(done.stdout)["error"]
    assert error["message"] == "KeyError('number')"
    assert "Traceback" in error["trace"]


def test_the_end_of_input_means_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))

    assert serve.serve(lambda: None) == 0  # type: ignore[arg-type, return-value]
