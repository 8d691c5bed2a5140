"""Completion in bash, zsh and fish: real shells ask the real command."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lkproto_cli.main import COMMANDS

from .conftest import SOURCES, Done, Project

CREATE = "RoomService/CreateRoom"
ASKED = {
    "bash": r"""
source <(lkproto completion bash)
COMP_WORDS=({words})
COMP_CWORD=$(({count} - 1))
_lkproto lkproto
for each in "${{COMPREPLY[@]}}"; do echo "$each"; done
""",
    "zsh": r"""
autoload -U compinit; compinit -D -u
source <(lkproto completion zsh)
words=({words})
CURRENT={count}
compadd() {{ shift 4; print -rl -- "$@" }}
_files() {{ print -rl -- files }}
_lkproto
""",
    "fish": r"""
lkproto completion fish | source
complete -C {line} | string replace -r '\t.*' ''
""",
}
SHELLS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            shutil.which(name) is None, reason=f"{name} is not installed"
        ),
    )
    for name in ASKED
]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with this checkout's `lkproto`."""
    folder = tmp_path / "programs"
    folder.mkdir()
    script = folder / "lkproto"
    paths = shlex.quote(os.pathsep.join(SOURCES))
    script.write_text(
        f"#!/bin/sh\nPYTHONPATH={paths} exec {shlex.quote(sys.executable)} "
        '-m lkproto_cli "$@"\n'
    )
    script.chmod(0o755)
    return folder


def asked(shell: str, programs: Path, *words: str) -> list[str]:
    """What a shell offers for the last word of a command line, which is quoted as it is typed."""
    script = ASKED[shell].format(
        words=" ".join(shlex.quote(each) for each in ("lkproto", *words)),
        count=len(words) + 1,
        line=shlex.quote(" ".join(("lkproto", *words))),
    )
    done = subprocess.run(
        [shell, "-c", script],
        cwd=programs.parent,
        env={
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(programs.parent),
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return sorted(done.stdout.splitlines())


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_offers_commands_methods_fields_and_values(
    shell: str, programs: Path
) -> None:
    assert asked(shell, programs, "") == sorted(COMMANDS)
    assert asked(shell, programs, "comp") == ["completion"]
    assert asked(shell, programs, "call", "RoomService/Cr") == [CREATE]
    full = "livekit.SIP/CreateSIPP"
    assert asked(shell, programs, "call", full) == ["livekit.SIP/CreateSIPParticipant"]
    assert asked(shell, programs, "call", CREATE, "--em") == ["--empty-timeout"]
    kinds = asked(shell, programs, "call", "RoomService/SendData", "--kind", "")
    assert kinds == ["LOSSY", "RELIABLE"]
    assert asked(shell, programs, "services", "Ro") == ["RoomService"]
    assert asked(shell, programs, "webhook", "dead-letters", "l") == ["list"]


@pytest.mark.parametrize("shell", SHELLS)
def test_words_of_a_command_line_are_never_run(shell: str, programs: Path) -> None:
    for word in (
        "$(touch pwned)",
        "`touch pwned`",
        "';touch pwned;'",
        '";touch pwned;"',
    ):
        line = ("call", shlex.quote(word), "--na")
        asked(shell, programs, *line)

    assert not (programs.parent / "pwned").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_as_its_shell_wants_it(shell: str, programs: Path) -> None:
    script = subprocess.run(
        [programs / "lkproto", "completion", shell],
        capture_output=True,
        text=True,
        check=True,
    )
    checked = subprocess.run(
        [shell, "-n"], input=script.stdout, capture_output=True, text=True, check=False
    )

    assert (checked.returncode, checked.stderr) == (0, "")


def offered(project: Project, *words: str) -> list[str]:
    """The candidates, without what they are."""
    done = project.run("completion", "candidates", *words)
    assert (done.code, done.err) == (0, "")
    return [line.partition("\t")[0] for line in done.out.splitlines()]


def test_a_value_after_an_equals_sign_is_completed_however_a_shell_splits_it(
    project: Project,
) -> None:
    words = ("call", "RoomService/SendData")

    one = offered(project, *words, "--kind=L")
    three = offered(project, *words, "--kind", "=", "L")
    empty = offered(project, *words, "--kind", "=")

    assert (one, three, empty) == (["--kind=LOSSY"], ["LOSSY"], ["RELIABLE", "LOSSY"])


def test_an_option_is_offered_once_unless_it_may_be_repeated(project: Project) -> None:
    words = ("call", CREATE, "--url", "x", "--tags", "a=b", "--")

    options = offered(project, *words)

    assert "--url" not in options
    assert {"--tags", "--header", "--timeout", "--data"} <= set(options)
    assert "--now" not in options


def test_a_switch_may_have_a_value_and_may_not(project: Project) -> None:
    words = ("call", CREATE, "--sync-streams")

    assert offered(project, *words, "") == ["true", "false"]
    assert "--name" in offered(project, *words, "--n")


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "plugin"])
def test_options_of_every_command_are_offered(command: str, project: Project) -> None:
    actions = {"token": ["mint"], "webhook": ["send"], "schema": ["import"]}
    options = offered(project, command, *actions.get(command, []), "--")

    assert "--help" in options


@pytest.mark.parametrize(
    "words",
    [
        ["plugin", ""],
        ["nope", ""],
        ["call", "nope", "--"],
        ["call", CREATE, "--secret=x", "--"],
        ["call", CREATE, "--data", ""],
    ],
)
def test_where_nothing_is_known_nothing_is_offered(
    words: list[str], project: Project
) -> None:
    assert offered(project, *words) == []


def test_a_candidate_has_a_line_about_it(project: Project) -> None:
    done = project.run("completion", "candidates", "call", CREATE, "--max-par")

    assert done.out.startswith("--max-participants\tUpper limit of simultaneous")
    assert done.out.count("\n") == 1


def test_a_shell_that_is_none_is_named(project: Project) -> None:
    done = project.run("completion", "csh")

    assert (done.code, done.out) == (2, "")
    assert "invalid choice: 'csh'" in done.err
    assert project.run("completion", "--help").code == 0


def test_parsers_read_again_after_completion(project: Project) -> None:
    offered(project, "services", "")

    assert project.run("services", "Ingress").code == 0
    assert project.run("services", "--nope") == Done(
        2,
        "",
        "lkproto: error: unknown argument '--nope'\n"
        "  hint: see lkproto services --help\n",
    )


@pytest.mark.parametrize(
    "words",
    [
        ["call", "Ro"],
        ["call", CREATE, "--"],
        ["generate", "--"],
        ["token", "mint", "--"],
    ],
)
def test_completion_loads_neither_the_generator_nor_a_server(words: list[str]) -> None:
    code = (
        "import sys; from lkproto_cli.main import main\n"
        f"main(['completion', 'candidates', *{words!r}])\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": os.pathsep.join(SOURCES)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.rpartition("LOADED")[2].split())

    heavy = {"google.protobuf", "grpc_tools", "jinja2", "asyncio", "ssl", "yaml"}
    assert heavy.isdisjoint(loaded)
    assert words[0] == "generate" or "lkproto_codegen" not in loaded
    if words == ["call", "Ro"]:
        assert "lkproto.auth" not in loaded
