# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""JSON text exactly as the Go reference writes it.

Go writes claims with encoding/json, a room configuration with protojson first. Both write what
`to_json` writes (members in the order of declaration, no white space), with three differences:
`<`, `>`, `&`, U+2028 and U+2029 are escaped, keys of maps are sorted, numbers have no exponent
between 1e-6 and 1e21 (encoding/json encode.go; protobuf internal/encoding/json/encode.go).
"""

# Arguments are checked, although those of typed code need not be.
# pyright: reportUnnecessaryIsInstance=false

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring

from .._runtime.arguments import is_dict, is_list
from .._runtime.errors import EncodeError
from .._runtime.table import table_of
from ..lkproto.claims_pb import ClaimGrants
from ._errors import ArgumentTypeError, InvalidArgumentError
from ._registered_claims import folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .._runtime.message import Message
    from .._runtime.table import Field

# These are set when a token is made; `aud` and `jti` are not, for LiveKit ignores them.
_REGISTERED = frozenset({"iss", "sub", "exp", "nbf", "iat"})
_ESCAPES = tuple((char, f"\\u{ord(char):04x}") for char in "<>&\u2028\u2029")
_MAYBE_FLOAT = re.compile(r"[:\[,]-?\d+[.e]")
_STRING_OR_FLOAT = re.compile(r'"(?:[^"\\]++|\\.)*+"|-?\d+(?:\.\d+|e)[-+e\d]*')


def text_of(text: str) -> str:
    """A JSON string; lone surrogates stay, and make encoding it fail."""
    return escaped(encode_basestring(text))


def escaped(text: str) -> str:
    """JSON text with those characters escaped that Go escapes."""
    for char, escape in _ESCAPES:
        if char in text:
            text = text.replace(char, escape)
    return text


def claims_json(claims: ClaimGrants, unknown: Mapping[str, Any] | None = None) -> str:
    """Claims as a JSON object; their maps have to be sorted, as `clone` sorts them.

    `unknown` are members that the schema does not know, also inside known objects; they come
    last. Raises InvalidArgumentError, with the path, for a value that claims cannot hold.
    """
    try:
        text = claims.to_json()
    except EncodeError as error:
        of_type = error.message.startswith("takes ")
        problem = ArgumentTypeError if of_type else InvalidArgumentError
        raise problem(f"these claims cannot be written: {error}") from None
    if unknown:
        text = _with_unknown(text, unknown)
    if claims.room_config is not None and _MAYBE_FLOAT.search(text):
        text = _STRING_OR_FLOAT.sub(_as_go, text)
    return escaped(text)


def value_text(value: Any) -> str:
    """A JSON value with its objects sorted by key, as Go writes maps.

    Raises InvalidArgumentError for a value that JSON cannot hold.
    """
    try:
        text = json.dumps(
            value,
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
            sort_keys=True,
        )
    except (TypeError, ValueError, RecursionError):
        raise InvalidArgumentError(
            "the claims have a value that JSON cannot hold"
        ) from None
    return escaped(_STRING_OR_FLOAT.sub(_as_go, text))


def _as_go(found: re.Match[str]) -> str:
    return found[0] if found[0][0] == '"' else number_text(float(found[0]))


def number_text(number: float) -> str:
    """A finite number as Go writes it: shortest digits, an exponent only at the ends."""
    if number == 0 or 1e-6 <= abs(number) < 1e21:
        from decimal import Decimal

        return format(Decimal(repr(number)), "f").removesuffix(".0")
    return repr(number).replace("e-0", "e-")


def _with_unknown(text: str, unknown: Mapping[str, Any]) -> str:
    value = json.loads(text)
    for name in unknown:
        if folded(_name(name, "")) in _REGISTERED:
            raise InvalidArgumentError(_known(name, ""))
    _merge(value, unknown, ClaimGrants, "")
    try:
        return json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )
    except (TypeError, ValueError, RecursionError):
        raise InvalidArgumentError(
            "unknown claims have a value that JSON cannot hold"
        ) from None


def _merge(
    known: dict[str, Any], unknown: Mapping[str, Any], cls: type[Message], path: str
) -> None:
    """Add members that no reader of tokens takes for fields; see `Claims.unknown`."""
    for key, value in unknown.items():
        field = _field_read_from(cls, _name(key, path))
        if field is None:
            known[key] = value
        elif field.kind != "message" or field.json_name != key or field.value:
            raise InvalidArgumentError(_known(key, path))
        elif field.presence == "repeated" and is_list(value):
            items = known.get(key, [])
            _merge_items(zip(items, value, strict=False), field, f"{path}{key}")
            if len(items) != len(value):
                raise InvalidArgumentError(_known(key, path))
        elif field.presence != "repeated" and is_dict(value):
            _merge(known.setdefault(key, {}), value, field.type, f"{path}{key}.")
        else:
            raise InvalidArgumentError(_known(key, path))


def _merge_items(pairs: Iterable[tuple[Any, Any]], field: Field, path: str) -> None:
    for index, (item, inner) in enumerate(pairs):
        if not is_dict(inner):
            raise InvalidArgumentError(f"{path}[{index}] is not an unknown claim")
        _merge(item, inner, field.type, f"{path}[{index}].")


def _field_read_from(cls: type[Message], name: str) -> Field | None:
    """The field that a server reads from a member: claims in any case, others by two names.

    Go reads claims by encoding/json, and a room configuration by protojson.
    """
    table = table_of(cls)
    if not cls.__proto_name__.startswith("lkproto."):
        return table.by_json.get(name)
    for field in table.fields:
        if folded(field.json_name) == folded(name):
            return field
    return None


def _name(key: Any, path: str) -> str:
    if not isinstance(key, str):
        raise InvalidArgumentError(
            f"{path or 'unknown claims'}: names are text, not {type(key).__name__}"
        )
    return key


def _known(key: str, path: str) -> str:
    return f"{path}{key} is not an unknown claim"
