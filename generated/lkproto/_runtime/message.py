# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""`Message`, the base of generated messages: what users see of them.

Everything but construction and the codecs' functions is loaded when it is first asked for.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .arguments import MAX_DEPTH
from .codec import fell_back, install
from .layout import MessageType, check_own, fill

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar, Self, SupportsIndex, TypeVar

    from typing_extensions import deprecated as deprecated

    from .registry import Registry
    from .specifiers import Specifier
    from .table import Table

    M = TypeVar("M", bound="Message")


class _DataclassView:
    """`__dataclass_fields__`, `__dataclass_params__` and `__signature__`, made when asked for.

    They have to be found through an instance too, so they are attributes of Message and not of
    the metaclass.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type[Message]) -> Any:
        from .reflection import dataclass_view

        return getattr(dataclass_view, self._name)(owner)


class Message(metaclass=MessageType):
    """A protobuf message: a dataclass with keyword construction and slots.

    Fields without presence hold their type's zero value; fields with presence (proto3
    `optional`, sub-messages, members of oneofs) are None when unset. Equality compares class,
    fields and unknown fields. `repr` and `str` leave out unset fields and redact what the schema
    marks as sensitive; `to_bytes`, `to_json`, `to_text` and `dataclasses.asdict` do not.
    """

    # Annotated for checkers alone: `typing.get_type_hints` evaluates a class's annotations
    # along its bases, and these names are not there at run time.
    if TYPE_CHECKING:
        __deprecated__: ClassVar[str | None]
        __proto_name__: ClassVar[str]
        _specifiers: ClassVar[dict[str, Specifier]]
        _message_set: ClassVar[bool]
        _recursive: ClassVar[bool]
        _table: ClassVar[Table | None]
        _state: ClassVar[Callable[[Message], object] | None]
        _encode: ClassVar[Callable[[Message], bytes]]
        _decode: ClassVar[Callable[[bytes], Self]]
        _to_json: ClassVar[Callable[[Message], str]]
        _from_json: ClassVar[Callable[[str | bytes, bool], Self]]

        # A property, for an annotation would be a parameter of every constructor.
        @property
        def _unknown(self) -> bytes: ...

        @_unknown.setter
        def _unknown(self, value: bytes) -> None: ...

        def __init_subclass__(
            cls, *, proto: str, message_set: bool = ..., recursive: bool = ...
        ) -> None: ...

        def _fill(self, /, **values: Any) -> None: ...

    else:
        __slots__ = ("_unknown",)
        __deprecated__ = None
        _specifiers = {}
        _message_set = False
        _recursive = False
        _table = None
        _state = None
        __dataclass_fields__ = _DataclassView("fields_for_asker")
        __dataclass_params__ = _DataclassView("params")
        __signature__ = _DataclassView("signature")

        def __init__(self, /, **values):
            cls = self.__class__
            _complete(cls)
            if cls.__deprecated__ is not None:
                from .construct import warn_deprecated

                warn_deprecated(cls.__deprecated__)
            try:
                cls._fill(self, **values)
            except TypeError as error:
                from .construct import no_such_fields

                raise no_such_fields(cls, values) or error from None

        def _fill(self, /, **values):
            cls = self.__class__
            _complete(cls)
            cls._fill(self, **values)

        # The codec's functions; on first use each makes way for its class's own.

        def _encode(message):
            return install(message.__class__, "encode")(message)

        @classmethod
        def _decode(cls, data):
            return install(cls, "decode")(data)

        def _to_json(message):
            return install(message.__class__, "to_json")(message)

        @classmethod
        def _from_json(cls, text, ignore):
            return install(cls, "from_json")(text, ignore)

        def __post_init__(self):
            # What fills a dataclass field by field calls this, and nothing else does.
            from .reflection.dataclass_view import filled_from_outside

            raise filled_from_outside(self.__class__)

        def which(self, oneof, /):
            """The member of a oneof that is set, as `(name, value)`, or `(None, None)`.

            Raises ValueError for a name that is no oneof of this message.
            """
            try:
                return getattr(self, "_c_" + oneof), getattr(self, "_v_" + oneof)
            except (AttributeError, TypeError):
                from .construct import no_such_oneof

                raise no_such_oneof(self.__class__, oneof) from None

    def __eq__(self, other: object) -> bool:
        cls = self.__class__
        if other.__class__ is not cls:
            return NotImplemented
        state = cls._state or _make_state(cls)
        same: Any = other
        try:
            return state(self) == state(same)
        except AttributeError:
            from .table import state_of

            return state_of(self) == state_of(same)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        from .redaction import describe

        return describe(self)

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> Any:
        # Protocols 0 and 1 have no way of their own for slots; they can do it as 2 does.
        return super().__reduce_ex__(max(protocol.__index__(), 2))

    def __setstate__(self, state: tuple[None, dict[str, object]]) -> None:
        # Fields that a pickle of an older schema lacks keep their defaults.
        fill(self)
        for name, value in state[1].items():
            setattr(self, name, value)

    def __replace__(self, /, **changes: Any) -> Self:
        return replace(self, **changes)

    def to_bytes(self, *, deterministic: bool = False) -> bytes:
        """The message in binary format.

        `deterministic` sorts map entries by key, so that equal messages give equal bytes
        within one version of the schema. Raises EncodeError, which names the field, for values
        outside their type.
        """
        cls = self.__class__
        if not deterministic:
            try:
                return cls._encode(self)
            except Exception:  # noqa: BLE001 - the contract of the seam
                fell_back(cls, "encode")
        from .binary.encode import encode

        return encode(self, deterministic=deterministic)

    @classmethod
    def from_bytes(cls, data: bytes, /, *, max_depth: int = 100) -> Self:
        """Decode a message from binary format. Raises DecodeError with the byte offset."""
        if max_depth == MAX_DEPTH:
            try:
                return cls._decode(data)
            except Exception:  # noqa: BLE001 - the contract of the seam
                fell_back(cls, "decode")
        from .binary.decode import decode

        return decode(cls, data, max_depth=max_depth)

    def merge_from(self, other: Self | bytes, /) -> None:
        """Merge another message of this class, or an encoded one, into this one.

        Set scalars replace, sub-messages merge, repeated fields append, maps update. Raises
        ForeignMessageError for a message of another class, DecodeError for broken bytes.
        """
        from .merging import merge_from

        merge_from(self, other)

    def to_json(
        self,
        *,
        indent: int | None = None,
        preserving_names: bool = False,
        enums_as_ints: bool = False,
        always_print: bool = False,
        sort_keys: bool = False,
        registry: Registry | None = None,
    ) -> str:
        """The message as ProtoJSON text. See docs/use/json.md for the options.

        Types inside of Any that this package lacks are looked up with `registry`, such as
        another generated package's `find_message`. Raises EncodeError.
        """
        cls = self.__class__
        others = preserving_names or enums_as_ints or always_print or sort_keys
        if indent is None and not others:
            try:
                return cls._to_json(self)
            except Exception:  # noqa: BLE001 - the contract of the seam
                fell_back(cls, "to_json")
        from .json.encode import Printer, to_json

        printer = Printer(
            preserving_names=preserving_names,
            enums_as_ints=enums_as_ints,
            always_print=always_print,
            registry=registry,
        )
        return to_json(self, printer, indent=indent, sort_keys=sort_keys)

    @classmethod
    def from_json(
        cls,
        text: str | bytes,
        /,
        *,
        ignore_unknown: bool = False,
        max_depth: int = 100,
        max_size: int | None = None,
        registry: Registry | None = None,
    ) -> Self:
        """Parse ProtoJSON text. Raises JsonError with line, column and path.

        `max_size` is the longest text that is read, in characters, or bytes of bytes;
        `registry` is as for `to_json`.
        """
        if max_depth == MAX_DEPTH:
            try:
                if max_size is None or len(text) <= max_size:
                    return cls._from_json(text, ignore_unknown)
            except Exception:  # noqa: BLE001 - the contract of the seam
                fell_back(cls, "from_json")
        from .json.decode import Reader, from_json

        reader = Reader(ignore_unknown, max_depth, registry)
        return from_json(cls, text, reader, max_size=max_size)

    def to_dict(
        self,
        *,
        preserving_names: bool = False,
        enums_as_ints: bool = False,
        always_print: bool = False,
        registry: Registry | None = None,
    ) -> Any:
        """ProtoJSON as Python values: what `json.loads(message.to_json())` would give."""
        from .json.encode import Printer, to_json_value

        printer = Printer(
            preserving_names=preserving_names,
            enums_as_ints=enums_as_ints,
            always_print=always_print,
            registry=registry,
        )
        return to_json_value(self, printer)

    @classmethod
    def from_dict(
        cls,
        value: Any,
        /,
        *,
        ignore_unknown: bool = False,
        max_depth: int = 100,
        registry: Registry | None = None,
    ) -> Self:
        """A message from ProtoJSON as Python values. Raises JsonError with the path."""
        from .json.decode import Reader, from_json_value

        reader = Reader(ignore_unknown, max_depth, registry)
        return from_json_value(cls, value, reader)

    def to_text(
        self, *, indent: int = 2, compact: bool = False, print_unknown: bool = False
    ) -> str:
        """The message in text format, for people to read; nothing is redacted.

        `indent` is the number of spaces a level; `compact` puts everything on one line.
        `print_unknown` prints unknown fields by their number, which no parser reads back.
        Raises EncodeError for values outside their type.
        """
        from .text.encode import to_text

        return to_text(
            self, indent=indent, compact=compact, print_unknown=print_unknown
        )

    @classmethod
    def from_text(
        cls,
        text: str | bytes,
        /,
        *,
        ignore_unknown: bool = False,
        max_depth: int = 100,
        max_size: int | None = None,
    ) -> Self:
        """Parse text format. Raises TextError with line, column and path.

        `ignore_unknown` passes over fields and extensions the schema does not have;
        `max_size` is the longest text that is read, in characters, or bytes of bytes.
        """
        from .text.decode import from_text

        return from_text(
            cls,
            text,
            ignore_unknown=ignore_unknown,
            max_depth=max_depth,
            max_size=max_size,
        )


def _complete(cls: type[Message]) -> None:
    if cls is Message:
        raise TypeError("Message has no fields; construct a generated message class")
    from .construct import complete

    complete(cls)


def _make_state(cls: type[Message]) -> Callable[[Message], object]:
    """A function that reads all slots of a message, as one comparable value."""
    from operator import attrgetter

    slots: list[str] = cls.__dict__.get("__slots__", ())
    cls._state = state = attrgetter("_unknown", *slots)
    return state


def replace(message: M, /, **changes: Any) -> M:
    """A shallow copy of a message with some fields changed.

    Unlike `dataclasses.replace` it keeps unknown fields, and setting a member of a oneof
    clears its siblings. Raises TypeError for a name that is no field and for what is no message of
    this package, ValueError for two members of one oneof.
    """
    from .construct import check_changes

    check_own(message)
    cls = message.__class__
    check_changes(cls, changes)
    copy = cls.__new__(cls)
    for name in ("_unknown", *cls.__dict__["__slots__"]):
        if hasattr(message, name):
            setattr(copy, name, getattr(message, name))
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


if not TYPE_CHECKING:

    def deprecated(reason, /):
        """PEP 702: mark a message as deprecated; constructing one then warns."""

        def mark(cls):
            cls.__deprecated__ = reason
            return cls

        return mark
