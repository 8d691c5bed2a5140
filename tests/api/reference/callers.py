"""Our APIs and livekit-api, as clients of a LiveKit Cloud that is on this machine.

Failover is for hosts of LiveKit Cloud alone. So each caller believes that it talks to one: what
sends its requests goes to this machine instead, and remembers where they should have gone.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lkproto import TwirpError
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.http import Request, Response, StdlibAsyncTransport, StdlibTransport

HOST = "test.livekit.cloud"
KEY = "APIreference"
SECRET = "reference-secret-reference-secret"
REQUEST_ID = "X-Livekit-Request-Id"
MOCK, REGION = "X-Lk-Mock", "X-Lk-Mock-Region"


@dataclass(frozen=True)
class Sent:
    """A request that was sent: its method, its URL, its headers by names in lower case."""

    method: str
    url: str
    headers: dict[str, str]

    def step(self, ports: Sequence[int]) -> str:
        """`1` for a call to region 1, `regions of 1` for asking it which regions there are."""
        target = urlsplit(self.url)
        assert target.hostname == HOST
        assert target.port is not None
        region = str(ports.index(target.port))
        return f"regions of {region}" if target.path == "/settings/regions" else region


@dataclass
class Outcome:
    """What became of a call: the requests, and an answer or an error."""

    sent: list[Sent] = field(default_factory=list)
    served_by: str = ""
    answer: Any = None
    error: Any = None

    def steps(self, ports: Sequence[int]) -> list[str]:
        """The requests in short."""
        return [each.step(ports) for each in self.sent]

    @property
    def result(self) -> str:
        """The region that answered, or the code of the error."""
        if self.error is None:
            return self.served_by
        return str(getattr(self.error, "code", type(self.error).__name__))


class _Here:
    """What transports of tests do: send to this machine what should go to HOST."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def _moved(self, request: Request) -> Request:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.outcome.sent.append(Sent(request.method, request.url, headers))
        return Request(
            request.method,
            request.url.replace(HOST, "127.0.0.1"),
            request.headers,
            request.body,
            request.timeout,
            request.max_response,
        )

    def _came(self, response: Response) -> Response:
        self.outcome.served_by = response.headers.get(REGION, "")
        return response


class Here(_Here):
    """For threads."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self._transport = StdlibTransport()

    def send(self, request: Request, /) -> Response:
        return self._came(self._transport.send(self._moved(request)))

    def close(self) -> None:
        self._transport.close()


class AsyncHere(_Here):
    """For asyncio."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self._transport = StdlibAsyncTransport()

    async def send(self, request: Request, /) -> Response:
        return self._came(await self._transport.send(self._moved(request)))

    async def aclose(self) -> None:
        await self._transport.aclose()


Made = Callable[[Any], Any]
"""A call: what it makes of an API is its answer, or awaits it."""


def sync(port: int, call: Made, control: dict[str, Any], **settings: Any) -> Outcome:
    """What becomes of a call of LiveKitAPI."""
    outcome = Outcome()
    transport = Here(outcome)
    try:
        with LiveKitAPI(
            f"ws://{HOST}:{port}",
            KEY,
            SECRET,
            transport=transport,
            headers={MOCK: json.dumps(control)},
            **settings,
        ) as api:
            outcome.answer = call(api)
    except TwirpError as error:
        outcome.error = error
    finally:
        transport.close()
    return outcome


def for_asyncio(
    port: int, call: Made, control: dict[str, Any], **settings: Any
) -> Outcome:
    """What becomes of a call of AsyncLiveKitAPI."""

    async def run() -> Outcome:
        outcome = Outcome()
        transport = AsyncHere(outcome)
        try:
            async with AsyncLiveKitAPI(
                f"ws://{HOST}:{port}",
                KEY,
                SECRET,
                transport=transport,
                headers={MOCK: json.dumps(control)},
                **settings,
            ) as api:
                outcome.answer = await call(api)
        except TwirpError as error:
            outcome.error = error
        finally:
            await transport.aclose()
        return outcome

    return asyncio.run(run())


def livekit_api(
    port: int, call: Made, control: dict[str, Any], **settings: Any
) -> Outcome:
    """What becomes of a call of livekit-api, whose session finds HOST on this machine."""
    import aiohttp
    from livekit import api as theirs

    outcome = Outcome()
    resolver: Any = _Resolver()

    async def run() -> Outcome:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver),
            headers={MOCK: json.dumps(control)},
            timeout=aiohttp.ClientTimeout(total=10),
            trace_configs=[_tracing(outcome)],
        )
        async with session:
            url = f"ws://{HOST}:{port}"
            api = theirs.LiveKitAPI(url, KEY, SECRET, session=session, **settings)
            try:
                outcome.answer = await call(api)
            except (theirs.ServerError, aiohttp.ClientError, TimeoutError) as error:
                outcome.error = error
        return outcome

    return asyncio.run(run())


class _Resolver:
    """Every name is that of this machine."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[Any]:
        found = {"hostname": host, "host": "127.0.0.1", "port": port}
        return [found | {"family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


def _tracing(outcome: Outcome) -> Any:
    import aiohttp

    async def begins(_: object, __: object, about: Any) -> None:
        headers = {name.lower(): value for name, value in about.headers.items()}
        outcome.sent.append(Sent(about.method, str(about.url), headers))

    async def ends(_: object, __: object, about: Any) -> None:
        outcome.served_by = about.response.headers.get(REGION, "")

    found = aiohttp.TraceConfig()
    found.on_request_start.append(begins)
    found.on_request_end.append(ends)
    return found


OURS = (sync, for_asyncio)
