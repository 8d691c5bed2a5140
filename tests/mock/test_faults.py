"""A fault of the mock ends a call at once."""

from __future__ import annotations

import threading

import pytest
from lkproto import TwirpCode, TwirpError
from lkproto.mock import MockLiveKit
from lkproto.mock._services import Services


def test_a_fault_of_the_mock_closes_the_connection_and_is_shown(
    mock: MockLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, faults = threading.Event(), list[str]()

    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    def show(hook: threading.ExceptHookArgs) -> None:
        faults.append(str(hook.exc_value))
        shown.set()

    monkeypatch.setattr(Services, "application", broken)
    monkeypatch.setattr(threading, "excepthook", show)
    with (
        mock.api(timeout=60, retries=0) as api,
        pytest.raises(TwirpError) as failed,
    ):
        api.room.list_rooms()

    assert failed.value.code is TwirpCode.UNAVAILABLE
    assert shown.wait(60)
    assert faults == ["planted"]
