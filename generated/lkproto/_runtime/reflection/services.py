# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The services of the schema and their methods."""

from __future__ import annotations

from ..registry import find_message, tables
from .descriptors import empty_options, parsed_file

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

    from ..message import Message


class Method:
    """One method (RPC) of a service.

    `input` and `output` are the full proto names of the request and response messages;
    `client_streaming` and `server_streaming` say whether they are streams. `options` is this
    package's own `google.protobuf.MethodOptions`.
    """

    __slots__ = (
        "client_streaming",
        "input",
        "name",
        "options",
        "output",
        "server_streaming",
    )

    def __init__(self, descriptor: Any) -> None:
        self.name: str = descriptor.name
        self.input: str = descriptor.input_type.removeprefix(".")
        self.output: str = descriptor.output_type.removeprefix(".")
        self.client_streaming = bool(descriptor.client_streaming)
        self.server_streaming = bool(descriptor.server_streaming)
        self.options: Any = descriptor.options or empty_options("Method")

    @property
    def input_type(self) -> type[Message] | None:
        """The class of the request message, or None if this package does not have it."""
        return find_message(self.input)

    @property
    def output_type(self) -> type[Message] | None:
        """The class of the response message, or None if this package does not have it."""
        return find_message(self.output)

    def __repr__(self) -> str:
        return f"<Method {self.name}({self.input}) -> {self.output}>"


class Service:
    """A service: its full proto `name`, the `file` that declares it, its `methods` in order."""

    __slots__ = ("file", "methods", "name")

    def __init__(self, name: str, file: str, methods: tuple[Method, ...]) -> None:
        self.name = name
        self.file = file
        self.methods = methods

    def __repr__(self) -> str:
        return f"<Service {self.name}: {len(self.methods)} methods>"


def services() -> tuple[str, ...]:
    """The full proto names of the services in this package's schema, sorted."""
    return tuple(sorted(tables().SERVICES))


def service_of(name: str) -> Service:
    """The service with a full proto name, such as `livekit.RoomService`.

    Raises KeyError for a name that the schema does not have.
    """
    path = tables().SERVICES[name]
    simple = name.rpartition(".")[2]
    found = next(each for each in parsed_file(path).service if each.name == simple)
    return Service(name, path, tuple(map(Method, found.method)))
