"""The services file: how each service is called, and what its methods need.

A schema does not say either. The file has a table for each service, `["livekit.RoomService"]`, with
its `transport`, and one for its methods, with `grant`, `idempotent` and `source` of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from .. import ir
from ..diagnostics import Diagnostic, GenerationError, nearest, shown
from ..toml import Places, parsed, text_of

_TRANSPORTS: tuple[str, ...] = get_args(ir.Transport)
_OF_SERVICE: dict[str, type] = {"transport": str, "methods": dict}
_OF_METHOD: dict[str, type] = {"grant": str, "idempotent": bool, "source": str}
_WORDS = {str: "a string", bool: "true or false", dict: "a table"}


def with_services(schema: ir.Schema, path: Path | None) -> ir.Schema:
    """A schema whose services have their transports, by the services file if there is one.

    Without it, those that do not stream are Twirp's. Raises GenerationError for what the file says
    of services and methods that the schema does not have, for services of the tree that it does
    not list, and for methods of Twirp that stream.
    """
    if path is None:
        return _changed(schema, _by_shape)
    file = _ServicesFile(path, schema)
    found = _changed(schema, file.applied)
    problems = [*file.problems, *_streaming(found, path)]
    if problems:
        raise GenerationError(problems)
    return found


def _changed(
    schema: ir.Schema, change: Callable[[ir.Service], ir.Service]
) -> ir.Schema:
    """A schema with changed services of the files to generate; those of others stay."""
    return ir.Schema(
        tuple(
            (
                replace(file, services=tuple(map(change, file.services)))
                if file.requested and file.services
                else file
            )
            for file in schema.files
        )
    )


def _by_shape(service: ir.Service) -> ir.Service:
    return service if service.streaming else replace(service, transport="twirp")


def _streaming(schema: ir.Schema, path: Path) -> Iterator[Diagnostic]:
    for file in schema.files:
        for service in file.services:
            for method in service.streaming if service.transport == "twirp" else ():
                yield Diagnostic(
                    f"{service.full_name}.{method.name} streams, which Twirp cannot",
                    method.location,
                    f"set `transport` of {service.full_name} in {shown(path)}: "
                    + ", ".join(_TRANSPORTS[1:]),
                )


class _ServicesFile:
    """What a services file says, and what is wrong with it."""

    def __init__(self, path: Path, schema: ir.Schema) -> None:
        text = text_of(path)
        self.problems: list[Diagnostic] = []
        self._content = parsed(path, text)
        self._places = Places(path, text)
        self._name = shown(path)
        known = {
            service.full_name: service
            for file in schema.files
            for service in file.services
        }
        for name, entry in self._content.items():
            if name in known:
                self._check_service(known[name], entry)
            else:
                self._complain(
                    f"the schema has no service {name!r}",
                    (name,),
                    _quoted(name, entry, known) or nearest(name, list(known)),
                )

    def applied(self, service: ir.Service) -> ir.Service:
        """A service as the file describes it."""
        entry = self._content.get(service.full_name)
        if entry is None:
            self.problems.append(
                Diagnostic(
                    f"the service {service.full_name} is not in {self._name}",
                    service.location,
                    f'add it there: ["{service.full_name}"]',
                )
            )
        if self.problems or entry is None:
            return service
        methods: Mapping[str, Any] = entry.get("methods", {})
        return replace(
            service,
            transport=entry.get("transport", "twirp"),
            methods=tuple(
                replace(each, **methods.get(each.name, {})) for each in service.methods
            ),
        )

    def _check_service(self, service: ir.Service, entry: object) -> None:
        name = service.full_name
        given = self._table(entry, (name,), _OF_SERVICE)
        transport = given.get("transport", "twirp")
        if transport not in _TRANSPORTS:
            self._complain(
                f"{name} has the transport {transport!r}, which is not known",
                (name, "transport"),
                nearest(transport, _TRANSPORTS),
            )
        if "methods" in given:
            self._check_methods(service, given["methods"])

    def _check_methods(self, service: ir.Service, entries: Mapping[str, Any]) -> None:
        where = (service.full_name, "methods")
        known = [each.name for each in service.methods]
        for name, entry in entries.items():
            if name in known:
                self._table(entry, (*where, name), _OF_METHOD)
            else:
                self._complain(
                    f"{service.full_name} has no method {name!r}",
                    (*where, name),
                    nearest(name, known),
                )
        missing = [each for each in known if each not in entries]
        if missing:
            self._complain(
                f"{', '.join(missing)} of {service.full_name} "
                f"{'is' if len(missing) == 1 else 'are'} not listed",
                where,
                "list all methods of a service, or none; what is not known of one is left out: "
                f"{missing[0]} = {{}}",
            )

    def _table(
        self, entry: Any, where: tuple[str, ...], types: Mapping[str, type]
    ) -> dict[str, Any]:
        """What a table has under the names that are known there, as far as the types are right."""
        if entry.__class__ is not dict:
            self._complain(f"{where[-1]!r} is not a table", where)
            return {}
        given: dict[str, Any] = entry
        for name, value in given.items():
            if name not in types:
                problem, hint = f"unknown name {name!r}", nearest(name, list(types))
                self._complain(problem, (*where, name), hint)
            elif value.__class__ is not types[name]:
                problem = f"{name!r} takes {_WORDS[types[name]]}"
                self._complain(problem, (*where, name))
        return {
            name: value
            for name, value in given.items()
            if value.__class__ is types.get(name)
        }

    def _complain(
        self, message: str, where: tuple[str, ...], hint: str | None = None
    ) -> None:
        self.problems.append(Diagnostic(message, self._places.of(*where), hint))


def _quoted(name: str, entry: Any, known: Iterable[str]) -> str | None:
    """What to write instead of `[livekit.RoomService]`, which is a table in a table."""
    inside: Mapping[str, Any] = entry if entry.__class__ is dict else {}
    meant = [each for each in known if each.startswith(f"{name}.")]
    found = [each for each in meant if each[len(name) + 1 :].split(".")[0] in inside]
    return f'write names of services in quotes: ["{found[0]}"]' if found else None
