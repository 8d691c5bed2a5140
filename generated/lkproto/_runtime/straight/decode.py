# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Writes the binary decoder of a message class.

The function tests for each field in the order of their numbers, which is the order encoders use,
with one `if` each that falls through to the next. If a pass over all of them reads nothing, there
is something else. There are no checks for truncated input: a read beyond the end raises IndexError,
or the final offset is not the end of the message.

The function takes data, start, end and, for recursive types, the remaining depth. Without an end it
decodes the whole of the data, so it is also what the seam asks for.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..arguments import MAX_DEPTH, as_bytes
from ..binary.wire import tag
from ..kinds import LEN, STRUCTS, WIRE_TYPES
from ..table import table_of
from . import decode_helpers
from .collector import LARGE, at_rest
from .function import FunctionSource, refuse, remembered, store, supported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message
    from ..table import Field

# Arithmetic with offsets beyond 256 takes three times as long, because the interpreter keeps the
# objects of smaller numbers only. So a sub-message that ends there is sliced, and its offsets begin
# at 0, if it is neither too short for that to be worth it nor long. As it does not begin before
# FIRST_SLICED, slices inside of slices get shorter: no byte is copied more than 16 times.
LAST_KEPT = 256
FIRST_SLICED = 65
SHORTEST_SLICE, LONGEST_SLICE = 31, 1023

# How many fields a message may have that is read where it is found, without a call.
LARGEST_LEAF = 4


def decoder(cls: type[Message]) -> Any:
    """A function that decodes a message, or raises on anything unusual; see above."""
    return remembered(cls, "_decode_part", _write)


def _write(cls: type[Message]) -> Any:
    return write(cls, object.__new__, decoder)


def write(cls: type[Message], new: Any, inner: Callable[[Any], Any]) -> Any:
    """As `decoder`, given what makes a message, and the decoders of those inside."""
    source = FunctionSource(cls, "decoder")
    if not supported(source.table):
        return refuse
    source.namespace["new"] = new
    return _Decoder(source, inner).write()


def _tag(field: Field) -> bytes:
    single = WIRE_TYPES[field.kind] if field.kind != "map" else LEN
    return tag(field.number, LEN if field.packed else single)


def _is(tag: bytes) -> str:
    """The test for a tag, of which `t` is the first byte; others are read only if that fits."""
    rest = (f" and b[p + {at}] == {byte}" for at, byte in enumerate(tag[1:], 1))
    return "".join([f"t == {tag[0]}", *rest])


def _is_leaf(cls: type[Message]) -> bool:
    """Whether messages of a class are small: at most four scalars with tags of one byte."""
    table = table_of(cls)
    return (
        supported(table)
        and len(table.fields) <= LARGEST_LEAF
        and all(
            each.presence in ("implicit", "explicit")
            and each.kind != "message"
            and each.oneof is None
            and each.number < 16
            for each in table.fields
        )
    )


class _Decoder:
    """Writes one decoder."""

    def __init__(self, source: FunctionSource, inner: Callable[[Any], Any]) -> None:
        self.source = source
        self.inner = inner
        self.add = source.add
        self.bind = source.bind
        self.block = source.block
        self.fields = list(source.table.by_number.values())

    def write(self) -> Any:
        source, cls = self.source, self.source.cls
        source.namespace |= {
            "longer": decode_helpers.longer,
            "second": decode_helpers.SECOND,
            "unknown": decode_helpers.unknown,
            "as_bytes": as_bytes,
            "at_rest": at_rest,
            "cls": cls,
        }
        depth = f", d={MAX_DEPTH}" if cls._recursive else ""
        with self.block(f"def function(b, p=0, e=None{depth}):"):
            self._whole()
            if depth:
                self.add("if d < 1: raise Unusual")
            self.add("m = new(cls)", "u = None")
            source.add_defaults(named=True)
            with self.block("while p < e:"):
                self._chain()
            self.add("if p != e: raise Unusual")
            self.add("m._unknown = b'' if u is None else b''.join(u)", "return m")
        return source.function()

    def _whole(self) -> None:
        """What is to do once, before the whole of the data is decoded."""
        with self.block("if e is None:"):
            self.add("if b.__class__ is not bytes: b = as_bytes(b, 'from_bytes')")
            self.add("e = len(b)")
            self.add(f"if e > {LARGE}: return at_rest(function, b, 0, e)")

    def _chain(self) -> None:
        """One pass: the fields in the order of their numbers, then one unknown field."""
        self.add("s = p", "t = b[p]")
        for field in self.fields:
            self._link(field, _tag(field))
        known = self.bind("known", frozenset(self.source.table.by_number))
        with self.block("if p == s:"):
            self.add("if u is None: u = []", f"p = unknown(b, p, e, {known}, u)")

    def _link(self, field: Field, tag: bytes) -> None:
        """One `if` of the chain, for a field with a tag."""
        size = len(tag)
        many = field.presence == "map" or (
            field.presence == "repeated" and not field.packed
        )
        with self.block(f"{'while' if many else 'if'} {_is(tag)}:"):
            if field.presence == "map":
                self._map(field, size)
            elif field.packed:
                self._packed(field, size)
            elif many:
                self._value(field, size, f"f{field.number}.append({{}})")
            else:
                if field.kind == "message":
                    self._refuse_merge(field)
                self._value(field, size, store(field))
            self.add("if p >= e: break", "t = b[p]")
        if many:
            self.add("if p >= e: break")

    def _refuse_merge(self, field: Field) -> None:
        if field.oneof is None:
            self.add(f"if m.{field.name} is not None: raise Unusual")
        else:
            self.add(f"if m._c_{field.oneof} == {field.name!r}: raise Unusual")

    def _value(self, field: Field, size: int, store: str) -> None:
        """Read one value after a tag of `size` bytes and store it; moves `p` past it."""
        kind = field.kind
        if kind == "message" and field.oneof is None and _is_leaf(field.type):
            self._leaf(field.type, size, store)
        elif kind in ("string", "bytes", "message"):
            self._length(size)
            self.add(store.format(self._delimited(field)), "p = q")
        elif kind in STRUCTS:
            unpack = self.bind("unpack", STRUCTS[kind].unpack_from)
            self.add(store.format(f"{unpack}(b, p + {size})[0]"))
            self.add(f"p += {size + STRUCTS[kind].size}")
        else:
            self._varint(field, size, store)

    def _leaf(self, cls: type[Message], size: int, store: str) -> None:
        """Read a small message without a call, or with one if it is not in the usual form."""
        source, fields = self.source, list(table_of(cls).by_number.values())
        self._length(size)
        self.add("y = p", "z = q")
        self.add(*(f"g{each.number} = {source.default(each)}" for each in fields))
        for each in fields:
            with self.block(f"if p < z and b[p] == {_tag(each)[0]}:"):
                self._value(each, 1, f"g{each.number} = {{}}")
        with self.block("if p == z:"):
            self.add(f"w = new({self.bind('cls', cls)})", "w._unknown = b''")
            self.add(*(f"w.{each.name} = g{each.number}" for each in fields))
        part = source.link("part", cls, self.inner)
        self.add(f"else: w = {part}(b, y, z)", store.format("w"), "p = z")

    def _length(self, size: int) -> None:
        self._read("n", size)
        self.add("q = p + n")

    def _read(self, name: str, size: int, *checks: str) -> None:
        """Read a varint after a tag of `size` bytes, and check it if it is longer than two."""
        self.add(f"{name} = b[p + {size}]", f"if {name} < 128: p += {size + 1}")
        with self.block("else:"):
            self.add(f"{name} += second[c := b[p + {size + 1}]]")
            self.add(f"if c < 128: p += {size + 2}")
            with self.block("else:"):
                self.add(f"{name}, p = longer(b, p + {size + 2}, {name})", *checks)

    def _delimited(self, field: Field) -> str:
        if field.kind == "bytes":
            return "b[p:q]"
        if field.kind == "string":
            return (
                "b[p:q].decode()"
                if field.utf8
                else "b[p:q].decode('utf-8', 'surrogateescape')"
            )
        part = self.source.link("part", field.type, self.inner)
        depth = ", d - 1" if field.type._recursive else ""
        there, sliced = f"{part}(b, p, q{depth})", f"{part}(b[p:q], 0, n{depth})"
        short = f"p < {FIRST_SLICED} or q <= {LAST_KEPT} or n < {SHORTEST_SLICE}"
        return f"{there} if {short} or n > {LONGEST_SLICE} else {sliced}"

    def _varint(self, field: Field, size: int, store: str) -> None:
        kind = field.kind
        largest, wrap = decode_helpers.limit(kind)
        self._read("v", size, f"if v > {largest}: v = {self.bind('wrap', wrap)}(v)")
        if kind == "enum":
            members = self.bind("members", field.type._value2member_map_)
            open_ = self.bind("open", field.type)
            self.add(f"try: v = {members}[v]", f"except KeyError: v = {open_}(v)")
        forms = {"bool": "v != 0", "sint32": "v >> 1 ^ -(v & 1)"}
        forms["sint64"] = forms["sint32"]
        self.add(store.format(forms.get(kind, "v")))

    def _packed(self, field: Field, size: int) -> None:
        self._length(size)
        values = self.bind("packed", decode_helpers.packed(field))
        # A slice does not fail if the input ends before it does.
        self.add("if q > e: raise Unusual")
        self.add(f"f{field.number} += {values}(b[p:q])", "p = q")

    def _map(self, field: Field, size: int) -> None:
        """One entry in the form that all encoders write: the key, then the value."""
        key, value = field.key, field.value
        assert key is not None
        assert value is not None
        self._length(size)
        self.add("x = q", f"if b[p] != {1 << 3 | WIRE_TYPES[key.kind]}: raise Unusual")
        self._value(key, 1, "k = {}")
        tag = 2 << 3 | WIRE_TYPES[value.kind]
        self.add(f"if p >= x or b[p] != {tag}: raise Unusual")
        self._value(value, 1, f"f{field.number}[k] = {{}}")
        self.add("if p != x: raise Unusual")
