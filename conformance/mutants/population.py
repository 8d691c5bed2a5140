"""Which mutants there are, which of them are the population, and a sample of it by a seed."""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .modules import Module, all_modules, is_left_out
from .probes import SPAN
from .sites import Mutant, mutants_of, statements

SIZE = 400
"""Mutants of the population."""
SEED = "2026"
"""What chooses them. Another one makes another population, and another list of survivors."""


@dataclass(frozen=True, slots=True)
class Source:
    """A module that is judged, with its tree; `number` is that of its probes."""

    module: Module
    number: int
    tree: ast.Module
    numbers: dict[ast.stmt, int]
    mutants: tuple[Mutant, ...]

    def statement(self, mutant: Mutant) -> int:
        """The number that a probe notes where a mutant is reached."""
        return self.number * SPAN + self.numbers[mutant.statement]


def sources() -> list[Source]:
    """All modules of the fixed list, with all their mutants."""
    return [_source(number, each) for number, each in enumerate(all_modules())]


def _source(number: int, module: Module) -> Source:
    tree = module.tree()
    found = tuple(
        each
        for each in mutants_of(tree, module.path)
        if not is_left_out(each.path, each.function)
    )
    return Source(module, number, tree, statements(tree), found)


def population(given: Sequence[Source]) -> list[Mutant]:
    """The mutants that the suite is judged by: a fixed choice of all."""
    return chosen((each for source in given for each in source.mutants), SEED, SIZE)


def chosen(mutants: Iterable[Mutant], seed: str, count: int) -> list[Mutant]:
    """So many mutants, of each module its part; sorted by module and place.

    The choice is by a hash of each id: a change of one module changes little of the others.
    """
    by_path: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        by_path[mutant.path].append(mutant)
    ranked: list[tuple[float, str, Mutant]] = []
    for found in by_path.values():
        in_order = sorted(found, key=lambda each: _rank(each.id, seed))
        for at, each in enumerate(in_order):
            rank = _rank(each.id, seed)
            ranked.append(((at + _offset(rank)) / len(found), rank, each))
    ranked.sort(key=lambda entry: entry[:2])
    wanted = {each.id for _, _, each in ranked[:count]}
    return [each for found in by_path.values() for each in found if each.id in wanted]


def matching(mutants: Iterable[Mutant], pattern: str) -> list[Mutant]:
    """The mutants whose id matches a shell pattern, or begins with a text without wildcards."""
    if not any(sign in pattern for sign in "*?["):
        pattern += "*"
    return [each for each in mutants if fnmatchcase(each.id, pattern)]


def _offset(rank: str) -> float:
    """From 0 to 1: so that not each module's first comes before any module's second."""
    return int(rank[-8:], 16) / (1 << 32)


def _rank(name: str, seed: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
