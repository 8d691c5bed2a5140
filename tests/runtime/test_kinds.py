"""The table of kinds agrees with google's, and tables by kind are made from it."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.internal import type_checkers
from google.protobuf.internal.wire_format import IsTypePackable
from lkproto._runtime import pb, specifiers
from lkproto._runtime.kinds import KINDS, by_group

TYPES = {name: getattr(FieldDescriptor, f"TYPE_{name.upper()}") for name in KINDS}
SCALARS = KINDS.keys() - {"message", "group"}


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_has_googles_wire_type_and_packs_where_googles_does(name: str) -> None:
    kind, number = KINDS[name], TYPES[name]

    assert kind.wire_type == type_checkers.FIELD_TYPE_TO_WIRE_TYPE[number]
    assert kind.packable == IsTypePackable(number)


@pytest.mark.parametrize("name", [name for name in KINDS if KINDS[name].range])
def test_google_accepts_the_ends_of_a_range_and_nothing_beyond(
    name: str,
) -> None:
    cpp_type = FieldDescriptor.ProtoTypeToCppProtoType(TYPES[name])
    int32 = FieldDescriptor.CPPTYPE_INT32
    checks = type_checkers._VALUE_CHECKERS
    checker = checks[int32 if name == "enum" else cpp_type]
    assert KINDS[name].range is not None
    low, high = KINDS[name].range

    assert checker.CheckValue(low) == low
    assert checker.CheckValue(high) == high
    for beyond in (low - 1, high + 1):
        with pytest.raises(ValueError, match="out of range"):
            checker.CheckValue(beyond)


def test_every_kind_has_a_field_specifier() -> None:
    assert all(hasattr(specifiers, name) and hasattr(pb, name) for name in KINDS)


def test_a_missing_group_uses_the_entry_for_integers_or_raises() -> None:
    others = dict.fromkeys(("float", "bool", "string", "bytes", "enum"), "other")
    found = by_group(integer="whole", fixed="fixed", **others)

    assert found.keys() == SCALARS
    assert found["sint32"] == found["uint64"] == "whole"
    assert found["sfixed32"] == "fixed"
    assert found["enum"] == "other"
    with pytest.raises(KeyError, match="signed"):
        by_group(**others)
