"""A testee that is an object of this process, where a debugger reaches it."""

from __future__ import annotations

import json
from typing import Any

from ..protocol import (
    Broken,
    Hello,
    ProtocolError,
    Reply,
    check_reply,
    hello_request,
    parse_hello,
    request,
)
from ..serve import Testee, reply_to
from .connection import StartError


class InProcessTestee:
    """A testee that is an object of this process; replies pass the same checks."""

    def __init__(self, testee: Testee) -> None:
        self._testee = testee

    def start(self) -> Hello:
        """Ask for its hello. Raises StartError."""
        try:
            return parse_hello(self._exchange(hello_request(0)))
        except ProtocolError as error:
            raise StartError(str(error)) from None

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        """Its answer to a case."""
        try:
            return self._exchange(request(1, op, args, case))
        except ProtocolError as error:
            return Broken("protocol", str(error))

    def stop(self) -> int:
        """There is nothing to end."""
        return 0

    def _exchange(self, message: dict[str, Any]) -> Reply:
        reply = reply_to(self._testee, message)
        try:
            copied = json.loads(json.dumps(reply))
        except (TypeError, ValueError, RecursionError) as error:
            raise ProtocolError(f"a reply that JSON cannot hold: {error}") from None
        return check_reply(copied, message["id"])
