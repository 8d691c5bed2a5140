"""What an operation can say besides its result."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
Answer = dict[str, Object]


class DeclinedError(Exception):
    """The library has no way to do it; the text says what is missing."""


class Rejection(Exception):  # noqa: N818 - an answer, not a fault
    """The library refused the input, by an exception that it declares or raises itself."""

    def __init__(self, kind: str, error: object, meta: Object | None = None) -> None:
        super().__init__(kind)
        self.body: Object = {"kind": kind, "message": str(error), "meta": meta or {}}
