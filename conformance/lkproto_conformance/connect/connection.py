"""What the runner needs of a testee, however it is reached."""

from __future__ import annotations

from typing import Any, Protocol

from ..protocol import Broken, Hello, Reply


class StartError(Exception):
    """A testee that did not start or does not speak the protocol."""


class ConnectorError(StartError):
    """A text that does not have the form of a connector, so nothing can be started."""


class Connection(Protocol):
    """A started testee."""

    def start(self) -> Hello:
        """Start it, or start it again. Raises StartError."""
        ...

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        """Its answer to a case. After a `Broken` it has to be started again."""
        ...

    def stop(self) -> int:
        """End it, by force if necessary. Returns its exit code."""
        ...
