"""Connectors: how to reach a testee, as text; `FORMS` has all forms."""

from __future__ import annotations

import importlib
import shlex

from .connection import Connection, StartError
from .folder import FolderTestee, read
from .in_process import InProcessTestee
from .process import ProcessTestee
from .replay import ReplayTestee
from .tcp import TcpTestee

FORMS = {
    "exec:COMMAND": "a program that speaks on stdin and stdout",
    "folder:PATH": "a folder with testee.toml",
    "python:MODULE:FACTORY": "an object of this process",
    "tcp:HOST:PORT": "a program that listens, under a debugger for instance",
    "replay:FILE": "saved replies to the requests that emit writes",
}
"""Every form of a connector, and what it reaches."""


def connect(connector: str) -> Connection:
    """The testee that a connector names, not started yet. Raises StartError."""
    scheme, _, rest = connector.partition(":")
    make = _MAKERS.get(scheme)
    if make is None or not rest.strip():
        raise StartError(_not_one_of_them(connector))
    try:
        return make(rest)
    except (StartError, ImportError, AttributeError, TypeError, ValueError) as error:
        if isinstance(error, StartError) and scheme == "folder":
            raise  # it has the file's name
        raise StartError(f"{connector}: {error}") from None


def instances(connector: str, number: int) -> list[Connection]:
    """Several instances of a testee, for `--jobs`. Raises StartError if there is but one."""
    scheme = connector.partition(":")[0]
    if number > 1 and scheme in _MAKERS and scheme not in ("exec", "folder"):
        raise StartError(
            f"{connector}: there is one of it only; --jobs {number} needs exec: or folder:"
        )
    return [connect(connector) for _ in range(number)]


def _not_one_of_them(connector: str) -> str:
    *forms, last = FORMS
    return (
        f"{connector}: none of {', '.join(forms)} and {last}; "
        "give the command of the testee after exec:"
    )


def _exec(rest: str) -> Connection:
    return ProcessTestee(shlex.split(rest))


def _folder(rest: str) -> Connection:
    return FolderTestee(read(rest))


def _python(rest: str) -> Connection:
    module, _, factory = rest.partition(":")
    if not factory:
        raise StartError("the form is python:MODULE:FACTORY")
    return InProcessTestee(getattr(importlib.import_module(module), factory)())


def _tcp(rest: str) -> Connection:
    host, _, port = rest.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise StartError("the form is tcp:HOST:PORT, with a number as port")
    return TcpTestee(host.strip("[]"), int(port))


_MAKERS = {
    "exec": _exec,
    "folder": _folder,
    "python": _python,
    "tcp": _tcp,
    "replay": ReplayTestee,
}
