"""ProtoJSON to messages: the exact parser, driven by field tables.

https://protobuf.dev/programming-guides/json. Duplicate keys, numbers outside their type's range
and invalid text raise JsonError with the path and, for text, line and column.
"""

from __future__ import annotations

from ..arguments import MAX_DEPTH, as_text, check_depth, is_dict, is_list, too_long
from ..errors import EncodeError, JsonError, key_step, shown
from ..layout import blank
from ..registry import find_extension_by_name, registry_with
from ..table import table_of
from . import syntax
from .any import READERS
from .nesting import value_nests_deeper
from .null import null_is_value
from .scalars import SCALARS, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from ..extensions import Extension
    from ..message import Message
    from ..registry import Registry
    from ..table import Field

    M = TypeVar("M", bound=Message)

# Messages that are read by recursion at a time, and the level at which others wait.
_AT_A_TIME = 25
_LAST = _AT_A_TIME - 1

_HINT = "; ignore_unknown=True skips it"


class Reader:
    """Reads messages from ProtoJSON in Python values.

    Its attributes are the options of `Message.from_json`: whether to ignore unknown names, how deep
    values may nest, here (`depth`) and in all (`deepest`, also the bound of what is skipped, or if
    `shared` what is skipped has what the messages around it have left), and where types of Any are
    found. If messages may nest deeper than the interpreter recurses, those of some levels wait in
    `later`. All methods raise JsonError.
    """

    __slots__ = ("deepest", "depth", "find", "ignore_unknown", "later", "shared")
    later: list[tuple[Message, Any, Reader]] | None

    def __init__(
        self,
        ignore_unknown: bool = False,
        max_depth: int = MAX_DEPTH,
        registry: Registry | None = None,
        shared: bool = False,
    ) -> None:
        check_depth(max_depth)
        self.shared = shared
        self.later = None if max_depth <= MAX_DEPTH else []
        self.ignore_unknown = ignore_unknown
        self.depth = self.deepest = max_depth
        self.find = registry_with(registry)

    def deeper(self) -> Reader:
        """The reader for the values inside a message or JSON value."""
        if self.depth < 1:
            raise JsonError("values are nested too deeply")
        inner = object.__new__(Reader)
        inner.ignore_unknown = self.ignore_unknown
        inner.depth = self.depth - 1
        inner.deepest = self.deepest
        inner.find = self.find
        inner.later = self.later
        inner.shared = self.shared
        return inner

    def at_once(self) -> Reader:
        """The reader for a message that has to be complete when it is returned."""
        if self.later is None:
            return self
        inner = self.deeper()
        inner.depth += 1
        inner.later = None
        return inner

    def whole(self, cls: type[M], value: Any) -> M:
        """As `message`, and then fill those that wait."""
        message = self.message(cls, value)
        while self.later:
            inner, each, reader = self.later.pop()
            try:
                reader.fill(inner, each)
            except JsonError as error:
                for key in _way_to(each, value):
                    error.inside(_json_step(key), key)
                raise
        return message

    def message(self, cls: type[M], value: Any) -> M:
        """A message of a class from its JSON value, well-known types included."""
        message = blank(cls)
        if self.later is None or (self.deepest - self.depth) % _AT_A_TIME != _LAST:
            self.fill(message, value)
        else:
            self.later.append((message, value, self))
        return message

    def fill(self, message: Message, value: Any) -> None:
        """Fill an empty message from its JSON value."""
        special = READERS.get(message.__class__.__proto_name__)
        if special is not None:
            special(message, value, self)
        else:
            self._object(message, value)

    def _object(self, message: Message, value: Any) -> None:
        """Fill a message from a JSON object of its fields."""
        if not is_dict(value):
            name = message.__class__.__proto_name__
            raise JsonError(f"{name} takes an object, not {kind_of(value)}")
        inner = self.deeper()
        by_json = table_of(message.__class__).by_json
        seen: set[int] = set()
        oneofs: dict[str, str] = {}
        for key, each in value.items():
            field = by_json.get(key)
            try:
                if field is None:
                    inner._unknown(message, key, each)
                elif field.number in seen:
                    raise JsonError("the field is given twice, under two names")
                else:
                    seen.add(field.number)
                    inner._member(message, field, each, oneofs)
            except JsonError as error:
                if field is not None:
                    error.conceal(field)
                error.inside("." + field.proto_name if field else _step(key), key)
                raise

    def _unknown(self, message: Message, key: Any, value: Any) -> None:
        """Handle a name that is not a field: an extension in brackets, or an unknown name."""
        extension = _extension(message, key)
        if extension is not None:
            self._extension(message, extension, value)
        elif not self.ignore_unknown:
            name = message.__class__.__proto_name__
            from ..advice import did_you_mean

            near = did_you_mean(key, table_of(message.__class__).by_json)
            raise JsonError(f"{name} has no such field{near or _HINT}")
        elif value_nests_deeper(value, self.depth if self.shared else self.deepest):
            raise JsonError("values are nested too deeply")

    def _extension(
        self, message: Message, extension: Extension[Any], value: Any
    ) -> None:
        from ..extensions import set_extension

        field = extension.field
        if value is None and not _takes_null(field):
            return
        try:
            set_extension(message, extension, self.at_once().field(field, value))
        except JsonError as error:
            if not self._passes(error):
                raise
        except EncodeError as error:
            # Values were checked while they were read; only a required field can be missing.
            raise JsonError(error.message) from None

    def _member(
        self, message: Any, field: Field, value: Any, oneofs: dict[str, str]
    ) -> None:
        if value is None and not _takes_null(field):
            return
        if field.oneof is not None:
            first = oneofs.setdefault(field.oneof, field.proto_name)
            if first != field.proto_name:
                raise JsonError(f"{first!r}, of the same oneof, is also given")
        try:
            setattr(message, field.name, self.field(field, value))
        except JsonError as error:
            if not self._passes(error):
                raise

    def _passes(self, error: JsonError) -> bool:
        """Whether to skip a value instead: it is an unknown name of an enum."""
        return self.ignore_unknown and error.unknown_enum_name

    def field(self, field: Field, value: Any) -> Any:
        """The value of a field from its JSON value; a list or dict for repeated fields and maps."""
        if field.presence == "repeated":
            return self._list(field, value)
        if field.presence == "map":
            return self._map(field, value)
        return self.single(field, value)

    def _list(self, field: Field, values: Any) -> list[Any]:
        if not is_list(values):
            raise JsonError(f"takes an array, not {kind_of(values)}")
        out: list[Any] = []
        for index, value in enumerate(values):
            try:
                out.append(self.single(field, value))
            except JsonError as error:
                if not self._passes(error):
                    error.inside(f"[{index}]", index)
                    raise
        return out

    def _map(self, field: Field, entries: Any) -> dict[Any, Any]:
        if not is_dict(entries):
            raise JsonError(f"takes an object, not {kind_of(entries)}")
        key_field, value_field = field.key, field.value
        assert key_field is not None
        assert value_field is not None
        out: dict[Any, Any] = {}
        for text, value in entries.items():
            try:
                key = _key(key_field, text)
                if key in out:
                    raise JsonError("duplicate key in the map")
                out[key] = self.single(value_field, value)
            except JsonError as error:
                if not self._passes(error):
                    error.inside(key_step(field, text), text)
                    raise
        return out

    def single(self, field: Field, value: Any) -> Any:
        """One value of a field from its JSON value."""
        if value is None and not null_is_value(field):
            raise JsonError("null is not a value here")
        if field.kind in ("message", "group"):
            return self.message(field.type, value)
        return SCALARS[field.kind](field, value)


def from_json(
    cls: type[M],
    text: str | bytes,
    reader: Reader | None = None,
    *,
    max_size: int | None = None,
) -> M:
    """Parse ProtoJSON text, by default with the default options. Raises JsonError."""
    text = as_text(text, "from_json")
    if wrong := too_long(text, max_size):
        raise JsonError(wrong)
    reader = reader or Reader()
    decoded = syntax.decoded(text)
    return _read(cls, syntax.parsed(decoded, reader.depth), reader, decoded)


def from_json_value(cls: type[M], value: Any, reader: Reader) -> M:
    """A message from ProtoJSON in Python values. Raises JsonError."""
    return _read(cls, value, reader, None)


def _read(cls: type[M], value: Any, reader: Reader, text: str | None) -> M:
    try:
        return reader.whole(cls, value)
    except JsonError as error:
        syntax.place(error, text)
        raise
    except RecursionError:
        where = syntax.too_deep(text, reader.depth) if text else ()
        raise JsonError("values are nested too deeply", *where) from None


def _way_to(wanted: Any, value: Any) -> list[Any]:
    """The keys and indexes that lead to a value inside of another, the last one first."""
    outer: dict[int, tuple[int, Any]] = {id(value): (0, None)}
    todo = [value]
    while todo and id(wanted) not in outer:
        each = todo.pop()
        items = each.items() if is_dict(each) else enumerate(each)
        for key, item in items:
            if (is_dict(item) or is_list(item)) and id(item) not in outer:
                outer[id(item)] = id(each), key
                todo.append(item)
    found: list[Any] = []
    at, key = outer.get(id(wanted), (0, None))
    while at:
        found.append(key)
        at, key = outer[at]
    return found


def _json_step(key: Any) -> str:
    return f"[{key}]" if isinstance(key, int) else _step(key)


def _step(key: object) -> str:
    """The step of a path for a name that is not a field and can be any text."""
    text = str(key)
    return "." + text if text.isprintable() and len(text) < 60 else f"[{shown(text)}]"


def _extension(message: Message, key: Any) -> Extension[Any] | None:
    """The extension of a message with a name in brackets, or None."""
    if not isinstance(key, str) or not (key.startswith("[") and key.endswith("]")):
        return None
    found = find_extension_by_name(key[1:-1])
    extends = found is not None and found.extendee == message.__class__.__proto_name__
    return found if extends else None


def _takes_null(field: Field) -> bool:
    return field.presence not in ("repeated", "map") and null_is_value(field)


def _key(field: Field, text: Any) -> Any:
    if field.kind == "bool":
        if text not in ("true", "false"):
            raise JsonError('a bool key must be "true" or "false"')
        return text == "true"
    return SCALARS[field.kind](field, text)
