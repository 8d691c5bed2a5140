# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Transports over pyreqwest, a library in Rust, which the extra `http` installs."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta

from ._protocol import Request, Response, TransportError
from ._proxies import Proxies
from ._stdlib import StdlibTransport
from ._stdlib_async import StdlibAsyncTransport
from ._tls import Path, Tls

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any, Self

    from ._transport import Reason
    from ._urls import Target


_FACE = __name__.rpartition(".")[0]
# Its causes say so where certainly nothing was sent; its classes do not.
_NOT_SENT = "client error (Connect)"
_TLS_WORDS = ("certificate", "handshake", "corrupt message", "tls", "alert")
# In children of a fork: to end a client of the parent would wait for threads that are not there.
_abandoned: list[object] = []
# Processes that wait at their end until its thread has left the interpreter.
_waiting: set[int] = set()


def library(name: str) -> Any:
    """A module of pyreqwest. Checkers of a package that has this part need not know it."""
    from importlib import import_module

    return import_module(name)


def is_installed() -> bool:
    """Whether pyreqwest can be imported. It is not imported."""
    from importlib.util import find_spec

    return find_spec("pyreqwest") is not None


class _Common:
    """Settings, and the client of pyreqwest, or what is used instead."""

    _builder: str
    _error: type[Exception]
    _substitute: Any

    def __init__(
        self,
        *,
        ca_file: Path | None = None,
        pem: tuple[Path, Path] | None = None,
        verify: bool = True,
        proxies: bool = True,
    ) -> None:
        if not is_installed():
            raise ImportError("pyreqwest is not installed: pip install lkproto[http]")
        self._tls = Tls(ca_file, pem, verify)
        self._proxies = Proxies.from_environment() if proxies else Proxies()
        self._settings: Any = {
            "ca_file": ca_file,
            "pem": pem,
            "verify": verify,
            "proxies": proxies,
        }
        self._client: Any = None
        self._instead: Any = None
        self._closed = False
        self._pid = os.getpid()

    def _opened(self) -> Any:
        """The client of this process; None where another transport is used instead."""
        if self._pid != os.getpid():
            _abandoned.append(self._client)
            self._client, self._pid = None, os.getpid()
        if self._instead is None:
            failed: TransportError | None = None
            try:
                self._client = self._configured().build()
            except ValueError:
                failed = self._tls.unreadable("pem" if self._tls.pem else "ca_file")
            except RuntimeError:  # the parent of this process had a client
                self._instead = self._substitute(**self._settings)
            if failed is not None:
                raise failed
        return self._client

    def _configured(self) -> Any:
        client = library("pyreqwest.client")
        self._error = library("pyreqwest.exceptions").PyreqwestError
        tls, proxies = self._tls, self._proxies
        builder = (
            getattr(client, self._builder)()
            .follow_redirects(False)
            .referer(False)
            .gzip(False)
            .deflate(False)
            .brotli(False)
            .zstd(False)
            .no_proxy()
        )
        if proxies:
            builder = builder.proxy(_proxy_of(proxies))
        if tls.ca_file:
            builder = builder.add_root_certificate_pem(_content(tls.ca_file))
        if tls.pem:
            both = b"\n".join(_content(path) for path in tls.pem)
            builder = builder.identity_pem(both)
        if not tls.verify:
            builder = builder.danger_accept_invalid_certs(True)
        return builder

    def _prepared(self, request: Request, client: Any) -> tuple[Any, Target]:
        from ._foreign import BODYLESS, sendable

        target, pairs = sendable(request)
        if self._closed:
            raise TransportError("closed", False, "this transport is closed")
        self._proxies.of(target)  # raises for one that cannot be used
        built = client.request(request.method, f"{target}{target.path}").headers(pairs)
        if request.body:
            built = built.body_bytes(request.body)
        elif request.method not in BODYLESS:
            built = built.header("Content-Length", "0")
        built = built.timeout(timedelta(seconds=request.timeout))
        # Nothing is read ahead: it could not be cancelled, and if it failed the status was lost.
        return built.streamed_read_buffer_limit(0).build_streamed(), target


class PyreqwestTransport(_Common):
    """Sends requests with pyreqwest. Settings are those of `StdlibTransport`.

    Raises ImportError if pyreqwest is not installed; it is imported by the first request. In a
    child of a fork, where pyreqwest cannot work, the standard library sends instead.
    """

    __module__ = _FACE
    _builder = "SyncClientBuilder"
    _substitute = StdlibTransport

    def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        client = self._client
        if client is None or self._pid != os.getpid():
            client = self._opened()
        if client is None:
            response: Response = self._instead.send(request)
            return response
        try:
            return self._exchange(request, client)
        except TransportError as error:
            failed = error
        # Without frames of ours: their variables have headers, and some reporters print them.
        failed.__context__ = failed.__cause__ = None
        raise failed.with_traceback(None)

    def _exchange(self, request: Request, client: Any) -> Response:
        from ._foreign import Answer

        prepared, target = self._prepared(request, client)
        answer = Answer()
        try:
            with prepared as response:
                pairs = _pairs(response.headers)
                body = answer.begin(request, response.status, pairs)
                reader = response.body_reader
                while (data := reader.read_chunk()) is not None:
                    body.feed(data)
            return answer.response()
        except TransportError as error:
            failed = error
        except self._error as error:
            failed = _translated(error, target, self._tls)
        failed.status = answer.status
        raise failed

    def close(self) -> None:
        """Close the connections."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None and self._pid == os.getpid():
            client.close()
        if self._instead is not None:
            self._instead.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PyreqwestAsyncTransport(_Common):
    """`PyreqwestTransport` for asyncio; several event loops may use it in turn."""

    __module__ = _FACE
    _builder = "ClientBuilder"
    _substitute = StdlibAsyncTransport

    def _opened(self) -> Any:
        client = super()._opened()
        if client is not None and self._pid not in _waiting:
            from atexit import register

            _waiting.add(self._pid)
            register(_wait_for_its_thread, self._pid)
        return client

    async def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        client = self._client
        if client is None or self._pid != os.getpid():
            client = self._opened()
        if client is None:
            response: Response = await self._instead.send(request)
            return response
        try:
            return await self._exchange(request, client)
        except TransportError as error:
            failed = error
        # Without frames of ours: their variables have headers, and some reporters print them.
        failed.__context__ = failed.__cause__ = None
        raise failed.with_traceback(None)

    async def _exchange(self, request: Request, client: Any) -> Response:
        from ._foreign import Answer

        prepared, target = self._prepared(request, client)
        answer = Answer()
        try:
            async with prepared as response:
                pairs = _pairs(response.headers)
                body = answer.begin(request, response.status, pairs)
                reader = response.body_reader
                while (data := await reader.read_chunk()) is not None:
                    body.feed(data)
            return answer.response()
        except TransportError as error:
            failed = error
        except self._error as error:
            failed = _translated(error, target, self._tls)
        failed.status = answer.status
        raise failed

    async def aclose(self) -> None:
        """Close the connections."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None and self._pid == os.getpid():
            await client.close()
        if self._instead is not None:
            await self._instead.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _wait_for_its_thread(pid: int) -> None:
    """At the end of the process: wait until the thread of pyreqwest has left the interpreter.

    It wakes an event loop by a call of Python's, which the program may overtake; an interpreter
    that ends meanwhile aborts. This thread does one thing after the other, so it has left when it
    has refused a request: nothing is sent.
    """
    if pid != os.getpid():
        return
    client = library("pyreqwest.client")
    builder = client.SyncClientBuilder().no_proxy().https_only(True)
    builder.danger_accept_invalid_certs(True)  # so that it reads no certificates
    with suppress(library("pyreqwest.exceptions").PyreqwestError):
        builder.build().get("http://localhost").build().send()


def _content(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib would be one more import
        return file.read()


def _proxy_of(proxies: Proxies) -> Any:
    from ._urls import target_of

    def choose(url: Any) -> str | None:
        proxy = proxies.of(target_of(str(url)))
        return proxy.url if proxy else None

    return library("pyreqwest.proxy").ProxyBuilder.custom(choose)


def _pairs(headers: Any) -> list[tuple[str, str]]:
    """The headers of an answer, without values that pyreqwest cannot read: they are not ASCII."""
    try:
        return [*headers.items()]
    except ValueError:
        pass
    found: list[tuple[str, str]] = []
    for name in dict.fromkeys(headers.keys()):
        with suppress(ValueError):
            found += [(name, value) for value in headers.getall(name)]
    return found


def _translated(error: Exception, target: Target, tls: Tls) -> TransportError:
    """Our error for one of pyreqwest. Its classes say too little, so its causes are read.

    The first cause has the whole URL, so none is shown but the last of a failed connection.
    """
    details: Any = getattr(error, "details", None) or {}
    texts = [str(each["message"]) for each in details.get("causes") or ()]
    sent = _NOT_SENT not in texts
    last = texts[-1] if texts else error.__class__.__name__
    reason, why = _meaning(error, texts, last.lower(), sent)
    if reason == "tls" and "certificate" in last.lower():
        why = f"its certificate is not accepted: {last}; {tls.hint()}"
    elif not sent and reason != "timeout":
        why = f"{why}: {last}"
    return TransportError(reason, sent, f"{target}: {why}")


def _meaning(
    error: Exception, texts: list[str], last: str, sent: bool
) -> tuple[Reason, str]:
    if isinstance(error, TimeoutError) or "timed out" in last:
        return "timeout", "no whole answer in time" if sent else "no connection in time"
    if not sent:
        is_tls = any(word in last for word in _TLS_WORDS)
        return ("tls", "TLS failed") if is_tls else ("connect", "no connection")
    if "head is too large" in last:
        return "too_large", "the head of its answer is too long"
    if "invalid" in last or "builder error" in texts:
        return "protocol", "the answer is not valid HTTP"
    return "closed", "closed before its answer was complete"
