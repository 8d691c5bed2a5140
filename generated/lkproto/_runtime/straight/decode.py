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
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..arguments import as_bytes
from ..binary.wire import tag
from ..kinds import LEN, STRUCTS, WIRE_TYPES
from . import decode_helpers
from .collector import LARGE, at_rest
from .function import FunctionSource, refuse, remembered, store, supported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message
    from ..table import Field

# The code of a tag is the sum of its bytes, including their high bits, each times 128 to the power
# of its index. Codes above these numbers have a second, third, fourth or fifth byte.
_LONGER = (127, 16_511, 2_113_663, 270_549_119)


def decoder(cls: type[Message], depth: int) -> Callable[[bytes], Message]:
    """A function that decodes a whole message, or raises on anything unusual."""
    inner = inner_decoder(cls)
    more = (depth,) if cls._recursive else ()

    def decode(data: Any) -> Message:
        if data.__class__ is not bytes:
            data = as_bytes(data, "from_bytes")
        end = len(data)
        large = end > LARGE
        message: Message = (
            at_rest(inner, data, 0, end, *more) if large else inner(data, 0, end, *more)
        )
        return message

    return decode


def inner_decoder(cls: type[Message]) -> Any:
    """The function that takes data, start, end and, for recursive types, the remaining depth."""
    return remembered(cls, "_decode_part", _write)


def _write(cls: type[Message]) -> Any:
    return write(cls, object.__new__, inner_decoder)


def write(cls: type[Message], new: Any, inner: Callable[[Any], Any]) -> Any:
    """As `inner_decoder`, given what makes a message, and the decoders of those inside."""
    source = FunctionSource(cls, "decoder")
    if not supported(source.table):
        return refuse
    source.namespace["new"] = new
    return _Decoder(source, inner).write()


def _tag(field: Field) -> bytes:
    single = WIRE_TYPES[field.kind] if field.kind != "map" else LEN
    return tag(field.number, LEN if field.packed else single)


def _rest(have: int, size: int) -> list[str]:
    """Statements that read the bytes of a tag from index `have` up to `size`, if they exist."""
    return [
        f"if t > {_LONGER[at - 1]}: t += b[p + {at}] << {7 * at}"
        for at in range(have, size)
    ]


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
            "rv": decode_helpers.varint,
            "unknown": decode_helpers.unknown,
        }
        source.namespace["cls"] = cls
        depth = ", d" if cls._recursive else ""
        with self.block(f"def function(b, p, e{depth}):"):
            if depth:
                self.add("if d < 1: raise Unusual")
            self.add("m = new(cls)", "u = None")
            source.add_defaults(named=True)
            with self.block("while p < e:"):
                self._chain()
            self.add("if p != e: raise Unusual")
            self.add("m._unknown = b'' if u is None else b''.join(u)", "return m")
        return source.function()

    def _chain(self) -> None:
        """One pass: the fields in the order of their numbers, then one unknown field."""
        self.add("s = p", "t = b[p]")
        size = 1
        for field in self.fields:
            tag = _tag(field)
            # Tags get longer with their numbers, so this only reads the bytes not read so far.
            self.add(*_rest(size, len(tag)))
            size = len(tag)
            self._link(field, size, sum(byte << 7 * at for at, byte in enumerate(tag)))
        known = self.bind("known", frozenset(self.source.table.by_number))
        with self.block("if p == s:"):
            self.add("if u is None: u = []", f"p = unknown(b, p, e, {known}, u)")

    def _link(self, field: Field, size: int, code: int) -> None:
        """One `if` of the chain, for a tag of `size` bytes that has a code."""
        many = field.presence == "map" or (
            field.presence == "repeated" and not field.packed
        )
        with self.block(f"{'while' if many else 'if'} t == {code}:"):
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
            self.add("if p >= e: break", "t = b[p]", *_rest(1, size))
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
        if kind in ("string", "bytes", "message"):
            self._length(size)
            self.add(store.format(self._delimited(field)), "p = q")
        elif kind in STRUCTS:
            unpack = self.bind("unpack", STRUCTS[kind].unpack_from)
            self.add(store.format(f"{unpack}(b, p + {size})[0]"))
            self.add(f"p += {size + STRUCTS[kind].size}")
        else:
            self._varint(field, size, store)

    def _length(self, size: int) -> None:
        self.add(f"n = b[p + {size}]", f"if n < 128: p += {size + 1}")
        self.add(f"else: n, p = rv(b, p + {size})", "q = p + n")

    def _delimited(self, field: Field) -> str:
        if field.kind == "bytes":
            return "b[p:q]"
        if field.kind == "string":
            return (
                "b[p:q].decode()"
                if field.utf8
                else "b[p:q].decode('utf-8', 'surrogateescape')"
            )
        function = self.source.link("part", field.type, self.inner)
        return f"{function}(b, p, q{', d - 1' if field.type._recursive else ''})"

    def _varint(self, field: Field, size: int, store: str) -> None:
        kind = field.kind
        self.add(f"v = b[p + {size}]", f"if v < 128: p += {size + 1}")
        largest, wrap = decode_helpers.limit(kind)
        with self.block("else:"):
            self.add(f"v, p = rv(b, p + {size})")
            self.add(f"if v > {largest}: v = {self.bind('wrap', wrap)}(v)")
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
