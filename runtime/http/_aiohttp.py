"""A transport over a session of aiohttp that the application owns."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO

from ._foreign import Answer, sendable
from ._protocol import Request, Response, TransportError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

    from ._urls import Target

_FACE = __name__.rpartition(".")[0]


class AiohttpTransport:
    """Sends requests with an `aiohttp.ClientSession`, which stays the application's.

    Proxies, TLS and cookies are as the session has them, and its event loop is the only one.
    Nobody but the application closes it.
    """

    __module__ = _FACE

    def __init__(self, session: Any) -> None:
        self._session = session

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
        """Do nothing: the session is the application's."""

    async def _exchange(self, request: Request) -> Response:
        # Checkers of a package that has this part need not know these.
        aiohttp: Any = import_module("aiohttp")
        multidict: Any = import_module("multidict")
        yarl: Any = import_module("yarl")

        target, pairs = sendable(request)
        if self._session.closed:
            raise TransportError("closed", False, "the session of aiohttp is closed")
        # aiohttp takes names that differ in case for replacements.
        names: dict[str, str] = {}
        pairs = [(names.setdefault(name.lower(), name), value) for name, value in pairs]
        answer = Answer()
        try:
            async with self._session.request(
                request.method,
                yarl.URL(f"{target}{target.path}", encoded=True),
                headers=multidict.CIMultiDict(pairs),
                data=BytesIO(request.body) if request.body else None,
                allow_redirects=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=request.timeout),
            ) as response:
                pairs = [*response.headers.items()]
                body = answer.begin(request, response.status, pairs)
                async for data in response.content.iter_any():
                    body.feed(data)
            return answer.response()
        except TransportError as error:
            failed = error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failed = _translated(aiohttp, error, target)
        failed.status = answer.status
        raise failed


def _translated(aiohttp: Any, error: Any, target: Target) -> TransportError:
    """Our error for one of aiohttp. Its text may have the whole URL, so it stays out."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        why = "its certificate is not accepted; the session has to trust its CA"
        return TransportError("tls", False, f"{target}: {why}")
    if isinstance(error, aiohttp.ClientSSLError):
        return TransportError("tls", False, f"{target}: TLS failed")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return TransportError("timeout", False, f"{target}: no connection in time")
    if isinstance(error, TimeoutError):
        return TransportError("timeout", True, f"{target}: no whole answer in time")
    if isinstance(error, aiohttp.ClientConnectorError):
        why = f"no connection: {error.os_error.strerror or 'unknown host'}"
        return TransportError("connect", False, f"{target}: {why}")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        why = f"the proxy answered {error.status} instead of connecting"
        return TransportError("connect", False, f"{target}: {why}")
    if isinstance(error, aiohttp.ClientResponseError):
        return TransportError("protocol", True, "the answer is not valid HTTP")
    why = "closed before its answer was complete"
    return TransportError("closed", True, f"{target}: {why}")
