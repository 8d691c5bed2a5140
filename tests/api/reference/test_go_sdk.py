"""The tests that LiveKit's SDK for Go has for its test server, with our mock in its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lkproto.mock import MockLiveKit

from . import go_sdk
from .programs import found

KEYS = {"devkey": "secret"}
FAILOVER = {
    "TestAPI_AllUnavailable",
    "TestAPI_ClientErrorNotRetried",
    "TestAPI_FailoverDisabled",
    "TestAPI_FailoverNotCloudHost",
    "TestAPI_Healthy",
    "TestAPI_PrimaryUnavailable",
    "TestAPI_RegionDiscoveryUnreachable",
    "TestAPI_ShortTimeoutNotRetried",
    "TestAPI_TimeoutFailsOver",
    "TestAPI_TransportError",
    "TestAPI_TwoRegionsUnavailable",
}
CALLS = {
    "TestAPI_ConnectorSmoke",
    "TestAPI_CreateRoom",
    "TestAPI_ExplicitCredsBeatEnvToken",
    "TestAPI_SIPCallErrors",
    "TestAPI_SIPNoAnswer",
    "TestAPI_TokenAuth",
}
# They dial with a trunk that nobody made, and say in a header what they expect, so that the mock
# answers as LiveKit's server does.
WITHOUT_TRUNK = {"TestAPI_SIPDialTimeout", "TestAPI_SIPParticipant"}
# They ask for rooms, trunks and recordings that nobody made, and expect an answer.
OF_NOTHING = {
    "TestAPI_AgentDispatchSmoke",
    "TestAPI_EgressSmoke",
    "TestAPI_EgressStartSmoke",
    "TestAPI_IngressSmoke",
    "TestAPI_RoomServiceSmoke",
    "TestAPI_SIPSmoke",
}


@pytest.fixture(scope="module")
def mock() -> Iterator[MockLiveKit]:
    found(go_sdk.find)
    with MockLiveKit(KEYS, regions=4, refuse=403) as running:
        yield running


def pattern(tests: set[str]) -> str:
    """What exactly these tests match."""
    return f"^({'|'.join(sorted(tests))})$"


def passes(mock: MockLiveKit, tests: set[str]) -> None:
    """Check that tests are there and pass."""
    results, printed = go_sdk.run(mock.http_url, pattern(tests))

    assert results == dict.fromkeys(tests, "PASS"), printed


def test_its_tests_of_failover_pass(mock: MockLiveKit) -> None:
    passes(mock, FAILOVER)

    assert {each.region for each in mock.requests} == {0, 1, 2}


def test_its_tests_of_calls_pass(mock: MockLiveKit) -> None:
    passes(mock, CALLS)


def test_its_tests_of_what_is_not_there_pass_with_an_answer_for_all(
    mock: MockLiveKit,
) -> None:
    with mock.script(response={}):
        passes(mock, OF_NOTHING)


def test_its_tests_that_dial_without_a_trunk_learn_that_there_is_none(
    mock: MockLiveKit,
) -> None:
    results, printed = go_sdk.run(mock.http_url, pattern(WITHOUT_TRUNK))

    assert results == dict.fromkeys(WITHOUT_TRUNK, "FAIL")
    assert "requested sip trunk does not exist" in printed
    assert "PASS: TestAPI_SIPDialTimeout/times_out" in printed
