"""The first look at a testee: what is found, and the hint of each mistake that authors make."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from statistics import median_low

import pytest
from lkproto_conformance.cli import COMMANDS, main
from lkproto_conformance.connect import ProcessTestee
from lkproto_conformance.connect.speaking import LineTestee
from lkproto_conformance.operations import BY_NAME
from lkproto_conformance.protocol import Hello
from lkproto_conformance.running import hints
from lkproto_conformance.running.hints import hint
from lkproto_conformance.running.smoke import Step, _examples, smoke
from lkproto_conformance.vectors import Vector, load, vectors_folder

from .misbehaving import command, exec_of

# A testee of `kind.parse`; `{…}` are the places where it is changed.
SCRIPT = """
import json, sys
KINDS = {{"": "STANDARD", "sip": "SIP", "egress": "EGRESS"}}
for line in sys.stdin:
    asked = json.loads(line)
    op, args = asked["op"], asked.get("args", {{}})
    reply = {{"id": asked["id"]}}
    if op == "bye":
        {bye}
    elif op == "hello":
        reply["ok"] = {hello}
    elif op == "kind.parse":
        reply["ok"] = {{"kind": KINDS.get(args["claim"], "STANDARD")}}
    else:
        reply["unsupported"] = {{"reason": "no"}}
    {write}
"""
HELLO = {
    "protocol": 1,
    "implementation": {"name": "mine", "version": "1"},
    "capabilities": ["kind.parse"],
    "profiles": ["go"],
}
WRITE = "print(json.dumps(reply), flush=True)"


@pytest.fixture(scope="module")
def vectors() -> tuple[Vector, ...]:
    """The vectors of the project."""
    return load(vectors_folder()).vectors


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that nobody waits for."""
    monkeypatch.setattr(LineTestee, "case_seconds", 4.0)
    monkeypatch.setattr(LineTestee, "hello_seconds", 6.0)


def script(**parts: str) -> list[str]:
    """A testee with some of its parts changed."""
    hello = {**HELLO, **json.loads(parts.pop("about", "{}"))}
    places = {"bye": "break", "hello": repr(hello), "write": WRITE, **parts}
    return [sys.executable, "-c", SCRIPT.format(**places)]


def wrong(testee: list[str], vectors: tuple[Vector, ...]) -> list[Step]:
    """The steps at which something is wrong."""
    return [each for each in smoke(ProcessTestee(testee), vectors) if each.problem]


def test_a_testee_that_is_right_passes_every_step(
    vectors: tuple[Vector, ...],
) -> None:
    steps = list(smoke(ProcessTestee(script()), vectors))

    assert [each.name for each in steps if each.problem] == []
    assert [each.name for each in steps] == [
        "hello",
        "kind.parse, valid",
        "unknown operation",
        "big request",
        "bye",
    ]


def test_each_operation_is_tried_with_what_is_valid_and_what_is_not(
    vectors: tuple[Vector, ...],
) -> None:
    steps = list(smoke(ProcessTestee(command("right")), vectors))
    names = [each.name for each in steps]

    assert [each for each in steps if each.problem] == []
    assert {"wire.roundtrip, valid", "wire.roundtrip, invalid"} < set(names)
    assert "unknown message type" in names


def test_the_examples_are_plain_and_of_median_length(
    vectors: tuple[Vector, ...],
) -> None:
    offered = Hello({}, frozenset(BY_NAME), ("go",))
    lengths: dict[tuple[str, str], list[int]] = {}
    for each in vectors:
        if each.level == "required" and not each.flags and "go" in each.profiles:
            size = len(json.dumps(each.args))
            lengths.setdefault((each.op, each.result), []).append(size)

    examples = [vector for _, vector, _ in _examples(vectors, offered)]

    assert len(examples) > len(lengths) / 2
    for each in examples:
        if plain := lengths.get((each.op, each.result)):
            assert (each.level, each.flags) == ("required", ())
            assert len(json.dumps(each.args)) == median_low(plain)


def test_an_implementation_without_a_name_is_a_note(
    vectors: tuple[Vector, ...],
) -> None:
    nameless = script(about='{"implementation":{}}')

    steps = list(smoke(ProcessTestee(nameless), vectors))

    assert [each for each in steps if each.problem] == []
    assert "reports would show a name" in steps[0].note


@pytest.mark.parametrize("all_", [False, True])
def test_only_where_all_of_an_operation_is_declined_a_hint_says_to_leave_it_out(
    all_: bool, vectors: tuple[Vector, ...]
) -> None:
    name = "keys.load"
    few = tuple(each for each in vectors if each.op == name)
    hello = Hello({}, frozenset([name]), ("go",))
    (_, valid, _), (_, invalid, _) = _examples(few, hello)
    declines = {each.id for each in few} if all_ else {valid.id, invalid.id}
    write = (
        f"if asked.get('case') not in {declines!r} and op == 'keys.load':\n"
        "        del reply['unsupported']\n"
        "        reply['reject'] = {'kind': 'malformed', 'message': ''}\n"
        f"    {WRITE}"
    )
    found = wrong(script(about='{"capabilities":["keys.load"]}', write=write), few)

    hints_ = {each.name: each.hint for each in found}
    assert "a case may be declined" in hints_["keys.load, valid"]
    told = [each for each in hints_.values() if "out of capabilities" in each]
    assert len(told) == all_


def test_where_nothing_works_the_limit_of_lines_is_not_blamed(
    vectors: tuple[Vector, ...],
) -> None:
    few = tuple(each for each in vectors if each.op == "kind.parse")
    broken = f"if op not in ('hello', 'bye'): sys.exit(3)\n    {WRITE}"

    found = {each.name: each for each in wrong(script(write=broken), few)}

    assert "exit code 3" in found["big request"].problem
    assert "16 MiB" not in found["big request"].hint
    assert found["big request"].hint


@pytest.mark.parametrize(
    ("parts", "step", "problem", "advice"),
    [
        (
            {"write": "print(json.dumps({**reply, 'id': None}), flush=True)"},
            "start",
            "a reply to None, not to 0",
            "copy the id of the request",
        ),
        (
            {
                "write": "print(json.dumps({**reply, 'id': str(reply['id'])}), flush=True)"
            },
            "start",
            "a reply to '0', not to 0",
            "which is a number",
        ),
        (
            {"write": "print(json.dumps(reply, indent=1), flush=True)"},
            "start",
            "not a line of JSON",
            "on one line, without indentation",
        ),
        (
            {"write": "print(reply, flush=True)"},
            "start",
            "not a line of JSON",
            "names and texts in double quotes",
        ),
        (
            {"write": "print(json.dumps(reply), end='', flush=True); break"},
            "start",
            "in the middle of a line",
            "end each reply with a newline",
        ),
        (
            {"write": "KINDS['buffer'] = reply"},
            "start",
            "no reply within",
            "flush stdout after each reply",
        ),
        (
            {"write": f"print('debug', flush=True); {WRITE}"},
            "start",
            "not a line of JSON",
            "write logs and prints to stderr",
        ),
        (
            {"write": f"{WRITE}; break"},
            "kind.parse, valid",
            "ended with exit code 0",
            "read requests in a loop until bye",
        ),
        (
            {"about": '{"protocol":"1"}'},
            "start",
            "does not speak protocol 1",
            'answer hello with {"id":0,"ok":{"protocol":1',
        ),
        (
            {"about": '{"capabilities":["kind.pars"]}'},
            "start",
            "unknown capabilities ['kind.pars']",
            "did you mean kind.parse?",
        ),
        (
            {"about": '{"profiles":["Go"]}'},
            "start",
            "unknown profiles ['Go']",
            "profiles are strict and go",
        ),
        ({"about": '{"capabilities":[]}'}, "hello", "offers no operation", "name what"),
        ({"about": '{"profiles":[]}'}, "hello", "offers no profile", '["go"]'),
        (
            {"bye": "reply['ok'] = {}"},
            "bye",
            "it wrote more than replies: b'{",
            "bye has no reply",
        ),
        ({"bye": "sys.exit(1)"}, "bye", "exit code 1", "bye is a normal end"),
        (
            {"bye": "import time; time.sleep(9)"},
            "bye",
            "it did not end within 2 s",
            "end the process at bye",
        ),
    ],
)
def test_each_mistake_has_its_hint(
    parts: dict[str, str],
    step: str,
    problem: str,
    advice: str,
    vectors: tuple[Vector, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    few = tuple(each for each in vectors if each.op == "kind.parse")
    testee = ProcessTestee(script(**parts))
    if step == "start":
        code = main(["smoke", "--testee", f"exec:{shlex.join(testee._command)}"])
        shown = capsys.readouterr().out
        assert code == 3
        assert shown.startswith("wrong  start: ")
        assert problem in shown
        assert f"to mend it: {hint(shown)}" in shown
        assert advice in hint(shown)
        return
    found = {each.name: each for each in smoke(testee, few) if each.problem}
    assert problem in found[step].problem
    assert advice in found[step].hint


@pytest.mark.parametrize(
    ("mode", "advice"),
    [
        ("wrong", "the result has other members"),
        ("error", "the adapter raised an exception"),
        ("declines", "leave the operation out of capabilities"),
        ("crash", "an exception ended it"),
        ("twice", "write one reply for each request, in their order"),
        ("closes-stdout", "keep stdout open"),
        ("garbage", "only replies may go to stdout"),
        ("deep", "a value that holds itself"),
    ],
)
def test_a_misbehaving_testee_is_explained(
    mode: str, advice: str, vectors: tuple[Vector, ...]
) -> None:
    few = tuple(each for each in vectors if each.op in ("kind.parse", "grants.resolve"))

    found = [each.hint for each in wrong(command(mode), few)]

    assert any(advice in each for each in found), found


def test_hints_name_commands_that_there_are() -> None:
    texts = [text for _, text in hints._HINTS]
    named = [
        words
        for text in texts
        for words in re.findall(r"`lkproto-conformance (.*?)`", text)
    ]

    assert len(named) >= 4
    assert {words.split()[0] for words in named} <= set(COMMANDS)


def test_an_operation_that_is_not_known_has_to_be_declined(
    vectors: tuple[Vector, ...],
) -> None:
    accepts = f"reply.pop('unsupported', None); reply.setdefault('ok', {{}}); {WRITE}"

    found = {each.name: each for each in wrong(script(write=accepts), vectors)}

    assert found["unknown operation"].problem == "it answered ok"
    assert "unsupported" in found["unknown operation"].hint


def test_a_reader_with_a_short_buffer_is_found(vectors: tuple[Vector, ...]) -> None:
    """As Go's bufio.Scanner, which ends at a line of more than 64 KiB."""
    short = script()
    short[2] = short[2].replace(
        "    asked =", "    if len(line) > 65536: sys.exit(2)\n    asked ="
    )

    (found,) = wrong(short, vectors)

    assert found.name == "big request"
    assert found.problem.startswith("crash: ended with exit code 2")
    assert "bufio.Scanner stops at 64 KiB" in found.hint


def test_the_command_prints_a_line_for_each_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "kind.parse.json"
    (tmp_path / name).write_bytes((vectors_folder() / name).read_bytes())
    smoke_ = ["--vectors", str(tmp_path), "smoke", "--testee"]

    assert main([*smoke_, exec_of("right")]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("ok     hello: misbehaving-right 1, ")
    assert out[-1].endswith("all steps are right; `run` asks every case")
    assert main([*smoke_, exec_of("wrong")]) == 1
    out = capsys.readouterr().out.splitlines()
    assert any(each.startswith("wrong  kind.parse, valid: fail:mism") for each in out)
    assert any(each.startswith("       to mend it: ") for each in out)
    assert out[-1].endswith(" wrong")


@pytest.mark.parametrize(
    ("connector", "problem"),
    [
        ("exec:/nowhere", "No such file"),
        ("replay:x", "a transcript is judged, not tried"),
    ],
)
def test_what_cannot_be_tried_did_not_start(
    connector: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["smoke", "--testee", connector]) == 3
    assert problem in capsys.readouterr().out
