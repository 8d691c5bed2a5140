"""Whether some testee that is wrong on purpose fails a vector; otherwise it proves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import miniatures
from ..connect import InProcessTestee
from ..judging.verdict import judge
from ..running.exchanges import arguments, ask
from ..vectors import Vector

ADVICE = (
    "no broken testee fails it; demand more of it (a result that depends on the arguments, "
    "a kind), or give lkproto_conformance/miniatures the mistake that it finds"
)


def unproven(vectors: Iterable[Vector]) -> Iterator[str]:
    """The vectors that no miniature fails."""
    testees = [InProcessTestee(make()) for make in miniatures.ALL]
    offered = [testee.start().capabilities for testee in testees]
    for vector in vectors:
        if vector.result == "unspecified":
            continue
        args = arguments(vector, vector.profiles[0])
        if not any(
            judge(vector, ask(testee, vector.op, args, vector.id)).failed
            for testee, ops in zip(testees, offered, strict=True)
            if vector.op in ops
        ):
            yield f"{vector.id}: {ADVICE}"
