"""Testees for the command: `python:tests.conformance.properties.faulty:NAME`."""

from __future__ import annotations

import os

from lkproto_conformance.miniatures.wrong import Miniature

from .faults import Args, ok
from .support import Faulty

MARK = "Qz"
"""What an id has that the testee of `rarely_wrong` gets wrong."""


def wrong_guid() -> Faulty:
    """Unpacks each id as the same one."""
    return Faulty("guid.check", ok(round_trip="TR_\x1b[2J"))


ONLY = "LKPROTO_WRONG_ID"
"""The variable with the one id that the testee of `rarely_wrong` gets wrong."""


def rarely_wrong() -> Faulty:
    """Unpacks ids wrong that have both of two letters, or one id, if a variable has it."""
    only = os.environ.get(ONLY)

    def fault(args: Args, answer: Args) -> Args:
        given = args["input"]
        marked = given == only if only else all(letter in given for letter in MARK)
        return ok(round_trip="TR_")(args, answer) if marked else answer

    return Faulty("guid.check", fault)


def offers_nothing() -> Miniature:
    """Has no operation."""
    return Miniature("nothing", {"ok": {}}, frozenset())
