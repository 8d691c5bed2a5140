"""Testees for the command: `python:tests.conformance.properties.faulty:NAME`."""

from __future__ import annotations

from lkproto_conformance.miniatures.wrong import Miniature

from .faults import Args, ok
from .support import Faulty

MARK = "Qz"
"""What an id has that the testee of `rarely_wrong` gets wrong."""


def wrong_guid() -> Faulty:
    """Unpacks each id as the same one."""
    return Faulty("guid.check", ok(round_trip="TR_\x1b[2J"))


def rarely_wrong() -> Faulty:
    """Unpacks ids wrong that have both of two letters."""

    def fault(args: Args, answer: Args) -> Args:
        marked = all(letter in args["input"] for letter in MARK)
        return ok(round_trip="TR_")(args, answer) if marked else answer

    return Faulty("guid.check", fault)


def offers_nothing() -> Miniature:
    """Has no operation."""
    return Miniature("nothing", {"ok": {}}, frozenset())
