"""One deliberate fault for each law: a law that nothing fails proves nothing."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from lkproto import clear_unknown, find_message

Args = dict[str, Any]
Fault = Callable[[Args, Args], Args]
_COUNTER = itertools.count()


def ok(**members: Any) -> Fault:
    """Members of each result are others."""
    return lambda _, answer: (
        {"ok": {**answer["ok"], **members}} if "ok" in answer else answer
    )


def changed(name: str, change: Callable[[Any], Any]) -> Fault:
    """A member of each result is changed."""

    def fault(_: Args, answer: Args) -> Args:
        if "ok" not in answer or name not in answer["ok"]:
            return answer
        return {"ok": {**answer["ok"], name: change(answer["ok"][name])}}

    return fault


def accepts(kind: str, result: Args | None = None) -> Fault:
    """What should be refused with a kind is accepted."""

    def fault(_: Args, answer: Args) -> Args:
        return (
            {"ok": result or {}}
            if answer.get("reject", {}).get("kind") == kind
            else answer
        )

    return fault


def renames(kind: str, other: str) -> Fault:
    """What is refused with a kind is refused with another."""

    def fault(_: Args, answer: Args) -> Args:
        refused = answer.get("reject", {})
        return (
            {"reject": {**refused, "kind": other}}
            if refused.get("kind") == kind
            else answer
        )

    return fault


def refuses(when: Callable[[Args], Any]) -> Fault:
    """Some requests are refused."""
    no = {"reject": {"kind": "malformed", "message": "no"}}
    return lambda args, answer: no if when(args) else answer


def without_unknown(args: Args, answer: Args) -> Args:
    """Fields that are not known are dropped."""
    cls = find_message(args["message"])
    if "ok" not in answer or cls is None:
        return answer
    message = cls.from_bytes(bytes.fromhex(answer["ok"]["output"]))
    clear_unknown(message)
    return {"ok": {"output": message.to_bytes().hex()}}


def forgetful(args: Args, answer: Args) -> Args:
    """Of a long message nothing is read."""
    return (
        {"ok": {"output": ""}} if "ok" in answer and len(args["input"]) > 8 else answer
    )


def drops_a_member(args: Args, answer: Args) -> Args:
    """The first member of an object is not printed."""
    value = json.loads(answer["ok"]["json"]) if "ok" in answer else None
    if not isinstance(value, dict) or not value or "@type" in value:
        return answer
    rest = dict(list(value.items())[1:])
    return {"ok": {"json": json.dumps(rest)}}


def ignorant(args: Args, answer: Args) -> Args:
    """A member that is not known is skipped, whatever is asked for."""
    return {"ok": {"output": ""}} if "noSuchField" in args["json"] else answer


def fails_on_short(args: Args, answer: Args) -> Args:
    """A text that is not an id ends in an error."""
    if len(args["input"]) < 12:
        raise IndexError("string index out of range")
    return answer


def inverted(_: Args, answer: Args) -> Args:
    """What is accepted is refused, and the other way round."""
    if "ok" in answer:
        return {"reject": {"kind": "bad_claim", "message": "no"}}
    return {"ok": {"output": "ff"}}


def _only_first(args: Args) -> bool:
    """Whether a token is of another key than the first."""
    import base64

    head = args["token"].partition(".")[0]
    kid = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]
    return bool(args["keys"][0]["id"] != kid)


FAULTS: dict[str, tuple[str, Fault]] = {
    "tokens/round-trip": ("token.verify", ok(claims={})),
    "tokens/strict-reader": ("token.mint", changed("token", lambda token: token + "=")),
    "tokens/other-writer": ("token.verify", changed("identity", str.upper)),
    "tokens/tampered": ("token.verify", accepts("bad_signature")),
    "tokens/other-secret": ("token.verify", renames("unknown_key", "bad_signature")),
    "tokens/window": ("token.verify", accepts("not_yet_valid")),
    "tokens/algorithms": ("token.verify", accepts("alg_not_allowed")),
    "tokens/any": (
        "token.verify",
        changed("api_key", lambda _: next(_COUNTER)),
    ),
    "grants/defaults": ("grants.resolve", ok(canPublishData=True)),
    "grants/sources": (
        "grants.resolve",
        changed("canPublishSource", lambda found: dict.fromkeys(found, True)),
    ),
    "grants/update-matches": (
        "grants.matches_permission",
        lambda args, answer: {
            "ok": {"matches": not (args["permission"] or {}).get("hidden")}
        },
    ),
    "grants/update-stable": (
        "grants.update_from_permission",
        changed(
            "video", lambda video: {k: v for k, v in video.items() if k != "roomJoin"}
        ),
    ),
    "grants/no-permission": ("grants.matches_permission", ok(matches=True)),
    "grants/threads": (
        "grants.agent_thread",
        lambda args, answer: answer if args["grant"] else {"ok": {"allowed": True}},
    ),
    "grants/kinds": (
        "kind.parse",
        lambda args, answer: (
            answer if args["claim"].islower() else {"ok": {"kind": "STANDARD"}}
        ),
    ),
    "webhooks/round-trip": ("webhook.receive", changed("event", lambda _: {})),
    "webhooks/changed": ("webhook.receive", accepts("hash_mismatch", {"event": {}})),
    "webhooks/deliveries": ("webhook.receive", accepts("missing_auth", {"event": {}})),
    "webhooks/any-body": ("webhook.receive", renames("body_malformed", "malformed")),
    "wire/round-trip": ("wire.roundtrip", ok(output="")),
    "wire/stable": (
        "wire.roundtrip",
        changed("output", lambda data: data + "f8ff0301"),
    ),
    "wire/merge": ("wire.roundtrip", forgetful),
    "wire/unknown": ("wire.roundtrip", without_unknown),
    "wire/incomplete": ("wire.roundtrip", accepts("malformed", {"output": ""})),
    "json/inverse": ("json.parse", ok(output="")),
    "json/canonical": ("json.print", drops_a_member),
    "json/names": ("json.parse", refuses(lambda args: "_" in args["json"])),
    "json/unknown": ("json.parse", ignorant),
    "keysets/round-trip": ("keyset.verify", refuses(_only_first)),
    "keysets/refused": ("keyset.verify", accepts("unknown_key")),
    "texts/redact-stable": (
        "redact.url",
        changed("query_values", lambda text: text + "&a=b"),
    ),
    "texts/redact-hides": (
        "redact.url",
        lambda args, answer: ok(query_values=args["input"])(args, answer),
    ),
    "texts/guid": ("guid.check", changed("round_trip", str.lower)),
    "texts/guid-any": ("guid.check", fails_on_short),
    "twirp/error": ("twirp.error", changed("code", str.upper)),
    "twirp/mapped": ("twirp.map_error", ok(http_status=500)),
    "twirp/call": ("twirp.call", changed("response", lambda data: data + "f8ff0301")),
    "twirp/serve": ("twirp.serve", ok(base_url="http://127.0.0.1:1")),
}
"""The operation that has the fault, and the fault, by law."""
