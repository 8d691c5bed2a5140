"""The testee protocol, version 1: requests and replies, each a JSON object on one line.

Both sides use this module: the runner writes requests and reads replies, a testee in Python
serves (`serve`). A reply has exactly one of `ok`, `reject`, `unsupported`, `error`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from . import operations
from .values import cut, is_list, is_object, nests_deeper

VERSION = 1
MAX_LINE = 16 * 1024 * 1024
"""Bytes in a line, its end included."""
MAX_DEPTH = 100
"""Levels of objects and lists in a reply."""
HELLO_SECONDS = 30.0
CASE_SECONDS = 5.0
CLOCK = "clock.inject"
"""The capability of running at the time that a request gives."""

OPERATIONS = {name: each.takes_profile for name, each in operations.BY_NAME.items()}
"""Every operation that a testee may offer, and whether its arguments include a profile."""

PROFILES = ("strict", "go")

KINDS = {
    "malformed": "not three segments, base64 or JSON; a payload that is not an object; wire data, "
    "ProtoJSON or YAML that does not parse",
    "bad_claim": "a claim of the wrong type or with a value that cannot be read, grants and "
    "`roomConfig` included; a claim that jobs may not have; an audience that a library refuses",
    "alg_not_allowed": "`alg` is absent, unknown or not the one that is allowed",
    "unknown_key": "no secret, or an empty one, for `iss`; no key of a set for `kid`",
    "bad_signature": "the signature is not the key's",
    "missing_claim": "`exp`, or another claim that a library demands, is absent or null",
    "expired": "the time of `exp` is over",
    "not_yet_valid": "the time of `nbf` has not come; `strict`: nor that of `iat`",
    "wrong_issuer": "the issuer is not the key's; only where an implementation has one key, which "
    "the issuer does not choose: it counts where `unknown_key` is expected",
    "missing_auth": "webhook: the header is absent or empty",
    "hash_mismatch": "webhook: `sha256` is absent or not the body's",
    "body_malformed": "webhook: the body is not an event",
    "sensitive_credentials": "a room configuration holds a secret",
    "invalid_argument": "an empty API key or secret, missing grants of a job or permissions of an "
    "agent; what `keyset.new`, `deployment.validate` and `thread_id.validate` refuse",
    "unknown_field": "`json.parse`: a field that is not known and not to be ignored",
    "out_of_range": "`json.parse`: a number outside its type",
    "too_large": "above a limit of size or nesting",
    "twirp:CODE": "an error of a Twirp server",
}
"""Reject kinds, with when they apply; `CODE` is any code."""

_SHOWN = 200

OUTCOMES = ("ok", "reject", "unsupported", "error")


class ProtocolError(Exception):
    """A line that is not a reply, or not the reply to the request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its outcome, and the object of that name."""

    outcome: str
    body: dict[str, Any]

    @property
    def kind(self) -> str:
        """The reject kind."""
        return str(self.body["kind"])


@dataclass(frozen=True, slots=True)
class Broken:
    """A request without a reply: `crash`, `timeout` or `protocol`, and what is known."""

    verdict: str
    detail: str


@dataclass(frozen=True, slots=True)
class Hello:
    """A testee's description of itself."""

    implementation: dict[str, Any] = field(default_factory=dict[str, Any])
    capabilities: frozenset[str] = frozenset()
    profiles: tuple[str, ...] = ()
    unavailable: dict[str, str] = field(default_factory=dict[str, str])
    """Why an operation that the implementation has is not offered here, such as a library."""

    @property
    def name(self) -> str:
        """Name and version, for people."""
        words = (self.implementation.get(key, "") for key in ("name", "version"))
        return " ".join(str(word) for word in words if word) or "unnamed"


def is_kind(kind: object) -> bool:
    """Whether a text is a reject kind."""
    return isinstance(kind, str) and (kind in KINDS or kind.startswith("twirp:"))


# json.dumps makes an encoder for each call that has separators.
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def encode(message: dict[str, Any]) -> bytes:
    """A message as a line. Raises ProtocolError if it is too long."""
    line = _ENCODE(message).encode() + b"\n"
    if len(line) > MAX_LINE:
        raise ProtocolError(f"a message of {len(line)} bytes; at most {MAX_LINE} fit")
    return line


def request(
    number: int, op: str, args: dict[str, Any], case: str = ""
) -> dict[str, Any]:
    """The request of a case."""
    deadline = int(CASE_SECONDS * 1000)
    return {"id": number, "op": op, "case": case, "deadline_ms": deadline, "args": args}


def hello_request(number: int) -> dict[str, Any]:
    """The first request."""
    return {"id": number, "op": "hello", "protocol": VERSION}


def parse_reply(line: bytes, number: int) -> Reply:
    """Read the reply to request `number`. Raises ProtocolError."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise ProtocolError("not a line of JSON") from None
    if not is_object(message):
        raise ProtocolError("not a JSON object")
    if line.count(b"{") + line.count(b"[") <= MAX_DEPTH:  # it cannot be deeper
        return _check(message, number)
    return check_reply(message, number)


def check_reply(message: dict[str, Any], number: int) -> Reply:
    """Check the shape of a reply, and which request it answers. Raises ProtocolError."""
    if nests_deeper(message, MAX_DEPTH):
        raise ProtocolError(f"a reply that nests deeper than {MAX_DEPTH} levels")
    return _check(message, number)


def _check(message: dict[str, Any], number: int) -> Reply:
    if message.get("id") != number or isinstance(message.get("id"), bool):
        raise ProtocolError(f"a reply to {_short(message.get('id'))}, not to {number}")
    present = [name for name in OUTCOMES if name in message]
    if len(present) != 1:
        raise ProtocolError(f"{len(present)} of {', '.join(OUTCOMES)}, not one")
    body = message[present[0]]
    if not is_object(body):
        raise ProtocolError(f"{present[0]} is not an object")
    reply = Reply(present[0], body)
    if reply.outcome == "reject" and not is_kind(body.get("kind")):
        raise ProtocolError(f"{_short(body.get('kind'))} is not a reject kind")
    return reply


def parse_hello(reply: Reply) -> Hello:
    """Read the answer to hello. Raises ProtocolError."""
    body = reply.body
    version = body.get("protocol")
    if reply.outcome != "ok" or version is True or version != VERSION:
        raise ProtocolError(f"hello: the testee does not speak protocol {VERSION}")
    capabilities, profiles = body.get("capabilities"), body.get("profiles", ["go"])
    if not is_list(capabilities) or not is_list(profiles):
        raise ProtocolError("hello: capabilities and profiles are lists")
    wrong = [each for each in (*capabilities, *profiles) if not isinstance(each, str)]
    if wrong:
        raise ProtocolError(f"hello: {_short(wrong[0])} is not a name")
    if len(profiles) > len(set(profiles)):
        raise ProtocolError("hello: duplicate profiles")
    unknown = set(profiles) - set(PROFILES)
    if unknown:
        raise ProtocolError(f"hello: unknown profiles {_short(sorted(unknown))}")
    unknown = {
        name for name in capabilities if name not in OPERATIONS and name != CLOCK
    }
    if unknown:
        raise ProtocolError(f"hello: unknown capabilities {_short(sorted(unknown))}")
    about = body.get("implementation")
    return Hello(
        about if is_object(about) else {},
        frozenset(capabilities),
        tuple(profiles),
        _unavailable(body.get("unavailable", {})),
    )


def _unavailable(reasons: object) -> dict[str, str]:
    if not is_object(reasons):
        raise ProtocolError("hello: unavailable is an object: reason by operation")
    for name, reason in reasons.items():
        if name not in OPERATIONS or not isinstance(reason, str):
            raise ProtocolError(
                f"hello: unavailable has {_short(name)}: {_short(reason)}, which is not "
                "an operation and its reason"
            )
    return {name: str(reason) for name, reason in reasons.items()}


def _short(value: object) -> str:
    """A value of a testee, for messages; it may be of any size."""
    return cut(repr(value), _SHOWN)
