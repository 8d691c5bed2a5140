"""Deep copies of messages whose maps are in the order that Go writes them in: by key."""

from __future__ import annotations

from .._runtime.message import Message
from .._runtime.table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    M = TypeVar("M", bound=Message)
    K = TypeVar("K")
    V = TypeVar("V")

_copiers: dict[type[Message], Callable[[Any], Any]] = {}


def clone(message: M) -> M:
    """A deep copy of a message that shares nothing with it; maps come sorted by key."""
    cls = message.__class__
    copier = _copiers.get(cls)
    if copier is None:
        copier = _copiers[cls] = _write(cls)
    copied: M = copier(message)
    return copied


def sorted_map(entries: Mapping[K, V]) -> dict[K, V]:
    """Entries in the order of their keys' texts, which is that of their UTF-8 bytes."""
    if len(entries) < 2:
        return dict(entries)
    return dict(sorted(entries.items(), key=lambda entry: str(entry[0])))


def _write(cls: type[Message]) -> Callable[[Any], Any]:
    """A function of a line a slot; going through the slots by name takes ten times as long."""
    deep = {
        field.name if field.oneof is None else f"_v_{field.oneof}"
        for field in table_of(cls).fields
        if field.presence in ("repeated", "map") or field.kind in ("message", "group")
    }
    lines = ["def copier(m):", " t = new(cls)"]
    for slot in ("_unknown", *cls.__dict__["__slots__"]):
        value = "None if v is None else deep(v)" if slot in deep else "v"
        lines += [f" v = m.{slot}", f" t.{slot} = {value}"]
    namespace: dict[str, Any] = {"new": cls.__new__, "cls": cls, "deep": _deep}
    exec("\n".join([*lines, " return t"]), namespace)  # noqa: S102 - names of slots
    copier: Callable[[Any], Any] = namespace["copier"]
    return copier


def _deep(value: Any) -> Any:
    cls = value.__class__
    if cls is list:
        return [_deep(each) for each in value]
    if cls is dict:
        return {key: _deep(each) for key, each in sorted_map(value).items()}
    return clone(value) if isinstance(value, Message) else value
