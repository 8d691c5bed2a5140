# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a mock serves: all ten services, with state where there is some, else default answers."""

from __future__ import annotations

from importlib import import_module

from .._runtime.twirp import twirp_wsgi
from ..api._base import SERVICES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._runtime.reflection.services import Method, Service
    from .._runtime.twirp._calls import Interceptor
    from .._runtime.twirp._wsgi import TwirpWsgi
    from ._state import State

_PACKAGE = __name__.rpartition(".")[0].rpartition(".")[0]
# Service, by the last part of its name: the module that has it.
_MODULES = {
    client.removesuffix("Client"): module for module, client in SERVICES.values()
}
# Those that have a state: the module and the class that implement them.
_IMPLEMENTED = {
    "AgentDispatchService": ("_dispatches", "Dispatches"),
    "Egress": ("_egress.service", "Egresses"),
    "Ingress": ("_ingress.service", "Ingresses"),
    "RoomService": ("_rooms", "Rooms"),
    "SIP": ("_sip.service", "Sip"),
}


class Services:
    """All services, each loaded when it is called: most tests call one or two."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._methods: dict[str, Method] = {}
        self._serving: dict[str, object] = {}
        self._applications: dict[str, TwirpWsgi] = {}

    @property
    def methods(self) -> dict[str, Method]:
        """The methods of all services, by their paths."""
        if not self._methods:
            found = [_class(name)._twirp_service for name in _MODULES]
            self._methods = {each.path: each for table in found for each in table}
        return self._methods

    def application(self, name: str, around: Interceptor) -> TwirpWsgi | None:
        """What serves the service of a name, None if there is no such service."""
        found = self._applications.get(name)
        if found is None and (base := _named(name)) is not None:
            serving = self._serving[name] = self._made(base)
            found = twirp_wsgi(serving, interceptors=[around])
            self._applications[name] = found
        return found

    def has(self, method: Method) -> bool:
        """Whether a method that is called is implemented; others have default answers."""
        name = method.python_name
        base, cls = _named(method.service), self._serving[method.service].__class__
        return getattr(cls, name) is not getattr(base, name)

    def _made(self, base: Any) -> object:
        place = _IMPLEMENTED.get(base.__name__)
        if place is None:
            return base()
        module, name = place
        here = __name__.rpartition(".")[0]
        return getattr(import_module(f".{module}", here), name)(self._state)


def _named(name: str) -> Any:
    """The class of the service with a full name, or None."""
    simple = name.rpartition(".")[2]
    base = _class(simple) if simple in _MODULES else None
    table: Service | None = base and base._twirp_service
    return base if table is not None and table.name == name else None


def _class(simple: str) -> Any:
    """The class that implementations of a service are derived from."""
    return getattr(import_module(f".{_MODULES[simple]}", _PACKAGE), simple)
