"""A project may be pinned to regions: other hosts answer 451, and calls go where they may."""

from __future__ import annotations

import pytest
from lkproto import CallOptions
from lkproto.http import Response

from .callers import answered, both
from .cloud import HOME, UNAVAILABLE, Cloud, regions

pytestmark = pytest.mark.usefixtures("nothing_known", "waits")
B, C = "b.livekit.cloud", "c.livekit.cloud"
PINNED = Response(451, {"Content-Type": "text/plain"}, b"region not allowed")


@both
def test_a_pinned_call_is_redirected_at_once(
    is_async: bool, waits: list[float]
) -> None:
    cloud = Cloud(is_async, a=PINNED)
    cloud.list = regions(f"wss://{B}")

    assert cloud.call() is None
    assert cloud.asked == [HOME, "GET", B]
    assert waits == [0]


@both
@pytest.mark.parametrize(
    "setting", [{"failover": False}, {"retries": 0}, {"timeout": 1}]
)
def test_it_is_redirected_whatever_the_settings(
    is_async: bool, setting: dict[str, bool]
) -> None:
    cloud = Cloud(is_async, a=PINNED)
    cloud.caller(**setting).call("room.create_room")

    assert cloud.asked == [HOME, "GET", B]


def test_and_whatever_the_options_of_the_call() -> None:
    cloud = Cloud(a=PINNED)

    assert cloud.call(call=CallOptions(retries=0)) is None


def test_regions_are_asked_for_again_since_a_pin_is_newer() -> None:
    cloud = Cloud(b=PINNED, c=UNAVAILABLE, d=answered())
    cloud.list = [
        regions(f"wss://{B}", f"wss://{C}"),
        regions("wss://d.livekit.cloud"),
    ]

    assert cloud.call() is None
    assert cloud.asked == [HOME, "GET", B, "GET", "d.livekit.cloud"]


def test_no_host_is_asked_twice_that_refused_by_a_pin() -> None:
    cloud = Cloud(a=PINNED)
    cloud.list = regions(f"wss://{HOME}")
    error = cloud.call()

    assert error
    assert error.status == 451
    assert "region not allowed" in str(error)
    assert cloud.asked == [HOME, "GET"]


def test_redirects_end_after_three_attempts() -> None:
    cloud = Cloud(a=PINNED, b=PINNED, c=PINNED)
    error = cloud.call()

    assert error
    assert error.status == 451
    assert cloud.asked == [HOME, "GET", B, "GET", C]


def test_a_region_that_is_pinned_to_fails_over_too(waits: list[float]) -> None:
    cloud = Cloud(a=PINNED, b=[UNAVAILABLE, answered()])
    cloud.list = regions(f"wss://{B}")

    assert cloud.call() is None
    assert cloud.asked == [HOME, "GET", B, B]
    assert waits == [0, 0.4]


def test_other_servers_are_not_asked_for_regions() -> None:
    for url in ("https://example.org", "https://cloud-api.livekit.io"):
        cloud = Cloud(e=PINNED, c=PINNED)
        with pytest.raises(Exception, match="region not allowed"):
            cloud.caller(url).call("room.create_room")
        assert len(cloud.asked) == 1
