"""Time and network of a run: an event loop whose clock jumps, and endpoints in memory."""

from __future__ import annotations

import asyncio
import base64
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from lkproto.http import Request, Response, TransportError

from ..judging.notifier_values import without_user
from ..values import is_object
from .arguments import Args

T = TypeVar("T")
MOST_TURNS = 10_000
"""Of the event loop, in no time: a run has a few hundred events."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop where waiting takes no time: its clock jumps to what comes next."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Seconds since the loop began."""
        return self._passed

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds


class _Jumping(selectors.SelectSelector):
    """Lets the time pass in which nothing happens."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop
        self._turns = 0

    def select(self, timeout: float | None = None) -> Any:
        """What is ready now. Raises RuntimeError if nothing will be, or if no time passes."""
        found = super().select(0)
        self._turns += 1
        if self._turns > MOST_TURNS:
            raise RuntimeError("the notifier is busy, and no time passes")
        if not found and timeout is None:
            raise RuntimeError("the notifier waits for what never comes")
        if not found and timeout:
            self._loop.jump(timeout)
            self._turns = 0
        return found


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time; whatever is left is cancelled."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def milliseconds() -> int:
    """Whole milliseconds since the beginning of the run."""
    return int(asyncio.get_running_loop().time() * 1000 + 1e-4)


async def until(ms: int) -> None:
    """Sleep up to a millisecond of the run, and let happen what can happen in it."""
    passed = asyncio.get_running_loop().time()
    await asyncio.sleep(max(0.0, ms / 1000 - passed))
    await settle()


async def settle() -> None:
    """Let everything happen that takes no time: the clock only moves after all of it."""
    await asyncio.sleep(1e-6)


class Network:
    """The endpoints of a run, as a transport. A URL that is not listed refuses."""

    def __init__(self, endpoints: dict[str, list[Any]]) -> None:
        self._answers = {without_user(url): each for url, each in endpoints.items()}
        self._seen: dict[str, int] = {}
        self._made: list[Args] = []
        self._finished: set[int] = set()

    @property
    def attempts(self) -> list[Args]:
        """Those that are finished, in the order in which they began."""
        return [each for each in self._made if id(each) in self._finished]

    async def send(self, request: Request, /) -> Response:
        """Note an attempt, and do what its endpoint's answer says."""
        attempt = _attempt(request)
        self._made.append(attempt)
        try:
            async with asyncio.timeout(request.timeout):
                return await _answered(self._next(attempt["url"]))
        except TimeoutError:
            raise TransportError("timeout", True) from None
        finally:
            self._finished.add(id(attempt))

    async def aclose(self) -> None:
        """Nothing is open."""

    def _next(self, url: str) -> Any:
        answers = self._answers.get(url) or ["refused"]
        nth = self._seen[url] = self._seen.get(url, 0) + 1
        return answers[min(nth, len(answers)) - 1]


def _attempt(request: Request) -> Args:
    header = request.headers.get
    return {
        "at_ms": milliseconds(),
        "url": without_user(request.url),
        "http_method": request.method,
        "authorization": header("Authorization", ""),
        "content_type": header("Content-Type", ""),
        "user_agent": header("User-Agent", ""),
        "body_b64": base64.b64encode(request.body).decode(),
    }


_BROKEN = {
    "refused": TransportError("connect", False),
    "reset": TransportError("closed", True),
    "cut": TransportError("closed", True),
    "big-head": TransportError("too_large", True),
}


async def _answered(answer: Any) -> Response:
    if isinstance(answer, int):
        return Response(answer)
    if is_object(answer):
        given: Args = answer
        await asyncio.sleep(given.get("delay_ms", 0) / 1000)
        body = base64.b64decode(given.get("body_b64", ""))
        return Response(given["status"], given.get("headers", {}), body)
    if answer == "hang":
        await asyncio.Event().wait()
    raise _BROKEN[answer]
