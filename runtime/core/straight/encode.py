"""Writes the binary encoder of a message class.

Each field becomes one or two pieces of text (see `encode_helpers`), which are empty if the field is
not set; one f-string joins them all. The class and range of every value are checked when it is
written.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..binary.wire import varint
from ..kinds import KINDS, LEN, WIRE_TYPES
from . import encode_helpers
from .function import FunctionSource, refuse, remembered, runs, supported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message
    from ..table import Field


def encoder(cls: type[Message]) -> Callable[[Message], bytes]:
    """A function that encodes a whole message, or raises on anything unusual."""
    inner = inner_encoder(cls)
    return lambda message: inner(message).encode("latin-1")


def inner_encoder(cls: type[Message]) -> Any:
    """The function that takes a message and returns its bytes as text."""
    return remembered(cls, "_encode_part", _write)


def _write(cls: type[Message]) -> Any:
    source = FunctionSource(cls, "encoder")
    if not supported(source.table):
        return refuse
    return _Encoder(source).write()


def start_of(field: Field, wire_type: int) -> str:
    """A field's tag, as text."""
    return encode_helpers.text_of(varint(field.number << 3 | wire_type))


class _Encoder:
    """Writes one encoder."""

    def __init__(self, source: FunctionSource) -> None:
        self.source = source
        self.add = source.add
        self.bind = source.bind
        self.block = source.block
        self.pieces: list[str] = []

    def write(self) -> Any:
        source = self.source
        source.namespace |= {"sized": encode_helpers.sized, "text": _text}
        source.namespace["short"] = encode_helpers.SHORT
        fields = list(source.table.by_number.values())
        with self.block("def function(m):"):
            self._oneof_cases(fields)
            for run in runs(fields):
                if run[0].oneof is None:
                    self._field(run[0])
                else:
                    self._oneof(run)
            joined = "".join(f"{{{piece}}}" for piece in self.pieces)
            more = f"f'{joined}{{u.decode(\"latin-1\")}}'"
            self.add("u = m._unknown", f"return f'{joined}' if not u else {more}")
        return source.function()

    def _oneof_cases(self, fields: list[Field]) -> None:
        """Number the members of each oneof in the order of writing; `o0`, … is the one set."""
        for count, (oneof, members) in enumerate(self.source.table.oneofs.items()):
            order = [each for each in fields if each in members]
            cases = {each.name: at for at, each in enumerate(order)}
            bound = self.bind("cases", {None: -1} | cases)
            self.add(f"o{count} = {bound}[m._c_{oneof}]")

    def _oneof(self, run: list[Field]) -> None:
        """Adjacent members of a oneof: one set of pieces for all of them."""
        oneof = run[0].oneof or ""
        count = list(self.source.table.oneofs).index(oneof)
        order = sorted(self.source.table.oneofs[oneof], key=lambda f: f.number)
        head, body = f"h{run[0].number}", f"s{run[0].number}"
        first = order.index(run[0])
        self.pieces += [head, body]
        self.add(f"{head} = {body} = ''")
        with self.block(f"if {first} <= o{count} < {first + len(run)}:"):
            self.add(f"v = m._v_{oneof}")
            for at, field in enumerate(run):
                with self.block(f"{'el' if at else ''}if o{count} == {first + at}:"):
                    self._single(field, head, body, zero=True)

    def _field(self, field: Field) -> None:
        head, body = f"h{field.number}", f"s{field.number}"
        self.add(f"v = m.{field.name}")
        if field.presence in ("repeated", "map"):
            self.pieces.append(body)
            self._many(field, body)
            return
        delimited = WIRE_TYPES[field.kind] == LEN
        self.pieces += [head, body] if delimited else [head]
        if field.presence == "explicit":
            both = f"{head} = {body}" if delimited else head
            self.add(f"if v is None: {both} = ''")
            with self.block("else:"):
                self._single(field, head, body, zero=True)
            return
        if field.presence == "required":
            self.add("if v is None: raise Unusual")
        self._single(field, head, body, zero=field.presence == "required")

    def _single(self, field: Field, head: str, body: str, zero: bool) -> None:
        """The pieces of the value `v`: the tag with length or value, and the content."""
        if WIRE_TYPES[field.kind] != LEN:
            self._number(field, head, zero)
        elif field.kind == "message" or zero:
            self._delimited(field, head, body, zero)
        else:
            empty = "E" if field.kind == "string" else "EB"
            self.source.namespace |= {"E": "", "EB": b""}
            self.add(f"if v is {empty}: {head} = {body} = ''")
            with self.block("else:"):
                self._delimited(field, head, body, zero)

    def _delimited(self, field: Field, head: str, body: str, zero: bool) -> None:
        self._content(field, body)
        self.add(f"n = len({body})", f"{head} = {self._sized(field, zero)}")

    def _content(self, field: Field, body: str) -> None:
        """The content of a string, bytes or message `v`, without tag and length."""
        if field.kind == "message":
            cls = self.bind("cls", field.type)
            function = self.source.link("part", field.type, inner_encoder)
            self.add(f"if v.__class__ is not {cls}: raise Unusual")
            self.add(f"{body} = {function}(v)")
        elif field.kind == "bytes":
            self.add("if v.__class__ is not bytes: raise Unusual")
            self.add(f"{body} = v.decode('latin-1')")
        else:
            form = "v" if field.utf8 else "v, 'surrogateescape'"
            self.add("if v.__class__ is not str: raise Unusual")
            self.add(f"{body} = v if v.isascii() else text({form})")

    def _number(self, field: Field, head: str, zero: bool) -> None:
        """Tag and value of the number `v`."""
        kind = field.kind
        start = start_of(field, WIRE_TYPES[kind])
        if kind == "enum":
            self._member(field, head, zero)
        elif kind == "bool":
            false = start + "\0" if zero else ""
            self.add(f"if v is False: {head} = {false!a}")
            self.add(f"elif v is True: {head} = {start + chr(1)!a}")
            self.add("else: raise Unusual")
        elif kind in encode_helpers.NUMBERS:
            self._varint(field, head, zero)
        else:
            write = self.bind("fixed", encode_helpers.fixed_writer(kind, zero))
            self.add(f"{head} = {write}({start!a}, v)")

    def _varint(self, field: Field, head: str, zero: bool) -> None:
        start = start_of(field, WIRE_TYPES[field.kind])
        write = self.bind("number", encode_helpers.NUMBERS[field.kind])
        if KINDS[field.kind].group == "zigzag":
            omitted = "" if zero else "'' if v == 0 and v.__class__ is int else "
            self.add(f"{head} = {omitted}{write}({start!a}, v)")
            return
        values = self.bind("values", encode_helpers.table(field.number << 3, zero))
        self.source.namespace["Z"] = 0
        pre = "" if zero else "'' if v is Z else "
        two = f"{start!a} + short[v] if 128 <= v < 0x4000"
        short = f"{values}[v] if 0 <= v < 128 else {two} else {write}({start!a}, v)"
        self.add(f"{head} = {pre}{short}")

    def _member(self, field: Field, head: str, zero: bool) -> None:
        cls = self.bind("cls", field.type)
        table = encode_helpers.enum_table(field.number << 3, field.type, zero)
        members = self.bind("members", table)
        unnamed = self.bind("unnamed", encode_helpers.unnamed_writer(field.type))
        start = start_of(field, WIRE_TYPES["enum"])
        lines = (
            f"if v.__class__ is not {cls} and v.__class__ is not int: raise Unusual",
            f"try: {head} = {members}[v]",
            f"except KeyError: {head} = {unnamed}({start!a}, v)",
        )
        if zero:
            self.add(*lines)
            return
        self.add(f"if v is {self.bind('z', field.default)}: {head} = ''")
        with self.block("else:"):
            self.add(*lines)

    def _many(self, field: Field, body: str) -> None:
        kind = "dict" if field.presence == "map" else "list"
        self.add(f"if v.__class__ is not {kind}: raise Unusual")
        self.add(f"if not v: {body} = ''")
        with self.block("else:"):
            if field.presence == "map":
                self._map(field, body)
            elif field.packed:
                write = encode_helpers.packed_writer(field.kind, field.type)
                self.add(f"{body} = {self.bind('packed', write)}(v)")
                self.add(f"n = len({body})")
                self.add(f"{body} = ({self._sized(field)}) + {body}")
            else:
                self._list(field, body)

    def _list(self, field: Field, body: str) -> None:
        self.add("o = []")
        with self.block("for v in v:"):
            if WIRE_TYPES[field.kind] == LEN:
                self._content(field, "s")
                self._append(field)
            else:
                self._number(field, "h", zero=True)
                self.add("o.append(h)")
        self.add(f"{body} = ''.join(o)")

    def _append(self, field: Field) -> None:
        """Add the content `s` with its tag and length; two calls take half the time of `+=`."""
        self.add("n = len(s)", f"o.append({self._sized(field)})", "o.append(s)")

    def _sized(self, field: Field, zero: bool = True) -> str:
        """An expression for a field's tag with the length `n`."""
        sizes = self.bind("sizes", encode_helpers.table(field.number << 3 | LEN, zero))
        start = ascii(start_of(field, LEN))
        two = f"{start} + short[n] if n < 0x4000"
        return f"{sizes}[n] if n < 128 else {two} else sized({start}, n)"

    def _map(self, field: Field, body: str) -> None:
        key, value = field.key, field.value
        assert key is not None
        assert value is not None
        self.add("o = []")
        with self.block("for k, w in v.items():"):
            self.add("a = b = ''", "v = k")
            self._single(key, "h", "a", zero=True)
            self.add("v = w")
            self._single(value, "j", "b", zero=True)
            self.add("s = f'{h}{a}{j}{b}'")
            self._append(field)
        self.add(f"{body} = ''.join(o)")


def _text(value: str, errors: str = "strict") -> str:
    """The UTF-8 bytes of text, as text."""
    return value.encode("utf-8", errors).decode("latin-1")
