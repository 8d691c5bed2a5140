# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a mock answers with, as HTTP has it."""

from __future__ import annotations

from .._runtime.twirp import TwirpCode, TwirpError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"

# The code of a status, as LiveKit's test server has it; of 500 and above, it is unavailable.
_CODES = {
    400: TwirpCode.INVALID_ARGUMENT,
    401: TwirpCode.UNAUTHENTICATED,
    403: TwirpCode.PERMISSION_DENIED,
    404: TwirpCode.NOT_FOUND,
    429: TwirpCode.RESOURCE_EXHAUSTED,
}


class Answer:
    """An answer: its status, its headers but the length, and its body."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, content_type: str = "", body: bytes = b"") -> None:
        self.status = status
        self.headers = {"Content-Type": content_type} if content_type else {}
        self.body = body

    def copy(self) -> Answer:
        """One to add headers to."""
        found = Answer(self.status, body=self.body)
        found.headers = self.headers.copy()
        return found


DROPPED = Answer(0)
"""No answer: the connection is closed."""


class AnsweredError(TwirpError):
    """Leaves a call that has its answer already, in the hands of whoever sends it."""

    def __init__(self) -> None:
        super().__init__(TwirpCode.UNKNOWN)


def text_answer(status: int, text: str) -> Answer:
    """An answer for people."""
    return Answer(status, TEXT, text.encode())


def twirp_answer(
    status: int, code: str = "", msg: str = "", meta: Mapping[str, str] | None = None
) -> Answer:
    """An error of Twirp with any status; its code and its text follow from that by default."""
    import json

    above = TwirpCode.UNAVAILABLE if status >= 500 else TwirpCode.INTERNAL
    body: dict[str, object] = {
        "code": str(code or _CODES.get(status, above)),
        "msg": msg or f"mock failure (status {status})",
    }
    if meta:
        body["meta"] = dict(meta)
    return Answer(status, JSON, json.dumps(body).encode())
