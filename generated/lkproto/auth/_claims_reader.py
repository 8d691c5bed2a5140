# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Turns the JSON of a payload into typed claims.

Names and kinds of grants come from the field tables of `ClaimGrants` and its parts; this module
does not list them. `go` reads as encoding/json fills the structs of the reference (decode.go,
golang-jwt types.go); `strict` reads the same but refuses whatever can be read in two ways.
"""

from __future__ import annotations

import json
import re

from .._runtime.arguments import is_dict, is_list
from .._runtime.errors import JsonError, shown
from .._runtime.json.decode import Reader, from_json_value
from .._runtime.table import table_of
from ..lkproto.claims_pb import ClaimGrants
from ._errors import ClaimError, MalformedTokenError
from ._registered_claims import folded
from ._scan import GO_DEPTH, Repeated, as_go, is_broken, members, plain, read, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias, TypeVar

    from .._runtime.message import Message
    from .._runtime.table import Field

    _M = TypeVar("_M", bound=Message)

    Members: TypeAlias = Iterable[tuple[str, Any]]
    _Read: TypeAlias = tuple[Any, dict[str, Any] | None]


def read_claims(
    text: str | bytes, *, strict: bool = True, max_depth: int = GO_DEPTH
) -> tuple[ClaimGrants, dict[str, Any]]:
    """The grants in JSON text that is not in a token, and the unknown members.

    Raises MalformedTokenError, TokenTooLargeError, ClaimError.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    value = read(data, strict, max_depth)
    if value is None and not strict:
        value = {}
    if not is_dict(value):
        raise MalformedTokenError("claims are a JSON object")
    return GrantsReader(strict).grants(members(value))


class _Claim:
    """How a member of a JSON object becomes a field of a message."""

    __slots__ = ("attribute", "cls", "field", "json_name", "read")

    def __init__(self, field: Field) -> None:
        self.attribute = field.name
        self.json_name = field.json_name
        self.read = _reader_of(field)
        # The type of nearly all values, which need no reader where text cannot be broken.
        single = field.presence in ("implicit", "explicit")
        self.cls = {"string": str, "bool": bool}.get(field.kind) if single else None
        self.field = field


_tables: dict[type[Any], tuple[dict[str, _Claim], dict[str, _Claim]]] = {}


def _table(cls: type[Any]) -> tuple[dict[str, _Claim], dict[str, _Claim]]:
    """Claims by name, and by folded name; made once."""
    claims = [_Claim(field) for field in table_of(cls).fields]
    exact = {each.json_name: each for each in claims}
    by_folded = {folded(each.json_name): each for each in claims}
    _tables[cls] = exact, by_folded
    return exact, by_folded


class GrantsReader:
    """Reads members of objects into `ClaimGrants` and its parts.

    `strict` refuses names in another case.
    """

    __slots__ = ("lists", "strict")

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        # By path, the items that a list ever had: Go reuses the memory of a list that is set
        # again, so null leaves the item that was in its place.
        self.lists: dict[str, list[str]] = {}

    def grants(self, rest: Members) -> tuple[ClaimGrants, dict[str, Any]]:
        """The grants among the members of a payload, and the unknown members, also of grants.

        Raises ClaimError.
        """
        grants = ClaimGrants()
        return grants, self.fill(grants, rest, "")

    def fill(self, message: Any, rest: Members, path: str) -> dict[str, Any]:
        """Set fields of a message from the members of an object. Returns the unknown members."""
        cls, strict = message.__class__, self.strict
        exact, by_folded = _tables.get(cls) or _table(cls)
        unknown: dict[str, Any] = {}
        for key, value in rest:
            claim = exact.get(key)
            if claim is None:
                claim = by_folded.get(folded(key))
                if claim is None:
                    unknown[as_go(key)] = plain(value)
                    continue
                if strict:
                    raise _wrong(claim, path, "is spelled in another case")
            if strict and value.__class__ is claim.cls:
                setattr(message, claim.attribute, value)
                continue
            inner = claim.read(self, message, claim, value, path)
            if claim.read is _protojson:
                unknown.pop(claim.json_name, None)  # it replaces the whole message
            if inner:
                unknown.setdefault(claim.json_name, {}).update(inner)
            elif value is None:
                unknown.pop(claim.json_name, None)
        return unknown


def _wrong(claim: _Claim, path: str, text: str, step: str = "") -> ClaimError:
    return ClaimError(text, path + claim.json_name + step)


def _text(
    reader: GrantsReader, message: Any, claim: _Claim, value: Any, path: str
) -> None:
    if value is not None:
        setattr(message, claim.attribute, _go_text(claim, value, path))


def _go_text(claim: _Claim, value: Any, path: str, step: str = "") -> str:
    if value.__class__ is not str:
        raise _wrong(claim, path, "takes text", step)
    return as_go(value)


def _bool(
    reader: GrantsReader, message: Any, claim: _Claim, value: Any, path: str
) -> None:
    if value is True or value is False:
        setattr(message, claim.attribute, value)
    elif value is not None:
        raise _wrong(claim, path, "takes true or false")


def _optional_bool(
    reader: GrantsReader, message: Any, claim: _Claim, value: Any, path: str
) -> None:
    if value is not None and value is not True and value is not False:
        raise _wrong(claim, path, "takes true or false")
    setattr(message, claim.attribute, value)


def _texts(
    reader: GrantsReader, message: Any, claim: _Claim, value: Any, path: str
) -> None:
    if value is not None and not is_list(value):
        raise _wrong(claim, path, "takes an array")
    if reader.strict and value and _are_texts(value):
        setattr(message, claim.attribute, value)
        return
    name = path + claim.json_name
    if not value:
        reader.lists.pop(name, None)
        setattr(message, claim.attribute, [])
        return
    # Changed in place: a list may be set as often as the payload is long.
    items = reader.lists.setdefault(name, [])
    items += [""] * (len(value) - len(items))
    for index, each in enumerate(value):
        if each is not None:
            items[index] = _go_text(claim, each, path, f"[{index}]")
    setattr(message, claim.attribute, items[: len(value)])


def _are_texts(values: Iterable[Any]) -> bool:
    return set(map(type, values)) <= {str}


def _map(
    reader: GrantsReader, message: Any, claim: _Claim, value: Any, path: str
) -> None:
    if value is None:
        setattr(message, claim.attribute, {})
        return
    if not is_dict(value):
        raise _wrong(claim, path, "takes an object")
    if reader.strict and _are_texts(value.values()):
        setattr(message, claim.attribute, value)
        return
    # Changed in place: a map may be set as often as the payload is long.
    entries = getattr(message, claim.attribute)
    for key, each in members(value):
        name = as_go(key)
        step = "" if each.__class__ is str else f"[{shown(name, 40)}]"
        entries[name] = "" if each is None else _go_text(claim, each, path, step)


def _grant(
    reader: GrantsReader, message: Any, claim: _Claim, value: Any, path: str
) -> dict[str, Any] | None:
    if value is None:
        setattr(message, claim.attribute, None)
        inside = f"{path}{claim.json_name}."
        for each in [each for each in reader.lists if each.startswith(inside)]:
            del reader.lists[each]
        return None
    if not is_dict(value):
        raise _wrong(claim, path, "takes an object")
    inner = getattr(message, claim.attribute)
    if inner is None:
        inner = claim.field.type()
        setattr(message, claim.attribute, inner)
    return reader.fill(inner, members(value), f"{path}{claim.json_name}.")


def _protojson(
    reader: GrantsReader, message: Any, claim: _Claim, value: Any, path: str
) -> dict[str, Any] | None:
    if value is None:
        setattr(message, claim.attribute, None)
        return None
    read = _plain_message if reader.strict else _message
    found, unknown = read(claim.field.type, value, path + claim.json_name)
    setattr(message, claim.attribute, found)
    return unknown


def _reader_of(field: Field) -> Callable[..., dict[str, Any] | None]:
    if field.presence == "map":
        return _map
    if field.presence == "repeated":
        return _texts
    if field.kind == "bool":
        explicit = field.presence == "explicit"
        return _optional_bool if explicit else _bool
    if field.kind == "string":
        return _text
    own = (field.type_name or "").startswith("lkproto.")
    return _grant if own else _protojson


# What floats may look like: in text again, they do not show that they were rounded.
_FLOAT = re.compile(r"\.|e[+-]|Infinity")


def _plain_message(cls: type[Any], value: Any, path: str) -> _Read:
    """As `_message`, for a value without duplicate keys and lone surrogates.

    As text it can go through the fast codec, in a fifth of the time. Members that no field reads
    are rare, so they are looked for once it refuses them.
    """
    try:
        text = json.dumps(value)
        if _FLOAT.search(text) is None:
            return cls.from_json(text), None
    except (ValueError, RecursionError):
        pass  # read it again, for what is unknown, or for the error
    return _message(cls, value, path)


def _message(cls: type[Any], value: Any, path: str) -> _Read:
    """A message from ProtoJSON as Go's protojson reads it with DiscardUnknown, and what is unknown.

    It refuses lone surrogates even in values it skips, where numbers may be anything.
    """
    try:
        return from_go(cls, value, path), _unknown_members(cls, value) or None
    except JsonError as error:
        # Its own message may show the value.
        place = error.path[1:]
    raise ClaimError(
        f"does not fit the field, which takes {_taken(cls, place)}", path + place
    )


def from_go(cls: type[_M], value: Any, path: str = "") -> _M:
    """A message from a value of `_scan`, as Go's protojson reads it with DiscardUnknown.

    Unknown names may be duplicates. What is skipped nests as deep as the messages around it leave.
    Raises ClaimError, JsonError.
    """
    for each in walk(value):
        if isinstance(each, str) and is_broken(each):
            raise ClaimError("has text that is not valid Unicode", path)
    _refuse_repeated(cls, value, path)
    return from_json_value(cls, value, Reader(True, GO_DEPTH, shared=True))


def _unknown_members(cls: type[Any], value: dict[str, Any]) -> dict[str, Any]:
    """The members that no field reads; in those of repeated messages, an object for each item."""
    found: dict[str, Any] = {}
    by_json = table_of(cls).by_json
    for key, each in value.items():
        field = by_json.get(key)
        if field is None:
            found[as_go(key)] = plain(each)
        elif field.kind == "message" and not field.type.__proto_name__.startswith(
            "google."
        ):
            inner: Any = None
            if is_dict(each) and field.presence != "map":
                inner = _unknown_members(field.type, each)
            elif is_list(each):
                items = [_unknown_members(field.type, item) for item in each]
                inner = items if any(items) else None
            if inner:
                found[field.json_name] = inner
    return found


_WHOLE = "a whole number of 32 bits"
_TAKEN = {
    "bool": "true or false",
    "string": "text",
    "message": "an object",
    "bytes": "text in base64",
    "double": "a number",
    "float": "a number",
    **dict.fromkeys(("int32", "sint32", "sfixed32"), _WHOLE),
    **dict.fromkeys(("uint32", "fixed32"), f"{_WHOLE}, not below 0"),
    "enum": "a name or number of the enum",
}


def _taken(cls: type[Any], path: str) -> str:
    """What a field takes, which a path of an error leads to."""
    field = None
    for name in re.findall(r"\.(\w+)", path):
        field = table_of(cls).by_json.get(name)
        if field is None:
            return "something else"
        cls = field.type
    if field is None:
        return "an object"
    if not path.endswith("]"):
        if field.presence == "repeated":
            return "an array"
        if field.presence == "map":
            return "an object"
    return _TAKEN.get((field.value or field).kind, "a whole number")


def _refuse_repeated(cls: type[Any], value: Any, path: str) -> None:
    """Refuse duplicate fields and keys of maps; unknown names may be duplicates."""
    if not is_dict(value):
        return  # of the wrong type: the codec says so
    by_json = table_of(cls).by_json
    seen: set[int] = set()
    for key, each in members(value):
        field = by_json.get(key)
        if field is None:
            continue
        place = f"{path}.{field.proto_name}"
        if field.number in seen or (
            field.presence == "map" and isinstance(each, Repeated)
        ):
            raise ClaimError("is a duplicate", place)
        seen.add(field.number)
        if field.kind == "message":
            for item in each if is_list(each) else [each]:
                _refuse_repeated(field.type, item, place)
