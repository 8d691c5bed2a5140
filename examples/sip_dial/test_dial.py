"""The script, with a mock of LiveKit: the fixture `livekit_env` comes with lkproto."""

import sys

import pytest
from dial import main
from lkproto.livekit import CreateSIPParticipantRequest
from lkproto.mock import MockLiveKit
from trunk import create

PHONE, OTHER = "+15550123", "+15550199"


def ran(mock: MockLiveKit, patch: pytest.MonkeyPatch, *more: str) -> int:
    with mock.api() as api:
        trunk = create(api, "sip.example.com", "+15550100")
    patch.setattr(sys, "argv", ["dial.py", PHONE, "--trunk", trunk, *more])
    return main()


def test_a_phone_is_called_and_answers(
    livekit_env: MockLiveKit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ran(livekit_env, monkeypatch) == 0

    assert capsys.readouterr().out.startswith(f"{PHONE} answered, and is phone-")
    asked = livekit_env.requests[-1].message
    assert isinstance(asked, CreateSIPParticipantRequest)
    assert asked.wait_until_answered


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (486, "is busy"),
        (600, "is busy"),
        (603, "declined the call"),
        (480, "did not answer"),
        ((404, "Not Found"), "was not reached: Not Found"),
    ],
)
def test_why_nobody_answered_is_shown(
    status: int | tuple[int, str],
    shown: str,
    livekit_env: MockLiveKit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with livekit_env.script("CreateSIPParticipant", sip_status=status) as script:
        assert ran(livekit_env, monkeypatch) == 1

    assert script.calls == 1  # nobody's phone rings twice
    assert capsys.readouterr().out == f"{PHONE} {shown}\n"


def test_a_call_is_transferred(
    livekit_env: MockLiveKit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ran(livekit_env, monkeypatch, "--transfer-to", OTHER) == 0
    assert capsys.readouterr().out.endswith(f"\n{OTHER} took the call\n")

    with livekit_env.script("TransferSIPParticipant", sip_status=486):
        assert ran(livekit_env, monkeypatch, "--transfer-to", OTHER) == 1
    assert capsys.readouterr().out.endswith(f"\n{OTHER} is busy\n")


def test_a_trunk_that_is_not_there_is_an_error_with_its_text(
    livekit_env: MockLiveKit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["dial.py", PHONE, "--trunk", "ST_none"])

    assert main() == 2
    assert capsys.readouterr().err.startswith("error: not_found: ")
