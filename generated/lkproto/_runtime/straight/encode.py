"""Writes the binary encoder of a message class.

Each field becomes one or two pieces of text (see `writing`), empty for a field that is not set;
one f-string joins all of them. Every value is checked for its class and range as it is written.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..binary.wire import LEN, WIRE_TYPES, varint
from . import writing
from .source import Source, refuse, remembered, runs, supported

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
    """The function from a message to its bytes as text."""
    return remembered(cls, "_encode_part", _write)


def _write(cls: type[Message]) -> Any:
    source = Source(cls)
    if not supported(source.table):
        return refuse
    return _Encoder(source).write()


def start_of(field: Field, wire_type: int) -> str:
    """A field's tag, as text."""
    return writing.text_of(varint(field.number << 3 | wire_type))


class _Encoder:
    """Writes one encoder."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.add = source.add
        self.bind = source.bind
        self.pieces: list[str] = []

    def write(self) -> Any:
        source = self.source
        source.namespace |= {"sized": writing.sized, "text": _text}
        self.add(0, "def function(m):")
        fields = list(source.table.by_number.values())
        self._oneof_cases(fields)
        for run in runs(fields):
            if run[0].oneof is None:
                self._field(run[0])
            else:
                self._oneof(run)
        joined = "".join(f"{{{piece}}}" for piece in self.pieces)
        self.add(1, "u = m._unknown")
        self.add(
            1, f"return f'{joined}' if not u else f'{joined}{{u.decode(\"latin-1\")}}'"
        )
        return source.done("encoder")

    def _oneof_cases(self, fields: list[Field]) -> None:
        """A number for the member of each oneof that is set, in the order of writing."""
        for count, (oneof, members) in enumerate(self.source.table.oneofs.items()):
            order = [each for each in fields if each in members]
            cases = {each.name: at for at, each in enumerate(order)}
            self.add(
                1, f"o{count} = {self.bind('cases', {None: -1} | cases)}[m._c_{oneof}]"
            )

    def _oneof(self, run: list[Field]) -> None:
        """Neighbouring members of a oneof: one set of pieces for all of them."""
        oneofs = list(self.source.table.oneofs)
        count = oneofs.index(run[0].oneof or "")
        order = sorted(
            self.source.table.oneofs[run[0].oneof or ""], key=lambda f: f.number
        )
        head, body = f"h{run[0].number}", f"s{run[0].number}"
        first = order.index(run[0])
        self.pieces += [head, body]
        self.add(1, f"{head} = {body} = ''")
        self.add(1, f"if {first} <= o{count} < {first + len(run)}:")
        self.add(2, f"v = m._v_{run[0].oneof}")
        for at, field in enumerate(run):
            self.add(2, f"{'el' if at else ''}if o{count} == {first + at}:")
            self._single(field, 3, head, body, zero=True)

    def _field(self, field: Field) -> None:
        head, body = f"h{field.number}", f"s{field.number}"
        if field.presence in ("repeated", "map"):
            self.pieces.append(body)
            self.add(1, f"v = m.{field.name}")
            self._many(field, body)
            return
        self.pieces.append(head)
        if WIRE_TYPES[field.kind] == LEN:
            self.pieces.append(body)
        if field.presence == "implicit":
            self.add(1, f"v = m.{field.name}")
            self._single(field, 1, head, body, zero=False)
            return
        self.add(1, f"v = m.{field.name}")
        if field.presence == "required":
            self.add(1, "if v is None: raise Unusual")
            self._single(field, 1, head, body, zero=True)
            return
        both = f"{head} = {body}" if WIRE_TYPES[field.kind] == LEN else head
        self.add(1, f"if v is None: {both} = ''", "else:")
        self._single(field, 2, head, body, zero=True)

    def _single(self, field: Field, at: int, head: str, body: str, zero: bool) -> None:
        """The pieces of the value `v`: its tag with length or value, and its content."""
        kind = field.kind
        if WIRE_TYPES[kind] != LEN:
            self._number(field, at, head, zero)
            return
        if kind != "message" and not zero:
            empty = "E" if kind == "string" else "EB"
            self.source.namespace |= {"E": "", "EB": b""}
            self.add(at, f"if v is {empty}: {head} = {body} = ''", "else:")
            at += 1
        self._content(field, at, body)
        sizes = self.bind("sizes", writing.table(field.number << 3 | LEN, zero))
        start = start_of(field, LEN)
        self.add(at, f"n = len({body})")
        self.add(at, f"{head} = {sizes}[n] if n < 128 else sized({start!a}, n)")

    def _content(self, field: Field, at: int, body: str) -> None:
        """A string, bytes or message `v`, without tag and length."""
        if field.kind == "message":
            cls = self.bind("cls", field.type)
            function = self.source.link("part", field.type, inner_encoder)
            self.add(
                at,
                f"if v.__class__ is not {cls}: raise Unusual",
                f"{body} = {function}(v)",
            )
        elif field.kind == "bytes":
            self.add(at, "if v.__class__ is not bytes: raise Unusual")
            self.add(at, f"{body} = v.decode('latin-1')")
        else:
            form = "v" if field.utf8 else "v, 'surrogateescape'"
            self.add(at, "if v.__class__ is not str: raise Unusual")
            self.add(at, f"{body} = v if v.isascii() else text({form})")

    def _number(self, field: Field, at: int, head: str, zero: bool) -> None:
        """Tag and value of the number `v`."""
        kind = field.kind
        start = start_of(field, WIRE_TYPES[kind])
        if kind == "enum":
            self._member(field, at, head, zero)
        elif kind == "bool":
            false = start + "\0" if zero else ""
            self.add(at, f"if v is False: {head} = {false!a}")
            self.add(
                at,
                f"elif v is True: {head} = {start + chr(1)!a}",
                "else: raise Unusual",
            )
        elif kind in writing.NUMBERS:
            write = self.bind("number", writing.NUMBERS[kind])
            if kind[0] == "s":
                omitted = "" if zero else "'' if v == 0 and v.__class__ is int else "
                self.add(at, f"{head} = {omitted}{write}({start!a}, v)")
                return
            values = self.bind("values", writing.table(field.number << 3, zero))
            self.source.namespace["Z"] = 0
            pre = "" if zero else "'' if v is Z else "
            self.add(
                at,
                f"{head} = {pre}{values}[v] if 0 <= v < 128 else {write}({start!a}, v)",
            )
        else:
            write = self.bind("fixed", writing.fixed_writer(kind, zero))
            self.add(at, f"{head} = {write}({start!a}, v)")

    def _member(self, field: Field, at: int, head: str, zero: bool) -> None:
        cls = self.bind("cls", field.type)
        members = self.bind(
            "members", writing.enum_table(field.number << 3, field.type, zero)
        )
        unnamed = self.bind("unnamed", writing.unnamed_writer(field.type))
        start = start_of(field, WIRE_TYPES["enum"])
        if not zero:
            self.add(
                at, f"if v is {self.bind('z', field.default)}: {head} = ''", "else:"
            )
            at += 1
        self.add(
            at, f"if v.__class__ is not {cls} and v.__class__ is not int: raise Unusual"
        )
        self.add(at, f"try: {head} = {members}[v]")
        self.add(at, f"except KeyError: {head} = {unnamed}({start!a}, v)")

    def _many(self, field: Field, body: str) -> None:
        kind = "dict" if field.presence == "map" else "list"
        self.add(1, f"if v.__class__ is not {kind}: raise Unusual")
        self.add(1, f"if not v: {body} = ''", "else:")
        if field.presence == "map":
            self._map(field, body)
        elif field.packed:
            write = self.bind("packed", writing.packed_writer(field.kind, field.type))
            self.add(2, f"{body} = {write}(v)", f"n = len({body})")
            self.add(2, f"{body} = {self._sized(field, 'n')} + {body}")
        else:
            self.add(2, "o = []", "for v in v:")
            if WIRE_TYPES[field.kind] == LEN:
                self._content(field, 3, "s")
                self.add(3, "n = len(s)", f"o += {self._sized(field, 'n')}, s")
            else:
                self._number(field, 3, "h", zero=True)
                self.add(3, "o.append(h)")
            self.add(2, f"{body} = ''.join(o)")

    def _sized(self, field: Field, n: str) -> str:
        sizes = self.bind("sizes", writing.table(field.number << 3 | LEN, zero=True))
        return f"({sizes}[{n}] if {n} < 128 else sized({start_of(field, LEN)!a}, {n}))"

    def _map(self, field: Field, body: str) -> None:
        key, value = field.key, field.value
        assert key is not None
        assert value is not None
        self.add(2, "o = []", "for k, w in v.items():")
        self.add(3, "a = b = ''", "v = k")
        self._single(key, 3, "h", "a", zero=True)
        self.add(3, "v = w")
        self._single(value, 3, "j", "b", zero=True)
        self.add(
            3, "s = f'{h}{a}{j}{b}'", "n = len(s)", f"o += {self._sized(field, 'n')}, s"
        )
        self.add(2, f"{body} = ''.join(o)")


def _text(value: str, errors: str = "strict") -> str:
    """The UTF-8 bytes of text, as text."""
    return value.encode("utf-8", errors).decode("latin-1")
