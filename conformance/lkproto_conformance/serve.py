"""The testee's side of the protocol, for testees in Python.

A testee is an object with `hello` and `answer`; `serve` connects it to stdin and stdout.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from .protocol import MAX_LINE, encode

Answer = dict[str, Any]


class Testee(Protocol):
    """An implementation under test, in this process."""

    def hello(self) -> dict[str, Any]:
        """The answer to `hello`."""
        ...

    def answer(self, op: str, args: dict[str, Any]) -> Answer:
        """One of `{"ok": …}`, `{"reject": …}`, `{"unsupported": …}`; an exception is an error."""
        ...


def reply_to(testee: Testee, message: dict[str, Any]) -> dict[str, Any]:
    """The reply to a request; an exception of the testee is an `error`."""
    try:
        if message["op"] == "hello":
            return {"id": message["id"], "ok": testee.hello()}
        return {"id": message["id"], **testee.answer(message["op"], message["args"])}
    except Exception as error:  # noqa: BLE001 - the protocol reports it
        failure = {"message": repr(error), "trace": traceback.format_exc()}
        return {"id": message["id"], "error": failure}


def serve(make: Callable[[], Testee]) -> int:
    """Answer stdin on stdout until `bye` or the end of input. Returns the exit code."""
    testee = make()
    replies, sys.stdout = (
        sys.stdout.buffer,
        sys.stderr,
    )  # prints must not look like replies
    while line := sys.stdin.buffer.readline(MAX_LINE + 1):
        message = json.loads(line)
        if message["op"] == "bye":
            break
        replies.write(encode(reply_to(testee, message)))
        replies.flush()
    return 0
