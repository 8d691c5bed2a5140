"""Writes the ProtoJSON printer of a message class, for the default options.

Each field becomes one piece of text, which is empty if the field is not set; one f-string joins
them. Strings are escaped by the standard library's function, which keeps characters outside ASCII,
so one check of the result finds lone surrogates.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from binascii import b2a_base64
from json.encoder import encode_basestring

from ..json.null import NULL_VALUE
from ..kinds import KINDS, RANGES
from ..registry import tables
from . import json_helpers
from .function import FunctionSource, refuse, remembered, runs, supported

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
    """The function that takes a message and returns its JSON text."""
    return remembered(cls, "_to_json_part", _write)


def _write(cls: type[Message]) -> Any:
    if cls.__proto_name__.startswith("google.protobuf."):
        from ..json.any import WRITERS  # with the calendar, which few messages need

        writer = WRITERS.get(cls.__proto_name__)
        if writer is not None:
            return json_helpers.printer(writer)
    source = FunctionSource(cls, "printer")
    if not supported(source.table):
        return refuse
    return _Printer(source).write()


class _Printer:
    """Writes one printer."""

    def __init__(self, source: FunctionSource) -> None:
        self.source = source
        self.add = source.add
        self.bind = source.bind
        self.block = source.block

    def write(self) -> Any:
        source = self.source
        source.namespace |= {"esc": encode_basestring, "base64": b2a_base64}
        extended = {extendee for extendee, _ in tables().EXTENSIONS}
        pieces: list[str] = []
        with self.block("def function(m):"):
            if source.table.name in extended:
                self.add("if m._unknown: raise Unusual")
            for run in runs(list(source.table.fields)):
                piece = f"a{run[0].number}"
                pieces.append(f"{{{piece}}}")
                if run[0].oneof is None:
                    self._field(run[0], piece)
                else:
                    self._oneof(run, piece)
            self.add(f"s = f'{''.join(pieces)}'", "return f'{{{s[1:]}}}'")
        return source.function()

    def _oneof(self, run: list[Field], piece: str) -> None:
        """Adjacent members of a oneof: one piece for all of them."""
        self.add(f"c = m._c_{run[0].oneof}", f"{piece} = ''")
        with self.block("if c is not None:"):
            self.add(f"v = m._v_{run[0].oneof}")
            for at, field in enumerate(run):
                with self.block(f"{'el' if at else ''}if c == {field.name!r}:"):
                    self._single(field, piece)

    def _field(self, field: Field, piece: str) -> None:
        self.add(f"v = m.{field.name}")
        if field.presence in ("repeated", "map"):
            kind = "dict" if field.presence == "map" else "list"
            self.add(f"if v.__class__ is not {kind}: raise Unusual")
            self.add(f"if not v: {piece} = ''")
            with self.block("else:"):
                self._many(field, piece)
        elif field.presence == "required":
            self.add("if v is None: raise Unusual")
            self._single(field, piece)
        else:
            self.add(f"if {self._unset(field)}: {piece} = ''")
            with self.block("else:"):
                self._single(field, piece)

    def _unset(self, field: Field) -> str:
        if field.presence == "explicit":
            return "v is None"
        if field.kind == "enum":
            return f"v is {self.bind('z', field.default)} or v is {self.bind('Z', 0)}"
        if field.kind in ("float", "double"):
            return f"{self.bind('zero', json_helpers.is_zero)}(v)"
        return _UNSET.get(field.kind) or f"v is {self.bind('Z', 0)}"

    def _single(self, field: Field, piece: str) -> None:
        """The piece of the value `v`: comma, key, colon and text."""
        key = f",{encode_basestring(field.json_name)}:"
        text = self._text(field)
        if field.kind in RANGES and field.kind != "enum":
            # One f-string is faster than the concatenation of two strings.
            form = key.replace("{", "{{").replace("}", "}}") + text[2:-1]
            self.add(f"{piece} = f{form!a}")
        else:
            self.add(f"{piece} = {key!a} + {text}")

    def _text(self, field: Field) -> str:
        """An expression for the JSON text of the value `v`; adds the lines that check `v`."""
        kind = field.kind
        if kind == "string":
            self.add("if v.__class__ is not str: raise Unusual")
            return "esc(v)"
        if kind == "bytes":
            self.add("if v.__class__ is not bytes: raise Unusual")
            return "f'\"{base64(v, newline=False).decode()}\"'"
        if kind == "bool":
            self.add("if v.__class__ is not bool: raise Unusual")
            return "('true' if v else 'false')"
        if kind == "message":
            cls = self.bind("cls", field.type)
            self.add(f"if v.__class__ is not {cls}: raise Unusual")
            return f"{self.source.link('part', field.type, inner_encoder)}(v)"
        if kind == "enum":
            return self._member(field)
        if kind in ("float", "double"):
            return f"{self.bind('float', json_helpers.float_printer(kind))}(v)"
        low, high = RANGES[kind]
        whole = f"v.__class__ is not int or not {low} <= v <= {high}"
        self.add(f"if {whole}: raise Unusual")
        return "f'\"{v}\"'" if KINDS[kind].json == "digits" else "f'{v}'"

    def _member(self, field: Field) -> str:
        cls = self.bind("cls", field.type)
        if field.type_name == NULL_VALUE:
            self.add(f"if v.__class__ is not {cls}: raise Unusual")
            return "'null'"
        unnamed = self.bind("unnamed", json_helpers.unnamed)
        names = self.bind("names", json_helpers.quoted_names(field.type))
        foreign = f"v.__class__ is not {cls} and v.__class__ is not int"
        self.add(f"if {foreign}: raise Unusual")
        self.add(f"try: x = {names}[v]", f"except KeyError: x = {unnamed}(v)")
        return "x"

    def _many(self, field: Field, piece: str) -> None:
        key = f",{encode_basestring(field.json_name)}:"
        self.add("o = []")
        if field.presence == "repeated":
            with self.block("for v in v:"):
                self.add(f"o.append({self._text(field)})")
            self.add(f"{piece} = {(key + '[')!a} + ','.join(o) + ']'")
            return
        assert field.key is not None
        assert field.value is not None
        with self.block("for k, w in v.items():"):
            self.add("v = k")
            self.add(f"k = {self._text(field.key)}")
            if KINDS[field.key.kind].json not in ("text", "digits"):
                self.add("k = f'\"{k}\"'")
            self.add("v = w")
            self.add(f"o.append(k + ':' + {self._text(field.value)})")
        self.add(f"{piece} = {(key + '{')!a} + ','.join(o) + '}}'")
