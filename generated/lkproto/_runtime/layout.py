# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The layout of messages: a metaclass that turns field specifiers into slots.

Defining a class does as little work as possible, because a schema has hundreds of them. The
constructor (`construct`), the field table (`table`, which also describes the layout) and the
dataclass view are made on first use.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from . import specifiers
from .specifiers import Specifier

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard, TypeVar, dataclass_transform

    from .message import Message

    M = TypeVar("M", bound=Message)

    @dataclass_transform(
        kw_only_default=True,
        field_specifiers=(
            specifiers.double,
            specifiers.float,
            specifiers.int32,
            specifiers.int64,
            specifiers.uint32,
            specifiers.uint64,
            specifiers.sint32,
            specifiers.sint64,
            specifiers.fixed32,
            specifiers.fixed64,
            specifiers.sfixed32,
            specifiers.sfixed64,
            specifiers.bool,
            specifiers.string,
            specifiers.bytes,
            specifiers.message,
            specifiers.group,
            specifiers.enum,
            specifiers.map,
        ),
    )
    class MessageType(type):
        """Metaclass of generated messages."""

        __proto_name__: str

else:

    class MessageType(type):
        """Metaclass: turns specifiers into slots."""

        def __new__(
            metacls,
            name,
            bases,
            namespace,
            *,
            proto=None,
            message_set=False,
            recursive=False,
        ):
            if proto is None:
                return _define_base(metacls, name, bases, namespace)
            fields = {
                key: value
                for key, value in namespace.items()
                if value.__class__ is Specifier
            }
            slots = []
            for key, (_, _, _, options) in fields.items():
                oneof = options.get("oneof")
                if oneof is None:
                    del namespace[key]
                    slots.append(key)
                elif "_c_" + oneof not in slots:
                    slots += ("_c_" + oneof, "_v_" + oneof)
            namespace["__slots__"] = slots
            namespace["__proto_name__"] = proto
            namespace["_specifiers"] = fields
            if message_set:
                namespace["_message_set"] = True
            if recursive:
                namespace["_recursive"] = True
            return type.__new__(metacls, name, bases, namespace)

        def __init__(cls, *args, **options):
            pass

        def __setattr__(cls, name, value):
            # It would replace the slot, and with it the field of every message of the class.
            if name in cls._specifiers or name in cls.__slots__ or name == "_unknown":
                raise TypeError(
                    f"{cls.__qualname__} is a class, and its field {name!r} cannot be set; "
                    f"set it on a message, such as {cls.__qualname__}()"
                )
            # `dataclass` begins with it, and would go on to replace the constructor.
            if name in ("__dataclass_fields__", "__dataclass_params__"):
                raise TypeError(
                    f"{cls.__qualname__} is a protobuf message, and stays one; use to_json and "
                    "from_json, or to_dict and from_dict"
                )
            before = cls.__dict__.get(name)
            type.__setattr__(cls, name, value)
            if cls.__base__ is object:
                # Tests replace methods for all classes: a codec may have put its own on each.
                cls._replaced(name, before)
            if name in ("__init__", "__new__"):
                # As tests replace it, and put it back: a codec may construct instead of it.
                own = cls.__dict__
                written = own.get("__init__") is own.get("_fill")
                cls._construct(written and "__new__" not in own)


def _define_base(
    metacls: type, name: str, bases: tuple[type, ...], namespace: dict[str, Any]
) -> Any:
    if bases:
        proto = getattr(bases[-1], "__proto_name__", None)
        raise TypeError(
            f"{name}: a generated message ({proto}) cannot be subclassed; wrap it instead"
        )
    define: Any = type.__new__
    return define(metacls, name, bases, namespace)


def is_own_message_class(cls: object) -> TypeGuard[type[Message]]:
    """Whether an object is a message class of this package."""
    return isinstance(cls, MessageType)


def is_message(value: object) -> TypeGuard[Message]:
    """Whether a value is a message of this package."""
    return isinstance(value.__class__, MessageType)


def fill(message: Message, **values: Any) -> None:
    """Set every field of a message, to the given value or else its default."""
    message._fill(**values)


def blank(cls: type[M]) -> M:
    """A new message with all fields at their defaults, without deprecation warnings."""
    message = cls.__new__(cls)
    message._fill()
    return message


def check_own(message: object) -> None:
    """Raise TypeError for a value that is not a message of this package."""
    if not is_message(message):
        from .registry import not_own

        raise not_own(message.__class__)
