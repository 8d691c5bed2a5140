"""Messages to ProtoJSON: the exact printer, driven by field tables.

https://protobuf.dev/programming-guides/json. Fields are in declaration order, as the Go
reference prints them.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import base64
import json
import math

from ..arguments import MAX_DEPTH
from ..checks import (
    check_bool,
    check_bytes,
    check_dict,
    check_enum,
    check_int,
    check_list,
    check_message,
    check_text,
    not_set,
    printable_float,
)
from ..errors import EncodeError, key_step
from ..kinds import KINDS, by_group
from ..registry import registry_with
from ..table import table_of, unknown_of, value_of
from ..values import is_unset
from .any import WRITERS
from .null import NULL_VALUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message
    from ..registry import Registry
    from ..table import Field


class Printer:
    """Prints messages as ProtoJSON in Python values.

    Its attributes are the options of `Message.to_json`; `find` looks up the types of Any, and
    `within` counts the Anys around what it prints. All methods raise EncodeError.
    """

    __slots__ = ("always_print", "enums_as_ints", "find", "preserving_names", "within")

    def __init__(
        self,
        *,
        preserving_names: bool = False,
        enums_as_ints: bool = False,
        always_print: bool = False,
        registry: Registry | None = None,
    ) -> None:
        self.preserving_names = preserving_names
        self.enums_as_ints = enums_as_ints
        self.always_print = always_print
        self.find = registry_with(registry)
        self.within = 0

    def inside(self) -> Printer:
        """The printer of what an Any holds."""
        if self.within >= MAX_DEPTH:
            raise EncodeError(f"more than {MAX_DEPTH} Anys are nested")
        inner = object.__new__(self.__class__)
        inner.preserving_names = self.preserving_names
        inner.enums_as_ints = self.enums_as_ints
        inner.always_print = self.always_print
        inner.find = self.find
        inner.within = self.within + 1
        return inner

    def message(self, message: Message) -> Any:
        """The JSON value of a message, well-known types included."""
        writer = WRITERS.get(message.__class__.__proto_name__)
        return self._object(message) if writer is None else writer(message, self)

    def _object(self, message: Message) -> dict[str, Any]:
        """The JSON object of a message's fields."""
        out: dict[str, Any] = {}
        for field in table_of(message.__class__).fields:
            value = value_of(message, field)
            if is_unset(field, value) and not self._always(field):
                if field.presence == "required":
                    raise not_set(field)
                continue
            name = field.proto_name if self.preserving_names else field.json_name
            try:
                out[name] = self.field(field, value)
            except EncodeError as error:
                error.conceal(field)
                error.inside("." + field.proto_name)
                raise
        if unknown_of(message):
            self._extensions(message, out)
        return out

    def _always(self, field: Field) -> bool:
        without_presence = field.presence in ("implicit", "repeated", "map")
        return self.always_print and without_presence

    def _extensions(self, message: Message, out: dict[str, Any]) -> None:
        from ..extensions import known_extensions

        for extension, value in known_extensions(message):
            key = f"[{extension.name}]"
            try:
                out[key] = self.field(extension.field, value)
            except EncodeError as error:
                error.inside("." + key)
                raise

    def field(self, field: Field, value: Any) -> Any:
        """The JSON value of a field that is set."""
        if field.presence == "repeated":
            return self._list(field, value)
        if field.presence == "map":
            return self._map(field, value)
        return self.single(field, value)

    def _list(self, field: Field, values: Any) -> list[Any]:
        out: list[Any] = []
        for index, value in enumerate(check_list(values)):
            try:
                out.append(self.single(field, value))
            except EncodeError as error:
                error.inside(f"[{index}]")
                raise
        return out

    def _map(self, field: Field, entries: Any) -> dict[str, Any]:
        key_field, value_field = field.key, field.value
        assert key_field is not None
        assert value_field is not None
        out: dict[str, Any] = {}
        for key, value in check_dict(entries).items():
            try:
                name = _SCALARS[key_field.kind](key_field, key, self)
                if isinstance(name, bool):
                    name = "true" if name else "false"
                out[str(name)] = self.single(value_field, value)
            except EncodeError as error:
                error.inside(key_step(field, key))
                raise
        return out

    def single(self, field: Field, value: Any) -> Any:
        """The JSON value of one value of a field."""
        if field.kind in ("message", "group"):
            return self.message(check_message(field, value))
        return _SCALARS[field.kind](field, value, self)


def to_json(
    message: Message,
    printer: Printer | None = None,
    *,
    indent: int | None = None,
    sort_keys: bool = False,
) -> str:
    """A message as ProtoJSON text, by default with the default options. Raises EncodeError."""
    return json.dumps(
        to_json_value(message, printer or Printer()),
        ensure_ascii=False,
        indent=indent,
        separators=(",", ":") if indent is None else (",", ": "),
        sort_keys=sort_keys,
    )


def to_json_value(message: Message, printer: Printer) -> Any:
    """A message as ProtoJSON in Python values. Raises EncodeError."""
    try:
        return printer.message(message)
    except RecursionError:
        raise EncodeError("the message is nested too deeply to print") from None


def _int(field: Field, value: Any, printer: Printer) -> int | str:
    number = check_int(field, value)
    return str(number) if KINDS[field.kind].json == "digits" else number


def _float(field: Field, value: Any, printer: Printer) -> float | str:
    number = printable_float(field, value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def _bool(field: Field, value: Any, printer: Printer) -> bool:
    return check_bool(value)


def _string(field: Field, value: Any, printer: Printer) -> str:
    return check_text(value)


def _bytes(field: Field, value: Any, printer: Printer) -> str:
    return base64.b64encode(check_bytes(value)).decode("ascii")


def _enum(field: Field, value: Any, printer: Printer) -> Any:
    number = check_enum(field, value)
    cls = field.type
    if cls.__proto_name__ == NULL_VALUE:
        return None
    if printer.enums_as_ints or number not in cls:
        return number
    return cls(number).name


_SCALARS: dict[str, Callable[[Field, Any, Printer], Any]] = by_group(
    integer=_int,
    float=_float,
    bool=_bool,
    string=_string,
    bytes=_bytes,
    enum=_enum,
)
