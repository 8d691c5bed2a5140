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
from hashlib import sha256
from typing import Literal

Scope = Literal["member", "value", "top", "method"]

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
# What an IntEnum has of its own, on any Python: 3.11 does not have `is_integer` yet.
_ENUM = frozenset(
    (
        "as_integer_ratio",
        "bit_count",
        "bit_length",
        "conjugate",
        "denominator",
        "from_bytes",
        "imag",
        "is_integer",
        "mro",
        "name",
        "numerator",
        "real",
        "to_bytes",
        "value",
    )
)
# Names that the root of every generated package may export, in addition to its submodules.
_ROOT = frozenset({"SCHEMA_VERSION", "TYPE_CHECKING", "annotations"})
_RESERVED: dict[Scope, frozenset[str]] = {
    "member": _ALWAYS | METHODS | {"TYPE_CHECKING"},
    "value": _ALWAYS | _ENUM,
    "top": _ALWAYS | _ROOT,
    "method": frozenset(keyword.kwlist),
}

_SEGMENT_RESERVED = frozenset({*keyword.kwlist})
# Names of files have 255 bytes at most, and those that Python derives from them are longer.
_LONGEST, _KEPT = 200, 100
# Where a word begins: a capital after a small letter or digit, and the last of several capitals
# that has a small letter after it.
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_HEX_ESCAPE = re.compile(r"_x(?=[0-9a-f]{2})")


def identifier(name: str, scope: Scope, extra: frozenset[str] = frozenset()) -> str:
    """The Python name of a proto identifier in a scope.

    `member`: fields and types inside a message; `value`: enum values; `top`: types and
    extensions of a module, and what is made of its services; `method`: methods of services,
    already in snake case. `extra` are further reserved words.
    """
    if name.startswith(("_", "pb_")):
        return "pb_" + name
    base = name.rstrip("_")
    if base in _RESERVED[scope] or base in extra:
        return name + "_"
    return name


def snake_case(name: str) -> str:
    """`CreateSIPTrunk` as `create_sip_trunk`: the name of an RPC as Python names methods."""
    return _WORD_BEGINS.sub("_", name).lower()


def method_name(rpc: str) -> str:
    """The name of an RPC in clients, and in what servers implement."""
    return identifier(snake_case(rpc), "method")


def table_name(service: str) -> str:
    """What the table of a service would be called: `ROOM_SERVICE`, `SIP_SERVICE` of `SIP`."""
    name = snake_case(service).upper()
    return name if name.endswith("_SERVICE") else f"{name}_SERVICE"


def qualified(names: Iterable[str]) -> str:
    """The Python path of nested types: the outermost is `top`, the rest `member`."""
    first, *rest = names
    return ".".join(
        [identifier(first, "top"), *(identifier(name, "member") for name in rest)]
    )


def segment(name: str, *, lower: bool = False) -> str:
    """One directory or module name: any text, as an identifier.

    Characters an identifier cannot have become `_xHH`, for each byte of their UTF-8 form; with
    `lower`, capitals too. What would be too long for a file name ends in a digest instead.
    """
    text = _HEX_ESCAPE.sub("_x5fx", name)
    text = "".join(char if _stays(char, lower) else _hex(char) for char in text)
    if text[:1].isdigit():
        text = _hex(text[0]) + text[1:]
    if len(text) > _LONGEST:
        # No escape is `_x5f` without an `x` after it.
        text = f"{text[:_KEPT]}_x5f{sha256(name.encode()).hexdigest()[:32]}"
    return _plain_segment(text)


def _stays(char: str, lower: bool) -> bool:
    if not char.isascii():
        return False
    return char == "_" or (char.isalnum() and not (lower and char.isupper()))


def _plain_segment(text: str) -> str:
    base = text.rstrip("_")
    taken = base in _SEGMENT_RESERVED or base.endswith(("_pb", "_twirp", "_desc"))
    # Names with one leading underscore are the generator's: _runtime, _index, _descriptors.
    return (
        ("pb_" if text.startswith(("_", "pb_")) else "") + text + ("_" if taken else "")
    )


def _hex(char: str) -> str:
    return "".join(f"_x{byte:02x}" for byte in char.encode())
