"""Which changes of a schema break something: data on the wire, JSON, or users' source code.

`buf` asks buf; where that is not installed, the comparison here finds the main cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from .difference import Difference, Version, label_text, type_text
from .elements import Element

F = FieldDescriptorProto
Level = Literal["wire", "json", "source"]
# From worst to least: what breaks the wire breaks the others as well.
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Break:
    """A change that breaks something: what, where (`file:line:col`) and by which rule."""

    level: Level
    message: str
    place: str = ""
    rule: str = ""

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{place}{self.message}{rule}"


def rank(level: Level) -> int:
    """0 for the worst."""
    return LEVELS.index(level)


def at_least(breaks: Sequence[Break], level: Level) -> list[Break]:
    """The breaks of a level and of the worse ones."""
    return [each for each in breaks if rank(each.level) <= rank(level)]


def own_breaks(old: Version, new: Version, difference: Difference) -> list[Break]:
    """What a comparison of the structure finds, without buf."""
    found = [
        *_file_breaks(old, new),
        *_element_breaks(difference),
        *_number_breaks(old, new, "field"),
        *_number_breaks(old, new, "value"),
    ]
    return sorted(found, key=lambda each: rank(each.level))


def _file_breaks(old: Version, new: Version) -> Iterator[Break]:
    for name, file in old.files.items():
        now = new.files.get(name)
        if now is not None and now.package != file.package:
            yield Break("wire", f"{name} moved to package {now.package}")


# Facts about an element that is still there, whose change breaks the wire.
_WIRE_FACTS = {
    "method": {"request", "response"},
    "extension": {"number", "type", "label", "extends"},
}


def _element_breaks(difference: Difference) -> Iterator[Break]:
    """Breaks of what is identified by name; fields and values are by number."""
    for change in difference.removed:
        if change.kind not in ("field", "value"):
            level: Level = "wire" if change.kind == "extension" else "source"
            yield Break(level, f"{change.kind} {change.name} was removed")
    for change in difference.changed:
        facts = {detail.partition(" ")[0] for detail in change.details}
        if facts & _WIRE_FACTS.get(change.kind, set()):
            yield Break("wire", f"{change.kind} {change.name} changed")
        if "file" in facts:
            yield Break("source", f"{change.kind} {change.name} moved to {change.file}")


def _number_breaks(old: Version, new: Version, kind: str) -> Iterator[Break]:
    after = _by_number(new, kind)
    for key, names in _by_number(old, kind).items():
        holder = next(iter(names.values())).parent
        if (_holder_kind(kind), holder) not in new.elements:
            continue
        now = after.get(key, {})
        gone = [element for name, element in names.items() if name not in now]
        for element in gone:
            yield _gone(element, new, now)
        if kind == "field" and now:
            before, current = next(iter(names.values())), next(iter(now.values()))
            yield from _field_breaks(old, new, before, current)


def _by_number(
    version: Version, kind: str
) -> dict[tuple[str, int], dict[str, Element]]:
    """Elements by what they are in and their number, which the aliases of an enum share."""
    found: dict[tuple[str, int], dict[str, Element]] = {}
    for (of, name), element in version.elements.items():
        if of == kind:
            number: int = element.proto.number
            found.setdefault((element.parent, number), {})[name] = element
    return found


def _holder_kind(kind: str) -> str:
    return "message" if kind == "field" else "enum"


def _gone(element: Element, new: Version, now: dict[str, Element]) -> Break:
    """The break of a field or value whose number no longer has its name."""
    kind, name, number = element.kind, element.name, element.proto.number
    moved = new.elements.get((kind, name))
    if moved is not None:
        text = f"{kind} {name} has another number: {number} → {moved.proto.number}"
        return Break("wire", text)
    if now:
        return Break("json", f"{kind} {name} was renamed: {next(iter(now))}")
    holder = new.elements[_holder_kind(kind), element.parent].proto
    if not _reserved(holder, number, 1 if kind == "field" else 0):
        return Break("wire", f"{kind} {name} was removed, its number not reserved")
    if element.proto.name not in holder.reserved_name:
        return Break("json", f"{kind} {name} was removed, its name not reserved")
    return Break("source", f"{kind} {name} was removed")


def _reserved(holder: Any, number: int, less: int) -> bool:
    return any(
        each.start <= number <= each.end - less for each in holder.reserved_range
    )


# Types that read each other's data: on the wire, and in JSON.
_WIRE_ALIKE = (
    {F.TYPE_INT32, F.TYPE_UINT32, F.TYPE_INT64, F.TYPE_UINT64, F.TYPE_BOOL},
    {F.TYPE_SINT32, F.TYPE_SINT64},
    {F.TYPE_FIXED32, F.TYPE_SFIXED32},
    {F.TYPE_FIXED64, F.TYPE_SFIXED64},
)


def _field_breaks(
    old: Version, new: Version, before: Element, now: Element
) -> Iterator[Break]:
    was, is_ = type_text(before.proto), type_text(now.proto)
    if was != is_:
        pair = {before.proto.type, now.proto.type}
        alike = any(pair <= group for group in _WIRE_ALIKE)
        yield Break(
            "json" if alike else "wire", f"field {now.name} changed type: {was} → {is_}"
        )
    was, is_ = label_text(before.proto), label_text(now.proto)
    if was != is_:
        level: Level = "wire" if {"repeated", "required"} & {was, is_} else "source"
        yield Break(level, f"field {now.name} changed label: {was} → {is_}")
    was, is_ = old.oneof(before) or "none", new.oneof(now) or "none"
    if was != is_:
        yield Break("wire", f"field {now.name} changed oneof: {was} → {is_}")
    same_name = before.name == now.name
    if same_name and before.proto.json_name != now.proto.json_name:
        names = f"{before.proto.json_name} → {now.proto.json_name}"
        yield Break("json", f"field {now.name} changed json_name: {names}")
