"""The result of judging the population: committed as JSON, and as tables of the documentation."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lkproto_conformance.values import is_object
from lkproto_conformance.whole_files import write_whole

from .judge import Outcome
from .modules import AREAS
from .sites import Mutant

HERE = Path(__file__).parent
RESULT = HERE / "result.json"
SURVIVORS = HERE / "survivors.toml"
FORMAT = 1
KINDS = ("equivalent", "free", "gap")


class ListError(Exception):
    """A list of survivors with a mistake: where, and what."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that people know to survive: of which kind, and why.

    `equivalent`: no request of the protocol gets another answer, if perhaps a later one. `free`:
    answers differ in what the protocol leaves free, such as texts of errors. Both are set aside,
    as no vector could fail them. A `gap` is what the suite could find and does not.
    """

    kind: str
    why: str

    @property
    def is_gap(self) -> bool:
        """Whether the suite could find it."""
        return self.kind == "gap"


Judged = Sequence[tuple[Mutant, Outcome]]


def read_survivors(path: Path = SURVIVORS) -> dict[str, Survivor]:
    """The list of survivors, by id. Raises ListError."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ListError(f"{path.name}: {error}") from None
    return {name: _survivor(name, entry, path) for name, entry in document.items()}


def _survivor(name: str, entry: Any, path: Path) -> Survivor:
    given: dict[str, Any] = entry if is_object(entry) else {}
    kind, why = given.get("kind"), given.get("why")
    if kind not in KINDS or not isinstance(why, str) or not why or len(given) > 2:
        raise ListError(
            f'{path.name}: ["{name}"] needs `kind`, one of {", ".join(KINDS)}, and `why`, a text'
        )
    return Survivor(kind, why)


def unlisted(judged: Judged, listed: Mapping[str, Survivor]) -> list[Mutant]:
    """The survivors that the list does not have."""
    return [each for each, end in judged if not end.killed and each.id not in listed]


def stale(judged: Judged, listed: Mapping[str, Survivor]) -> list[Mutant]:
    """The mutants of the list that are killed."""
    return [each for each, end in judged if end.killed and each.id in listed]


def unmatched(mutants: Iterable[Mutant], listed: Mapping[str, Survivor]) -> list[str]:
    """The ids of the list that no mutant of the population has."""
    return sorted(listed.keys() - {each.id for each in mutants})


def document(judged: Judged, listed: Mapping[str, Survivor]) -> dict[str, Any]:
    """The result as a JSON value: counts by module and by killer, and each survivor."""
    killers = Counter(end.by for _, end in judged if end.killed)
    kinds = Counter(
        known.kind
        for each, end in judged
        if not end.killed and (known := listed.get(each.id))
    )
    return {
        "format": FORMAT,
        "mutants": len(judged),
        "killed": killers.total(),
        "survivors_by_kind": {kind: kinds[kind] for kind in KINDS},
        "killed_by": dict(sorted(killers.items())),
        "modules": {
            path: _module([end for each, end in judged if each.path == path])
            for path in sorted({each.path for each, _ in judged})
        },
        "survivors": [
            _entry(each, listed.get(each.id)) for each, end in judged if not end.killed
        ],
    }


def _module(ends: Sequence[Outcome]) -> dict[str, int]:
    return {"mutants": len(ends), "killed": sum(end.killed for end in ends)}


def _entry(mutant: Mutant, known: Survivor | None) -> dict[str, Any]:
    return {
        "id": mutant.id,
        "was": mutant.was,
        "becomes": mutant.becomes,
        "kind": known.kind if known else "",
        "why": known.why if known else "",
    }


def renewed(before: Mapping[str, Any], again: Mapping[str, Any]) -> dict[str, Any]:
    """A result in which those that survived are judged again: more are killed, none fewer."""
    killers = Counter[str](before["killed_by"])
    killers.update(again["killed_by"])
    modules = {path: dict(counts) for path, counts in before["modules"].items()}
    for path, counts in again["modules"].items():
        modules[path]["killed"] += counts["killed"]
    return {
        **again,
        "mutants": before["mutants"],
        "killed": before["killed"] + again["killed"],
        "killed_by": dict(sorted(killers.items())),
        "modules": modules,
    }


def annotated(
    result: Mapping[str, Any], listed: Mapping[str, Survivor]
) -> dict[str, Any]:
    """A result with the kinds and reasons that the list of survivors has now."""
    survivors = [
        {**each, "kind": known.kind, "why": known.why}
        for each in result["survivors"]
        if (known := listed.get(each["id"]))
    ]
    missing = len(result["survivors"]) - len(survivors)
    if missing:
        raise ListError(f"{missing} survivors are not in {SURVIVORS.name}; run `run`")
    kinds = Counter(each["kind"] for each in survivors)
    counts = {kind: kinds[kind] for kind in KINDS}
    return {**result, "survivors_by_kind": counts, "survivors": survivors}


def read_result(path: Path = RESULT) -> dict[str, Any]:
    """The committed result. Raises ListError."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ListError(f"{path.name}: {error}; write it by `run --write`") from None
    return dict(found)


def canonical(result: Mapping[str, Any]) -> str:
    """A result as the text that is committed."""
    return json.dumps(result, indent=2, ensure_ascii=True) + "\n"


def write(result: Mapping[str, Any], path: Path = RESULT) -> None:
    """Write a result."""
    write_whole(path, canonical(result))


def rate(result: Mapping[str, Any]) -> float:
    """The share of mutants that are killed, of those that are not set aside."""
    kinds = result["survivors_by_kind"]
    judged = result["mutants"] - kinds["equivalent"] - kinds["free"]
    return float(result["killed"] / judged)


def tables(result: Mapping[str, Any]) -> str:
    """The part of the documentation that a run writes: counts, and the survivors."""
    return "\n\n".join(
        [
            _sentence(result),
            _by_area(result),
            _by_killer(result),
            *(_survivors(result, kind) for kind in ("gap", "free", "equivalent")),
        ]
    )


def _sentence(result: Mapping[str, Any]) -> str:
    kinds = result["survivors_by_kind"]
    aside = kinds["equivalent"] + kinds["free"]
    share, rest = 100 * result["killed"] / result["mutants"], result["mutants"] - aside
    return (
        f"Of {result['mutants']} mutants, {result['killed']} are killed ({share:.1f} %). {aside} "
        f"are set aside: {kinds['equivalent']} give the same answers, {kinds['free']} differ in "
        f"what is free. Of the other {rest}, {100 * rate(result):.1f} % are killed."
    )


def _by_area(result: Mapping[str, Any]) -> str:
    rows = ["| area | modules | mutants | killed | |", "|---|---|---|---|---|"]
    for area, paths in AREAS.items():
        found = [result["modules"][path] for path in paths if path in result["modules"]]
        rows.append(_row(area, len(found), found))
    rows.append(_row("**all**", len(result["modules"]), result["modules"].values()))
    return "\n".join(rows)


def _row(name: str, modules: int, found: Iterable[Mapping[str, int]]) -> str:
    counts = list(found)
    mutants = sum(each["mutants"] for each in counts)
    killed = sum(each["killed"] for each in counts)
    share = f"{100 * killed / mutants:.1f} %" if mutants else ""
    return f"| {name} | {modules} | {mutants} | {killed} | {share} |"


def _by_killer(result: Mapping[str, Any]) -> str:
    rows = ["| killed by | mutants |", "|---|---|"]
    by_number = sorted(result["killed_by"].items(), key=lambda each: (-each[1], each))
    rows += [f"| `{name}` | {number} |" for name, number in by_number]
    return "\n".join(rows)


_TITLES = {
    "gap": "What the suite does not find",
    "free": "Differs in what the protocol leaves free",
    "equivalent": "Gives the same answers",
}


def _survivors(result: Mapping[str, Any], kind: str) -> str:
    rows = [f"### {_TITLES[kind]}", "", "| mutant | code | becomes | why |"]
    rows.append("|---|---|---|---|")
    for each in result["survivors"]:
        if each["kind"] == kind:
            codes = [_code(each[name]) for name in ("id", "was", "becomes")]
            rows.append(f"| {' | '.join(codes)} | {each['why']} |")
    return "\n".join(rows)


_SHOWN = 90


def _code(text: str) -> str:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "`` " + shown.replace("|", "\\|") + " ``"
