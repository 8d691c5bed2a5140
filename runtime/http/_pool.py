"""Connections that are kept open, and exchanges over them."""

from __future__ import annotations

import os
import weakref
from time import monotonic

from ._dial import Watch, dial, shake_hands, wrapped
from ._heads import head_of
from ._protocol import Request, Response, TransportError
from ._urls import target_of
from ._wire import NothingSentError, Wire

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from socket import socket
    from ssl import SSLContext

    from ._proxies import Proxies
    from ._tls import Tls

_MAX_IDLE = 32
_IDLE_FOR = 60.0

Idle = dict[tuple[str, str, int], list[Wire]]


class Job:
    """What is to be done for a request: what to send, where to, until when."""

    __slots__ = ("data", "deadline", "proxy", "request", "target")

    def __init__(self, request: Request, proxies: Proxies) -> None:
        self.request = request
        self.deadline = monotonic() + request.timeout
        self.target = target = target_of(request.url)
        self.proxy = proxy = proxies.of(target)
        via = proxy if proxy is not None and target.scheme == "http" else None
        line = f"{target}{target.path}" if via else target.path
        head = head_of(request, target, line, via.field if via else "")
        self.data = head + request.body
        if request.timeout <= 0:
            raise TransportError("timeout", False, f"{target}: no time was given")


class Pool:
    """The connections of a transport.

    Lists and dicts are changed in single steps: a fork could leave a lock locked for ever.
    """

    def __init__(self, tls: Tls, proxies: Proxies) -> None:
        self._tls = tls
        self._proxies = proxies
        self._context: SSLContext | None = None
        self._idle: Idle = {}
        self._pid = os.getpid()
        self._closed = False

    def closes_with(self, owner: object) -> None:
        """Close all when the owner is gone, or the interpreter ends.

        Not by `__del__`: in a garbage cycle the sockets might go first, with a ResourceWarning.
        """
        weakref.finalize(owner, _close_all, self._idle)

    def close(self) -> None:
        """Close what is idle; what is in use is closed when its exchange ends."""
        self._closed = True
        _close_all(self._idle)

    def job(self, request: Request) -> Job:
        """What a request needs. Raises TransportError for one that cannot be sent."""
        return Job(request, self._proxies)

    def send(self, request: Request, watch: Watch | None = None) -> Response:
        """The answer to a request. Raises TransportError."""
        job = self.job(request)
        wire = self.taken(job)
        if wire is not None:
            try:
                return self._exchange(wire, job, watch)
            except NothingSentError:
                pass  # closed in the meantime: certainly nothing left, so try once more
        wire = self.opened(job, watch)
        try:
            return self._exchange(wire, job, watch)
        except NothingSentError:
            raise wire.nothing_sent() from None

    def _exchange(self, wire: Wire, job: Job, watch: Watch | None) -> Response:
        """Send and receive over a connection, which is kept or closed afterwards."""
        if watch:
            watch.attach(wire.sock)
        reusable = False
        try:
            response, reusable = wire.exchange(job.request, job.data)
        finally:
            if watch:
                watch.attach(None)
            if reusable and not (watch and watch.ended):
                self.put(job, wire)
            else:
                wire.close()
        return response

    # --- connections

    def taken(self, job: Job) -> Wire | None:
        """An idle connection that the peer has not closed."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            _close_all(self._idle)  # our copies; the parent's stay open
        idle = self._idle.get(job.target.key)
        while idle:
            try:
                wire = idle.pop()
            except IndexError:  # another thread took the last one
                return None
            if monotonic() - wire.idle_since < _IDLE_FOR and not wire.is_stale():
                wire.deadline = job.deadline
                return wire
            wire.close()
        return None

    def put(self, job: Job, wire: Wire) -> None:
        """Keep a connection for the next request, unless there are many or all are closed."""
        idle = self._idle.setdefault(job.target.key, [])
        wire.idle_since = monotonic()
        idle.append(wire)
        if self._closed:
            _close_all(self._idle)
        elif len(idle) > _MAX_IDLE:
            _close_oldest(idle)

    def opened(self, job: Job, watch: Watch | None) -> Wire:
        """A new connection, with TLS where the URL asks for it. Raises TransportError."""
        peer = str(job.target)
        try:
            sock = self._dialled(job, watch, peer)
        except TimeoutError:
            why = f"{peer}: no connection in time"
            raise TransportError("timeout", False, why) from None
        except OSError as error:
            why = f"{peer}: no connection: {error.strerror or error}"
            raise TransportError("connect", False, why) from None
        return Wire(sock, job.deadline, peer)

    def _dialled(self, job: Job, watch: Watch | None, peer: str) -> socket:
        target, proxy = job.target, job.proxy
        where = target if proxy is None else proxy
        sock = dial(where.host, where.port, job.deadline, watch)
        if target.scheme == "http":
            return sock
        try:
            if proxy is not None:
                from ._tunnel import tunnel

                tunnel(sock, proxy, target, job.deadline)
            if self._context is None:
                self._context = self._tls.context()
            sock = secured = wrapped(sock, self._context, target.host)
            if watch:
                watch.attach(sock)  # the one before has no connection any more
            shake_hands(secured, job.deadline, self._tls, peer)
        except BaseException:
            sock.close()
            raise
        return sock


def _close_all(idle: Idle) -> None:
    for wires in list(idle.values()):
        while wires:
            _close_oldest(wires)


def _close_oldest(wires: list[Wire]) -> None:
    try:
        wire = wires.pop(0)
    except IndexError:  # another thread took it
        return
    wire.close()
