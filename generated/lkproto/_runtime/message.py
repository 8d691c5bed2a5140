# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""`Message`, the base class of generated messages, with the methods users call.

Everything except construction and the codec's functions is imported on first use.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .arguments import MAX_DEPTH
from .codec import construct, fell_back, install, method_replaced, refusals
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

    Lookups on instances must find them too, so they are attributes of Message, not of the
    metaclass.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type[Message]) -> Any:
        from .reflection import dataclass_view

        return getattr(dataclass_view, self._name)(owner)


class Message(metaclass=MessageType):
    """A protobuf message: a dataclass with keyword construction and slots.

    An unset field without presence has its type's zero value. An unset field with presence
    (proto3 `optional`, sub-messages, members of oneofs) is None. Messages are equal if their class,
    fields and unknown fields are. `repr` and `str` leave out unset fields and redact the ones that
    the schema marks as sensitive; `to_bytes`, `to_json`, `to_text` and `dataclasses.asdict` do not
    redact anything.
    """

    # Only type checkers see these annotations: `typing.get_type_hints` evaluates the annotations
    # of a class and its bases, and these names do not exist at run time.
    if TYPE_CHECKING:
        __deprecated__: ClassVar[str | None]
        __proto_name__: ClassVar[str]
        _specifiers: ClassVar[dict[str, Specifier]]
        _refusal: ClassVar[type[TypeError]]
        _message_set: ClassVar[bool]
        _recursive: ClassVar[bool]
        _table: ClassVar[Table | None]
        _state: ClassVar[Callable[[Message], object] | None]
        _encode: ClassVar[Callable[[Message], bytes]]
        _decode: ClassVar[Callable[[bytes], Self]]
        _decode_bounded: ClassVar[Callable[[bytes, int], Self]]
        _to_json: ClassVar[Callable[[Message], str]]
        _from_json: ClassVar[Callable[[str | bytes, bool], Self]]

        # A property, because an annotation would become a parameter of every constructor.
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
        _refusal = TypeError
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
            cls._fill(self, **values)

        def _fill(self, /, **values):
            cls = self.__class__
            _complete(cls)
            cls._fill(self, **values)

        _construct = classmethod(construct)
        _replaced = classmethod(method_replaced)

        # The codec's functions. On first use, the class's own function replaces each of them.

        def _encode(message):
            return install(message.__class__, "encode")(message)

        @classmethod
        def _decode(cls, data):
            return install(cls, "decode")(data)

        @classmethod
        def _decode_bounded(cls, data, most):
            return install(cls, "decode_bounded")(data, most)

        def _to_json(message):
            return install(message.__class__, "to_json")(message)

        @classmethod
        def _from_json(cls, text, ignore):
            return install(cls, "from_json")(text, ignore)

        def __post_init__(self):
            # What fills a dataclass field by field calls this, and nothing else does.
            from .reflection.dataclass_view import filled_from_outside

            raise filled_from_outside(self.__class__)

        @classmethod
        def __get_pydantic_core_schema__(cls, source, handler, /):
            from .json.pydantic_hooks import core_schema

            return core_schema(cls)

        @classmethod
        def __get_pydantic_json_schema__(cls, schema, handler, /):
            from .json.pydantic_hooks import json_schema

            return json_schema(cls)

        def which(self, oneof, /):
            """The name and value of the member of a oneof that is set, or `(None, None)`.

            Raises ValueError if the message does not have a oneof of that name.
            """
            try:
                return getattr(self, "_c_" + oneof), getattr(self, "_v_" + oneof)
            except (AttributeError, TypeError):
                from .construct import check_oneof

                check_oneof(self.__class__, oneof)
                return None, None  # of a message made without its constructor

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
        # Protocols 0 and 1 do not support slots, but they can store what protocol 2 makes.
        return super().__reduce_ex__(max(protocol.__index__(), 2))

    def __setstate__(self, state: tuple[None, dict[str, object]]) -> None:
        # Fields that are not in the pickle, because its schema was older, keep their defaults.
        fill(self)
        for name, value in state[1].items():
            setattr(self, name, value)

    def __replace__(self, /, **changes: Any) -> Self:
        return replace(self, **changes)

    def to_bytes(self, *, deterministic: bool = False) -> bytes:
        """Encode the message in binary format.

        `deterministic=True` sorts map entries by key, so that equal messages have equal bytes
        within one version of the schema. Raises EncodeError, with the path of the field, for a
        value that its field cannot hold and for a required field that is not set.
        """
        cls = self.__class__
        if not deterministic:
            try:
                return cls._encode(self)
            except refusals():
                fell_back(cls, "encode")
        from .binary.encode import encode
        from .errors import without_frames

        return without_frames(encode, self, deterministic=deterministic)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        /,
        *,
        max_depth: int = 100,
        max_messages: int | None = None,
    ) -> Self:
        """Decode a message from binary format.

        `max_depth` is how many levels of messages are read, `max_messages` how many messages the
        message may contain at all levels. That limits memory: two bytes can be a message that
        takes hundreds. By default there is no limit. Raises DecodeError, with path and byte
        offset, for invalid bytes.
        """
        if max_depth == MAX_DEPTH:
            try:
                if max_messages is None:
                    return cls._decode(data)
                return cls._decode_bounded(data, max_messages)
            except refusals():
                fell_back(cls, "decode")
        from .binary.decode import decode

        return decode(cls, data, max_depth=max_depth, max_messages=max_messages)

    def merge_from(self, other: Self | bytes, /) -> None:
        """Merge another message of this class, or an encoded one, into this one.

        Scalars that are set replace, sub-messages merge, repeated fields are appended, maps
        updated. Raises ForeignMessageError for a message of another class, TypeError for a value
        that is neither a message nor bytes, DecodeError for invalid bytes.
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
        """The message as ProtoJSON text.

        `indent` is the number of spaces for each level; by default everything is on one line.
        `preserving_names` writes the schema's names instead of lowerCamelCase, `enums_as_ints`
        the numbers of enum values instead of names, `always_print` also the unset fields without
        presence. `sort_keys` sorts the keys of objects. `registry`, such as another generated
        package's `find_message`, finds the types inside Any that this package does not have.
        Raises EncodeError, with the path of the field, for a value that its field or JSON cannot
        hold.
        """
        cls = self.__class__
        others = preserving_names or enums_as_ints or always_print or sort_keys
        if indent is None and not others:
            try:
                return cls._to_json(self)
            except refusals():
                fell_back(cls, "to_json")
        from .errors import without_frames
        from .json.encode import Printer, to_json

        printer = Printer(
            preserving_names=preserving_names,
            enums_as_ints=enums_as_ints,
            always_print=always_print,
            registry=registry,
        )
        return without_frames(
            to_json, self, printer, indent=indent, sort_keys=sort_keys
        )

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
        """Parse ProtoJSON text.

        `ignore_unknown` skips names that the schema does not have. `max_depth` limits how deeply
        values nest, and `max_size` the length of the text (characters of a str, bytes of bytes).
        A limit may be larger than what the interpreter recurses. `registry` is that of `to_json`.
        Raises JsonError, with line, column and path.
        """
        if max_depth == MAX_DEPTH:
            try:
                if max_size is None or len(text) <= max_size:
                    return cls._from_json(text, ignore_unknown)
            except refusals():
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
        """The message as ProtoJSON in Python values, as from `json.loads(message.to_json())`.

        The options are those of `to_json`. Raises EncodeError.
        """
        from .errors import without_frames
        from .json.encode import Printer, to_json_value

        printer = Printer(
            preserving_names=preserving_names,
            enums_as_ints=enums_as_ints,
            always_print=always_print,
            registry=registry,
        )
        return without_frames(to_json_value, self, printer)

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
        """A message from ProtoJSON in Python values, such as those of `json.loads`.

        The options are those of `from_json`. Raises JsonError, with the path.
        """
        from .json.decode import Reader, from_json_value

        reader = Reader(ignore_unknown, max_depth, registry)
        return from_json_value(cls, value, reader)

    def to_text(
        self, *, indent: int = 2, compact: bool = False, print_unknown: bool = False
    ) -> str:
        """The message in text format, which is for people to read. Nothing is redacted.

        `indent` is the number of spaces for each level; `compact` puts everything on one line.
        `print_unknown` prints unknown fields by their number, which no parser reads back.
        Raises EncodeError, with the path of the field, for a value that its field cannot hold.
        """
        from .errors import without_frames
        from .text.encode import to_text

        return without_frames(
            to_text, self, indent=indent, compact=compact, print_unknown=print_unknown
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
        """Parse text format.

        `ignore_unknown` skips fields and extensions that the schema does not have. `max_depth` is
        how many levels of messages are read, and `max_size` limits the length of the text
        (characters of a str, bytes of bytes). Raises TextError, with line, column and path.
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
    """A function that returns all slots of a message as one comparable value."""
    from operator import attrgetter

    slots: list[str] = cls.__dict__.get("__slots__", ())
    cls._state = state = attrgetter("_unknown", *slots)
    return state


def replace(message: M, /, **changes: Any) -> M:
    """A shallow copy of a message with some fields changed.

    Unlike `dataclasses.replace`, it keeps unknown fields, and setting a member of a oneof clears
    the others. Raises TypeError for a name that is not a field and for a value that is not a
    message of this package, ValueError for two members of one oneof.
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
        """PEP 702: mark a message class as deprecated, so that constructing it warns."""

        def mark(cls):
            cls.__deprecated__ = reason
            return cls

        return mark
