"""What a report keeps of a run: cases of vectors, entries of results, a header of a hello.

Whatever a testee says has a bound, so that a report of any testee can be read again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..judging.verdict import MAX_DETAIL
from ..protocol import Hello, Reply
from ..running.asking import Result
from ..running.discipline import Held
from ..vectors import Vector
from .model import Case, Entry, Header

MAX_TEXT = 200
"""Characters of what a testee says of itself."""
MAX_BROKEN = 72 * 1024
"""Characters of how it broke, which may hold the end of its stderr."""
ABOUT = ("name", "version", "language", "language_version", "homepage", "source")
"""What a report keeps of an implementation's description."""


def case_of(vector: Vector) -> Case:
    """A vector, as people read it."""
    return Case(
        vector.id,
        vector.op,
        vector.comment,
        vector.level,
        vector.result,
        vector.flags,
        vector.profiles,
        vector.spec,
        vector.oracle,
        vector.args,
        vector.expect,
        vector.notes,
    )


def entry_of(result: Result, held: Held) -> Entry:
    """A result, and what the testee's lists say of it."""
    verdict, reply = result.verdict, result.reply
    bound = MAX_DETAIL + 1 if isinstance(reply, Reply) else MAX_BROKEN
    return Entry(
        result.vector.id,
        result.profile,
        verdict.name,
        verdict.detail[:bound],
        _kept(reply) if verdict.name not in ("pass", "skip") else None,
        result.seconds * 1000,
        held.known,
        held.stale,
    )


def _kept(reply: object) -> dict[str, Any] | None:
    return {reply.outcome: reply.body} if isinstance(reply, Reply) else None


def described(header: Header, hello: Hello, only: str | None) -> Header:
    """A header with what the testee says of itself; `only`: the one profile that is asked."""
    about = {
        key: str(hello.implementation[key])[:MAX_TEXT]
        for key in ABOUT
        if isinstance(hello.implementation.get(key), str | int)
    }
    return replace(
        header,
        label=header.label or about.get("name") or header.connector,
        implementation=about,
        capabilities=tuple(sorted(hello.capabilities)),
        profiles=tuple(each for each in hello.profiles if only in (None, each)),
        unavailable={
            name: reason[:MAX_TEXT] for name, reason in hello.unavailable.items()
        },
    )


def version_of(header: Header) -> str:
    """Name and version of the implementation, for people."""
    words = (header.implementation.get(key, "") for key in ("name", "version"))
    return " ".join(str(word) for word in words if word) or header.label
