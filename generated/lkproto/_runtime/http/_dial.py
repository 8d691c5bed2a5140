# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""New connections: names looked up, addresses tried, TLS, proxies, all before a deadline."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from time import monotonic

from ._protocol import TransportError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ssl import SSLContext, SSLSocket
    from typing import Any

    from ._tls import Tls

_IPV4 = re.compile(r"\d+(?:\.\d+){3}")


class Watch:
    """Lets another thread end an exchange, whichever connection it uses by then."""

    def __init__(self) -> None:
        from threading import Lock

        self._lock = Lock()
        self._sock: socket.socket | None = None
        self._ended = False

    def attach(self, sock: socket.socket | None) -> None:
        """From now on this is the connection to end; None: there is none."""
        with self._lock:
            self._sock = sock
            if self._ended:
                self._shutdown()

    def end(self) -> None:
        """End the exchange; what waits for its connection wakes up."""
        with self._lock:
            self._ended = True
            self._shutdown()

    @property
    def ended(self) -> bool:
        """Whether nobody waits for the answer any longer."""
        return self._ended

    def _shutdown(self) -> None:
        if self._sock is not None:
            with suppress(OSError):  # not connected yet, or no more
                # Not the method of an SSLSocket, which changes what the other thread uses.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


def dial(host: str, port: int, deadline: float, watch: Watch | None) -> socket.socket:
    """A connection to the first address that takes one. Raises OSError."""
    addresses = _addresses(host, port, deadline)
    problem: OSError = OSError("it has no address")
    for at, (family, kind, proto, _, address) in enumerate(addresses):
        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        sock = socket.socket(family, kind, proto)
        try:
            if watch:
                watch.attach(sock)
            # Each address gets its share, so that one that never answers leaves time for the next.
            sock.settimeout(left / (len(addresses) - at))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            problem = error
            sock.close()
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise problem


def _addresses(host: str, port: int, deadline: float) -> list[Any]:
    """The addresses of a host. A lookup has no deadline, so names are left to a thread."""

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    found: list[list[Any]] = []
    failed: list[Exception] = []
    if ":" in host or host == "localhost" or _IPV4.fullmatch(host):
        look_up()
    else:
        from threading import Thread

        thread = Thread(target=look_up, name="lkproto-lookup", daemon=True)
        thread.start()
        thread.join(max(0.0, deadline - monotonic()))
        if not found and not failed:
            raise TimeoutError
    if failed:
        raise OSError(str(failed[0].args[-1] if failed[0].args else failed[0]))
    return found[0]


def wrapped(sock: socket.socket, context: SSLContext, host: str) -> SSLSocket:
    """The connection as one with TLS, before its handshake."""
    return context.wrap_socket(
        sock,
        server_hostname=host.partition("%")[0],
        do_handshake_on_connect=False,
        suppress_ragged_eofs=False,
    )


def shake_hands(sock: SSLSocket, deadline: float, tls: Tls, peer: str) -> None:
    """Begin TLS. Raises OSError, and TransportError where TLS fails."""
    import ssl

    sock.settimeout(max(0.0001, deadline - monotonic()))
    try:
        return sock.do_handshake()
    except ssl.SSLCertVerificationError as error:
        why = f"its certificate is not accepted: {error.verify_message}; {tls.hint()}"
    except ssl.SSLError as error:
        why = f"TLS failed: {(error.reason or 'unknown').replace('_', ' ').lower()}"
    raise TransportError("tls", False, f"{peer}: {why}")
