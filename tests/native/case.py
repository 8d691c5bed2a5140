"""One comparison, in a form that fits on one line, so that a failure can be repeated."""

from __future__ import annotations

from dataclasses import dataclass

DIRECTIONS = (
    *("decode", "bounded", "encode", "to_json", "from_json"),
    *("construct", "from_bytes", "to_bytes"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """What one function of a codec is given.

    `data` is an encoded message, or for `from_json` the text as UTF-8 (with lone surrogates as
    they are). For the directions that take a message, it is decoded by the exact codec first.
    `extra` is for `bounded` the number of messages; for `from_json` 1 to ignore unknown names,
    plus 2 to give bytes instead of str; else the seed of what is made odd, 0 for nothing.
    """

    direction: str
    name: str
    data: bytes
    extra: int = 0

    def line(self) -> str:
        """The case as text: direction, message, extra and data as hex."""
        return f"{self.direction} {self.name} {self.extra} {self.data.hex()}".strip()


def parsed(line: str) -> Case:
    """The case of a line. Raises ValueError."""
    direction, name, extra, *data = line.split()
    if direction not in DIRECTIONS:
        raise ValueError(f"{direction!r} is none of {', '.join(DIRECTIONS)}")
    return Case(direction, name, bytes.fromhex("".join(data)), int(extra))


def text_of(data: bytes, as_bytes: bool) -> str | bytes:
    """The JSON of a case, as bytes or str."""
    return data if as_bytes else data.decode("utf-8", "surrogatepass")
