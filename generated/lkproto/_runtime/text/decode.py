# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Text format to messages: the exact parser, driven by field tables.

https://protobuf.dev/reference/protobuf/textformat-spec. Fields given twice, two members of
one oneof, missing required fields and values out of range raise TextError with their place.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..advice import did_you_mean
from ..arguments import as_text, check_depth, too_long, unencodable
from ..errors import EncodeError, TextError, shown
from ..extensions import Extension, set_extension
from ..layout import blank
from ..registry import find_message
from ..table import table_of
from .lexer import Lexer, error_at
from .names import extension_named, fields_by_name, reserved_names, type_of_url
from .scalars import SCALARS, skip_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeVar

    from ..message import Message
    from ..table import Field

    M = TypeVar("M", bound=Message)

_HINT = "ignore_unknown=True skips it"
_NO_COLON = "':' is expected before the value"
_MANY = ("repeated", "map")
_NESTED = ("message", "group", "map")
_CLOSING = {"{": "}", "<": ">"}
_ANY = "google.protobuf.Any"


def from_text(
    cls: type[M],
    text: str | bytes,
    *,
    ignore_unknown: bool = False,
    max_depth: int = 100,
    max_size: int | None = None,
) -> M:
    """Parse text format. Raises TextError."""
    text = as_text(text, "from_text")
    check_depth(max_depth)
    if wrong := too_long(text, max_size):
        raise TextError(wrong)
    lexer = Lexer(_checked(text))
    try:
        return _Parser(lexer, ignore_unknown, max_depth).message(cls, "")
    except (
        RecursionError,
        EncodeError,
    ):  # encoding the content can only fail for its depth
        raise lexer.error("messages are nested too deeply") from None


def _checked(text: str | bytes) -> str:
    """The text as str, checked to be text that UTF-8 can encode."""
    if isinstance(text, str):
        at = unencodable(text)
        if at is not None:
            raise error_at(text, at, "the text has a lone surrogate")
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8")
    # Raised outside of `except`, because Python's error holds the text.
    raise error_at(before, len(before), "the text is not valid UTF-8")


class _Scope:
    """The fields between two brackets: those that are allowed and those that were found.

    `cls` is the message class, or None for the entry of a map; `found` is by field number. If
    `redact` is true, errors do not show an unknown name, because it may be the end of a sensitive
    value: after a sensitive field, and anywhere in an entry of a sensitive map.
    """

    __slots__ = ("by_name", "cls", "extensions", "found", "name", "oneofs", "redact")

    def __init__(
        self, name: str, by_name: dict[str, Field], cls: Any, redact: bool = False
    ) -> None:
        self.redact = redact
        self.name = name
        self.by_name = by_name
        self.cls = cls
        self.found: dict[int, Any] = {}
        self.oneofs: dict[str, str] = {}
        self.extensions: dict[int, Extension[Any]] = {}

    def reserved(self) -> frozenset[str]:
        """The names that the schema reserves here, which are skipped if the text uses them."""
        return reserved_names(self.cls) if self.cls else frozenset()


class _Parser:
    """Reads messages from a lexer; `depth` is how many more levels it may open."""

    __slots__ = ("depth", "ignore_unknown", "lexer")

    def __init__(self, lexer: Lexer, ignore_unknown: bool, depth: int) -> None:
        self.lexer = lexer
        self.ignore_unknown = ignore_unknown
        self.depth = depth

    def message(self, cls: type[M], end: str) -> M:
        """Read a message, up to and including its closing bracket, or up to the end of the text."""
        scope = _Scope(cls.__proto_name__, fields_by_name(cls), cls)
        self._fields(scope, end)
        message = blank(cls)
        for field in table_of(cls).fields:
            if field.number in scope.found:
                setattr(message, field.name, scope.found[field.number])
            elif field.presence == "required":
                name = field.proto_name
                raise self.lexer.error(f"the required field {name!r} is missing")
        for number in sorted(scope.extensions.keys() & scope.found.keys()):
            set_extension(message, scope.extensions[number], scope.found[number])
        self._close(end)
        return message

    def _open(self, field: Field | None = None) -> str:
        """Go past an opening bracket, one level deeper; returns the closing one."""
        lexer = self.lexer
        end = _CLOSING.get(lexer.lexeme)
        if end is None:
            got = "" if field and field.redact else f", not {lexer.shown()}"
            raise lexer.error(f"a message in braces is expected{got}")
        if self.depth <= 1:
            raise lexer.error("messages are nested too deeply")
        self.depth -= 1
        lexer.advance()
        return end

    def _close(self, end: str) -> None:
        if end:
            self.lexer.advance()
            self.depth += 1

    def _fields(self, scope: _Scope | None, end: str) -> None:
        """Read fields up to a closing bracket; without a scope, skip them."""
        lexer = self.lexer
        while lexer.lexeme != end:
            if lexer.lexeme == "[":
                self._bracketed(scope)
            elif lexer.kind == "name":
                self._named(scope)
            elif lexer.kind == "number" and (scope is None or self.ignore_unknown):
                lexer.advance()
                self._skip()
            else:
                raise self._not_a_name(end)
            if not lexer.take(","):
                lexer.take(";")

    def _not_a_name(self, end: str) -> TextError:
        lexer = self.lexer
        if lexer.kind == "number":
            return lexer.error(
                "a field needs a name; ignore_unknown=True skips numbers"
            )
        expected = f"a field or {end!r}" if end else "a field"
        # The text may be the end of a sensitive value.
        got = "text in quotes" if lexer.kind == "string" else lexer.shown()
        return lexer.error(f"{expected} is expected, not {got}")

    def _named(self, scope: _Scope | None) -> None:
        lexer = self.lexer
        name, at = lexer.lexeme, lexer.start
        field = scope.by_name.get(name) if scope else None
        lexer.advance()
        if scope and field:
            self._known(scope, field, "." + field.proto_name, at)
        elif scope is None or self.ignore_unknown or name in scope.reserved():
            self._skip()
        else:
            hint = did_you_mean(name, scope.by_name) or f"; {_HINT}"
            name = "of that name" if scope.redact else shown(name)
            raise lexer.error(f"{scope.name} has no field {name}{hint}", at)

    def _bracketed(self, scope: _Scope | None) -> None:
        """Read an extension, or the message in an Any."""
        lexer = self.lexer
        at = lexer.start
        name = lexer.bracketed()
        if scope and scope.name == _ANY and "/" in name:
            self._any(scope, name, at)
            return
        extension = extension_named(scope.cls, name) if scope and scope.cls else None
        if scope and extension:
            scope.extensions[extension.field.number] = extension
            self._known(scope, extension.field, f"[{name}]", at)
        elif scope is None or self.ignore_unknown:
            self._skip()
        else:
            name = "of that name" if scope.redact else shown(name, 100)
            raise lexer.error(f"{scope.name} has no extension {name}; {_HINT}", at)

    def _any(self, scope: _Scope, url: str, at: int) -> None:
        type_url, value = (scope.by_name[each].number for each in ("type_url", "value"))
        if type_url in scope.found or value in scope.found:
            raise self.lexer.error("the Any already has a value", at)
        cls = find_message(type_of_url(url) or "")
        if cls is None:
            raise self.lexer.error(
                f"{shown(url, 100)} is not a type of this package", at
            )
        self.lexer.take(":")
        try:
            content = self.message(cls, self._open())
        except TextError as error:
            error.inside(f"[{url}]")
            raise
        scope.found[type_url] = url
        scope.found[value] = content.to_bytes(deterministic=True)

    def _known(self, scope: _Scope, field: Field, step: str, at: int) -> None:
        """Read the value of a field whose name, at an offset, was just read."""
        try:
            self._check_first(scope, field, at)
            if not self.lexer.take(":") and field.kind not in _NESTED:
                raise self.lexer.error(_NO_COLON)
            for _ in self._items(field.presence in _MANY):
                self._add(scope.found, field)
        except TextError as error:
            error.conceal(field)
            error.inside(step)
            raise
        if scope.cls:
            scope.redact = bool(field.redact)

    def _check_first(self, scope: _Scope, field: Field, at: int) -> None:
        """Refuse a second value of a field or oneof that takes only one."""
        if field.number in scope.found and field.presence not in _MANY:
            raise self.lexer.error("the field is given twice", at)
        if field.oneof is not None:
            first = scope.oneofs.setdefault(field.oneof, field.proto_name)
            if first != field.proto_name:
                raise self.lexer.error(
                    f"{first!r}, of the same oneof, is also given", at
                )

    def _items(self, many: bool) -> Iterator[None]:
        """Yield before each value: once, or for each value of a list in brackets."""
        lexer = self.lexer
        if lexer.lexeme != "[":
            yield
            return
        if not many:
            raise lexer.error("takes one value, not a list")
        lexer.advance()
        if lexer.take("]"):
            return
        yield
        while lexer.take(","):
            yield
        if not lexer.take("]"):
            raise lexer.error("',' or ']' is expected after a value of the list")

    def _add(self, found: dict[int, Any], field: Field) -> None:
        """Read one value of a field and add it to those found."""
        number = field.number
        if field.presence == "map":
            self._entry(found.setdefault(number, {}), field)
            return
        try:
            value = (
                self.message(field.type, self._open())
                if field.kind in _NESTED
                else SCALARS[field.kind](field, self.lexer)
            )
        except TextError as error:
            if field.presence == "repeated":
                error.inside(f"[{len(found.get(number, ()))}]")
            raise
        if field.presence == "repeated":
            found.setdefault(number, []).append(value)
        else:
            found[number] = value

    def _entry(self, entries: dict[Any, Any], field: Field) -> None:
        """Read an entry of a map; a missing key or value is zero."""
        key, value = field.key, field.value
        assert key is not None
        assert value is not None
        by_name = {"key": key, "value": value}
        scope = _Scope("a map entry", by_name, None, bool(field.redact))
        end = self._open(field)
        hidden = self.lexer.hidden
        self.lexer.hidden = hidden or scope.redact
        self._fields(scope, end)
        self.lexer.hidden = hidden
        self._close(end)
        if value.number not in scope.found:
            is_message = value.kind == "message"
            zero = blank(value.type) if is_message else value.default
            scope.found[value.number] = zero
        entries[scope.found.get(key.number, key.default)] = scope.found[value.number]

    def _skip(self) -> None:
        """Go past the value of a field whose name was just read."""
        colon = self.lexer.take(":")
        for _ in self._items(many=True):
            if self.lexer.lexeme in _CLOSING:
                end = self._open()
                self._fields(None, end)
                self._close(end)
            elif colon:
                skip_scalar(self.lexer)
            else:
                raise self.lexer.error(_NO_COLON)
