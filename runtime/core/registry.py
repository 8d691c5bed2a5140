"""Finds types of this package by full proto name, and imports them on first use.

The generator makes the tables (`_index` at the package's root), which list only this package's own
types. So two copies of a schema in one process do not conflict, and a type name from the network
cannot import anything else.
"""

from __future__ import annotations

from importlib import import_module

from .arguments import is_message_class
from .enums import EnumType

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from .enums import Enum
    from .extensions import Extension
    from .message import Message

    # Returns the message class of a full proto name, from any generated package, or None.
    Registry: TypeAlias = Callable[[str], type[Any] | None]

_ROOT = (__package__ or "").rpartition(".")[0]
_found: dict[str, Any] = {}


def tables() -> Any:
    """The generated module with the tables of types, extensions, files and services."""
    return import_module("._index", _ROOT)


def load(path: str) -> Any:
    """Import an object by its `module:qualified.name`, relative to the package's root."""
    module, _, name = path.partition(":")
    found: Any = import_module("." + module, _ROOT)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def find_type(full_name: str) -> Any:
    """The message or enum class with a full proto name, or None if there is none."""
    found = _found.get(full_name)
    if found is None:
        path = tables().TYPES.get(full_name)
        if path is None:
            return None
        found = _found[full_name] = load(path)
    return found


def find_message(full_name: str) -> type[Message] | None:
    """The message class with a full proto name such as `livekit.Room`, or None."""
    found = find_type(full_name)
    return found if is_message_class(found) else None


def registry_with(other: Registry | None) -> Registry:
    """A registry that searches this package, then another registry if there is one."""
    if other is None:
        return find_message
    return lambda full_name: find_message(full_name) or other(full_name)


def find_enum(full_name: str) -> type[Enum] | None:
    """The enum class with a full proto name such as `livekit.TrackType`, or None."""
    found = find_type(full_name)
    return found if isinstance(found, EnumType) else None  # type: ignore[return-value]


def find_extension(extendee: str, number: int) -> Extension[Any] | None:
    """The extension of a message with a field number, or None."""
    path = tables().EXTENSIONS.get((extendee, number))
    return None if path is None else load(path)


def find_extension_by_name(full_name: str) -> Extension[Any] | None:
    """The extension with a full proto name such as `logger.sensitivity`, or None."""
    path = tables().EXTENSION_NAMES.get(full_name)
    return None if path is None else load(path)


def is_own(cls: object) -> bool:
    """Whether an object is a generated message or enum class of this package."""
    name = getattr(cls, "__proto_name__", None)
    return isinstance(cls, type) and isinstance(name, str) and find_type(name) is cls


def not_own(cls: type[object], what: str = "message") -> TypeError:
    """The error for a class that is not a message (or enum) of this package.

    `what` names the expected kind of class.
    """
    return TypeError(
        f"{cls.__module__}.{cls.__qualname__} is not a {what} of this package"
    )
