"""livekit-api, LiveKit's own library, runs on the mock as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from lkproto import service_of
from lkproto.mock import MockLiveKit

pytestmark = pytest.mark.skipif(
    find_spec("livekit") is None or find_spec("livekit.api") is None,
    reason="livekit-api is not installed (dependency group peers)",
)
# What it has no method for.
WITHOUT = {
    "livekit.RoomService/PerformRpc",
    "livekit.SIP/GetSIPInboundTrunk",
    "livekit.SIP/GetSIPOutboundTrunk",
    "livekit.SIP/ListSIPTrunk",
}
SCRIPT = Path(__file__).with_name("official_client.py")


def test_every_method_of_livekit_api_is_answered(mock: MockLiveKit) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, mock.url, mock.api_key, mock.api_secret],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert found.pop("rooms") == ["demo"]
    # Requests are empty, so what is refused is refused for what they lack.
    refused = ("400 ", "404 ", "412 ", "503 ")
    odd = {
        name: end
        for name, end in found.items()
        if end[:1].isdigit() and not end.startswith(refused)
    }
    assert odd == {}
    assert not any("bad_route" in end for end in found.values())
    assert all_methods() - {each.method for each in mock.requests} == WITHOUT


def all_methods() -> set[str]:
    """The paths of all methods of the services that this library knows."""
    names = (
        "RoomService",
        "Egress",
        "Ingress",
        "SIP",
        "AgentDispatchService",
        "Connector",
    )
    tables = [service_of(f"livekit.{name}") for name in names]
    return {method.path for table in tables for method in table}
