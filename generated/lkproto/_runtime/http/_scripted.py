# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Transports for tests: they answer from a script and record what is asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from ._protocol import Request, Response

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import Any, Self

    Answer = Response | BaseException | Callable[["Request"], "Response"]
    AsyncAnswer = Answer | Callable[["Request"], Awaitable["Response"]]

_FACE = __name__.rpartition(".")[0]


class _Script:
    def __init__(self, answers: Iterable[AsyncAnswer] | AsyncAnswer = ()) -> None:
        single = isinstance(answers, Response | BaseException) or callable(answers)
        self._always: AsyncAnswer | None = answers if single else None  # type: ignore[assignment]
        self._answers: deque[AsyncAnswer] = deque(() if single else answers)  # type: ignore[arg-type]
        self.requests: list[Request] = []
        self.closed = False

    def add(self, *answers: AsyncAnswer) -> None:
        """Add answers to the end of the script."""
        self._answers.extend(answers)

    def _next(self, request: Request) -> Any:
        self.requests.append(request)
        try:
            answer = self._answers.popleft()
        except IndexError:
            if self._always is None:
                raise AssertionError(  # without its URL, which may have credentials
                    f"the script has no answer for request {len(self.requests)}: "
                    f"{request.method}"
                ) from None
            answer = self._always
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Response) else answer(request)


class ScriptedTransport(_Script):
    """Sends nothing: each request gets the next answer of a list, and is kept in `requests`.

    An answer is a Response, an exception to raise, or a function of the request that returns or
    raises one. A single answer instead of a list is for every request.
    """

    __module__ = _FACE

    def send(self, request: Request, /) -> Response:
        """The next answer. Raises AssertionError if there is none."""
        found: Response = self._next(request)
        return found

    def close(self) -> None:
        """Note that it was closed, in `closed`."""
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncScriptedTransport(_Script):
    """`ScriptedTransport` for asyncio; its functions may be coroutine functions."""

    __module__ = _FACE

    async def send(self, request: Request, /) -> Response:
        """The next answer. Raises AssertionError if there is none."""
        answer = self._next(request)
        return answer if isinstance(answer, Response) else await answer

    async def aclose(self) -> None:
        """Note that it was closed, in `closed`."""
        self.closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
