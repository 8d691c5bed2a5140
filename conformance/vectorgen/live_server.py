"""Webhooks that a LiveKit server has sent, as the session `live` recorded them."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .area import Area

FOLDER = Path(__file__).parent / "captures"


def areas() -> Iterator[Area]:
    """One area for each server; they are added to those of webhooks."""
    for path in sorted(FOLDER.glob("*.json")):
        yield _sent(path)


def _sent(path: Path) -> Area:
    captured = json.loads(path.read_text("utf-8"))
    area = Area(
        "webhook.receive",
        "live_server",
        f"webhook.ReceiveWebhookEvent, on what {captured['server']} sent",
        ("webhook/verifier.go",),
        {"keys": captured["keys"]},
    )
    seen = Counter[str]()
    for delivery in captured["deliveries"]:
        event = json.loads(delivery["body"])["event"]
        seen[event] += 1
        number = f"-{seen[event]}" if seen[event] > 1 else ""
        args = {
            "authorization": delivery["authorization"],
            "body_b64": base64.b64encode(delivery["body"].encode()).decode(),
            "now": delivery["now"],
        }
        name = event.replace("_", "-") + number
        area.add(f"sent-{name}", f"{event}, as {captured['server']} sent it", args)
    return area
