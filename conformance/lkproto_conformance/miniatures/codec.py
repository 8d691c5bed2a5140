"""Testees on purpose wrong about messages: codecs as one writes them in an afternoon."""

from __future__ import annotations

import json
from typing import Any

from lkproto import DecodeError, Message, ProtoError, clear_unknown, find_message

from ..protocol import VERSION
from ..serve import Answer


class HastyCodec:
    """Loses unknown fields, takes what is truncated, and does not look twice at JSON.

    Names of a JSON object may be duplicates, NaN is a number, unknown names are always ignored.
    """

    def hello(self) -> dict[str, Any]:
        """Offer the codecs."""
        return {
            "protocol": VERSION,
            "implementation": {"name": "hasty-codec"},
            "capabilities": ["wire.roundtrip", "json.parse", "json.print"],
            "profiles": ["go"],
        }

    def answer(self, op: str, args: dict[str, Any]) -> Answer:
        """Read and write, in a hurry."""
        cls = find_message(args["message"])
        if cls is None:
            return {"unsupported": {"reason": "unknown"}}
        try:
            if op == "json.parse":
                value = json.loads(args["json"])
                read = cls.from_dict(value, ignore_unknown=True)
            else:
                read = _decoded(cls, bytes.fromhex(args["input"]))
            if op == "json.print":
                return {"ok": {"json": read.to_json(enums_as_ints=True)}}
        except (ProtoError, ValueError) as error:
            return {"reject": {"kind": "malformed", "message": str(error)}}
        return {"ok": {"output": read.to_bytes().hex()}}


def _decoded(cls: type[Message], data: bytes) -> Message:
    """As much of a message as there is, without unknown fields."""
    for end in range(len(data), -1, -1):
        try:
            read = cls.from_bytes(data[:end])
        except DecodeError:
            continue
        clear_unknown(read)
        return read
    return cls()
