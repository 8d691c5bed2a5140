"""Every method that LiveKit's test server has: which tokens open it, and what it answers."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto import CallOptions, Method
from lkproto.auth import ClaimGrants, SIPGrants, VideoGrants

from tests.api.methods import METHODS, full_request, method_of
from tests.services.livekit_test_server import LiveKitTestServer

from .callers import OURS, Outcome
from .recipes import RING_NOTHING

pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
# Those of livekit-server, and the Connector's; it knows no others.
KNOWN = [
    each
    for each in METHODS
    if each.source in ("server 1.13.5, executed", "test-server")
]
methods = pytest.mark.parametrize("method", KNOWN, ids=lambda each: each.path)
scoped = pytest.mark.parametrize(
    "method",
    # It does not read requests for dispatches, so it does not know their room.
    [
        each
        for each in KNOWN
        if "room" in each.grant.split(" + ") and "Dispatch" not in each.service
    ],
    ids=lambda each: each.path,
)
both = pytest.mark.parametrize("caller", OURS, ids=["sync", "async"])
ELSEWHERE = ClaimGrants(
    video=VideoGrants(
        room_admin=True, room="elsewhere", destination_room="elsewhere, too"
    ),
    sip=SIPGrants(call=True),
)


def outcome(
    caller: Any,
    server: LiveKitTestServer,
    method: Method,
    grants: Any = None,
    codec: str = "protobuf",
) -> Outcome:
    """What becomes of a call with all fields set."""
    options = CallOptions(grants=grants)

    def call(api: Any) -> Any:
        return method_of(api, method)(full_request(method), call=options)

    found: Outcome = caller(server.ports[0], call, RING_NOTHING, codec=codec)
    return found


def test_fifty_two_methods_are_tried() -> None:
    assert len(KNOWN) == 52


@both
@methods
def test_the_token_made_for_a_call_opens_its_method_and_both_codecs_read_the_answer(
    method: Method, caller: Any, server: LiveKitTestServer
) -> None:
    found = outcome(caller, server, method)
    by_json = outcome(caller, server, method, codec="json")

    assert (found.error, by_json.error) == (None, None)
    assert found.served_by == by_json.served_by == "0"
    assert type(found.answer) is method.output_type
    assert found.answer == by_json.answer


@both
@methods
def test_another_grant_does_not_open_it_and_the_error_says_which_would(
    method: Method, caller: Any, server: LiveKitTestServer
) -> None:
    found = outcome(caller, server, method, VideoGrants(room_join=True))

    assert found.result == "permission_denied"
    assert (found.error.status, found.error.needs) == (403, method.grant)
    assert found.error.has == "video.roomJoin"
    assert (
        f"it needs the grant {method.grant}; the call's token has video.roomJoin"
        in str(found.error)
    )


@scoped
def test_the_right_grant_for_another_room_does_not_open_it(
    method: Method, server: LiveKitTestServer
) -> None:
    sync, _ = OURS

    found = outcome(sync, server, method, ELSEWHERE)

    assert found.result == "permission_denied"
    assert "video.room" in found.error.has


@pytest.mark.parametrize(
    "name", ["CreateRoom", "CreateIngress", "StartWebEgress", "DialWhatsAppCall"]
)
def test_what_a_request_says_comes_back_in_the_answer(
    name: str, server: LiveKitTestServer
) -> None:
    (method,) = (each for each in KNOWN if each.name == name)
    request = full_request(method)
    sync, _ = OURS

    answer = outcome(sync, server, method).answer

    assert answer.to_dict(), "it is populated"
    for field in ("name", "metadata", "room_name", "participant_identity", "url"):
        if hasattr(answer, field) and hasattr(request, field):
            assert getattr(answer, field) == getattr(request, field)


def test_a_token_of_another_key_is_refused(server: LiveKitTestServer) -> None:
    from lkproto import TwirpError
    from lkproto.api import LiveKitAPI

    url = f"http://127.0.0.1:{server.ports[0]}"
    with (
        LiveKitAPI(url, "APIother", "another secret of enough letters") as api,
        pytest.raises(TwirpError) as caught,
    ):
        api.room.list_rooms()

    assert (caught.value.code, caught.value.status) == ("unauthenticated", 401)
