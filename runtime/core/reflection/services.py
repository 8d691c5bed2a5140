"""The services of the schema and their methods.

Generated modules have a table of each service, a `Service`, so that nothing is looked up in
descriptors before somebody asks for options.
"""

from __future__ import annotations

from ..registry import find_message, load, tables

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Generic, Literal, TypeAlias
    from typing import Protocol as Protocol

    from typing_extensions import TypeVar

    from ..message import Message

    I_co = TypeVar("I_co", bound=Message, covariant=True, default=Message)
    O_co = TypeVar("O_co", bound=Message, covariant=True, default=Message)
    Transport: TypeAlias = Literal[
        "twirp", "grpc", "psrpc", "connect", "in-room", "other"
    ]

    class _Base(Generic[I_co, O_co]):
        """Makes `Method` generic for type checkers."""

else:

    class _Base:
        """Makes `Method[I, O]` valid at run time without importing typing."""

        __slots__ = ()

        def __class_getitem__(cls, item):
            return cls

    class Protocol:
        """The base of what servers implement: for checkers it is typing's, slow to import."""

        __slots__ = ()


class Method(_Base["I_co", "O_co"]):
    """One method (RPC) of a service.

    `name` is its name in the schema, `python_name` the one in generated classes (empty where none
    were generated), `service` the full proto name of its service, and `path` both, as in URLs:
    `livekit.RoomService/CreateRoom`. `input` and `output` are the full proto names of the request
    and response messages; `client_streaming` and `server_streaming` say whether they are streams.
    An `idempotent` method may be called twice with the effect of once. `grant` says which grant a
    caller's token needs, and `source` how that is known, where the schema's owner has said so.
    """

    __slots__ = (
        "client_streaming",
        "deprecated",
        "grant",
        "idempotent",
        "input",
        "name",
        "output",
        "path",
        "python_name",
        "server_streaming",
        "service",
        "source",
    )

    def __init__(
        self,
        name: str,
        python_name: str,
        input: str,
        output: str,
        *,
        client_streaming: bool = False,
        server_streaming: bool = False,
        deprecated: bool = False,
        idempotent: bool = False,
        grant: str = "",
        source: str = "",
    ) -> None:
        self.name = name
        self.python_name = python_name
        self.input = input
        self.output = output
        self.client_streaming = client_streaming
        self.server_streaming = server_streaming
        self.deprecated = deprecated
        self.idempotent = idempotent
        self.grant = grant
        self.source = source
        self.service = ""
        self.path = name

    @property
    def input_type(self) -> type[I_co]:
        """The class of the request message."""
        return _class(self.input)  # type: ignore[no-any-return]

    @property
    def output_type(self) -> type[O_co]:
        """The class of the response message."""
        return _class(self.output)  # type: ignore[no-any-return]

    @property
    def options(self) -> Any:
        """The options, as this package's own `google.protobuf.MethodOptions`."""
        from .descriptors import empty_options

        methods = _descriptor(self.service).method
        found = next(each for each in methods if each.name == self.name)
        return found.options or empty_options("Method")

    def __repr__(self) -> str:
        return f"<Method {self.name}({self.input}) -> {self.output}>"


class Service:
    """A service: its full proto `name`, the `file` that declares it, its `methods` in order.

    `transport` is how it is called: `twirp`, `grpc`, `psrpc`, `connect`, `in-room` or `other`.
    Iteration yields the methods, `service["Rpc"]` is the one of that name.
    """

    __slots__ = ("_by_name", "file", "methods", "name", "transport")

    def __init__(
        self, name: str, file: str, transport: Transport, methods: tuple[Method, ...]
    ) -> None:
        self.name = name
        self.file = file
        self.transport = transport
        self.methods = methods
        self._by_name = {each.name: each for each in methods}
        for each in methods:
            each.service = name
            each.path = f"{name}/{each.name}"

    def __getitem__(self, name: str, /) -> Method:
        """The method of a name in the schema. Raises KeyError, which names the nearest."""
        found = self._by_name.get(name)
        if found is None:
            from ..advice import did_you_mean

            advice = did_you_mean(name, self._by_name)
            raise KeyError(f"{self.name} has no method {name!r}{advice}")
        return found

    def __iter__(self) -> Iterator[Method]:
        return iter(self.methods)

    def __contains__(self, name: object, /) -> bool:
        return name in self._by_name or name in self.methods

    def serve(self, implementation: Any, /) -> Served:
        """What a server serves for this service: an object that has its methods.

        An object of a class that is derived from the generated one is served without this.
        """
        return Served(self, implementation)

    def __repr__(self) -> str:
        return f"<Service {self.name}: {len(self.methods)} methods>"


class Served:
    """A `service` and the `implementation` that a server calls for it."""

    __slots__ = ("implementation", "service")

    def __init__(self, service: Service, implementation: object) -> None:
        self.service = service
        self.implementation = implementation

    def __repr__(self) -> str:
        return f"<Served {self.service.name}: {self.implementation!r}>"


def table(name: str, file: str, transport: Transport, *methods: Method) -> Any:
    """The table of a service; generated modules call this, and say its type."""
    return Service(name, file, transport, methods)


def warn_deprecated(reason: str) -> None:
    """Warn, with the place where the method that calls this was called."""
    from warnings import warn

    warn(reason, DeprecationWarning, stacklevel=3)


def services() -> tuple[str, ...]:
    """The full proto names of the services in this package's schema, sorted."""
    return tuple(sorted(tables().SERVICES))


def service_of(name: str) -> Service:
    """The service with a full proto name, such as `livekit.RoomService`.

    Raises KeyError for a name that the schema does not have.
    """
    place = tables().TABLES.get(name)
    if place is not None:
        return load(place)  # type: ignore[no-any-return]
    # A service of a file that was only imported.
    methods = tuple(map(_described, _descriptor(name).method))
    return Service(name, tables().SERVICES[name], "other", methods)


def _described(descriptor: Any) -> Method:
    options = descriptor.options
    return Method(
        descriptor.name,
        "",
        descriptor.input_type.removeprefix("."),
        descriptor.output_type.removeprefix("."),
        client_streaming=bool(descriptor.client_streaming),
        server_streaming=bool(descriptor.server_streaming),
        deprecated=bool(options and options.deprecated),
        idempotent=bool(options and options.idempotency_level),
    )


def _descriptor(service: str) -> Any:
    """The descriptor of a service, by its full name."""
    from .descriptors import parsed_file

    simple = service.rpartition(".")[2]
    declared = parsed_file(tables().SERVICES[service]).service
    return next(each for each in declared if each.name == simple)


def _class(full_name: str) -> Any:
    found = find_message(full_name)
    if found is None:
        raise LookupError(f"this package has no message {full_name}")
    return found
