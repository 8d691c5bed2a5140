"""Cases that a search found, as `lkproto-conformance promote` puts them into `promoted.json`.

The file has requests only; they are executed like all others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from lkproto_conformance.vectors import canonical

from . import policies
from .area import BOTH, Area, Args, Note, Policy

FILE = Path(__file__).parent / "promoted.json"
SOURCE = "promoted"
FOUND = Note(
    "EDGE_CASE",
    "found by a search for counterexamples",
    "what nobody thought of is answered in two ways",
)


def read(path: Path | None = None) -> list[Args]:
    """The promoted cases: `op name comment args`, perhaps `found_by profiles policy`."""
    return list(json.loads((path or FILE).read_text("utf-8"))["cases"])


def text(cases: Iterable[Args]) -> str:
    """The file of some cases, in its one layout."""
    ordered = sorted(cases, key=lambda case: (case["op"], case["name"]))
    return canonical({"format": 1, "cases": ordered})


def areas() -> Iterator[Area]:
    """The areas of the promoted cases."""
    yield from areas_of(read())


def areas_of(cases: Iterable[Args]) -> Iterator[Area]:
    """An area for each operation of some cases, executed as other cases of that operation are."""
    by_op: dict[str, list[Args]] = {}
    for case in cases:
        by_op.setdefault(case["op"], []).append(case)
    for op, found in sorted(by_op.items()):
        area = replace(
            model(op), source=SOURCE, params={}, cases=[], notes={"Found": FOUND}
        )
        for case in found:
            _add(area, case)
        yield area


def model(op: str) -> Area:
    """What the cases of an operation have in common. Raises KeyError without any."""
    from . import MODULES

    for module in MODULES:
        if module.__name__ != __name__:
            areas: Iterable[Area] = module.areas()
            for area in areas:
                if area.op == op:
                    return area
    raise KeyError(op)


def _add(area: Area, case: Args) -> None:
    by = f" (found by {case['found_by']})" if case.get("found_by") else ""
    name = case.get("policy")
    area.add(
        case["name"],
        case["comment"] + by,
        case["args"],
        "Found",
        profiles=tuple(case.get("profiles", BOTH)),
        policy=policy_of(name) if name else None,
    )


def policy_of(name: str) -> Policy:
    """A policy of vectorgen/policies.py. Raises KeyError."""
    return named_policies()[name]


def named_policies() -> dict[str, Policy]:
    """The policies by their names."""
    found = vars(policies).items()
    return {name: value for name, value in found if isinstance(value, Policy)}
