"""A connection that holds requests and replies to their schemas (`run --validate`)."""

from __future__ import annotations

from typing import Any

from ..connect import Connection
from ..protocol import Broken, Hello, Reply
from ..vectors import VectorError
from .validate import validator


def validating(connection: Connection) -> Connection:
    """The same testee, every exchange with it checked. Raises MissingError without jsonschema."""
    validator("protocol")
    return _Validating(connection)


class _Validating:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self) -> Hello:
        """Start it, or start it again. Raises StartError."""
        return self._connection.start()

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        """Its answer, or that the answer is not as the schema says.

        Raises VectorError for a request that is not: the suite's mistake, not the testee's.
        """
        if problem := validator(f"operations/{op}")(args):
            raise VectorError(f"{case}: internal error: the request {op}: {problem}")
        answer = self._connection.ask(op, args, case)
        if isinstance(answer, Broken):
            return answer
        problem = _of_reply(op, answer)
        return Broken("protocol", f"reply: {problem}") if problem else answer

    def stop(self) -> int:
        """End it, by force if necessary. Returns its exit code."""
        return self._connection.stop()


def _of_reply(op: str, reply: Reply) -> str:
    """What is wrong with a reply, as `$.ok.path: …`."""
    if reply.outcome == "ok":
        check = validator(f"operations/{op}", "result")
    else:
        check = validator("protocol", reply.outcome)
    return check(reply.body).replace("$", f"$.{reply.outcome}", 1)
