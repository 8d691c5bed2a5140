"""The dispatcher: help, mistakes in the command line, and every way a run can end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from lkproto_cli.main import main

from .conftest import COMMAND, SOURCES, Done, Project, with_default_signals

USAGE = """\
usage: lkproto COMMAND [options]

  generate     generate the package of a .proto tree
  call         call a method of a LiveKit server
  check        check whether a generated package is up to date
  completion   print what completes these commands in bash, zsh or fish
  ir           print the intermediate form of a .proto tree as JSON
  list         list the files, messages, enums and services of a .proto tree
  mock-server  serve LiveKit's API without media, for tests
  plugin       run as a plugin of protoc or buf (protoc-gen-lkproto)
  schema       import a newer upstream schema: lkproto schema import DIR
  services     list the services and methods that lkproto call calls
  token        mint, verify and inspect access tokens
  webhook      receive, verify, sign and send webhooks; dead letters

lkproto COMMAND --help shows the options of a command, lkproto --version our version.
"""
NEEDS_EXTRA = """\
lkproto: error: {} needs the generator's dependencies
  hint: pip install 'lkproto[codegen]'
"""


def test_requested_help_exits_with_0_and_other_help_with_2(project: Project) -> None:
    assert project.run("--help") == project.run("-h") == Done(0, USAGE, "")
    assert project.run() == Done(2, USAGE, "")


def test_the_version_is_that_of_the_generator(project: Project) -> None:
    assert project.run("--version") == Done(0, "lkproto 0.1.0\n", "")
    assert project.run("-V").out == "lkproto 0.1.0\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        *("generate", "check", "ir", "list", "plugin", "schema", "schema import"),
        *("call", "call ListRooms", "services", "completion"),
    ],
)
def test_every_command_has_help(command: str, project: Project) -> None:
    done = project.run(*command.split(), "--help")

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("usage: ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "generat",
            "there is no command 'generat'\n  hint: did you mean 'generate'?",
        ),
        ("zzz", "there is no command 'zzz'\n  hint: see lkproto --help"),
        ("--out", "there is no command '--out'\n  hint: see lkproto --help"),
        (
            "generate --shema-version=3",
            "unknown argument '--shema-version=3'; did you mean --schema-version?\n"
            "  hint: see lkproto generate --help",
        ),
        (
            "check --no-cach",
            "unknown argument '--no-cach'; did you mean --no-cache?\n"
            "  hint: see lkproto check --help",
        ),
        # A word without effect is not an option.
        ("ir --json", "unknown argument '--json'\n  hint: see lkproto ir --help"),
        ("list --out x", "unknown argument '--out'\n  hint: see lkproto list --help"),
        (
            "list --redact x",
            "unknown argument '--redact'\n  hint: see lkproto list --help",
        ),
        ("list --zzz", "unknown argument '--zzz'\n  hint: see lkproto list --help"),
        # An abbreviation is not an option: it could mean another one in the future.
        (
            "list --jso",
            "unknown argument '--jso'; did you mean --json?\n  hint: see lkproto list --help",
        ),
        (
            "plugin --versio",
            "unknown argument '--versio'; did you mean --version?\n"
            "  hint: see protoc-gen-lkproto --help",
        ),
    ],
)
def test_mistakes_name_the_nearest_word(
    words: str, message: str, project: Project
) -> None:
    assert project.run(*words.split()) == Done(2, "", f"lkproto: error: {message}\n")


def test_an_option_without_its_value_is_named(project: Project) -> None:
    done = project.run("generate", "--out")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("lkproto: error: argument --out: ")
    assert done.err.endswith("\n  hint: see lkproto generate --help\n")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["generate", "check", "ir", "list", "plugin"])
def test_without_its_dependencies_a_command_names_the_extra(
    command: str, project: Project
) -> None:
    code = (
        "import sys\n"
        "sys.path = [path for path in sys.path if 'site-packages' not in path]\n"
        "from lkproto_cli import main\n"
        "sys.exit(main())"
    )

    done = project.run(command, command=(sys.executable, "-c", code))

    assert done == Done(2, "", NEEDS_EXTRA.format(command))


@pytest.mark.parametrize(
    ("number", "code", "what"),
    [
        (signal.SIGINT, 2, "interrupted"),
        (signal.SIGTERM, 143, "ended by a signal"),
        (signal.SIGHUP, 129, "ended by a signal"),
    ],
)
def test_an_interruption_is_one_line(
    number: signal.Signals, code: int, what: str, project: Project
) -> None:
    """The command reads an endless configuration, so it is running for certain."""
    config = project.folder / "endless.toml"
    os.mkfifo(config)
    command = with_default_signals(*COMMAND, "generate", "--config", str(config))

    done = project.run_and_signal(command, number, when_it_reads=config)

    assert done == Done(
        code, "", f"lkproto: error: {what}; the output is complete or as it was\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_of_writing_changes_nothing(
    number: signal.Signals, generated: Project
) -> None:
    """The second signal comes while the first one is being handled."""
    code = (
        "import os, sys\n"
        "steps = 0\n"
        "def replace(*paths, real=os.replace):\n"
        "    global steps\n"
        "    steps += 1\n"
        "    if steps in (3, 4):\n"
        f"        os.kill(os.getpid(), {int(number)})\n"
        "    real(*paths)\n"
        "os.replace = replace\n"
        "from lkproto_cli import main; sys.exit(main())"
    )
    before = {
        path: path.read_bytes()
        for path in generated.folder.joinpath("out").rglob("*")
        if path.is_file()
    }
    generated.write("protos/plain.proto", 'syntax = "proto3"; message New {}')

    command = with_default_signals(sys.executable, "-c", code)
    done = generated.run("generate", command=command)

    assert done.code == 128 + number
    assert {
        path: path.read_bytes()
        for path in generated.folder.joinpath("out").rglob("*")
        if path.is_file()
    } == before


def test_signal_handlers_are_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setitem(
        sys.modules,
        "lkproto_cli.list",
        SimpleNamespace(
            run=lambda words: seen.append(signal.getsignal(signal.SIGTERM)) or 0
        ),
    )
    in_thread = Thread(target=main, args=(["list"],))
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert main(["list"]) == 0
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    in_thread.start()
    in_thread.join()

    assert callable(seen[0])
    assert seen[1:] == [signal.SIG_DFL]


def test_a_reader_that_leaves_early_is_not_an_error(project: Project) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "list"],
        cwd=project.folder,
        env=project.environment({}),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (2, b"")


def test_files_the_system_refuses_are_named(project: Project) -> None:
    link = project.folder / "protos" / "gone.proto"
    link.symlink_to("nowhere")

    done = project.run("generate")

    assert done == Done(2, "", f"lkproto: error: {link}: No such file or directory\n")


def test_an_internal_error_says_so_and_debug_shows_where(project: Project) -> None:
    code = (
        "import sys\n"
        "from lkproto_cli import list, main\n"
        "def fail(words): raise RuntimeError(f'gone wrong: {words}')\n"
        "list.run = fail\n"
        "sys.exit(main())"
    )
    command = (sys.executable, "-c", code)

    assert project.run("list", command=command) == Done(
        2,
        "",
        "lkproto: error: internal error: RuntimeError: gone wrong: []\n"
        "  hint: run again with --debug for the traceback, and report it\n",
    )
    with pytest.raises(AssertionError, match=r"Traceback[^$]*gone wrong: \[\]"):
        project.run("list", "--debug", command=command)


def test_a_missing_module_of_our_own_is_an_internal_error(project: Project) -> None:
    code = (
        "import sys; sys.modules['lkproto_cli.list'] = None\n"
        "from lkproto_cli import main; sys.exit(main())"
    )

    done = project.run("list", command=(sys.executable, "-c", code))

    assert done.code == 2
    assert done.err.startswith("lkproto: error: internal error: ModuleNotFoundError: ")


def test_subcommands_are_loaded_when_called() -> None:
    code = (
        f"import sys; sys.path[:0] = {SOURCES!r}\n"
        "from lkproto_cli import main\n"
        "assert main(['--help']) == 0\n"
        "print([name for name in sys.modules if name.startswith('lkproto_')])"
    )
    command = [sys.executable, "-I", "-S", "-c", code]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "['lkproto_cli.main', 'lkproto_cli']"


def test_the_console_scripts_are_functions(project: Project) -> None:
    """What the entry points in pyproject.toml name, called as an installer's script does."""
    for module, name in (
        ("lkproto_cli", "lkproto"),
        ("lkproto_cli.plugin", "protoc-gen-lkproto"),
    ):
        script = project.write(
            name, f"import sys\nfrom {module} import main\nsys.exit(main())\n"
        )
        done = project.run("--version", command=(sys.executable, str(script)))
        assert done == Done(0, f"{name} 0.1.0\n", "")


@pytest.mark.slow
def test_paths_are_relative_to_the_configuration_found_above(project: Project) -> None:
    inner = Project(project.folder / "deep" / "er")
    inner.folder.mkdir(parents=True)

    assert inner.run("list") == project.run("list")
    assert Path(inner.folder, "out").exists() is False
