"""The dispatcher: finds the subcommand, loads it, turns its errors into messages.

Exit codes: 0 fine, 1 drift, 2 error, 128 plus the number of a signal that ended the run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import NoReturn

# Subcommand: what it does, in one line. Each is the module of the same name.
COMMANDS = {
    "generate": "generate the package of a .proto tree",
    "call": "call a method of a LiveKit server",
    "check": "check whether a generated package is up to date",
    "completion": "print what completes these commands in bash, zsh or fish",
    "ir": "print the intermediate form of a .proto tree as JSON",
    "list": "list the files, messages, enums and services of a .proto tree",
    "mock-server": "serve LiveKit's API without media, for tests",
    "plugin": "run as a plugin of protoc or buf (protoc-gen-lkproto)",
    "schema": "import a newer upstream schema: lkproto schema import DIR",
    "services": "list the services and methods that lkproto call calls",
    "token": "mint, verify and inspect access tokens",
    "webhook": "receive, verify, sign and send webhooks; dead letters",
}

# The packages of the extra `codegen`, as they are imported.
_EXTRA = frozenset({"google", "grpc_tools", "jinja2", "ruff"})


# What ends a run from outside; Windows has no SIGHUP.
_ENDS = [
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Ended(KeyboardInterrupt):
    """A signal asks the run to end: whatever is half done is undone, as for Ctrl-C."""


# Options of protoc that newcomers try, and what to do here.
_OF_PROTOC = {
    "--python_out": "name the folder of the generated package with --out",
    "--lkproto_out": "that is protoc's; name the folder of the generated package with --out",
    "--lkproto_opt": "that is protoc's; here each parameter is an option, see --help",
    "--pyi_out": "leave it out: the types are in the package",
    "--mypy_out": "leave it out: the types are in the package",
    "--grpc_python_out": "there is no code for gRPC; leave it out",
}


class Parser(argparse.ArgumentParser):
    """A parser whose complaints name the nearest option or command."""

    # What completion does in place of reading.
    instead: Callable[[Parser, Sequence[str]], object] | None = None

    def __init__(self, prog: str, description: str, allow_abbrev: bool = False) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=allow_abbrev)
        self.offers: dict[str, Callable[[str], Sequence[str]]] = {}

    def actions(self) -> list[argparse.Action]:
        """The options and words that it knows."""
        return list(self._actions)

    def error(self, message: str) -> NoReturn:
        """Print one message and leave with code 2."""
        self.exit(2, f"lkproto: error: {message}\n  hint: see {self.prog} --help\n")

    def offer(
        self, action: argparse.Action, names: Callable[[str], Sequence[str]]
    ) -> None:
        """Let completion offer names, which depend on what is typed, as values of an option."""
        self.offers[action.dest] = names

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse words; an unknown one is an error that names the nearest option."""
        if Parser.instead is not None:
            Parser.instead(self, words)
        found, rest = self.parse_known_args(words)
        if rest:
            known = self.format_usage().replace("[", " ").replace("]", " ").split()
            options = [word for word in known if word.startswith("-")]
            word = rest[0].partition("=")[0]
            near = get_close_matches(word, options, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            hint = f"; {_OF_PROTOC[word]}" if word in _OF_PROTOC else hint
            self.error(f"unknown argument {rest[0]!r}{hint}")
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _replace_closed()
    try:
        try:
            return _dispatched(words)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _give_up_output()
        return 2
    except OSError as error:
        _give_up_output()
        return _fail(f"cannot write the output: {error.strerror}")


def _replace_closed() -> None:
    """Put something in the place of streams that the caller has closed (`>&-`): None for Python."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - for good


def _give_up_output() -> None:
    """Nobody takes our output any more; the rest, flushed at exit, has to go somewhere."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _dispatched(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help"):
        print(_usage())
        return 0 if words else 2
    if words[0] in ("-V", "--version"):
        from lkproto_codegen import __version__

        print(f"lkproto {__version__}")
        return 0
    name, *rest = words
    if name not in COMMANDS:
        near = get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "see lkproto --help"
        return _fail(f"there is no command {name!r}", hint)
    return _run(name, rest)


def _run(name: str, words: list[str]) -> int:
    debug = "--debug" in words
    try:
        with _signals_raise():
            command = import_module(f".{name.replace('-', '_')}", __package__)
            code: int = command.run([word for word in words if word != "--debug"])
    except Ended as ended:
        _fail("ended by a signal; the output is complete or as it was")
        return 128 + int(ended.args[0])
    except KeyboardInterrupt:
        return _fail("interrupted; the output is complete or as it was")
    except BrokenPipeError:
        raise
    except Exception as error:
        if debug:
            raise
        return _explain(name, error, "--json" in words)
    return code


@contextmanager
def _signals_raise() -> Generator[None]:
    """Let the signals that would end the process at once raise instead, the first time.

    Those that somebody else handles or ignores (nohup) stay theirs, and so do all of them in
    threads, where Python sets no handlers.
    """

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)  # what is half done is being undone
        raise Ended(number)

    ours = [each for each in _ENDS if signal.getsignal(each) == signal.SIG_DFL]
    try:
        for each in ours:
            signal.signal(each, end)
    except ValueError:
        ours = []
    try:
        yield
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)


def _explain(name: str, error: Exception, as_json: bool) -> int:
    from lkproto_codegen.diagnostics import Diagnostic, GenerationError

    if not isinstance(error, GenerationError):
        message, hint = _meaning(name, error)
        if not as_json:
            return _fail(message, hint)
        error = GenerationError([Diagnostic(message, None, hint)])
    if as_json:
        print(json.dumps({"errors": [each.as_json() for each in error.diagnostics]}))
    else:
        print(error, file=sys.stderr)
    return 2


def _meaning(name: str, error: Exception) -> tuple[str, str | None]:
    """What an exception means to users, and a hint."""
    if isinstance(error, ModuleNotFoundError):
        if (error.name or "").partition(".")[0] in _EXTRA:
            needs = f"{name} needs the generator's dependencies"
            return needs, "pip install 'lkproto[codegen]'"
    elif isinstance(error, OSError):
        where = "the output" if error.filename is None else error.filename
        return f"{where}: {error.strerror}", None
    return (
        f"internal error: {type(error).__name__}: {error}",
        "run again with --debug for the traceback, and report it",
    )


def _fail(message: str, hint: str | None = None) -> int:
    more = f"\n  hint: {hint}" if hint else ""
    text = f"lkproto: error: {message}{more}"
    # The generator's own escaping would cost the import of all it needs.
    shown = "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
    print(shown, file=sys.stderr)
    return 2


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {text}" for name, text in COMMANDS.items()]
    more = (
        "lkproto COMMAND --help shows the options of a command,"
        " lkproto --version our version."
    )
    return "\n".join(["usage: lkproto COMMAND [options]", "", *lines, "", more])
