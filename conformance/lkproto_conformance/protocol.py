"""The testee protocol, version 1: one JSON object a line, requests one way, replies the other.

Both sides use this module: the runner writes requests and reads replies, a testee in Python
serves (`serve`). A reply holds exactly one of `ok`, `reject`, `unsupported`, `error`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .values import is_list, is_object

VERSION = 1
MAX_LINE = 16 * 1024 * 1024
"""Bytes in a line, its end included."""
HELLO_SECONDS = 30.0
CASE_SECONDS = 5.0
CLOCK = "clock.inject"
"""The capability of running at the time a request gives."""

# Operation: whether it takes a profile.
OPERATIONS = {
    "wire.roundtrip": False,
    "json.parse": False,
    "json.print": False,
    "token.mint": False,
    "token.verify": True,
    "token.service": False,
    "grants.resolve": False,
    "grants.matches_permission": False,
    "grants.update_from_permission": False,
    "grants.agent_endpoint_allows": False,
    "grants.agent_thread": False,
    "credentials.check": True,
    "job_claims.parse": False,
    "kind.parse": False,
    "kind_details.parse": False,
    "keys.load": False,
    "keyset.new": False,
    "keyset.sign": False,
    "keyset.verify": False,
    "deployment.validate": False,
    "thread_id.validate": False,
    "guid.check": False,
    "redact.url": False,
    "webhook.sign": False,
    "webhook.receive": True,
    "twirp.error": False,
    "twirp.map_error": False,
    "twirp.sip_status": False,
    "twirp.call": False,
    "twirp.serve": False,
    "twirp.stop": False,
}
"""Every operation a testee may offer, and whether its arguments name a profile."""

PROFILES = ("strict", "go")

KINDS = frozenset(
    [
        "malformed",
        "bad_signature",
        "alg_not_allowed",
        "unknown_key",
        "wrong_issuer",
        "expired",
        "not_yet_valid",
        "missing_claim",
        "bad_claim",
        "hash_mismatch",
        "missing_auth",
        "body_malformed",
        "out_of_range",
        "unknown_field",
        "sensitive_credentials",
        "invalid_argument",
        "too_large",
    ]
)
"""Reject kinds; beside them, `twirp:` and a code."""

OUTCOMES = ("ok", "reject", "unsupported", "error")


class ProtocolError(Exception):
    """A line that is no reply, or a reply to something else."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: its outcome, and the object that came with it."""

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
    """What a testee says of itself."""

    implementation: dict[str, Any] = field(default_factory=dict[str, Any])
    capabilities: frozenset[str] = frozenset()
    profiles: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name and version, for people."""
        words = (self.implementation.get(key, "") for key in ("name", "version"))
        return " ".join(str(word) for word in words if word) or "unnamed"


def is_kind(kind: object) -> bool:
    """Whether a text is a reject kind."""
    return isinstance(kind, str) and (kind in KINDS or kind.startswith("twirp:"))


def encode(message: dict[str, Any]) -> bytes:
    """A message as a line. Raises ProtocolError if it is too long."""
    line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
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
    """Read the reply to request `number`. Raises ProtocolError, with what is wrong."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise ProtocolError("not a line of JSON") from None
    if not is_object(message):
        raise ProtocolError("not a JSON object")
    return check_reply(message, number)


def check_reply(message: dict[str, Any], number: int) -> Reply:
    """Check a reply's shape and what it answers. Raises ProtocolError."""
    if message.get("id") != number or isinstance(message.get("id"), bool):
        raise ProtocolError(f"a reply to {message.get('id')!r}, not to {number}")
    present = [name for name in OUTCOMES if name in message]
    if len(present) != 1:
        raise ProtocolError(f"{len(present)} of {', '.join(OUTCOMES)}, not one")
    body = message[present[0]]
    if not is_object(body):
        raise ProtocolError(f"{present[0]} is no object")
    reply = Reply(present[0], body)
    if reply.outcome == "reject" and not is_kind(body.get("kind")):
        raise ProtocolError(f"{body.get('kind')!r} is no reject kind")
    return reply


def parse_hello(reply: Reply) -> Hello:
    """Read the answer to hello. Raises ProtocolError."""
    body = reply.body
    if reply.outcome != "ok" or body.get("protocol") != VERSION:
        raise ProtocolError(f"hello: the testee does not speak protocol {VERSION}")
    capabilities, profiles = body.get("capabilities"), body.get("profiles", ["go"])
    if not is_list(capabilities) or not is_list(profiles):
        raise ProtocolError("hello: capabilities and profiles are lists")
    unknown = set(profiles) - set(PROFILES)
    if unknown:
        raise ProtocolError(f"hello: unknown profiles {sorted(unknown)}")
    unknown = {
        name for name in capabilities if name not in OPERATIONS and name != CLOCK
    }
    if unknown:
        raise ProtocolError(f"hello: unknown capabilities {sorted(unknown)}")
    about = body.get("implementation")
    return Hello(
        about if is_object(about) else {},
        frozenset(capabilities),
        tuple(profiles),
    )
