"""What commands print. Whatever comes from outside is escaped before a terminal sees it."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


def complain(words: str) -> None:
    """Print something on stderr, in one piece: several threads may print."""
    lines = f"lkproto: {words}".split("\n")
    sys.stderr.write("\n".join(map(printable, lines)) + "\n")
    sys.stderr.flush()


@contextmanager
def warnings_shown() -> Generator[None]:
    """Print each warning once, and as it comes: a command may run for days."""
    seen: set[str] = set()

    def show(message: Warning | str, *_: object, **__: object) -> None:
        if str(message) not in seen:
            seen.add(str(message))
            complain(f"warning: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield


@contextmanager
def quiet_logs() -> Generator[None]:
    """Leave out what lkproto logs: a command says itself what becomes of its work."""
    import logging

    log, quiet = logging.getLogger("lkproto"), logging.NullHandler()
    log.addHandler(quiet)
    try:
        yield
    finally:
        log.removeHandler(quiet)


def tolerate_any_text() -> None:
    """Let stdout take every text: what its encoding does not have is escaped."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")


def json_line(value: Any) -> str:
    """A JSON value on one line, in ASCII, with no character that a terminal acts on."""
    return json.dumps(value, separators=(",", ":")).replace("\x7f", "\\u007f")


def json_for_people(value: Any) -> str:
    """A JSON value on several lines, in the letters of its language."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    return "\n".join(map(printable, lines))


def text(value: Any) -> str:
    """A JSON value on one line, safe to print."""
    return printable(json.dumps(value, ensure_ascii=False))


def printable(words: str) -> str:
    """Text in which characters are escaped that a terminal would act on or hide."""
    if words.isprintable():
        return words
    return "".join(each if each.isprintable() else _escaped(each) for each in words)


def _escaped(char: str) -> str:
    data = char.encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{data[at]:02x}{data[at + 1]:02x}" for at in range(0, len(data), 2)
    )
