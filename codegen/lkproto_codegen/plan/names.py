"""Proto names to Python names: injective, so two things never become one.

A name stays as it is unless Python or the generated code needs it:

* a reserved word takes one `_`, and so does a reserved word that already ends in underscores
  (`from` → `from_`, `from_` → `from__`);
* a name that begins with `_` or `pb_` takes the prefix `pb_`, so that no mapped name begins with
  `_`, and every name the generator makes for itself may.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import Literal

Scope = Literal["member", "value", "top"]

_ALWAYS = frozenset({*keyword.kwlist, "pb", "self"})
# The closed set of message methods; everything else is a function of the package.
METHODS = frozenset(
    (
        "to_bytes",
        "from_bytes",
        "to_json",
        "from_json",
        "to_dict",
        "from_dict",
        "to_text",
        "from_text",
        "merge_from",
        "which",
    )
)
# What an IntEnum has of its own.
_ENUM = frozenset(
    {name for name in dir(int) if not name.startswith("_")} | {"name", "value", "mro"}
)
# Names that the root of every generated package may export, in addition to its submodules.
_ROOT = frozenset({"SCHEMA_VERSION", "TYPE_CHECKING", "annotations"})
_RESERVED: dict[Scope, frozenset[str]] = {
    "member": _ALWAYS | METHODS | {"TYPE_CHECKING"},
    "value": _ALWAYS | _ENUM,
    "top": _ALWAYS | _ROOT,
}

_SEGMENT_RESERVED = frozenset({*keyword.kwlist})
_HEX_ESCAPE = re.compile(r"_x(?=[0-9a-f]{2})")


def identifier(name: str, scope: Scope, extra: frozenset[str] = frozenset()) -> str:
    """The Python name of a proto identifier in a scope.

    `member`: fields and types inside a message; `value`: enum values; `top`: types and
    extensions of a module. `extra` are further reserved words.
    """
    if name.startswith(("_", "pb_")):
        return "pb_" + name
    base = name.rstrip("_")
    if base in _RESERVED[scope] or base in extra:
        return name + "_"
    return name


def qualified(names: Iterable[str]) -> str:
    """The Python path of nested types: the outermost is `top`, the rest `member`."""
    first, *rest = names
    return ".".join(
        [identifier(first, "top"), *(identifier(name, "member") for name in rest)]
    )


def segment(name: str) -> str:
    """One directory or module name: any text, as an identifier.

    Characters an identifier cannot have become `_xHH`, for each byte of their UTF-8 form.
    """
    text = _HEX_ESCAPE.sub("_x5fx", name)
    text = "".join(
        char if char.isascii() and (char.isalnum() or char == "_") else _hex(char)
        for char in text
    )
    if text[:1].isdigit():
        text = _hex(text[0]) + text[1:]
    return _plain_segment(text)


def _plain_segment(text: str) -> str:
    base = text.rstrip("_")
    taken = base in _SEGMENT_RESERVED or base.endswith(("_pb", "_twirp", "_desc"))
    # Names with one leading underscore are the generator's: _runtime, _index, _descriptors.
    return (
        ("pb_" if text.startswith(("_", "pb_")) else "") + text + ("_" if taken else "")
    )


def _hex(char: str) -> str:
    return "".join(f"_x{byte:02x}" for byte in char.encode())


def module(path: str, suffix: Literal["pb", "twirp", "desc"]) -> str:
    """The dotted module of a .proto file: `a/b.proto` is `a.b_pb`."""
    *folders, file = path.removesuffix(".proto").split("/")
    return ".".join([*map(segment, folders), f"{segment(file)}_{suffix}"])


def package(name: str) -> str:
    """The dotted Python package of a proto package; empty for the root."""
    return ".".join(map(segment, name.split("."))) if name else ""
