"""A compiled schema as .proto text: what compiles to the same descriptors again.

It keeps two things that a plain listing would lose: `nested_type` has messages, map entries and
groups in the order of their declarations, so fields come between nested messages where they must;
and a method that was declared with `{}` has options that are set, but empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    Edition,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    OneofDescriptorProto,
    ServiceDescriptorProto,
    SymbolVisibility,
)
from google.protobuf.message import Message

from ..read.lower import default_json_name
from . import layout
from .comments import Comments, statement_key
from .elements import joined
from .layout import Item
from .option_texts import Assignment, OptionTexts, quoted
from .symbols import Symbols

F = FieldDescriptorProto
_VISIBILITY = {
    SymbolVisibility.VISIBILITY_LOCAL: "local ",
    SymbolVisibility.VISIBILITY_EXPORT: "export ",
}
# A oneof or field outside of oneofs, and the messages it declares: map entries and groups.
_Member = tuple[list[str], frozenset[str]]


def print_file(
    file: FileDescriptorProto, symbols: Symbols, comments: Comments | None = None
) -> str:
    """The text of a file, with the comments there are for its elements.

    The file is from a canonical set (see `canonical`), `symbols` are those of the whole set.
    Raises GenerationError for options that are not declared there.
    """
    lines = _Printer(file, symbols, comments or Comments()).lines()
    return "\n".join(lines) + "\n"


class _Printer:
    def __init__(
        self, file: FileDescriptorProto, symbols: Symbols, comments: Comments
    ) -> None:
        self._file = file
        self._symbols = symbols
        self._comments = comments
        self._options = OptionTexts(symbols, file)
        self._editions = file.syntax == "editions"

    def lines(self) -> list[str]:
        """The whole file."""
        file, name = self._file, self._file.name
        sections = [self._stated(name, "syntax", [self._syntax()])]
        if file.package:
            sections.append(self._stated(name, "package", [f"package {file.package};"]))
        sections.append(list(self._imports()))
        sections.append(self._option_lines(file.options, name, file.package))
        items = [(True, section) for section in sections if section]
        return layout.stacked([*items, *self._declarations()])

    def _syntax(self) -> str:
        if not self._editions:
            return f'syntax = "{self._file.syntax or "proto2"}";'
        edition = Edition.Name(self._file.edition).removeprefix("EDITION_")
        return f'edition = "{edition}";'

    def _imports(self) -> Iterator[str]:
        file = self._file
        words = dict.fromkeys(file.public_dependency, "public ")
        words |= dict.fromkeys(file.weak_dependency, "weak ")
        found = [(words.get(n, ""), path) for n, path in enumerate(file.dependency)]
        found += [("option ", path) for path in file.option_dependency]
        for word, path in found:
            line = f"import {word}{_text(path)};"
            yield from self._stated(file.name, f"import {path}", [line])

    def _declarations(self) -> Iterator[Item]:
        file, package = self._file, self._file.package
        groups = any(map(self._is_group, file.extension))
        if not groups:
            yield from self._extends(file.extension, [], package, file.name)
        for service in file.service:
            yield True, self._service(service, joined(package, service.name))
        for enum in file.enum_type:
            yield True, self._enum(enum, joined(package, enum.name))
        between = list(file.extension) if groups else list[FieldDescriptorProto]()
        yield from self._members(file.message_type, [], between, package, file.name)

    # Messages.

    def _message(self, message: DescriptorProto, name: str) -> list[str]:
        head = f"{_VISIBILITY.get(message.visibility, '')}message {message.name}"
        return self._block(name, [head], self._body(message, name))

    def _body(self, message: DescriptorProto, name: str) -> list[str]:
        head = self._option_lines(message.options, name, name)
        reserved = [(each.start, each.end - 1) for each in message.reserved_range]
        ranges = [layout.range_text(*each) for each in reserved]
        head += self._reserved(name, ranges, message.reserved_name)
        head += self._extension_ranges(message, name)
        items = [(True, self._enum(e, joined(name, e.name))) for e in message.enum_type]
        fields = list(self._fields(message, name))
        nested, extensions = message.nested_type, message.extension
        items += self._members(nested, fields, extensions, name, name)
        return head + layout.stacked(items)

    def _members(
        self,
        messages: Sequence[DescriptorProto],
        fields: list[_Member],
        extensions: Sequence[FieldDescriptorProto],
        scope: str,
        key: str,
    ) -> Iterator[Item]:
        """Messages, then fields, then extensions; those that declare a message come earlier."""
        by_field = [declared for _, declared in fields]
        by_extension = [self._declared(each, frozenset()) for each in extensions]
        declared = frozenset[str]().union(*by_field, *by_extension)
        shown = extended = 0
        for message in messages:
            name = joined(scope, message.name)
            if name not in declared:
                yield True, self._message(message, name)
                continue
            end = max(shown, _end(by_field, name))
            yield from ((False, lines) for lines, _ in fields[shown:end])
            shown, end = end, max(extended, _end(by_extension, name))
            yield from self._extends(extensions[extended:end], messages, scope, key)
            extended = end
        yield from ((False, lines) for lines, _ in fields[shown:])
        yield from self._extends(extensions[extended:], messages, scope, key)

    def _fields(self, message: DescriptorProto, scope: str) -> Iterator[_Member]:
        nested = {joined(scope, each.name): each for each in message.nested_type}
        maps = frozenset(name for name in nested if nested[name].options.map_entry)
        for index, fields in groupby(message.field, _oneof_index):
            members = list(fields)
            declared = [self._declared(field, maps) for field in members]
            lines = [self._field(field, scope, nested) for field in members]
            if index is None:
                yield from zip(lines, declared, strict=True)
            else:
                oneof = message.oneof_decl[index]
                inner = [line for each in lines for line in each]
                yield self._oneof(oneof, scope, inner), frozenset().union(*declared)

    def _declared(
        self, field: FieldDescriptorProto, maps: frozenset[str]
    ) -> frozenset[str]:
        """The message that a field declares: a group or a map's entry."""
        name = field.type_name.removeprefix(".")
        return frozenset({name} if name in maps or self._is_group(field) else ())

    def _is_group(self, field: FieldDescriptorProto) -> bool:
        # In editions, a field encoded as a group names a message declared elsewhere.
        return field.type == F.TYPE_GROUP and not self._editions

    def _oneof(
        self, oneof: OneofDescriptorProto, scope: str, fields: list[str]
    ) -> list[str]:
        name = joined(scope, oneof.name)
        options = self._option_lines(oneof.options, name, name)
        return self._block(name, [f"oneof {oneof.name}"], options + fields)

    # Fields and extensions.

    def _field(
        self,
        field: FieldDescriptorProto,
        scope: str,
        nested: dict[str, DescriptorProto],
    ) -> list[str]:
        """A field or extension; `nested` are the messages declared in its scope, by name."""
        name = joined(scope, field.name)
        own = nested.get(field.type_name.removeprefix("."))
        options = self._field_options(field, name)
        if self._is_group(field) and own is not None:
            start = f"{self._label(field)}group {own.name} = {field.number}"
            body = self._body(own, joined(scope, own.name))
            return self._block(name, layout.bracketed(start, options, ""), body)
        kind = f"{self._label(field)}{self._kind(field, scope)}"
        if own is not None and own.options.map_entry:
            key, value = own.field
            kind = f"map<{self._kind(key, scope)}, {self._kind(value, scope)}>"
        start = f"{kind} {field.name} = {field.number}"
        return self._named(name, layout.bracketed(start, options, ";"))

    def _label(self, field: FieldDescriptorProto) -> str:
        if field.label == F.LABEL_REPEATED:
            return "repeated "
        if self._editions:
            return ""
        if field.label == F.LABEL_REQUIRED:
            return "required "
        bare = self._file.syntax == "proto3" or field.HasField("oneof_index")
        return "optional " if field.proto3_optional or not bare else ""

    def _kind(self, field: FieldDescriptorProto, scope: str) -> str:
        if field.type_name:
            return self._symbols.reference(field.type_name.removeprefix("."), scope)
        return F.Type.Name(field.type).removeprefix("TYPE_").lower()

    def _field_options(
        self, field: FieldDescriptorProto, name: str
    ) -> list[Assignment]:
        made: list[Assignment] = []
        if field.HasField("default_value"):
            made.append(Assignment(0, "default", (_default(field),)))
        given = field.HasField("json_name")
        if given and field.json_name != default_json_name(field.name):
            text = _text(field.json_name)
            made.append(Assignment(0, "json_name", (text,)))
        return made + self._options.assignments(field.options, name)

    def _extends(
        self,
        extensions: Sequence[FieldDescriptorProto],
        messages: Sequence[DescriptorProto],
        scope: str,
        key: str,
    ) -> Iterator[Item]:
        """Blocks of neighbouring extensions of the same message."""
        nested = {joined(scope, message.name): message for message in messages}
        for extendee, fields in groupby(extensions, lambda each: each.extendee):
            target = self._reference(extendee, scope)
            lines = [
                line for each in fields for line in self._field(each, scope, nested)
            ]
            head = f"extend {target}"
            yield True, self._block(statement_key(key, "extend"), [head], lines)

    # What else is in messages and enums.

    def _extension_ranges(self, message: DescriptorProto, name: str) -> list[str]:
        """A statement for each range with options, and one for neighbours without."""
        lines: list[str] = []
        bare = False
        for each in message.extension_range:
            text = layout.range_text(each.start, each.end - 1)
            options = self._options.assignments(each.options, name)
            if bare and not options:
                lines[-1] = f"{lines[-1][:-1]}, {text};"
            else:
                lines += layout.bracketed(f"extensions {text}", options, ";")
            bare = not options
        return self._stated(name, "extensions", lines) if lines else []

    def _reserved(
        self, name: str, ranges: list[str], names: Sequence[str]
    ) -> list[str]:
        lines: list[str] = []
        if ranges:
            line = f"reserved {', '.join(ranges)};"
            lines += self._stated(name, "reserved numbers", [line])
        if names:
            shown = (each if self._editions else _text(each) for each in names)
            line = f"reserved {', '.join(shown)};"
            lines += self._stated(name, "reserved names", [line])
        return lines

    def _enum(self, enum: EnumDescriptorProto, name: str) -> list[str]:
        head = f"{_VISIBILITY.get(enum.visibility, '')}enum {enum.name}"
        body = self._option_lines(enum.options, name, name)
        ranges = [
            layout.enum_range_text(each.start, each.end) for each in enum.reserved_range
        ]
        body += self._reserved(name, ranges, enum.reserved_name)
        for value in enum.value:
            options = self._options.assignments(value.options, name)
            lines = layout.bracketed(f"{value.name} = {value.number}", options, ";")
            body += self._named(joined(name, value.name), lines)
        return self._block(name, [head], body)

    # Services.

    def _service(self, service: ServiceDescriptorProto, name: str) -> list[str]:
        body = self._option_lines(service.options, name, name)
        for method in service.method:
            body += self._method(method, name)
        return self._block(name, [f"service {service.name}"], body)

    def _method(self, method: MethodDescriptorProto, scope: str) -> list[str]:
        name = joined(scope, method.name)
        takes = self._streamed(method.client_streaming, method.input_type, scope)
        gives = self._streamed(method.server_streaming, method.output_type, scope)
        head = f"rpc {method.name}({takes}) returns ({gives})"
        if not method.HasField("options"):
            return self._named(name, [f"{head};"])
        options = self._option_lines(method.options, name, name)
        return self._block(name, [head], options)

    def _streamed(self, streaming: bool, type_name: str, scope: str) -> str:
        target = self._reference(type_name, scope)
        return f"stream {target}" if streaming else target

    def _reference(self, type_name: str, scope: str) -> str:
        # Here the compiler takes the nearest name, whatever has it.
        return self._symbols.reference(type_name.removeprefix("."), scope, types=False)

    # Text with the comments that belong to it.

    def _option_lines(self, options: Message, key: str, scope: str) -> list[str]:
        """Options as statements."""
        lines: list[str] = []
        for each in self._options.assignments(options, scope):
            statement = each.lines("option ", ";")
            lines += self._stated(key, f"option {each.number}", statement)
        return lines

    def _stated(self, scope: str, what: str, lines: list[str]) -> list[str]:
        return self._named(statement_key(scope, what), lines)

    def _named(self, key: str, lines: list[str]) -> list[str]:
        return layout.statement(self._comments.take(key), lines)

    def _block(self, key: str, head: list[str], body: list[str]) -> list[str]:
        return layout.block(self._comments.take(key), head, body)


def _oneof_index(field: FieldDescriptorProto) -> int | None:
    """The oneof a field is declared in."""
    if field.proto3_optional or not field.HasField("oneof_index"):
        return None
    return field.oneof_index


def _end(declared: list[frozenset[str]], name: str) -> int:
    """How many members there are up to the one that declares a message; 0 if none does."""
    return next((n for n, names in enumerate(declared, 1) if name in names), 0)


def _default(field: FieldDescriptorProto) -> str:
    """A declared default; that of bytes is kept in escaped form."""
    if field.type == F.TYPE_STRING:
        return _text(field.default_value)
    if field.type == F.TYPE_BYTES:
        return f'"{field.default_value}"'
    return field.default_value


def _text(value: str | bytes) -> str:
    """A string literal; what is not UTF-8, descriptors have as bytes."""
    return quoted(value.encode() if isinstance(value, str) else value, text=True)
