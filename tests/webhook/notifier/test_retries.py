"""What an answer means, and how long to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from lkproto.webhook.notifier import DURABLE, OF_THE_REFERENCE, Retries
from lkproto.webhook.notifier._retries import judged

NOW = 1_767_225_600.0


def date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(NOW + seconds, UTC), usegmt=True)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_is_delivered(status: int) -> None:
    assert judged(status, {}, NOW).error == ""


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 408, 410, 501])
def test_redirects_4xx_and_501_are_final(status: int) -> None:
    found = judged(status, {"Retry-After": "1"}, NOW)

    assert (found.final, found.after) == (True, None)
    assert str(status) in found.error


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599, 600])
def test_the_rest_is_sent_again(status: int) -> None:
    found = judged(status, {}, NOW)

    assert (found.final, found.after) == (False, None)
    assert str(status) in found.error


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("86400", 86400.0),
        ("9" * 30, None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        (date(12), 12.0),
        (date(-12), 0.0),
        ("Thu Jan  1 00:00:09 2026", 9.0),
        ("Thursday, 01-Jan-26 00:00:09 GMT", 9.0),
        ("Thu, 01 Jan 2026 01:00:09 +0100", 9.0),
        ("Thu, 01 Jan 2026 00:00:09", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_seconds_or_a_date(
    header: str, seconds: float | None, status: int
) -> None:
    assert judged(status, {"Retry-After": header}, NOW).after == seconds


def test_retry_after_counts_for_429_and_503_alone() -> None:
    assert judged(500, {"Retry-After": "7"}, NOW).after is None


def test_the_waits_of_the_reference() -> None:
    assert [OF_THE_REFERENCE.wait(n) for n in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert OF_THE_REFERENCE.over(4, NOW, NOW + 1e9) == ""
    assert OF_THE_REFERENCE.over(5, NOW, NOW) == "attempts"


def test_durable_deliveries_are_given_up_after_a_day() -> None:
    assert [DURABLE.wait(n) for n in (1, 9, 10, 5000)] == [1, 256, 300, 300]
    assert DURABLE.over(5000, NOW, NOW + 24 * 3600) == ""
    assert DURABLE.over(1, NOW, NOW + 24 * 3600 + 1) == "expired"


def test_no_retries_are_one_attempt() -> None:
    assert Retries(max_retries=0).over(1, NOW, NOW) == "attempts"
