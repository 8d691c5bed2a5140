"""Writes the ProtoJSON printer of a message class, for the default options.

Each field becomes one piece of text, empty for a field that is not set; one f-string joins
them. Text is escaped by the standard library's escaper, which keeps what is not ASCII, so one
look at the result finds lone surrogates.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from binascii import b2a_base64
from json.encoder import encode_basestring

from ..binary.encode import RANGES
from ..json.wellknown import NULL_VALUE, WRITERS
from ..registry import tables
from . import json_values
from .source import Source, refuse, remembered, runs, supported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message
    from ..table import Field

_UNSET = {"string": "v == ''", "bytes": "v == b''", "bool": "v is False"}


def encoder(cls: type[Message]) -> Callable[[Message], str]:
    """A function that prints a whole message, or raises on anything unusual."""
    inner = inner_encoder(cls)

    def to_json(message: Message) -> str:
        text: str = inner(message)
        if not text.isascii():
            text.encode()  # raises for a lone surrogate
        return text

    return to_json


def inner_encoder(cls: type[Message]) -> Any:
    """The function from a message to its JSON text."""
    return remembered(cls, "_to_json_part", _write)


def _write(cls: type[Message]) -> Any:
    writer = WRITERS.get(cls.__proto_name__)
    if writer is not None:
        return json_values.printer(writer)
    source = Source(cls)
    if not supported(source.table):
        return refuse
    return _Printer(source).write()


class _Printer:
    """Writes one printer."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.add = source.add
        self.bind = source.bind

    def write(self) -> Any:
        source = self.source
        source.namespace |= {"esc": encode_basestring, "base64": b2a_base64}
        self.add(0, "def function(m):")
        if any(extendee == source.table.name for extendee, _ in tables().EXTENSIONS):
            self.add(1, "if m._unknown: raise Unusual")
        pieces: list[str] = []
        for run in runs(list(source.table.fields)):
            piece = f"a{run[0].number}"
            pieces.append(f"{{{piece}}}")
            if run[0].oneof is None:
                self._field(run[0], piece)
            else:
                self._oneof(run, piece)
        self.add(1, f"s = f'{''.join(pieces)}'", "return f'{{{s[1:]}}}'")
        return source.done("printer")

    def _oneof(self, run: list[Field], piece: str) -> None:
        """Neighbouring members of a oneof: one piece for all of them."""
        self.add(1, f"c = m._c_{run[0].oneof}", f"{piece} = ''", "if c is not None:")
        self.add(2, f"v = m._v_{run[0].oneof}")
        for at, field in enumerate(run):
            self.add(2, f"{'el' if at else ''}if c == {field.name!r}:")
            self._single(field, 3, piece)

    def _field(self, field: Field, piece: str) -> None:
        self.add(1, f"v = m.{field.name}")
        if field.presence in ("repeated", "map"):
            kind = "dict" if field.presence == "map" else "list"
            self.add(1, f"if v.__class__ is not {kind}: raise Unusual")
            self.add(1, f"if not v: {piece} = ''", "else:")
            self._many(field, piece)
        elif field.presence == "required":
            self.add(1, "if v is None: raise Unusual")
            self._single(field, 1, piece)
        else:
            self.add(1, f"if {self._unset(field)}: {piece} = ''", "else:")
            self._single(field, 2, piece)

    def _unset(self, field: Field) -> str:
        if field.presence == "explicit":
            return "v is None"
        if field.kind == "enum":
            return f"v is {self.bind('z', field.default)} or v is {self.bind('Z', 0)}"
        if field.kind in ("float", "double"):
            return f"{self.bind('zero', json_values.is_zero)}(v)"
        return _UNSET.get(field.kind, "v == 0")

    def _single(self, field: Field, at: int, piece: str) -> None:
        """The piece of the value `v`: comma, key, colon and text."""
        key = f",{encode_basestring(field.json_name)}:"
        text = self._text(field, at)
        if field.kind in RANGES and field.kind != "enum":
            # One f-string is quicker than two texts put together.
            form = key.replace("{", "{{").replace("}", "}}") + text[2:-1]
            self.add(at, f"{piece} = f{form!a}")
        else:
            self.add(at, f"{piece} = {key!a} + {text}")

    def _text(self, field: Field, at: int) -> str:
        """An expression for the JSON text of the value `v`, checked by the lines before."""
        kind = field.kind
        if kind == "string":
            self.add(at, "if v.__class__ is not str: raise Unusual")
            return "esc(v)"
        if kind == "bytes":
            self.add(at, "if v.__class__ is not bytes: raise Unusual")
            return "f'\"{base64(v, newline=False).decode()}\"'"
        if kind == "bool":
            self.add(at, "if v.__class__ is not bool: raise Unusual")
            return "('true' if v else 'false')"
        if kind == "message":
            cls = self.bind("cls", field.type)
            self.add(at, f"if v.__class__ is not {cls}: raise Unusual")
            return f"{self.source.link('part', field.type, inner_encoder)}(v)"
        if kind == "enum":
            return self._member(field, at)
        if kind in ("float", "double"):
            return f"{self.bind('float', json_values.float_printer(kind))}(v)"
        low, high = RANGES[kind]
        self.add(
            at, f"if v.__class__ is not int or not {low} <= v <= {high}: raise Unusual"
        )
        return "f'\"{v}\"'" if kind.endswith("64") else "f'{v}'"

    def _member(self, field: Field, at: int) -> str:
        if field.type_name == NULL_VALUE:
            return "'null'"
        unnamed = self.bind("unnamed", json_values.unnamed)
        names = self.bind("names", json_values.quoted_names(field.type))
        cls = self.bind("cls", field.type)
        self.add(
            at, f"if v.__class__ is not {cls} and v.__class__ is not int: raise Unusual"
        )
        self.add(at, f"try: x = {names}[v]", f"except KeyError: x = {unnamed}(v)")
        return "x"

    def _many(self, field: Field, piece: str) -> None:
        key = f",{encode_basestring(field.json_name)}:"
        if field.presence == "repeated":
            self.add(2, "o = []", "for v in v:")
            self.add(3, f"o.append({self._text(field, 3)})")
            self.add(2, f"{piece} = {(key + '[')!a} + ','.join(o) + ']'")
            return
        assert field.key is not None
        assert field.value is not None
        self.add(2, "o = []", "for k, w in v.items():", " v = k")
        self.add(3, f"k = {self._text(field.key, 3)}")
        if not (field.key.kind == "string" or field.key.kind.endswith("64")):
            self.add(3, "k = f'\"{k}\"'")
        self.add(3, "v = w")
        self.add(3, f"o.append(k + ':' + {self._text(field.value, 3)})")
        self.add(2, f"{piece} = {(key + '{')!a} + ','.join(o) + '}}'")
