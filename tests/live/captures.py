"""What a server sent, kept for vectors and for the documentation: one run's deliveries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lkproto.auth import read_unverified

from tests.services.livekit_server import VERSION
from tests.services.provide import ROOT

from .sink import Delivery

PATH = (
    ROOT / "conformance" / "vectorgen" / "captures" / f"livekit-server-{VERSION}.json"
)
# The server counts from time to time, so that events of the same kind have them or not.
COUNTED = {"numParticipants", "numPublishers"}


def record(keys: dict[str, str], deliveries: Iterable[Delivery]) -> None:
    """Keep deliveries, with the keys that are needed to verify them."""
    kept = [_kept(each) for each in deliveries]
    document = {"server": f"livekit-server {VERSION}", "keys": keys, "deliveries": kept}
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def _kept(delivery: Delivery) -> dict[str, Any]:
    signed = read_unverified(delivery.authorization).registered.iat
    assert signed is not None
    return {
        "authorization": delivery.authorization,
        "body": delivery.body.decode(),
        "now": signed + 1,
    }


def recorded() -> list[dict[str, Any]]:
    """The events of the deliveries that are kept, as JSON has them."""
    document = json.loads(PATH.read_text("utf-8"))
    return [json.loads(each["body"]) for each in document["deliveries"]]


def members(events: Iterable[dict[str, Any]]) -> dict[str, dict[str, set[str]]]:
    """By kind and member of an event, such as `room`, the members that this has in any event."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for event in events:
        for name, value in event.items():
            if isinstance(value, dict):
                found[event["event"]][name] |= value.keys() - COUNTED
    return {kind: dict(sorted(each.items())) for kind, each in found.items()}
