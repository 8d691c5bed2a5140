"""What two runs of a script have in common: answers without what differs by nature."""

from __future__ import annotations

import json
import re
from typing import Any

from lkproto import Message, Method

from tests.services.process import masked

from .script import Answer, Codec, decoded

_ID = re.compile(r"\b(AD|EG|IN|PA|RM|SCL|SDR|ST|TR)_[A-Za-z0-9]{6,}")
_TIME = re.compile(r"(At|At_?Ms|_at|_at_ms|creationTime|creationTimeMs|unixMicro)$")
_SECRET = {"turnPassword", "streamKey"}
# What clients of LiveKit's choose, and the mock need not repeat.
_OF_CLIENTS = {"cid", "mid", "sdpCid", "stream"}


def normal(method: Method, codec: Codec, answer: Answer) -> dict[str, Any]:
    """An answer as a mapping: of its status, with the members of its message or its error."""
    told: dict[str, Any] = {"status": answer.status}
    if answer.status == 200:
        return told | message_of(decoded(method, codec, answer))
    text = _ID.sub(r"\1_…", masked(answer.body.decode()))
    if answer.type == "application/json":
        error: dict[str, Any] = json.loads(text)
        return told | error
    return told | {"text": text}


def message_of(message: Message) -> dict[str, Any]:
    """The members of a message that have a value, without what is new in each run."""
    found: dict[str, Any] = _normal("", message.to_dict())
    return found


def shape(value: Any) -> Any:
    """JSON without its values: which members it has, as a server writes them."""
    if value.__class__ is dict:
        return {name: shape(each) for name, each in sorted(value.items())}
    if value.__class__ is list:
        return sorted((shape(each) for each in value), key=json.dumps)
    return type(value).__name__


def _normal(name: str, value: Any) -> Any:
    if value.__class__ is dict:
        return {
            key: _normal(key, each)
            for key, each in sorted(value.items())
            if key not in _OF_CLIENTS
        }
    if value.__class__ is list:
        # The server lists what it has in no order.
        return sorted((_normal(name, each) for each in value), key=json.dumps)
    if _TIME.search(name) and isinstance(value, str | int):
        return "a time" if int(value) else value
    if name == "version" and isinstance(value, int):
        return "a version"  # how often it has changed, also by itself
    if isinstance(value, str):
        return "a secret" if name in _SECRET else _ID.sub(r"\1_…", value)
    return value
