"""Enums: IntEnums that accept unknown numbers, unless they are closed."""

from __future__ import annotations

import copy
import enum
import pickle
from typing import Any

import pytest
from lkproto import find_enum
from lkproto._index import TYPES
from lkproto.livekit import TrackType

ENUMS = [name for name in TYPES if find_enum(name)]


@pytest.mark.parametrize("name", ENUMS)
def test_every_enum_behaves_as_an_int_enum(name: str) -> None:
    cls: Any = find_enum(name)

    assert issubclass(cls, enum.IntEnum)
    assert len(cls) == len(list(cls)) > 0
    for member in cls:
        assert cls(member.value) is member is cls[member.name]
        assert member in cls
        assert member == int(member)
        assert pickle.loads(pickle.dumps(member)) is member
        assert copy.deepcopy(member) is member is copy.copy(member)
    assert cls.__doc__


def test_unknown_numbers_keep_their_value_and_are_not_remembered() -> None:
    unknown = TrackType(99)

    assert isinstance(unknown, TrackType)
    assert (unknown, unknown.name, unknown.value) == (99, "99", 99)
    assert unknown not in TrackType
    assert 99 not in TrackType
    assert TrackType(99) is not unknown
    assert pickle.loads(pickle.dumps(unknown)) == unknown
    assert len(TrackType) == 3


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, "AUDIO", None, 1.5])
def test_values_that_are_not_32_bit_numbers_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="TrackType"):
        TrackType(value)


def test_closed_enums_refuse_unknown_numbers(legacy: Any) -> None:
    assert legacy.Color(2) is legacy.Color.GREEN
    with pytest.raises(ValueError, match="3 .*Color"):
        legacy.Color(3)


def test_names_that_python_reserves_have_an_escaped_attribute(legacy: Any) -> None:
    shape = legacy.Legacy.Shape

    assert shape.None_.name == "None"
    assert shape["None"] is shape.None_ is shape(7)
    assert shape.name_.name == "name"
    assert legacy.Legacy(id=1, shape=shape.None_).to_dict() == {
        "id": 1,
        "shape": "None",
    }
    assert legacy.Legacy.from_dict({"id": 1, "shape": "name"}).shape is shape.name_
