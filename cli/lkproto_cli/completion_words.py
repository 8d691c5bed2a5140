"""What may come next on a command line, by the parsers of the commands themselves."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from io import StringIO

from .main import COMMANDS, Parser
from .usage import UsageError

Candidate = tuple[str, str]
# That one is run by other programs, and reads what they send.
_WITHOUT = ("plugin",)


def candidates(words: list[str]) -> Iterator[Candidate]:
    """What the last of the words after `lkproto` may become, each with a description."""
    *before, now = _joined(words) or [""]
    prefix = ""
    if now.startswith("--") and "=" in now:
        option, _, now = now.partition("=")
        before, prefix = [*before, option], f"{option}="
    for name, what in _found(before, now):
        if name.startswith(now):
            yield prefix + name, " ".join(what.split()).partition(". ")[0]


def _joined(words: list[str]) -> list[str]:
    """Words without the `=` that bash makes a word of its own."""
    last = [""] if words[-1:] == ["="] else []
    return [each for each in words if each != "="] + last


def _found(before: list[str], now: str) -> Iterator[Candidate]:
    if not before:
        yield from COMMANDS.items()
        return
    parser = _parser(before[0], before[1:])
    if parser is None:
        return
    options = _options(parser)
    previous = options.get(before[-1])
    if previous is not None and previous.nargs != 0:
        yield from _values(parser, previous, now)
        if previous.nargs != "?":
            return
    if now.startswith("-"):
        seen = [each for each in before if each.startswith("-")]
        for name, action in options.items():
            if name.startswith("--") and (name not in seen or _repeats(action)):
                yield name, action.help or ""
        return
    for action in parser.actions():
        if not action.option_strings:
            yield from _values(parser, action, now)


def _options(parser: Parser) -> dict[str, argparse.Action]:
    return {
        name: action
        for action in parser.actions()
        for name in action.option_strings
        if action.help != argparse.SUPPRESS
    }


def _repeats(action: argparse.Action) -> bool:
    return isinstance(action.default, list) or action.dest.startswith("field ")


def _values(parser: Parser, action: argparse.Action, now: str) -> Iterator[Candidate]:
    """The values that an option or a word may have, as far as they are known."""
    offered = parser.offers.get(action.dest)
    for each in offered(now) if offered else action.choices or ():
        yield str(each), ""


def _parser(command: str, words: list[str]) -> Parser | None:
    """The parser that is to read the words of a command, or None."""
    if command not in COMMANDS or command in _WITHOUT:
        return None
    found: list[Parser] = []

    def read(parser: Parser, given: Sequence[str]) -> argparse.Namespace | None:
        """Let a word that chooses an action choose it; everything else is what we look for."""
        if len(given) == 1 and given[0] in _actions(parser):
            return None
        found.append(parser)
        raise _Found

    Parser.instead = read
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            import_module(f".{command.replace('-', '_')}", __package__).run(words)
    except (_Found, SystemExit, UsageError, ImportError, OSError):
        pass
    finally:
        Parser.instead = None
    return found[0] if found else None


class _Found(BaseException):
    """A parser is found; nobody else takes this for an error."""


def _actions(parser: Parser) -> list[str]:
    return [
        str(each)
        for action in parser.actions()
        if not action.option_strings
        for each in action.choices or ()
    ]
