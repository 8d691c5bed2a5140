"""Planning the module of a file's services: their tables, clients, and what servers implement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from .. import ir
from . import docs, names
from .classes import annotation_of
from .scope import ModuleScope
from .stub_names import StubNames, check_methods
from .types import MethodPlan, RequestPlan, ServicePlan

# A field of this name has to be passed in a message: the keyword is that of the call's options.
_CALL = "call"


@dataclass(frozen=True, slots=True)
class Kinds:
    """What is made of Twirp services besides tables."""

    client: bool
    async_client: bool
    server: bool

    @classmethod
    def of(cls, chosen: Collection[str]) -> Kinds:
        """Those of the option `twirp`."""
        return cls("client" in chosen, "async" in chosen, "server" in chosen)


def has_stubs(service: ir.Service, stubs: Collection[str]) -> bool:
    """Whether a service has more than a table."""
    return service.transport == "twirp" and bool(stubs)


def public_names(
    file: ir.File, found: Mapping[str, StubNames], stubs: Collection[str]
) -> tuple[str, ...]:
    """The public names of the module of a file's services, sorted."""
    return tuple(sorted(_public(file, found, Kinds.of(stubs))))


def _public(
    file: ir.File, found: Mapping[str, StubNames], kinds: Kinds
) -> Iterator[str]:
    for service in file.services:
        own = found[service.full_name]
        yield own.table
        if service.transport == "twirp":
            if kinds.client:
                yield own.client
            if kinds.async_client:
                yield own.async_client
            if kinds.server:
                yield own.server


class ServicePlanner:
    """Plans the services of a file, and collects the requests whose fields are keywords."""

    def __init__(
        self,
        scope: ModuleScope,
        messages: Mapping[str, ir.Message],
        found: Mapping[str, StubNames],
        stubs: Collection[str],
    ) -> None:
        self._scope = scope
        self._messages = messages
        self._names = found
        self._stubs = stubs
        self._kinds = Kinds.of(stubs)
        self._requests: dict[str, RequestPlan] = {}

    @property
    def requests(self) -> tuple[RequestPlan, ...]:
        """The requests of the services that were planned, by name."""
        return tuple(sorted(self._requests.values(), key=lambda each: each.name))

    def plan(self, service: ir.Service) -> ServicePlan:
        """A service. Raises GenerationError if two of its methods get one name."""
        own = self._names[service.full_name]
        stubs = has_stubs(service, self._stubs)
        kinds = self._kinds
        if stubs:
            check_methods(service)
        name = service.full_name
        return ServicePlan(
            full_name=name,
            transport=service.transport,
            table=own.table,
            table_type=f"_{own.server}Table",
            text=self._scope.spell_builtin("str", ()),
            doc="" if stubs else docs.table_doc(service),
            methods=tuple(self._method(service, each) for each in service.methods),
            deprecated=f"{name} is deprecated" if service.deprecated else None,
            client=own.client if stubs and kinds.client else None,
            client_doc=docs.client_doc(service),
            async_client=own.async_client if stubs and kinds.async_client else None,
            async_client_doc=docs.client_doc(service, " for asyncio"),
            server=own.server if stubs and kinds.server else None,
            server_doc=docs.server_doc(service),
        )

    def _method(self, service: ir.Service, method: ir.Method) -> MethodPlan:
        called = has_stubs(service, self._stubs) and (
            self._kinds.client or self._kinds.async_client
        )
        deprecated = method.deprecated or service.deprecated
        path = f"{service.full_name}/{method.name}"
        return MethodPlan(
            rpc=method.name,
            name=names.method_name(method.name),
            input=method.input,
            output=method.output,
            keywords=tuple(_keywords(method)),
            request=self._scope.spell_type(method.input, ()),
            reply=self._scope.spell_type(method.output, ()),
            fields=self._fields(method.input) if called else None,
            deprecated=f"{path} is deprecated" if deprecated else None,
            marked=method.deprecated,
            client_doc=docs.call_doc(service, method),
            server_doc=docs.handler_doc(service, method),
        )

    def _fields(self, full_name: str) -> str | None:
        """The name of the TypedDict of a request's fields, which is planned once."""
        message = self._messages[full_name]
        fields = {
            name: each
            for each in message.fields
            if (name := names.identifier(each.name, "member")) != _CALL
        }
        if not fields:
            return None
        if full_name not in self._requests:
            self._requests[full_name] = RequestPlan(
                self._free(self._scope.types[full_name].path),
                tuple(
                    (name, annotation_of(each, self._scope, fields.keys()))
                    for name, each in fields.items()
                ),
            )
        return self._requests[full_name].name

    def _free(self, path: str) -> str:
        """A name for the fields of a message that no other message of the module has."""
        name = f"_{path.replace('.', '_')}Fields"
        taken = {each.name for each in self._requests.values()}
        while name in taken:
            name += "_"
        return name


def _keywords(method: ir.Method) -> Iterator[tuple[str, object]]:
    """What a method's entry in the table says besides names, in a fixed order."""
    candidates = (
        ("client_streaming", method.client_streaming),
        ("server_streaming", method.server_streaming),
        ("deprecated", method.deprecated),
        ("idempotent", method.idempotent),
        ("grant", method.grant),
        ("source", method.source),
    )
    for name, value in candidates:
        if value:
            yield name, value
