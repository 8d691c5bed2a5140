# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The transport that is always there: sockets and TLS of the standard library."""

from __future__ import annotations

from ._protocol import Request, Response, TransportError
from ._proxies import Proxies
from ._tls import Path, Tls

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Self

    from ._pool import Pool

_FACE = __name__.rpartition(".")[0]


class StdlibTransport:
    """Sends requests with the standard library alone, over connections that are kept open.

    Threads may share it, and it can be made before a fork: a child opens connections of its own.
    `ca_file` names certificates to trust in addition to the system's; `pem` is the pair of files
    (certificate, key) to show; `verify=False` trusts everybody. `proxies=False` ignores
    HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, which are read here. Loopback is never proxied.
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
        self._tls = Tls(ca_file, pem, verify)
        self._proxies = Proxies.from_environment() if proxies else Proxies()
        self._pool: Pool | None = None
        self._closed = False

    def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        try:
            return self.pool().send(request)
        except TransportError as error:
            failed = error
        # Without frames of ours: their variables have headers, and some reporters print them.
        failed.__context__ = failed.__cause__ = None
        raise failed.with_traceback(None)

    def close(self) -> None:
        """Close the connections; those in use, when their exchange ends."""
        self._closed = True
        if self._pool is not None:
            self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def pool(self) -> Pool:
        """The connections. Raises TransportError if this is closed. Not public."""
        if self._closed:
            raise TransportError("closed", False, "this transport is closed")
        return self._pool or self._open()

    def _open(self) -> Pool:
        from ._pool import Pool

        pool = Pool(self._tls, self._proxies)
        pool.closes_with(self)
        self._pool = pool
        return pool
