# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Writes the ProtoJSON parser of a message class.

The standard library's scanner returns objects as tuples of pairs. The function goes through them
once, in any order: a dict maps a name to a number, and a tree of comparisons finds the code for
it. Each name adds a power of two to a sum, which reveals duplicate names: a sum of distinct powers
has as many bits set as there were names.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
from _thread import get_ident

from ..arguments import as_bytes
from ..json.nesting import MAIN, SAFE, nests_deeper
from ..json.null import null_is_value
from ..json.scalars import SCALARS, check_text
from ..json.syntax import WrittenNumber
from ..kinds import KINDS, RANGES
from . import json_helpers
from .collector import LARGE, at_rest
from .function import FunctionSource, Unusual, refuse, remembered, store, supported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message
    from ..table import Field


_WHITESPACE = " \t\n\r"


def _refuse_constant(text: str) -> Any:
    raise Unusual


def _float(text: str) -> float:
    """A number with a fraction or an exponent; with its text if it may be whole only as a float.

    Integers need that then. Of up to 15 digits a float below 2**53 keeps what they say, unless it
    is 0.
    """
    number = float(text)
    if (
        number.is_integer()
        and text != "0.0"
        and (len(text) > 15 or not 1 <= abs(number) < 2**53)
    ):
        return WrittenNumber(text)
    return number


_decoder: Any = json.JSONDecoder(
    object_pairs_hook=tuple, parse_float=_float, parse_constant=_refuse_constant
)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once


def decoder(cls: type[Message], depth: int) -> Callable[[str | bytes, bool], Message]:
    """A function that takes JSON text and whether to ignore unknown names.

    It raises on anything unusual.
    """
    inner = inner_decoder(cls)
    more = (depth,) if cls._recursive else ()

    def from_json(text: Any, ignore: bool) -> Message:
        if text.__class__ is not str:
            text = as_bytes(text, "from_json").decode()
        # The main thread's stack holds all that the scanner reads before it refuses; to know the
        # thread costs nothing, while to look at the text costs a tenth of reading it.
        if len(text) > SAFE and get_ident() != MAIN and nests_deeper(text, SAFE):
            raise Unusual
        if len(text) > LARGE:
            return at_rest(read, text, ignore)
        return read(text, ignore)

    def read(text: str, ignore: bool) -> Message:
        try:
            value, end = _scan(text, 0)
        except StopIteration:
            text = text.strip(_WHITESPACE)
            value, end = _scan(text, 0)
        if end != len(text) and text[end:].strip(_WHITESPACE):
            raise Unusual
        message: Message = inner(value, ignore, *more)
        return message

    return from_json


def inner_decoder(cls: type[Message]) -> Any:
    """The function that takes a JSON value, whether to ignore unknown names, and maybe depth."""
    return remembered(cls, "_from_json_part", _write)


def _write(cls: type[Message]) -> Any:
    if cls.__proto_name__.startswith("google.protobuf."):
        from ..json.any import READERS  # with the calendar, which few messages need

        reader = READERS.get(cls.__proto_name__)
        if reader is not None:
            return json_helpers.parser(cls, reader)
    source = FunctionSource(cls, "parser")
    if not supported(source.table):
        return refuse
    return _Parser(source).write()


class _Parser:
    """Writes one parser."""

    def __init__(self, source: FunctionSource) -> None:
        self.source = source
        self.add = source.add
        self.bind = source.bind
        self.block = source.block
        self.fields = source.table.fields

    def write(self) -> Any:
        source = self.source
        source.namespace |= {"cls": source.cls, "new": object.__new__}
        source.namespace |= {"text": check_text, "skip": json_helpers.skip}
        depth = source.cls._recursive
        with self.block(f"def function(pairs, ignore{', d' if depth else ''}):"):
            self.add("if pairs.__class__ is not tuple: raise Unusual")
            if depth:
                self.add("if d <= 1: raise Unusual")
            self.add("m = new(cls)", "m._unknown = b''", "seen = 0", "skipped = ()")
            source.add_defaults()
            with self.block("for k, v in pairs:"):
                self._find()
                if self.fields:
                    self._tree(0, len(self.fields))
            counted = "seen.bit_count() + len(skipped) != len(pairs)"
            self.add(f"if {counted}: raise Unusual", "return m")
        return source.function()

    def _find(self) -> None:
        """Find the number `i` of the field with a name; refuse or skip unknown names."""
        at = {id(field): count for count, field in enumerate(self.fields)}
        by_json = self.source.table.by_json
        index = self.bind("index", {name: at[id(by_json[name])] for name in by_json})
        self.add(f"try: i = {index}[k]")
        with self.block("except KeyError:"):
            self.add("if not ignore: raise Unusual")
            self.add("skipped = skip(skipped, k, v)", "continue")

    def _tree(self, first: int, end: int) -> None:
        """Comparisons that lead to the code of the field with the number `i`."""
        if end - first == 1:
            self.add(f"seen += {1 << first}")
            self._field(self.fields[first])
            return
        middle = (first + end) // 2
        with self.block(f"if i < {middle}:"):
            self._tree(first, middle)
        with self.block("else:"):
            self._tree(middle, end)

    def _field(self, field: Field) -> None:
        if field.presence == "map":
            self._map(field)
        elif field.presence == "repeated":
            with self.block("if v.__class__ is list:"):
                self.add(f"o = m.{field.name}")
                with self.block("for v in v:"):
                    self._value(field, "o.append({})", null="raise Unusual")
            self.add("elif v is not None: raise Unusual")
        elif field.oneof is None:
            self._value(field, store(field))
        else:
            given = "if True:" if null_is_value(field) else "if v is not None:"
            with self.block(given):
                self.add(f"if m._c_{field.oneof} is not None: raise Unusual")
                self._value(field, store(field))

    def _value(self, field: Field, store: str, null: str = "") -> None:
        """Store the JSON value `v`; `null` is the statement for a null that is not a value."""
        if field.kind == "message":
            depth = ", d - 1" if field.type._recursive else ""
            part = self.source.link("part", field.type, inner_decoder)
            rest = store.format(f"{part}(v, ignore{depth})")
            otherwise = "if"
        else:
            exact = self.bind("exact", SCALARS[field.kind])
            rest = store.format(f"{exact}({self.bind('field', field)}, v)")
            self._usual(field, store)
            otherwise = "elif"
        if null_is_value(field):
            self.add(rest if otherwise == "if" else f"else: {rest}")
            return
        self.add(f"{otherwise} v is not None: {rest}")
        if null:
            self.add(f"else: {null}")

    def _usual(self, field: Field, store: str) -> None:
        """The branch for a scalar in its usual form."""
        kind = field.kind
        form = KINDS[kind].json
        if form == "bool":
            self._if("v.__class__ is bool", store.format("v"))
        elif kind in ("float", "double"):
            number = self.bind("float", json_helpers.FLOATS[kind])
            self._if("v.__class__ is float", store.format(f"{number}(v)"))
            # The scanner also returns 0 for -0.
            self.add("elif v.__class__ is int and not v: raise Unusual")
        elif form == "number":
            low, high = RANGES[kind]
            usual = f"v.__class__ is int and {low} <= v <= {high}"
            self._if(usual, store.format("v"))
        else:
            self._if("v.__class__ is str", *self._from_text(field, store))

    def _from_text(self, field: Field, store: str) -> list[str]:
        """Statements that store the value given as text."""
        form = KINDS[field.kind].json
        if form == "text":
            return [store.format("v if v.isascii() else text(v)")]
        if form == "name":
            return [store.format(f"{self.bind('names', field.type._member_map_)}[v]")]
        if form == "base64":
            return [store.format(f"{self.bind('base64', json_helpers.base64)}(v)")]
        low, high = RANGES[field.kind]
        odd = f"str(n) != v or not {low} <= n <= {high}"
        return ["n = int(v)", f"if {odd}: raise Unusual", store.format("n")]

    def _if(self, condition: str, *lines: str) -> None:
        with self.block(f"if {condition}:"):
            self.add(*lines)

    def _map(self, field: Field) -> None:
        key, value = field.key, field.value
        assert key is not None
        assert value is not None
        with self.block("if v.__class__ is tuple:"):
            self.add(f"o = m.{field.name}", "size = len(v)")
            with self.block("for k, v in v:"):
                self._key(key)
                self._value(value, "o[k] = {}", null="raise Unusual")
            self.add("if len(o) != size: raise Unusual")
        self.add("elif v is not None: raise Unusual")

    def _key(self, key: Field) -> None:
        if key.kind == "bool":
            bools = self.bind("bools", {"true": True, "false": False})
            self.add(f"k = {bools}[k]")
        else:
            exact = self.bind("exact", SCALARS[key.kind])
            self.add(f"k = {exact}({self.bind('field', key)}, k)")
