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
    from typing import Any, Self, TypeVar

    from ._dial import Watch
    from ._pool import Job
    from ._wire import Wire

    T = TypeVar("T")

_FACE = __name__.rpartition(".")[0]
_THREADS = 64


class StdlibAsyncTransport:
    """`StdlibTransport` for asyncio, with the same settings.

    It belongs to no event loop: several may use it, in turn or at once. Connections are opened
    in threads, up to 64 at once. A cancelled request ends its connection.
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

    async def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        try:
            return await self._exchange(request)
        except TransportError as error:
            failed = error
        # Without frames of ours: their variables have headers, and some reporters print them.
        failed.__context__ = failed.__cause__ = None
        raise failed.with_traceback(None)

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

    async def _exchange(self, request: Request) -> Response:
        from asyncio import get_running_loop

        from ._turn import can_wait, sent

        pool = self._sync.pool()
        if can_wait(get_running_loop()):
            return await sent(pool, request, self._opened)
        return await self._in_thread(lambda watch: pool.send(request, watch))

    async def _opened(self, job: Job) -> Wire:
        """A new connection. It is opened in a thread, for which others may have to wait."""
        from asyncio import timeout
        from time import monotonic

        pool = self._sync.pool()
        try:
            async with timeout(job.deadline - monotonic()):
                return await self._in_thread(lambda watch: pool.opened(job, watch))
        except TimeoutError:
            why = f"{job.target}: no connection in time"
            raise TransportError("timeout", False, why) from None

    async def _in_thread(self, work: Callable[[Watch], T]) -> T:
        from asyncio import wrap_future

        from ._dial import Watch

        watch = Watch()
        future = self._executor().submit(work, watch)
        try:
            return await wrap_future(future)
        except BaseException:
            watch.end()
            future.add_done_callback(_close)  # nobody takes it any more
            raise

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None or self._pid != os.getpid():
            from concurrent.futures import ThreadPoolExecutor

            self._pid = os.getpid()  # a child of a fork has no threads of its parent
            self._threads = ThreadPoolExecutor(_THREADS, "lkproto-http")
        return self._threads


def _close(future: Future[Any]) -> None:
    """Close the connection that a thread has opened, if it has."""
    if not future.cancelled() and not future.exception():
        close = getattr(future.result(), "close", None)
        if close is not None:
            close()
