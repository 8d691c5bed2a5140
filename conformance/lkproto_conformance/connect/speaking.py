"""What testees that are reached by lines have in common: numbers of requests, hello, verdicts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ..protocol import (
    CASE_SECONDS,
    HELLO_SECONDS,
    MAX_LINE,
    Broken,
    Hello,
    ProtocolError,
    Reply,
    encode,
    hello_request,
    parse_hello,
    parse_reply,
    request,
)
from .connection import StartError
from .pipes import Pipes

LINE_SHOWN = 200


class LineTestee(ABC):
    """A testee that is asked by lines. Subclasses open it, end it, and say how it broke."""

    hello_seconds = HELLO_SECONDS
    case_seconds = CASE_SECONDS

    def __init__(self, name: str) -> None:
        self._name = name
        self._pipes: Pipes | None = None
        self._number = 0
        self._idle = False
        """Whether its last request has a reply, so that another may follow."""

    @abstractmethod
    def stop(self) -> int:
        """End it. Returns its exit code; 0 if there is none."""

    @abstractmethod
    def _open(self) -> Pipes:
        """Reach it. Raises StartError."""

    @abstractmethod
    def _late(self, seconds: float) -> Broken:
        """End it after a deadline, and say what happened."""

    @abstractmethod
    def _gone(self) -> Broken:
        """End it after its output has ended, and say what happened."""

    def start(self) -> Hello:
        """Reach it and exchange hello. Raises StartError."""
        self.stop()
        self._pipes = self._open()
        answer = self._exchange(hello_request(self._number), self.hello_seconds)
        if isinstance(answer, Broken):
            raise StartError(f"{self._name}: hello: {answer.detail}")
        try:
            return parse_hello(answer)
        except ProtocolError as error:
            self.stop()
            raise StartError(f"{self._name}: {error}") from None

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        """Its answer to a case, within the deadline."""
        asked = request(self._number, op, args, case)
        return self._exchange(asked, self.case_seconds)

    def _part(self, pipes: Pipes) -> None:
        """Say `bye` if its last request has a reply, and end its input."""
        if self._idle:
            pipes.send(encode({"id": self._number, "op": "bye"}))
        pipes.close_input()

    def _exchange(self, message: dict[str, Any], seconds: float) -> Reply | Broken:
        self._number += 1
        self._idle = False
        pipes = self._pipes
        assert pipes is not None
        line = b""
        try:
            line = pipes.exchange(encode(message), seconds)
            if len(line) > MAX_LINE:
                raise ProtocolError(f"a line of more than {MAX_LINE} bytes")
            reply = parse_reply(line, message["id"])
            if pipes.unsent:
                raise ProtocolError("a reply before the end of the request was read")
        except TimeoutError:
            return self._late(seconds)
        except EOFError:
            return self._gone()
        except ProtocolError as error:
            self.stop()
            shown = f": {line[:LINE_SHOWN]!r}" if line else ""
            return Broken("protocol", f"{error}{shown}")
        self._idle = True
        return reply
