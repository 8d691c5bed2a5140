"""Writes the ProtoJSON parser of a message class.

The standard library's scanner gives objects as tuples of pairs. The function goes through them
once, in any order: a dict turns a name into a number, a tree of comparisons finds the code for
it. Each name adds a power of two to a sum, which shows a name that came twice: powers that
differ never carry.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json

from ..arguments import as_bytes
from ..binary.encode import RANGES
from ..json.scalars import SCALARS, check_text
from ..json.wellknown import NULL_VALUE, READERS, VALUE
from . import json_values
from .collector import LARGE, at_rest
from .source import Source, Unusual, refuse, remembered, store, supported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message
    from ..table import Field


_WHITESPACE = " \t\n\r"
_LONG = frozenset(("int64", "uint64", "sint64", "fixed64", "sfixed64"))


def _refuse_constant(text: str) -> Any:
    raise Unusual


_decoder: Any = json.JSONDecoder(
    object_pairs_hook=tuple, parse_constant=_refuse_constant
)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once


def decoder(cls: type[Message], depth: int) -> Callable[[str | bytes, bool], Message]:
    """A function of JSON text and of whether unknown names pass; raises on anything unusual."""
    inner = inner_decoder(cls)
    more = (depth,) if cls._recursive else ()

    def from_json(text: Any, ignore: bool) -> Message:
        if text.__class__ is not str:
            text = as_bytes(text, "from_json").decode()
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
    """The function of a JSON value, whether unknown names pass, and maybe the depth left."""
    return remembered(cls, "_from_json_part", _write)


def _write(cls: type[Message]) -> Any:
    reader = READERS.get(cls.__proto_name__)
    if reader is not None:
        return json_values.parser(cls, reader)
    source = Source(cls)
    if not supported(source.table):
        return refuse
    return _Parser(source).write()


class _Parser:
    """Writes one parser."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.add = source.add
        self.bind = source.bind
        self.fields = source.table.fields

    def write(self) -> Any:
        source = self.source
        source.namespace |= {"cls": source.cls, "new": object.__new__}
        source.namespace |= {"text": check_text, "skip": json_values.skip}
        depth = source.cls._recursive
        self.add(0, f"def function(pairs, ignore{', d' if depth else ''}):")
        self.add(1, "if pairs.__class__ is not tuple: raise Unusual")
        if depth:
            self.add(1, "if d <= 1: raise Unusual")
        self.add(1, "m = new(cls)", "m._unknown = b''", "seen = 0", "skipped = ()")
        source.add_defaults()
        at = {id(field): count for count, field in enumerate(self.fields)}
        index = self.bind(
            "index", {name: at[id(each)] for name, each in source.table.by_json.items()}
        )
        self.add(1, "for k, v in pairs:", f" try: i = {index}[k]", " except KeyError:")
        self.add(
            3,
            "if not ignore: raise Unusual",
            "skipped = skip(skipped, k, v)",
            "continue",
        )
        if self.fields:
            self._tree(0, len(self.fields), 2)
        self.add(1, "if seen.bit_count() + len(skipped) != len(pairs): raise Unusual")
        self.add(1, "return m")
        return source.done("parser")

    def _tree(self, first: int, end: int, at: int) -> None:
        """Comparisons down to the code of the field numbered `i`."""
        if end - first == 1:
            self.add(at, f"seen += {1 << first}")
            self._field(self.fields[first], at)
            return
        middle = (first + end) // 2
        self.add(at, f"if i < {middle}:")
        self._tree(first, middle, at + 1)
        self.add(at, "else:")
        self._tree(middle, end, at + 1)

    def _field(self, field: Field, at: int) -> None:
        if field.presence == "map":
            self._map(field, at)
        elif field.presence == "repeated":
            self.add(
                at, "if v.__class__ is list:", f" o = m.{field.name}", " for v in v:"
            )
            self._value(field, at + 2, "o.append({})", null="raise Unusual")
            self.add(at, "elif v is not None: raise Unusual")
        else:
            if field.oneof is not None:
                self.add(
                    at, "if v is not None:" if not _takes_null(field) else "if True:"
                )
                at += 1
                self.add(at, f"if m._c_{field.oneof} is not None: raise Unusual")
            self._value(field, at, store(field), null="pass")

    def _value(self, field: Field, at: int, store: str, null: str) -> None:
        """Store the JSON value `v`; a null that is no value does what `null` says."""
        kind = field.kind
        exact = self.bind("exact", SCALARS.get(kind))
        fallback = store.format(f"{exact}({self.bind('field', field)}, v)")
        if kind == "message":
            depth = ", d - 1" if field.type._recursive else ""
            part = self.source.link("part", field.type, inner_decoder)
            fallback = store.format(f"{part}(v, ignore{depth})")
        elif kind == "string":
            self.add(at, "if v.__class__ is str:")
            self.add(at + 1, store.format("v if v.isascii() else text(v)"))
        elif kind == "bool":
            self.add(at, "if v.__class__ is bool:")
            self.add(at + 1, store.format("v"))
        elif kind == "enum":
            names = self.bind("names", field.type._member_map_)
            self.add(at, "if v.__class__ is str:")
            self.add(at + 1, store.format(f"{names}[v]"))
        elif kind == "bytes":
            self.add(at, "if v.__class__ is str:")
            self.add(
                at + 1, store.format(f"{self.bind('base64', json_values.base64)}(v)")
            )
        elif kind in ("float", "double"):
            self.add(at, "if v.__class__ is float:")
            number = self.bind("float", json_values.FLOATS[kind])
            self.add(at + 1, store.format(f"{number}(v)"))
            # The scanner gives 0 for -0, too.
            self.add(at, "elif v.__class__ is int and not v: raise Unusual")
        else:
            low, high = RANGES[kind]
            if kind in _LONG:
                self.add(at, "if v.__class__ is str:")
                self.add(at + 1, "n = int(v)")
                self.add(
                    at + 1, f"if str(n) != v or not {low} <= n <= {high}: raise Unusual"
                )
                self.add(at + 1, store.format("n"))
            else:
                self.add(at, f"if v.__class__ is int and {low} <= v <= {high}:")
                self.add(at + 1, store.format("v"))
        branch = "if" if kind == "message" else "elif"
        if _takes_null(field):
            self.add(at, fallback if kind == "message" else f"else: {fallback}")
            return
        self.add(at, f"{branch} v is not None: {fallback}")
        if null != "pass":
            self.add(at, f"else: {null}")

    def _map(self, field: Field, at: int) -> None:
        key, value = field.key, field.value
        assert key is not None
        assert value is not None
        self.add(
            at, "if v.__class__ is tuple:", f" o = m.{field.name}", " size = len(v)"
        )
        self.add(at, " for k, v in v:")
        if key.kind == "bool":
            self.add(
                at + 2, f"k = {self.bind('bools', {'true': True, 'false': False})}[k]"
            )
        else:
            exact = self.bind("exact", SCALARS[key.kind])
            self.add(at + 2, f"k = {exact}({self.bind('field', key)}, k)")
        self._value(value, at + 2, "o[k] = {}", null="raise Unusual")
        self.add(at + 1, "if len(o) != size: raise Unusual")
        self.add(at, "elif v is not None: raise Unusual")


def _takes_null(field: Field) -> bool:
    """Whether null is a value of the field, and not the absence of one."""
    return field.type_name in (VALUE, NULL_VALUE)
