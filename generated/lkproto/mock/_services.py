# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a mock serves: all ten services, with state where there is some, else default answers."""

from __future__ import annotations

from importlib import import_module

from ..api._base import SERVICES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .._runtime.reflection.services import Method

_PACKAGE = __name__.rpartition(".")[0].rpartition(".")[0]


class Services:
    """All services: `served` for the Twirp server, and their `methods` by path.

    `own` has the paths of methods that are implemented; the others have default answers.
    """

    def __init__(self, implementations: Iterable[object]) -> None:
        given = tuple(implementations)
        self.served: list[object] = []
        self.methods: dict[str, Method] = {}
        self.own: set[str] = set()
        for module, client in SERVICES.values():
            base = getattr(
                import_module(f".{module}", _PACKAGE), client.removesuffix("Client")
            )
            found = [each for each in given if isinstance(each, base)]
            self._add(base, found[0] if found else base())

    def _add(self, base: Any, implementation: object) -> None:
        self.served.append(implementation)
        cls: Any = implementation.__class__
        for method in base._twirp_service:
            self.methods[method.path] = method
            name = method.python_name
            if getattr(cls, name) is not getattr(base, name):
                self.own.add(method.path)
