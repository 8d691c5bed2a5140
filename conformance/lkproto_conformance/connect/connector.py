"""Connectors: how to reach a testee, as text; `FORMS` has all forms."""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Callable

from .connection import Connection, ConnectorError, StartError
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


def check(connector: str) -> None:
    """Whether a text has the form of a connector. Raises ConnectorError."""
    scheme, _, rest = connector.partition(":")
    if scheme not in _MAKERS or not rest.strip():
        raise ConnectorError(_not_one_of_them(connector))
    try:
        _CHECKS.get(scheme, str)(rest)
    except ValueError as error:
        raise ConnectorError(f"{connector}: {error}") from None


def connect(connector: str) -> Connection:
    """The testee that a connector names, not started yet. Raises StartError."""
    check(connector)
    scheme, _, rest = connector.partition(":")
    try:
        return _MAKERS[scheme](rest)
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
    module, factory = _module_and_factory(rest)
    return InProcessTestee(getattr(importlib.import_module(module), factory)())


def _tcp(rest: str) -> Connection:
    return TcpTestee(*_host_and_port(rest))


def _module_and_factory(rest: str) -> tuple[str, str]:
    module, _, factory = rest.partition(":")
    if not module or not factory:
        raise ValueError("the form is python:MODULE:FACTORY")
    return module, factory


def _host_and_port(rest: str) -> tuple[str, int]:
    host, _, port = rest.rpartition(":")
    if not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError("the form is tcp:HOST:PORT, with a number as port")
    return host.strip("[]"), int(port)


_CHECKS: dict[str, Callable[[str], object]] = {
    "exec": shlex.split,
    "python": _module_and_factory,
    "tcp": _host_and_port,
}
"""What reads the rest of a connector. Raises ValueError."""


_MAKERS = {
    "exec": _exec,
    "folder": _folder,
    "python": _python,
    "tcp": _tcp,
    "replay": ReplayTestee,
}
