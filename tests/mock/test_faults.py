"""A fault of the mock ends a call at once."""

from __future__ import annotations

import pytest
from lkproto import TwirpCode, TwirpError
from lkproto.mock import MockLiveKit
from lkproto.mock._services import Services


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_mock_closes_the_connection(
    mock: MockLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(Services, "application", broken)

    with (
        mock.api(timeout=60, retries=0) as api,
        pytest.raises(TwirpError) as failed,
    ):
        api.room.list_rooms()

    assert failed.value.code is TwirpCode.UNAVAILABLE
