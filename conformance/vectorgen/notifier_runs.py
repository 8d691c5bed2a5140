"""Parts of runs of a notifier: events, steps, and results that the strict profile demands."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from lkproto_conformance.judging.notifier_tokens import (
    LIFE,
    body_hash,
    read,
    secret_of,
    signed,
)
from lkproto_conformance.judging.notifier_values import event_key, milliseconds

from .area import Args
from .forge import KEY, NOW, SECRET, dumps

URL = "http://a.invalid/hook"
OTHER_URL = "http://b.invalid/hook"
EXTRA_URL = "http://extra.invalid/hook"
OTHER_KEY = "APIother"
OTHER_SECRET = "another secret of the conformance suite"
NEW_SECRET = "a secret that replaces the first one"
NEVER = "0001-01-01T00:00:00Z"


def event(number: int = 1, **members: Any) -> Args:
    """An event about a room; a member that is `...` is left out."""
    found = {
        "event": "room_started",
        "room": {"sid": "RM_r", "name": "r"},
        "id": f"EV_{number}",
        "createdAt": str(NOW - 1),
        **members,
    }
    return {name: value for name, value in found.items() if value is not ...}


def about(room: str, number: int = 1, **members: Any) -> Args:
    """An event about a room of this name."""
    return event(number, room={"name": room}, **members)


def queue(at_ms: int, given: Args | None = None, *extra: Args) -> Args:
    """A step."""
    step = {"at_ms": at_ms, "op": "queue", "event": given or event()}
    return {**step, "extra": list(extra)} if extra else step


def stop(at_ms: int, *, force: bool = False) -> Args:
    """A step."""
    return {"at_ms": at_ms, "op": "stop", "force": force}


def set_keys(at_ms: int, api_key: str, secret: str) -> Args:
    """A step."""
    return {"at_ms": at_ms, "op": "set_keys", "api_key": api_key, "secret": secret}


def set_filter(at_ms: int, include: list[str], exclude: list[str]) -> Args:
    """A step."""
    return {"at_ms": at_ms, "op": "set_filter", "include": include, "exclude": exclude}


def run(*script: Args, run_ms: int = 200_000, **more: Any) -> Args:
    """The arguments of a run of one endpoint that answers 200, but for what is given."""
    config = {"urls": [URL], "api_key": KEY, **more.pop("config", {})}
    answers = {"endpoints": {URL: more.pop("answers", [200])}}
    steps = list(script) or [queue(0)]
    return {"config": config, **answers, "script": steps, "run_ms": run_ms, **more}


def normal(args: Args, result: Args) -> Args:
    """An executed result without what differs from one execution to the next.

    Bodies have no spaces, tokens are those of such bodies, times whole milliseconds, and what
    happens at the same time is sorted by URL and key.
    """
    hashes: dict[str, str] = {}
    for each in result["attempts"]:
        body = base64.b64decode(each["body_b64"])
        compact = dumps(json.loads(body)).encode() if body else b""
        hashes[body_hash(body)] = body_hash(compact)
        each["body_b64"] = base64.b64encode(compact).decode()
    for each in result["attempts"]:
        if token := each["authorization"]:
            secret = secret_of(token, args)
            _, claims = read(token)
            hashed = {**claims, "sha256": hashes[claims["sha256"]]}
            each["authorization"] = signed(hashed, secret or "")
    for info in result["processed"]:
        if "sendError" in info:  # its cause depends on which goroutine is first
            info["sendError"] = info["sendError"].partition(": ")[0]
        for name in ("createdAt", "queuedAt", "sentAt"):
            if info[name] != NEVER:
                info[name] = timestamp(round(milliseconds(info[name]) or 0))
        for name in ("queueDurationNs", "sendDurationNs"):
            rounded = (int(info.pop(name, 0)) + 500_000) // 1_000_000
            if rounded:
                info[name] = f"{rounded}000000"
    keys = {
        step["event"].get("id"): event_key(step["event"])
        for step in args["script"]
        if step["op"] == "queue"
    }
    attempts: list[Args] = result["attempts"]
    attempts.sort(key=lambda each: (each["at_ms"], each["url"], _key(each)))
    infos: list[Args] = result["processed"]
    infos.sort(key=lambda each: (each.get("url", ""), keys[each.get("eventId")]))
    return result


def _key(attempt: Args) -> str:
    body = base64.b64decode(attempt["body_b64"])
    return event_key(json.loads(body)) if body else ""


def timestamp(ms: int) -> str:
    """A timestamp of ProtoJSON, from milliseconds since 1970."""
    at = datetime.fromtimestamp(ms // 1000, timezone.utc)  # noqa: UP017
    fraction = f".{ms % 1000:03}" if ms % 1000 else ""
    return f"{at:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def attempt(
    url: str,
    given: Args,
    at_ms: int,
    key: str = KEY,
    secret: str = SECRET,
) -> Args:
    """An attempt as the strict profile makes it: signed when it begins."""
    body = dumps(given).encode()
    return {
        "at_ms": at_ms,
        "url": url,
        "http_method": "POST",
        "authorization": token_of(body, at_ms, key, secret),
        "content_type": "application/webhook+json",
        "user_agent": "LiveKit",
        "body_b64": base64.b64encode(body).decode(),
    }


def token_of(body: bytes, at_ms: int, key: str, secret: str) -> str:
    """The token of an attempt that begins at this time."""
    at = (NOW * 1000 + at_ms) // 1000
    dates = {"exp": at + LIFE, "nbf": at, "iat": at}
    return signed({"iss": key, **dates, "sha256": body_hash(body)}, secret)


def record(
    url: str,
    given: Args,
    queued: int = 0,
    sent: int | None = None,
    ended: int | None = None,
    error: str = "",
) -> Args:
    """The record of a delivery about a room; times in milliseconds of the run."""
    sent = queued if sent is None else sent
    ended = sent if ended is None else ended
    room = given.get("room", {})
    found = {
        "eventId": given["id"],
        "event": given["event"],
        "roomName": room.get("name"),
        "roomId": room.get("sid"),
        "createdAt": timestamp(int(given["createdAt"]) * 1000),
        "queuedAt": timestamp(NOW * 1000 + queued),
        "queueDurationNs": sent > queued and f"{sent - queued}000000",
        "sentAt": timestamp(NOW * 1000 + sent),
        "sendDurationNs": ended > sent and f"{ended - sent}000000",
        "url": url,
        "sendError": error,
    }
    return {name: value for name, value in found.items() if value}


def results(
    attempts: list[Args],
    processed: list[Args],
    returned: Sequence[str | None] | None = None,
    stop_ms: list[int | None] | None = None,
    undelivered: list[tuple[str, Args]] | None = None,
) -> Args:
    """The result of a run; its counts are those of the records."""
    failed = sum("sendError" in each for each in processed)
    given = [None] if returned is None else returned
    lost = [{"url": url, "event_id": each["id"]} for url, each in undelivered or ()]
    return {
        "attempts": attempts,
        "returned": [each and {"kind": each, "message": "why"} for each in given],
        "processed": processed,
        "stop_ms": stop_ms or [],
        "undelivered": lost,
        "counts": {
            "success": len(processed) - failed,
            "failure": failed,
            "dropped": {},
        },
    }
