"""A notifier that is wrong on purpose: it posts each event once, and takes any answer.

It neither waits, repeats, orders, filters nor limits, knows one key, and is never stopped.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from ..judging.notifier_tokens import LIFE, body_hash, signed

Args = dict[str, Any]


def careless_run(args: Args) -> Args:
    """The result of a run."""
    config: Args = args["config"]
    steps = [step for step in args["script"] if step["op"] == "queue"]
    posts = [
        (step, url)
        for step in steps
        for url in [*config.get("urls", []), *map(_url, step.get("extra", ()))]
    ]
    stops = [step["at_ms"] for step in args["script"] if step["op"] == "stop"]
    return {
        "attempts": [_attempt(args, step, url) for step, url in posts],
        "returned": [None for _ in steps],
        "processed": [_record(args["now"], step, url) for step, url in posts],
        "stop_ms": stops,
        "undelivered": [],
        "counts": {"success": len(posts), "failure": 0, "dropped": {}},
    }


def _url(extra: Args) -> str:
    return str(extra["url"])


def _attempt(args: Args, step: Args, url: str) -> Args:
    key = args["config"].get("api_key", "")
    body = json.dumps(step["event"]).encode()
    at = args["now"] + step["at_ms"] // 1000
    claims = {"iss": key, "exp": at + LIFE, "nbf": at, "iat": at}
    claims["sha256"] = body_hash(body)
    return {
        "at_ms": step["at_ms"],
        "url": url,
        "http_method": "POST",
        "authorization": signed(claims, args["keys"].get(key, "")),
        "content_type": "application/webhook+json",
        "user_agent": "LiveKit",
        "body_b64": base64.b64encode(body).decode(),
    }


def _record(now: int, step: Args, url: str) -> Args:
    event: Args = step["event"]
    room: Args = event.get("room") or {}
    return {
        "eventId": event.get("id", ""),
        "event": event.get("event", ""),
        "roomName": room.get("name", ""),
        "roomId": room.get("sid", ""),
        "createdAt": _time(int(event.get("createdAt", 0)) * 1000),
        "queuedAt": _time(now * 1000 + step["at_ms"]),
        "sentAt": _time(now * 1000 + step["at_ms"]),
        "url": url,
    }


def _time(ms: int) -> str:
    from datetime import datetime, timezone

    at = datetime.fromtimestamp(ms // 1000, timezone.utc)  # noqa: UP017
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03}Z"
