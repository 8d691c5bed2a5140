"""A testee that is right, except where a test says otherwise: `python:tests.conformance.moody:testee`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lkproto_conformance.protocol import CLOCK, VERSION
from lkproto_conformance.serve import Answer
from lkproto_conformance.vectors import Vector, parse, vectors_folder

CONNECTOR = "python:tests.conformance.moody:testee"
OPS = ("kind.parse", "kind_details.parse")


@dataclass
class Mood:
    """What it does, by case."""

    wrong: dict[str, str] = field(default_factory=dict[str, str])
    """Cases that it answers with an error, and the message."""
    declined: set[str] = field(default_factory=set[str])
    interrupted_at: str = ""
    ops: tuple[str, ...] = OPS
    profiles: tuple[str, ...] = ("strict", "go")
    name: str = "moody"
    asked: list[str] = field(default_factory=list[str])


MOOD = Mood()


def mood(**settings: Any) -> Mood:
    """Set what the next testees do."""
    fresh = Mood(**settings)
    MOOD.__dict__.update(fresh.__dict__)
    return MOOD


@cache
def known() -> tuple[Vector, ...]:
    """The vectors that it can answer."""
    files = [vectors_folder() / f"{op}.json" for op in OPS]
    return tuple(each for file in files for each in parse(file.read_bytes(), file.name))


class Moody:
    """The testee."""

    def __init__(self) -> None:
        self._vectors = {_key(each.op, each.args): each for each in known()}

    def hello(self) -> dict[str, Any]:
        return {
            "protocol": VERSION,
            "implementation": {"name": MOOD.name, "version": "1.0", "secret": "x"},
            "capabilities": [CLOCK, *MOOD.ops],
            "profiles": list(MOOD.profiles),
        }

    def answer(self, op: str, args: dict[str, Any]) -> Answer:
        vector = self._vectors[_key(op, args)]
        MOOD.asked.append(vector.id)
        if vector.id == MOOD.interrupted_at:
            raise KeyboardInterrupt
        if vector.id in MOOD.declined:
            return {"unsupported": {"reason": "not today"}}
        if vector.id in MOOD.wrong:
            return {"error": {"message": MOOD.wrong[vector.id]}}
        return _right(vector)


def _right(vector: Vector) -> Answer:
    if vector.result == "valid":
        return {"ok": vector.expect}
    return {"reject": {"kind": vector.expect.get("kind", "malformed"), "message": ""}}


def _key(op: str, args: dict[str, Any]) -> str:
    return json.dumps([op, args], sort_keys=True)


def testee() -> Moody:
    """The testee, in its present mood."""
    return Moody()


def also() -> Moody:
    """The same one, by another name."""
    return Moody()
