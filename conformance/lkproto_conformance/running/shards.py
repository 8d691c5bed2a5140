"""Shards: parts of the suite, for several machines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ..vectors import Vector


@dataclass(frozen=True, slots=True)
class Shard:
    """The `index`th of `number` parts, from 1."""

    index: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2/4`. Raises ValueError."""
        index, _, number = text.partition("/")
        if not (_is_number(index) and _is_number(number)):
            raise ValueError(f"{text!r} is not INDEX/NUMBER, such as 2/4")
        if not 1 <= int(index) <= int(number):
            raise ValueError(f"{text}: the index is one of 1 to {int(number)}")
        return cls(int(index), int(number))

    def __str__(self) -> str:
        return f"{self.index}/{self.number}"


def shard(vectors: Iterable[Vector], index: int, number: int) -> list[Vector]:
    """The vectors of a part, in their order. Parts do not change when vectors are added."""
    return [each for each in vectors if _part(each.id, number) == index - 1]


def _part(name: str, number: int) -> int:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % number


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) > 0
