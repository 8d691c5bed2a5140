"""The request of `lkproto call`: from JSON, and from options that are its fields.

Fields, types and names come from the schema alone.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentError, Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from lkproto import Field, JsonError, Message, Method, fields_of
from lkproto.auth import secrets_in

from .call_method import about_fields
from .main import Parser
from .token_claims import check_names, duration, message_of
from .usage import UsageError, bare, nearest

STDIN = "-"
_WHOLE = re.compile(r"-?\d{1,20}")
_SECONDS = re.compile(r"-?\d+(?:\.\d+)?s")
_WELL_KNOWN = "google.protobuf."
# Well-known types whose JSON is a text.
_TEXTS = frozenset(
    {"Duration", "Timestamp", "FieldMask", "StringValue", "BytesValue"}
    | {"Int32Value", "Int64Value", "UInt32Value", "UInt64Value"}
    | {"FloatValue", "DoubleValue"}
)
_METAVARS = {"bool": "BOOL", "string": "TEXT", "bytes": "BASE64", "message": "JSON"}


def option_of(field: Field) -> str:
    """The option that gives a field: `--empty-timeout`."""
    return "--" + field.proto_name.replace("_", "-")


def add_request(parser: Parser, method: Method) -> None:
    """Add the options that give a method's request."""
    add = parser.add_argument
    add(
        "--data",
        metavar="JSON",
        help="the request as ProtoJSON, or - to read it from stdin",
    )
    add("--data-file", type=Path, metavar="FILE", help="read it from a file")
    add(
        "--field",
        dest="fields",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a field by name, also one inside another (egress.room.layout=grid), or one whose "
        "name is an option of ours (repeatable)",
    )
    group = parser.add_argument_group(
        f"fields of {method.input}",
        "One that is repeated is given several times, a map as KEY=VALUE.",
    )
    for field, words in about_fields(method.input_type):
        settings: dict[str, Any] = {"nargs": "?", "const": "true"}
        try:
            action = group.add_argument(
                option_of(field),
                dest=f"field {field.name}",
                action="append",
                metavar=metavar_of(field),
                help=_help(field, words),
                **(settings if field.kind == "bool" else {}),
            )
        except ArgumentError:
            continue  # our own option; --field gives it
        if names := value_names(field):
            parser.offer(action, partial(_same, names))


def _same(names: list[str], _beginning: str) -> list[str]:
    return names


def metavar_of(field: Field) -> str:
    """What the value of a field looks like."""
    if field.value is not None:
        return f"KEY={metavar_of(field.value)}"
    if field.kind == "enum":
        return "NAME"
    if field.kind == "message" and field.type.__proto_name__.startswith(_WELL_KNOWN):
        return str(field.type.__name__).upper()
    return _METAVARS.get(field.kind, "NUMBER")


def value_names(field: Field) -> list[str]:
    """The names of the values of a field, if they have some."""
    if field.kind == "bool":
        return ["true", "false"]
    return _enum_names(field) if field.value is None else []


def _enum_names(field: Field) -> list[str]:
    return [each.name for each in field.type] if field.kind == "enum" else []


def _help(field: Field, words: str) -> str:
    notes = [words]
    if names := _enum_names(field.value or field):
        notes.append(f"[{', '.join(names)}]")
    if field.redact == "SECRET":
        notes.append("[secret: with --data - or --data-file only]")
    if field.presence == "repeated":
        notes.append("(repeatable)")
    return " ".join(filter(None, notes)).replace("%", "%%")


def spelled(words: Sequence[str], cls: type[Message]) -> list[str]:
    """Words whose options are spelled as the parser knows them.

    `--emptyTimeout` and `--empty_timeout` are `--empty-timeout`; `--egress.room.layout x` is
    `--field egress.room.layout=x`.
    """
    known = {bare(field.proto_name): option_of(field) for field in fields_of(cls)}
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        option, equals, value = word.partition("=")
        if not option.startswith("--"):
            found.append(word)
        elif "." in option:
            if not equals:
                alone = not rest or rest[0].startswith("--")
                value = "true" if alone else rest.pop(0)
            found += ["--field", f"{option[2:]}={value}"]
        elif "_" in option or not option.islower():
            found.append(known.get(bare(option), option) + equals + value)
        else:
            found.append(word)
    return found


def request_of(arguments: Namespace, method: Method) -> Message:
    """The request of a run. Raises UsageError, OSError."""
    cls = method.input_type
    given = _of_json(arguments, cls).to_dict()
    data: dict[str, Any] = {}
    for field in fields_of(cls):
        for words in getattr(arguments, f"field {field.name}", None) or ():
            _put(data, cls, [field.name], words, option_of(field))
    for words in arguments.fields:
        path, _, value = words.partition("=")
        _put(data, cls, path.split("."), value, f"--field {path}")
    try:
        return cls.from_dict(_merged(given, data))
    except JsonError as error:
        raise UsageError(f"the fields of {method.input}: {error}") from None


def _merged(value: Any, other: Any) -> Any:
    """What options say replaces what JSON says, member by member."""
    if not isinstance(value, dict) or not isinstance(other, dict):
        return other
    first = cast("dict[str, Any]", value)
    members = cast("dict[str, Any]", other)
    merged = {
        name: _merged(first[name], each) if name in first else each
        for name, each in members.items()
    }
    return {**first, **merged}


def _of_json(arguments: Namespace, cls: type[Message]) -> Message:
    path: Path | None = arguments.data_file
    if path is not None:
        if arguments.data is not None:
            raise UsageError("give --data or --data-file, not both")
        return message_of(path.read_bytes(), cls, str(path))
    if arguments.data is None:
        return cls()
    if arguments.data != STDIN:
        message = message_of(_encoded(arguments.data), cls, "--data")
        _refuse_secrets(message, "--data")
        return message
    if arguments.secret_stdin:
        raise UsageError("stdin gives the secret or the request, not both")
    return message_of(sys.stdin.buffer.read(), cls, "stdin")


def _encoded(words: str) -> bytes:
    """A word of the command line as it was typed."""
    return words.encode(errors="surrogateescape")


def _refuse_secrets(message: Message, place: str) -> None:
    """Refuse a message from the command line that has secrets. Raises UsageError."""
    found = next(secrets_in(message), None)
    if found is not None:
        raise UsageError(
            f"{place}: {found.removeprefix('$.')} is a secret, which others can see on the "
            "command line\n  hint: give it with --data - or --data-file"
        )


def _put(
    data: dict[str, Any], cls: type[Message], path: list[str], words: str, place: str
) -> None:
    """Put the value of a field, by its path, into the JSON of a message. Raises UsageError."""
    field = _field(cls, path[0], place)
    name = field.json_name
    if len(path) > 1:
        if field.kind != "message" or field.presence == "repeated":
            raise UsageError(
                f"{place}: {path[0]} has no fields that could be named one by one\n"
                f"  hint: write {option_of(field)} {metavar_of(field)}"
            )
        _put(data.setdefault(name, {}), field.type, path[1:], words, place)
        return
    value = _pair(field, words, place) if field.value else _value(field, words, place)
    value = [value] if field.presence == "repeated" else value
    try:
        _refuse_secrets(cls.from_dict({name: value}), place)
    except JsonError as error:
        raise UsageError(f"{place}: {error}") from None
    _add(data, name, value, place)


def _add(data: dict[str, Any], name: str, value: Any, place: str) -> None:
    before = data.get(name)
    if before is None:
        data[name] = value
    elif isinstance(before, list):
        data[name] = [*before, *value]
    elif isinstance(before, dict) and isinstance(value, dict):
        data[name] = {**before, **value}
    else:
        raise UsageError(f"{place}: the field is given twice")


def _field(cls: type[Message], name: str, place: str) -> Field:
    for field in fields_of(cls):
        if bare(name) == bare(field.proto_name):
            return field
    names = [field.proto_name for field in fields_of(cls)]
    raise UsageError(
        f"{place}: {cls.__proto_name__} has no field {name!r}{nearest(name, names)}"
    )


def _pair(field: Field, words: str, place: str) -> dict[str, Any]:
    key, equals, value = words.partition("=")
    if not equals or field.value is None:
        raise UsageError(f"{place}: {words!r} is not a pair\n  hint: write key=value")
    return {key: _value(field.value, value, place)}


def _value(field: Field, words: str, place: str) -> Any:
    """The JSON of a value. Raises UsageError."""
    if field.kind == "message":
        return _message(field.type, words, place)
    if field.kind == "enum":
        return _enum(_enum_names(field), words, place)
    if field.kind == "bool":
        if words not in ("true", "false"):
            raise UsageError(f"{place} takes true or false, not {words!r}")
        return words == "true"
    if field.kind not in ("string", "bytes", "float", "double"):
        if not _WHOLE.fullmatch(words):
            raise UsageError(f"{place} takes a whole number, not {words!r}")
        return int(words)
    return words


def _enum(names: list[str], words: str, place: str) -> str | int:
    if words in names:
        return words
    if _WHOLE.fullmatch(words):
        return int(words)
    upper = words.upper().replace("-", "_")
    ends = [each for each in names if each == upper or each.endswith(f"_{upper}")]
    if len(ends) == 1 and upper:
        return ends[0]
    raise UsageError(f"{place} has no value {words!r}{nearest(words, names)}")


def _message(cls: type[Message], words: str, place: str) -> Any:
    package, _, name = cls.__proto_name__.rpartition(".")
    known = f"{package}." == _WELL_KNOWN
    if known and name in _TEXTS:
        return _seconds(words) if name == "Duration" else words
    try:
        value = json.loads(words)
    except (ValueError, RecursionError):
        value = None
    if not known and value.__class__ is not dict:
        fields = ", ".join(field.proto_name for field in fields_of(cls))
        raise UsageError(
            f"{place} takes a JSON object\n  hint: its members are {fields}"
        )
    check_names(cls, value, place)
    return value


def _seconds(words: str) -> str:
    """The JSON of a duration such as `1.5s` or `1h30m`. Raises UsageError."""
    if _SECONDS.fullmatch(words):
        return words
    return f"{duration(words).total_seconds():.0f}s"
