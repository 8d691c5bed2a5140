"""The standard library's transport for asyncio."""

from __future__ import annotations

import os

from ._protocol import Request, Response, TransportError
from ._stdlib import StdlibTransport
from ._tls import Path

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ThreadPoolExecutor
    from typing import Any, Self

    from ._dial import Watch
    from ._pool import Errand, Pool
    from ._wire import Wire

_FACE = __name__.rpartition(".")[0]
_THREADS = 64


class StdlibAsyncTransport:
    """`StdlibTransport` for asyncio, with the same settings.

    It belongs to no event loop: several may use it in turn. A cancelled request ends its
    connection. Up to 64 threads open connections, send what a connection does not take at once,
    and receive answers that do not say how long they are; all else happens on the loop.
    """

    __module__ = _FACE

    def __init__(
        self,
        *,
        ca_file: Path | None = None,
        pem: tuple[Path, Path] | None = None,
        verify: bool = True,
        proxies: bool = True,
    ) -> None:
        self._sync = StdlibTransport(
            ca_file=ca_file, pem=pem, verify=verify, proxies=proxies
        )
        self._threads: ThreadPoolExecutor | None = None
        self._pid = os.getpid()
        self._loaded = False

    async def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        try:
            return await self._exchange(request)
        except TransportError as error:
            failed = error
        # Without frames of ours: their variables have headers, and some reporters print them.
        failed.__context__ = failed.__cause__ = None
        raise failed.with_traceback(None)

    async def _exchange(self, request: Request) -> Response:
        if not self._loaded:
            await self._in_thread(self._load)
        from ._pool import nothing_sent
        from ._wire import NothingSentError

        pool = self._sync.pool()
        errand = pool.errand(request)
        wire = pool.taken(errand)
        if wire is not None:
            try:
                return await self._over(wire, pool, errand)
            except NothingSentError:
                pass  # closed in the meantime: certainly nothing left, so try once more
        wire = await self._in_thread(_opened, pool, errand)
        try:
            return await self._over(wire, pool, errand)
        except NothingSentError:
            raise nothing_sent(wire) from None

    def _load(self, _: Watch) -> None:
        """Import what is needed, which takes longer than a loop should be kept."""
        from . import _loop, _pool  # noqa: F401

        self._loaded = True

    async def _over(self, wire: Wire, pool: Pool, errand: Errand) -> Response:
        """Send and receive over a connection, which is kept or closed afterwards."""
        from ._loop import arrived

        try:
            rest = errand.data[wire.send_now(errand.data) :]
            at_hand = not rest and await arrived(wire, errand.request)
        except BaseException:
            wire.close()
            raise
        if at_hand:
            return pool.exchange(wire, errand, b"", None)
        found: Response = await self._in_thread(_finished, pool, errand, wire, rest)
        return found

    async def _in_thread(self, function: Callable[..., Any], *words: Any) -> Any:
        """What a function returns, which gets a watch that ends it if this is cancelled."""
        from asyncio import CancelledError, wrap_future

        from ._dial import Watch

        watch = Watch()
        future = self._executor().submit(function, *words, watch)
        try:
            return await wrap_future(future)
        except CancelledError:
            watch.end()
            future.add_done_callback(_drop)
            raise

    async def aclose(self) -> None:
        """Close the connections; those in use, when their exchange ends."""
        self._sync.close()
        if self._threads is not None:
            self._threads.shutdown(wait=False)
            self._threads = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None or self._pid != os.getpid():
            from concurrent.futures import ThreadPoolExecutor

            self._pid = os.getpid()  # a child of a fork has no threads of its parent
            self._threads = ThreadPoolExecutor(_THREADS, "lkproto-http")
        return self._threads


def _opened(pool: Pool, errand: Errand, watch: Watch) -> Wire:
    """A new connection, which is no longer watched."""
    wire = pool.opened(errand, watch)
    watch.attach(None)
    return wire


def _finished(
    pool: Pool, errand: Errand, wire: Wire, rest: bytes, watch: Watch
) -> Response:
    """The answer, once the rest of a request is sent."""
    from ._wire import NothingSentError

    try:
        return pool.exchange(wire, errand, rest, watch)
    except NothingSentError:
        if len(rest) == len(errand.data):
            raise
        raise wire.error("closed", True, "closed before all was sent") from None


def _drop(future: Future[Any]) -> None:
    """Close a connection that was opened for a request that is cancelled."""
    if not future.cancelled() and future.exception() is None:
        close = getattr(future.result(), "close", None)
        if close is not None:
            close()
