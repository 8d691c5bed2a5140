"""What livekit-server answered to the script, kept for vectors and for the mock."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import Any

from tests.services.livekit_server import VERSION
from tests.services.process import masked
from tests.services.provide import ROOT

from .script import CODECS, Answer, Codec, calls
from .steps import Call

Answers = dict[str, Answer]
_FOLDER = ROOT / "conformance" / "vectorgen" / "captures" / "api"
PATH = _FOLDER / f"livekit-server-{VERSION}.json"


def record(answers: dict[Codec, Answers]) -> None:
    """Keep what was answered to all calls of the script."""
    kept = [
        {**told(call), **{codec: _kept(answers[codec][call.name]) for codec in CODECS}}
        for call in calls()
    ]
    document = {"server": f"livekit-server {VERSION}", "exchanges": kept}
    PATH.parent.mkdir(exist_ok=True)
    text = json.dumps(document, indent=1, ensure_ascii=False)
    PATH.write_text(text + "\n", "utf-8")


def told(call: Call) -> dict[str, Any]:
    """A call as it stands in the file."""
    written = asdict(call) | {"method": call.path}
    return {name: value for name, value in written.items() if value}


def _kept(answer: Answer) -> dict[str, Any]:
    kept: dict[str, Any] = {"status": answer.status, "type": answer.type}
    if answer.type == "application/protobuf":
        return {**kept, "body_hex": answer.body.hex()}
    return {**kept, "body": masked(answer.body.decode())}


@cache
def exchanges() -> list[dict[str, Any]]:
    """All that is recorded, as the file has it."""
    found: list[dict[str, Any]] = json.loads(PATH.read_text("utf-8"))["exchanges"]
    return found


def recorded(codec: Codec) -> Answers:
    """What was answered, by the names of calls."""
    return {each["name"]: _answer(each[codec]) for each in exchanges()}


def _answer(kept: dict[str, Any]) -> Answer:
    body = bytes.fromhex(kept["body_hex"]) if "body_hex" in kept else None
    if body is None:
        body = kept["body"].encode()
    return Answer(kept["status"], kept["type"], body)
