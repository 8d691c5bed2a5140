"""Who may call a mock: the verdicts of livekit-server 1.13.5, executed, or of its test server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from lkproto import CallOptions, TwirpError
from lkproto.api import LiveKitAPI
from lkproto.auth import AccessToken, SIPGrants, VideoGrants
from lkproto.mock import MockLiveKit

from .asking import CREATE, DIAL, JSON, LIST, ask, bearer

KEY, SECRET = "devkey", "a-secret-that-is-public-and-for-tests-alone"
HEADER = {"alg": "HS256", "typ": "JWT"}
MALFORMED = "invalid authorization token"
NO_BEARER = "invalid authorization header. Must start with Bearer "
DENIED = {"code": "unauthenticated", "msg": "permissions denied"}


def claims(**more: object) -> dict[str, object]:
    # Some are made where tests are collected, long before they run.
    tomorrow = int(time.time()) + 86_400
    return {"iss": KEY, "exp": tomorrow, "video": {"roomList": True}, **more}


def token(payload: object, header: object = None, secret: str = SECRET) -> str:
    """A token with anything in it."""
    parts = [json.dumps(each).encode() for each in (header or HEADER, payload)]
    body = b".".join(map(encoded, parts))
    signature = hmac.digest(secret.encode(), body, hashlib.sha256)
    return (body + b"." + encoded(signature)).decode()


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@pytest.fixture(scope="module")
def mock() -> Iterator[MockLiveKit]:
    with MockLiveKit() as found:
        yield found


def asked(mock: MockLiveKit, authorization: str | None) -> tuple[int, str, bytes]:
    """Status, content type and body of a call that needs roomList."""
    more = {} if authorization is None else {"Authorization": authorization}
    answer = ask(mock.http_url, LIST, headers={**JSON, **more})
    return answer.status, answer.headers["content-type"], answer.body


@pytest.mark.parametrize(
    "grants",
    [
        {"roomList": False},
        {"roomCreate": True},
        {"roomAdmin": True, "room": "r"},
        None,
    ],
)
def test_a_grant_that_is_missing_is_permissions_denied(
    mock: MockLiveKit, grants: Any
) -> None:
    status, kind, body = asked(mock, f"Bearer {token(claims(video=grants))}")

    assert (status, kind, json.loads(body)) == (401, "application/json", DENIED)


def test_a_call_without_a_token_is_permissions_denied(mock: MockLiveKit) -> None:
    for nothing in (None, ""):
        status, kind, body = asked(mock, nothing)
        assert (status, kind, json.loads(body)) == (401, "application/json", DENIED)


@pytest.mark.parametrize(
    ("authorization", "text"),
    [
        ("Basic x", NO_BEARER),
        ("Bearer", NO_BEARER),
        ("Bearer ", NO_BEARER),
        ("bearer {good}", NO_BEARER),
        ("{good}", NO_BEARER),
        ("Bearer x", MALFORMED),
        ("Bearer a.b.c", MALFORMED),
        ("Bearer  {good}", MALFORMED),
    ],
)
def test_headers_that_are_wrong_are_refused_in_text(
    mock: MockLiveKit, authorization: str, text: str
) -> None:
    given = authorization.format(good=token(claims()))

    assert asked(mock, given) == (401, "text/plain; charset=utf-8", text.encode())


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (claims(iss="APInope"), "invalid API key: APInope"),
        ({"exp": 4_000_000_000}, "invalid API key: "),
        (claims(iss=5), MALFORMED),
        (claims(exp="x"), MALFORMED),
        ([], MALFORMED),
    ],
)
def test_keys_that_nobody_knows_and_claims_that_cannot_be_read_are_refused_in_text(
    mock: MockLiveKit, given: object, text: str
) -> None:
    answer = asked(mock, f"Bearer {token(given)}")

    assert answer == (401, "text/plain; charset=utf-8", text.encode())


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (
            token(claims(), secret="x" * 40),
            "token signature is invalid: signature is invalid",
        ),
        (token(claims(exp=1)), "token has invalid claims: token is expired"),
        (token(claims(exp=-1)), "token has invalid claims: token is expired"),
        (
            token(claims(nbf=4_000_000_000)),
            "token has invalid claims: token is not valid yet",
        ),
        (
            token(claims(), {"alg": "HS512"}),
            "token signature is invalid: signing method HS512 is invalid",
        ),
        (
            token(claims(), {"alg": "none"}),
            "token signature is invalid: signing method none is invalid",
        ),
    ],
)
def test_tokens_that_do_not_hold_are_repeated_with_the_reason(
    mock: MockLiveKit, given: str, why: str
) -> None:
    status, kind, body = asked(mock, f"Bearer {given}")

    assert (status, kind) == (401, "text/plain; charset=utf-8")
    assert body.decode() == f"invalid token: {given}, error: {why}"


def test_a_claim_of_another_type_is_refused_and_named(mock: MockLiveKit) -> None:
    given = token(claims(video={"roomList": "true"}))

    body = asked(mock, f"Bearer {given}")[2].decode()

    begin = f"invalid token: {given}, error: token is malformed: could not JSON decode claim: "
    assert body.startswith(begin)
    assert "video.roomList" in body.removeprefix(begin)


def test_a_token_that_never_expires_is_refused_as_newer_servers_do(
    mock: MockLiveKit,
) -> None:
    given = claims()
    del given["exp"]

    assert b"exp claim is required" in asked(mock, f"Bearer {token(given)}")[2]


def test_clocks_may_differ_by_a_minute(mock: MockLiveKit) -> None:
    now = int(time.time())

    assert asked(mock, f"Bearer {token(claims(exp=now - 30))}")[0] == 200
    assert asked(mock, f"Bearer {token(claims(exp=now - 120))}")[0] == 401


def test_a_token_may_be_in_the_url(mock: MockLiveKit) -> None:
    good, bad = token(claims()), token(claims(), secret="x" * 40)
    header = {**JSON, "Authorization": f"Bearer {good}"}

    assert ask(mock.http_url, f"{LIST}?access_token={good}").status == 200
    assert ask(mock.http_url, f"{LIST}?x=1&access_token={bad}").status == 401
    assert (
        ask(mock.http_url, f"{LIST}?access_token={bad}", headers=header).status == 200
    )


@pytest.mark.parametrize(
    ("path", "method"), [("/", "GET"), ("/no", "GET"), (LIST, "GET")]
)
def test_a_token_that_does_not_hold_is_refused_everywhere(
    mock: MockLiveKit, path: str, method: str
) -> None:
    answer = ask(mock.http_url, path, None, {"Authorization": "Bearer x"}, method)

    assert (answer.status, answer.body) == (401, MALFORMED.encode())


def test_a_body_that_is_malformed_comes_before_a_grant_that_is_missing(
    mock: MockLiveKit,
) -> None:
    assert ask(mock.http_url, LIST, "{").json["code"] == "malformed"


def test_the_room_of_a_token_has_to_be_that_of_the_call(mock: MockLiveKit) -> None:
    path = "/twirp/livekit.RoomService/ListParticipants"
    mock.join("mine", "ann")
    mine = bearer(mock, room_admin=True, room="mine")

    assert ask(mock.http_url, path, '{"room":"mine"}', mine).status == 200
    assert ask(mock.http_url, path, '{"room":"other"}', mine).json == DENIED


def test_both_grants_of_a_transfer_are_needed(mock: MockLiveKit) -> None:
    path = "/twirp/livekit.SIP/TransferSIPParticipant"
    body = '{"room_name":"r","participant_identity":"a","transfer_to":"tel:+1"}'
    call = AccessToken(KEY, SECRET).with_sip_grants(SIPGrants(call=True))
    header = {**JSON, "Authorization": f"Bearer {call.to_jwt()}"}
    refused = ask(mock.http_url, path, body, header)
    call.with_grants(VideoGrants(room_admin=True, room="r"))
    header["Authorization"] = f"Bearer {call.to_jwt()}"

    assert refused.json == DENIED
    assert ask(mock.http_url, path, body, header).status != 401
    assert ask(mock.http_url, DIAL, "{}", header).status != 401


def test_methods_whose_grant_nobody_knows_need_a_token_and_no_grant(
    mock: MockLiveKit,
) -> None:
    with mock.api() as api:
        found = api.replay.list_replays(call=CallOptions(grants=VideoGrants()))

    path = mock.requests[-1].path
    assert len(found.replays) == 1
    assert ask(mock.http_url, path).json == DENIED


def test_the_first_of_some_keys_is_the_one_of_the_api_and_all_are_accepted() -> None:
    with MockLiveKit({"APIfirst": "a" * 40, "APIother": "b" * 40}) as mock:
        other = AccessToken("APIother", "b" * 40)
        jwt = other.with_grants(VideoGrants(room_list=True)).to_jwt()
        assert mock.api_key == "APIfirst"
        with mock.api() as api:
            assert api.room.list_rooms().rooms == []
        header = {**JSON, "Authorization": f"Bearer {jwt}"}
        assert ask(mock.http_url, LIST, headers=header).status == 200
        own = {**JSON, "Authorization": f"Bearer {token(claims())}"}
        assert ask(mock.http_url, LIST, headers=own).body == b"invalid API key: devkey"


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Basic x", "Bearer x", f"Bearer {token(claims(exp=1))}"],
)
def test_as_the_test_server_a_mock_refuses_who_is_not_known_with_401(
    authorization: str | None,
) -> None:
    with MockLiveKit(refuse=403) as mock:
        status, kind, body = asked(mock, authorization)
        regions = ask(mock.http_url, "/settings/regions", None, {}, "GET")

    assert (status, kind) == (401, "application/json")
    assert json.loads(body) == {
        "code": "unauthenticated",
        "msg": "mock: unauthenticated",
    }
    assert regions.status == 200


def test_as_the_test_server_a_mock_refuses_a_missing_grant_with_403() -> None:
    with MockLiveKit(refuse=403) as mock:
        refused = ask(mock.http_url, CREATE, headers=bearer(mock, room_list=True))
        good = bearer(mock, room_list=True)["Authorization"].removeprefix("Bearer ")
        bare = {**JSON, "Authorization": good}
        assert ask(mock.http_url, LIST, headers=bare).status == 200

    assert refused.status == 403
    assert refused.json == {
        "code": "permission_denied",
        "msg": "mock: permission_denied",
    }


def test_an_error_of_the_client_hides_the_token_that_the_server_repeats(
    mock: MockLiveKit,
) -> None:
    bad = AccessToken(KEY, "x" * 40).with_grants(VideoGrants(room_list=True)).to_jwt()
    with LiveKitAPI(mock.url, token=bad) as api, pytest.raises(TwirpError) as caught:
        api.room.list_rooms()

    assert bad.encode() in asked(mock, f"Bearer {bad}")[2]
    assert bad not in str(caught.value)


def test_secrets_are_in_no_repr() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mock = MockLiveKit({"APIx": "hunter2hunter2"})
    with mock:
        ask(
            mock.http_url,
            CREATE,
            '{"metadata":"hunter2"}',
            bearer(mock, room_create=True),
        )
        shown = [repr(mock), repr(mock.requests), repr(mock.__dict__)]

    assert mock.requests[0].claims is not None
    assert not any("hunter2" in each for each in shown)
