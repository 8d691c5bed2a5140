"""`wire.roundtrip`, `json.parse` and `json.print`: the codecs of lkproto."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lkproto import DecodeError, EncodeError, JsonError, Message, find_message

from ..serve import Answer
from .arguments import Args


def messages(op: str, args: Args) -> Answer:
    """The answer to an operation on messages."""
    cls = find_message(args["message"])
    if cls is None:
        return {"unsupported": {"reason": f"no message {args['message']}"}}
    try:
        return {"ok": OPERATIONS[op](cls, args)}
    except (DecodeError, EncodeError, JsonError) as error:
        return {"reject": {"kind": _kind(error), "message": str(error)}}


def _roundtrip(cls: type[Message], args: Args) -> Any:
    return {"output": cls.from_bytes(bytes.fromhex(args["input"])).to_bytes().hex()}


def _parse(cls: type[Message], args: Args) -> Any:
    read = cls.from_json(args["json"], ignore_unknown=args["ignore_unknown"])
    return {"output": read.to_bytes().hex()}


def _print(cls: type[Message], args: Args) -> Any:
    return {"json": cls.from_bytes(bytes.fromhex(args["input"])).to_json()}


OPERATIONS: dict[str, Callable[[type[Message], Args], Any]] = {
    "wire.roundtrip": _roundtrip,
    "json.parse": _parse,
    "json.print": _print,
}

_KINDS = {"has no such field": "unknown_field", "is out of range of": "out_of_range"}


def _kind(error: Exception) -> str:
    """The kind of an error; the library gives the reason only in its text."""
    if isinstance(error, JsonError):
        for words, kind in _KINDS.items():
            if words in str(error):
                return kind
    return "malformed"
