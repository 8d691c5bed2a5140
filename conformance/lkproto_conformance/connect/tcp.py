"""A testee that somebody else has started, under a debugger for instance, and that listens."""

from __future__ import annotations

import contextlib
import os
import socket

from ..protocol import Broken
from .connection import StartError
from .pipes import Pipes
from .speaking import LineTestee

CONNECT_SECONDS = 10.0
DEBUG_SECONDS = 600.0
"""The deadline of a case: somebody may look at a breakpoint."""
_BYE_SECONDS = 2.0


class TcpTestee(LineTestee):
    """The same lines over a connection. Each start connects once; nothing is ever killed."""

    hello_seconds = DEBUG_SECONDS
    case_seconds = DEBUG_SECONDS

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"tcp:{host}:{port}")
        self._address = host, port
        self._socket: socket.socket | None = None

    def _open(self) -> Pipes:
        try:
            connected = socket.create_connection(self._address, CONNECT_SECONDS)
        except (OSError, UnicodeError) as error:
            raise StartError(
                f"{self._name}: {error}; start the testee first, and let it listen there"
            ) from None
        # Without this, a line that takes two writes waits for an acknowledgement.
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        return Pipes(os.dup(connected.fileno()), os.dup(connected.fileno()))

    def stop(self) -> int:
        """Say `bye` and close the connection; the testee itself goes on."""
        connected, self._socket = self._socket, None
        if connected is None:
            return 0
        pipes = self._pipes
        assert pipes is not None
        self._part(pipes)
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_WR)
        pipes.drain(_BYE_SECONDS)
        pipes.close()
        connected.close()
        return 0

    def _late(self, seconds: float) -> Broken:
        self.stop()
        return Broken("timeout", f"no reply within {seconds:g} s")

    def _gone(self) -> Broken:
        self.stop()
        return Broken("crash", "closed the connection; its own output says why")
