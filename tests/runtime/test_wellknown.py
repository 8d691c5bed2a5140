"""Conversions of well-known types to and from Python types."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto.google.protobuf import Duration, ListValue, Timestamp


@pytest.mark.slow
@given(st.datetimes(timezones=st.timezones()))
def test_datetimes_survive(value: datetime) -> None:
    try:
        expected = value.astimezone(UTC)
    except OverflowError:
        return

    assert Timestamp.from_datetime(value).to_datetime() == expected


def test_naive_datetimes_are_refused() -> None:
    with pytest.raises(ValueError, match="needs an aware datetime"):
        Timestamp.from_datetime(datetime(2026, 1, 1))  # noqa: DTZ001


def test_nanoseconds_are_truncated_to_microseconds() -> None:
    stamp = Timestamp(seconds=1, nanos=1999)

    assert stamp.to_datetime() == datetime(1970, 1, 1, 0, 0, 1, 1, UTC)
    assert stamp.nanos == 1999


def test_now_is_now() -> None:
    difference = Timestamp.now().to_datetime() - datetime.now(UTC)

    assert abs(difference) < timedelta(seconds=5)


@given(st.timedeltas())
def test_timedeltas_survive(value: timedelta) -> None:
    duration = Duration.from_timedelta(value)

    assert duration.to_timedelta() == value
    assert duration.seconds * duration.nanos >= 0


def test_items_of_a_list_value_have_indexes_and_slices() -> None:
    values = ListValue.from_dict([1, "a", None, [2]])

    assert values[1] == "a"
    assert values[1:] == ["a", None, [2.0]]
    assert values[::-2] == [[2.0], "a"]
