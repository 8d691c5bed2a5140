"""What a caller and a server here tell each other in headers.

The server in Go (program/serve.go) and ours (echo.py) know the same ones.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ANSWER = "Lkproto-Answer"
"""In a request: the message to answer, protobuf in base64."""
ERROR = "Lkproto-Error"
"""In a request: the error to answer, as JSON with `code`, `msg` and `meta`."""
FAULT = "Lkproto-Fault"
"""In a request: what the implementation does wrong, `none`, `error` or `panic`."""
SEEN = "Lkproto-Seen"
"""In an answer: the request that was read, protobuf in base64."""


@dataclass(frozen=True)
class Outcome:
    """What a client has got: a response, or the parts of an error; and the answer's headers."""

    response: bytes | None
    error: dict[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def seen(self) -> bytes:
        """The request as the server has read it."""
        found = {name.lower(): value for name, value in self.headers.items()}
        return from_text(found[SEEN.lower()])


def answering(message: bytes) -> dict[str, str]:
    """Headers of a request that is to get this message."""
    return {ANSWER: to_text(message)}


def failing(code: str, msg: str, meta: Mapping[str, str]) -> dict[str, str]:
    """Headers of a request that is to get this error."""
    return {ERROR: json.dumps({"code": code, "msg": msg, "meta": meta})}


def to_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def from_text(text: str) -> bytes:
    return base64.b64decode(text)
