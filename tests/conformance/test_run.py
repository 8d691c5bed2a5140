"""The runner and its command: selection, restarts, output, exit codes."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance import miniatures
from lkproto_conformance.cli import main
from lkproto_conformance.connect import StartError
from lkproto_conformance.protocol import Broken, Hello, Reply
from lkproto_conformance.running import runner
from lkproto_conformance.running.runner import run, select
from lkproto_conformance.values import printable
from lkproto_conformance.vectors import Vector, load, vectors_folder

from .reports import count

REJECT_ALL = "python:lkproto_conformance.miniatures:reject_all"


@pytest.fixture(scope="module")
def all_vectors() -> tuple[Vector, ...]:
    """The vectors of the project."""
    return load(vectors_folder()).vectors


class Fake:
    """A connection that gives the expected answers, or breaks."""

    def __init__(
        self, vectors: list[Vector], *, breaks: bool = False, starts: int = 99
    ) -> None:
        self.expected = {vector.id: vector for vector in vectors}
        self.breaks, self.starts = breaks, starts
        self.asked: list[tuple[str, str | None]] = []

    def start(self) -> Hello:
        self.starts -= 1
        if self.starts < 0:
            raise StartError("it does not start any more")
        return Hello({}, frozenset(["token.verify", "kind.parse"]), ("strict", "go"))

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        self.asked.append((case, args.get("profile")))
        if self.breaks:
            return Broken("crash", "again")
        vector = self.expected[case]
        if vector.result == "valid":
            return Reply("ok", vector.expect)
        return Reply("reject", {**vector.expect, "message": ""})

    def stop(self) -> int:
        return 0


def test_both_profiles_are_asked_each_with_its_vectors(
    all_vectors: tuple[Vector, ...],
) -> None:
    vectors = select(all_vectors, "token.verify/header-crit-b64*")
    fake = Fake(vectors)

    results = list(run(fake, vectors))

    assert fake.asked == [
        ("token.verify/header-crit-b64", "strict"),
        ("token.verify/header-crit-b64-go", "go"),
    ]
    assert count(results) == {"pass": 2}


def test_only_operations_with_a_profile_argument_get_it(
    all_vectors: tuple[Vector, ...],
) -> None:
    vectors = select(all_vectors, "kind.parse/sip")
    fake = Fake(vectors)

    assert count(run(fake, vectors, "go")) == {"pass": 1}
    assert fake.asked == [("kind.parse/sip", None)]


def test_operations_that_are_not_advertised_are_not_asked(
    all_vectors: tuple[Vector, ...],
) -> None:
    vectors = select(all_vectors, "redact.url/plain")
    fake = Fake(vectors)

    results = list(run(fake, vectors, "go"))

    assert fake.asked == []
    assert [result.verdict.detail for result in results] == ["not advertised"]


def test_a_testee_that_breaks_is_restarted_but_not_forever(
    all_vectors: tuple[Vector, ...],
) -> None:
    vectors = select(all_vectors, "token.verify/exp-*")[:20]
    fake = Fake(vectors, breaks=True)

    assert len(vectors) == 20
    asked = runner.RESTARTS + 1
    results = list(run(fake, [each for each in vectors if "go" in each.profiles], "go"))
    assert count(results)["crash"] == asked
    assert {each.verdict.name for each in results[asked:]} == {"not_run"}


def test_a_testee_that_does_not_start_again_is_asked_no_more(
    all_vectors: tuple[Vector, ...],
) -> None:
    vectors = select(all_vectors, "kind.parse/")
    results = list(run(Fake(vectors, breaks=True, starts=1), vectors, "go"))

    assert [each.verdict.name for each in results[:2]] == ["crash", "not_run"]
    assert results[1].verdict.detail == "it does not start any more"


def test_patterns_select_by_prefix_or_as_a_shell_does(
    all_vectors: tuple[Vector, ...],
) -> None:
    areas = {vector.op for vector in select(all_vectors, "grants.")}

    assert "grants.resolve" in areas
    assert all(area.startswith("grants.") for area in areas)
    assert {vector.op for vector in select(all_vectors, "*/empty")} > {"grants.resolve"}
    assert len(select(all_vectors, "*")) == len(all_vectors)


def test_a_pattern_that_is_an_id_selects_that_one_alone(
    all_vectors: tuple[Vector, ...],
) -> None:
    (found,) = select(all_vectors, "token.verify/header-crit-b64")

    assert found.id == "token.verify/header-crit-b64"
    assert len(select(all_vectors, "token.verify/header-crit-b64*")) == 2


def test_every_vector_can_be_passed_and_is_failed_by_something_broken(
    all_vectors: tuple[Vector, ...],
) -> None:
    assert len(all_vectors) >= 400
    assert {make().hello()["implementation"]["name"] for make in miniatures.ALL} >= {
        "accept-all",
        "reject-all",
        "wrong-token",
        "hasty",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the vectors of one operation."""
    name = "kind.parse.json"
    (tmp_path / name).write_bytes((vectors_folder() / name).read_bytes())
    return tmp_path


def test_run_prints_failures_and_a_summary(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        ["--vectors", str(folder), "run", "--testee", REJECT_ALL, "--profile", "go"]
    )

    *lines, summary = capsys.readouterr().out.splitlines()
    failures = [line for line in lines if not line.startswith(" ")]
    assert code == 1
    at = lines.index("fail:over-strict: kind.parse/sip [go]: malformed: no")
    assert lines[at + 1] == "    kind is 'sip'"
    assert lines[at + 2] == (
        f"    lkproto-conformance --vectors {folder} run --testee {REJECT_ALL} "
        "--profile go --filter kind.parse/sip"
    )
    assert summary == f"{REJECT_ALL}: {len(failures)} fail:over-strict"


def test_a_run_without_failures_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    filter_ = ["--filter", "token.verify/two-segments"]

    assert main(["run", "--testee", REJECT_ALL, *filter_]) == 0
    assert capsys.readouterr().out == f"{REJECT_ALL}: 2 pass\n"


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["run", "--testee", "exec:/nowhere"], 3, "No such file"),
        (["run", "--testee", REJECT_ALL, "--filter", "zz"], 2, "no vector matches zz"),
        (["run", "--testee", "exce:x"], 2, "exce:x: none of exec:COMMAND"),
        (["run", "--testee", "exec: "], 2, "none of exec:COMMAND"),
        (["run", "--testee", "exec:'x"], 2, "No closing quotation"),
        (["run", "--testee", "tcp:localhost"], 2, "the form is tcp:HOST:PORT"),
        (["run", "--testee", "tcp:h:" + "9" * 9000], 2, "the form is tcp:HOST:PORT"),
        (["run", "--testee", "python:json"], 2, "the form is python:MODULE:FACTORY"),
        (["smoke", "--testee", "mine"], 2, "none of exec:COMMAND"),
        (["info", "--testee", "mine"], 2, "none of exec:COMMAND"),
        (["--vectors", "/nowhere", "list"], 2, "no vector files"),
    ],
)
def test_what_cannot_run_has_exit_codes_of_its_own(
    arguments: list[str], code: int, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    err = capsys.readouterr().err
    assert err.count(problem) == 1
    assert err.count("\n") == 1


def test_an_incomplete_run_has_an_exit_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = Fake([], breaks=True, starts=1)
    monkeypatch.setattr("lkproto_conformance.commands.run.connect", lambda _: fake)

    assert main(["--vectors", str(folder), "run", "--testee", "exec:x"]) == 4
    assert "not_run" in capsys.readouterr().out


def test_list_prints_ids_with_result_and_profiles(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--vectors", str(folder), "list", "--filter", "kind.parse/s*p"]) == 0
    assert capsys.readouterr().out == "kind.parse/sip  valid  strict,go\n"


def test_lint_prints_problems_and_their_number(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "kind.parse.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document))

    assert main(["--vectors", str(folder), "lint"]) == 2
    assert "kind.parse.json: the layout is not canonical" in capsys.readouterr().out
    assert main(["lint"]) == 0
    assert capsys.readouterr().out == "the vectors are in order\n"


def test_text_from_a_testee_cannot_control_a_terminal() -> None:
    assert printable("a\x1b[31mé\n\u202e") == "a\\x1b[31mé\\n\\u202e"


def test_names_in_vectors_of_others_cannot_control_a_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "kind.parse.json"
    document = json.loads(path.read_text())
    document["groups"][0]["tests"][0].update(id="\x1b[31m", profiles=["go", "\x1b"])
    path.write_text(json.dumps(document))
    hostile = ["--vectors", str(folder)]

    assert main([*hostile, "list"]) == 0
    assert main([*hostile, "lint"]) == 2
    main([*hostile, "run", "--testee", REJECT_ALL])
    shown = capsys.readouterr().out
    assert shown.count("\\x1b[31m") > 2
    assert "\x1b" not in shown


def test_what_a_testee_says_instead_of_hello_cannot_control_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = "import sys; sys.exit('\\33[31m')"
    command = shlex.join([sys.executable, "-c", script])

    assert main(["run", "--testee", f"exec:{command}"]) == 3
    assert "stderr: \\x1b[31m" in capsys.readouterr().err
