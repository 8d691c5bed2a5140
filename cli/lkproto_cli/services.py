"""`lkproto services`: the services of LiveKit, and what their methods need."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from lkproto import Method, Service, service_of, services

from .call_method import ATTRIBUTES, called_services, services_named
from .main import Parser
from .output import complain, json_line
from .usage import UsageError


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    arguments = parser().read(words)
    try:
        found = [service_of(each) for each in _names(arguments)]
    except UsageError as error:
        complain(f"error: {error}")
        return 2
    if arguments.json:
        print(json_line({"services": [_as_json(each) for each in found]}))
    else:
        print("\n\n".join(map(_table, found)))
    return 0


def parser() -> Parser:
    """The parser of the command."""
    found = Parser(
        prog="lkproto services",
        description="List services and their methods: the name for Python and the grant that "
        "a caller's token needs. `idempotent` methods may be called twice with the effect of "
        "once. --json has the types, and how the grant is known.",
        allow_abbrev=False,
    )
    name = found.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="a service (default: all that can be called)",
    )
    found.offer(name, lambda _: [each.rpartition(".")[2] for each in called_services()])
    found.add_argument(
        "--all",
        action="store_true",
        help="also those that servers use among themselves",
    )
    found.add_argument("--json", action="store_true", help="print JSON, for programs")
    return found


def _names(arguments: Namespace) -> Sequence[str]:
    if arguments.name in services():
        return [arguments.name]
    if arguments.name is not None:
        return services_named(arguments.name)
    return services() if arguments.all else called_services()


def _table(service: Service) -> str:
    attribute = _attribute(service)
    how = (
        f"{service.transport}, LiveKitAPI.{attribute}"
        if attribute
        else service.transport
    )
    rows = [_row(each) for each in service]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(
        [f"{service.name} ({how})", *(f"  {each}".rstrip() for each in lines)]
    )


def _row(method: Method) -> list[str]:
    return [
        method.name,
        method.python_name,
        method.grant or ("grant unknown" if method.python_name else ""),
        "idempotent" if method.idempotent else "",
    ]


def _attribute(service: Service) -> str:
    return ATTRIBUTES.get(service.name, "")


def _as_json(service: Service) -> dict[str, Any]:
    return {
        "name": service.name,
        "transport": service.transport,
        "attribute": _attribute(service),
        "methods": [dict(_members(each)) for each in service],
    }


def _members(method: Method) -> Iterator[tuple[str, Any]]:
    for name in (
        "name",
        "path",
        "python_name",
        "input",
        "output",
        "grant",
        "source",
        "idempotent",
        "client_streaming",
        "server_streaming",
        "deprecated",
    ):
        yield name, getattr(method, name)
