# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The standard library's transport for asyncio: exchanges run in threads."""

from __future__ import annotations

import os

from ._protocol import Request, Response, TransportError
from ._stdlib import StdlibTransport
from ._tls import Path

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from typing import Self

_FACE = __name__.rpartition(".")[0]
_THREADS = 64


class StdlibAsyncTransport:
    """`StdlibTransport` for asyncio, with the same settings; up to 64 exchanges at once.

    It belongs to no event loop: several may use it in turn. A cancelled request ends its
    connection.
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
        from asyncio import wrap_future

        from ._dial import Watch

        watch = Watch()
        future = self._executor().submit(self._sync.exchange, request, watch)
        try:
            return await wrap_future(future)
        except TransportError as error:
            raise error.with_traceback(None) from None
        finally:
            watch.end()  # what is done has no connection any more

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
