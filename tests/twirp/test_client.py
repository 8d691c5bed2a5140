"""What clients send, and what they take an answer for."""

from __future__ import annotations

import json
import pickle
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from lkproto import CallOptions, TwirpCode, TwirpError
from lkproto.http import Response, TransportError
from lkproto.livekit import CreateRoomRequest, DeleteRoomRequest, Room

from .callers import ROOM, Caller, answered, both, failed

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBUEkifQ.c2lnbmF0dXJl"


def refused(answer: Any, is_async: bool = False, **settings: Any) -> TwirpError:
    """The error of a call that gets an answer."""
    caller = Caller(is_async, [answer], **settings)
    with pytest.raises(TwirpError) as caught:
        caller.call("create_room", name="r")
    return caught.value


@both
def test_a_call_is_one_post_of_the_message(is_async: bool) -> None:
    caller = Caller(is_async, [answered()], headers={"Authorization": "Bearer t"})

    assert caller.call("create_room", name="r", max_participants=2) == Room(
        sid="RM_1", name="r"
    )

    [request] = caller.requests
    assert request.method == "POST"
    assert request.url == "http://127.0.0.1:7880/twirp/livekit.RoomService/CreateRoom"
    assert request.body == CreateRoomRequest(name="r", max_participants=2).to_bytes()
    assert request.headers["Authorization"] == "Bearer t"
    assert request.headers["Content-Type"] == "application/protobuf"
    assert request.headers["Accept"] == "application/protobuf"
    assert request.headers["Twirp-Version"] == "v8.1.3"


@both
def test_a_request_is_a_message_or_its_fields(is_async: bool) -> None:
    caller = Caller(is_async, answered())
    caller.call("create_room", CreateRoomRequest(name="r"))
    caller.call("create_room", name="r")
    caller.call("create_room")

    bodies = [request.body for request in caller.requests]
    assert bodies == [b"\x0a\x01r", b"\x0a\x01r", b""]


@both
@pytest.mark.parametrize(
    ("args", "fields", "told"),
    [
        ((DeleteRoomRequest(),), {}, "livekit.CreateRoomRequest"),
        (("r",), {}, "not str"),
        ((CreateRoomRequest(),), {"name": "r"}, "not both"),
        ((), {"nam": "r"}, "name"),
    ],
)
def test_a_wrong_request_says_what_is_taken(
    is_async: bool, args: Any, fields: Any, told: str
) -> None:
    caller = Caller(is_async, answered())
    with pytest.raises(TypeError, match=told):
        caller.call("create_room", *args, **fields)

    assert caller.requests == []


@both
def test_json_has_the_names_of_the_schema_and_leaves_map_keys_alone(
    is_async: bool,
) -> None:
    body = b'{"sid":"RM_1","numParticipants":3,"not_known":{"a":[1]}}'
    answer = answered(body, Content_Type="application/json")
    caller = Caller(is_async, [answer, answer], codec="json")

    assert caller.call("create_room", max_participants=2).num_participants == 3
    caller.call("update_participant", attributes={"user_id": "1", "userId": "2"})

    first, second = caller.requests
    assert first.body == b'{"max_participants":2}'
    assert first.headers["Content-Type"] == "application/json"
    assert second.body == b'{"attributes":{"user_id":"1","userId":"2"}}'


@both
def test_unknown_fields_of_an_answer_are_kept(is_async: bool) -> None:
    extra = ROOM + b"\xfa\x7f\x01x"

    assert Caller(is_async, answered(extra)).call("create_room").to_bytes() == extra


@pytest.mark.parametrize(
    ("url", "prefix", "sent"),
    [
        ("http://h", "/twirp", "http://h/twirp/"),
        ("http://h/", "/twirp/", "http://h/twirp/"),
        ("https://h:1/a/b//", "twirp", "https://h:1/a/b/twirp/"),
        ("http://h/a", "", "http://h/a/"),
        ("http://h", "/", "http://h/"),
        ("http://[::1]:80", "/x/y", "http://[::1]:80/x/y/"),
    ],
)
def test_urls_are_joined_with_single_slashes(url: str, prefix: str, sent: str) -> None:
    caller = Caller(False, answered(), url, prefix=prefix)
    caller.call("create_room")

    assert caller.requests[0].url == sent + "livekit.RoomService/CreateRoom"


@pytest.mark.parametrize(
    "url",
    ["", "h:80", "ws://h", "http://", "http://h/?a=b", "http://h#x", "http://h\\x"],
)
def test_a_url_that_cannot_be_used_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="URL") as caught:
        Caller(False, (), url)

    assert not url or url not in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"codec": "xml"},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"timeout": 1e10},
        {"retries": -1},
        {"retries": 1.5},
        {"headers": {"content-TYPE": "x"}},
        {"headers": {"Twirp-Version": "x"}},
        {"headers": {"accept": "x"}},
    ],
)
def test_settings_that_cannot_be_used_are_refused(settings: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each its own text
        Caller(False, (), **settings)


def test_options_of_a_call_add_to_those_of_the_client() -> None:
    caller = Caller(False, answered(), headers={"A": "1", "B": "1"}, timeout=99)
    caller.call("create_room", call=CallOptions(headers={"B": "2"}, timeout=0.5))
    caller.call("create_room")

    first, second = caller.requests
    assert (first.headers["A"], first.headers["B"]) == ("1", "2")
    assert (second.headers["A"], second.headers["B"]) == ("1", "1")
    assert 0.25 < first.timeout <= 0.75
    assert 0 < int(first.headers["X-Twirp-Timeout-Ms"]) <= 500
    assert int(second.headers["X-Twirp-Timeout-Ms"]) > 500


def test_headers_replace_those_of_the_same_name_in_any_case() -> None:
    def change(call: Any, proceed: Any) -> Any:
        call.headers["x-b"] = "3"
        return proceed(call)

    caller = Caller(
        False,
        answered(),
        headers={"Authorization": "1", "X-B": "1", "user-agent": "mine"},
        interceptors=[change],
    )
    caller.call("create_room", call=CallOptions(headers={"authorization": "2"}))

    pairs = {(name, value) for name, value in caller.requests[0].headers.items()}
    assert {("authorization", "2"), ("x-b", "3"), ("user-agent", "mine")} <= pairs
    names = [name.lower() for name, _ in pairs]
    assert len(names) == len(set(names))


def test_credentials_of_a_url_are_not_shown() -> None:
    caller = Caller(False, answered(b"<html>"), "http://me:secret@h/a@b")
    with pytest.raises(TwirpError, match="http://h/a@b/twirp/livekit") as caught:
        caller.call("create_room")

    assert repr(caller.client) == "<RoomServiceClient of http://h/a@b/twirp/>"
    assert "secret" not in str(caught.value)


def test_options_are_checked_and_hide_the_values_of_headers() -> None:
    options = CallOptions(headers={"Authorization": "Bearer secret"}, timeout=2)

    assert "secret" not in repr(options)
    assert "Authorization" in repr(options)
    for wrong in ({"timeout": -1}, {"retries": -1}, {"headers": {"Accept": "a"}}):
        given: Any = wrong
        with pytest.raises(ValueError):  # noqa: PT011
            CallOptions(**given)


@both
@pytest.mark.parametrize("code", list(TwirpCode))
def test_errors_have_code_msg_meta_and_what_was_called(
    is_async: bool, code: TwirpCode
) -> None:
    body = f'{{"code":"{code}","msg":"no","meta":{{"a":"b"}}}}'
    answer = failed(code.http_status, body, X_Request_Id="q1")
    error = refused(answer, is_async)

    assert (error.code, error.msg, error.meta) == (code, "no", {"a": "b"})
    assert error.status == code.http_status
    assert error.request_id == "q1"
    assert (error.service, error.method) == ("livekit.RoomService", "CreateRoom")
    assert not error.from_intermediary
    assert f"{code}: no" in str(error)
    assert "livekit.RoomService/CreateRoom" in str(error)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "internal"),
        (307, "internal"),
        (400, "internal"),
        (401, "unauthenticated"),
        (403, "permission_denied"),
        (404, "bad_route"),
        (405, "unknown"),
        (429, "resource_exhausted"),
        (500, "unknown"),
        (502, "unavailable"),
        (503, "unavailable"),
        (504, "unavailable"),
        (204, "unknown"),
        (999, "unknown"),
    ],
)
def test_an_answer_of_an_intermediary_has_the_code_of_its_status(
    status: int, code: str
) -> None:
    headers = {"Content-Type": "text/html", "Location": "/elsewhere"}
    error = refused(Response(status, headers, b"<h1>no</h1>"))

    assert error.code == code
    assert error.from_intermediary
    more = (
        {"location": "/elsewhere"} if 300 <= status < 400 else {"body": "<h1>no</h1>"}
    )
    assert error.meta == {
        "http_error_from_intermediary": "true",
        "status_code": str(status),
        **more,
    }


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"not_found"',
        "{}",
        '{"code":""}',
        '{"code":1}',
        '{"msg":"x"}',
        '{"code":"not_found","msg":1}',
        '{"code":"not_found","extra":1}',
        '{"code":"not_found","meta":[]}',
        '{"code":"not_found","meta":{"a":1}}',
        '{"code":"not_found"',
        '{"code":"not_found","meta":{"a":NaN}}',
        "[" * 100_000,
    ],
)
def test_json_that_is_not_an_error_of_twirp_is_an_intermediary_s(body: str) -> None:
    assert refused(failed(404, body)).from_intermediary


def test_texts_of_errors_can_be_printed() -> None:
    body = '{"code":"internal","msg":"a\\ud800b \\ud83d\\ude00","meta":{"\\udc00":"\\ud800"}}'
    error = refused(failed(500, body))

    assert error.msg.encode() == "a\ufffdb 😀".encode()
    assert error.meta == {"\ufffd": "\ufffd"}


@pytest.mark.parametrize(
    "body",
    [
        '{"code":"not_found"}',
        ' \n{"code":"not_found","msg":null,"meta":null} trailing',
        '{"Code":"not_found","META":{"a":null}}',
        '{"code":"internal","code":"not_found"}',
    ],
)
def test_errors_are_read_as_generously_as_in_go(body: str) -> None:
    error = refused(failed(404, body))

    assert (error.code, error.msg) == ("not_found", "")


def test_an_unknown_code_is_internal_and_keeps_the_body() -> None:
    error = refused(failed(500, '{"code":"dataloss","msg":"m"}'))

    assert error.code is TwirpCode.INTERNAL
    assert error.meta == {"body": '{"code":"dataloss","msg":"m"}'}
    assert "dataloss" in error.msg


def test_the_text_of_a_plain_401_is_shown_without_the_token_it_echoes() -> None:
    text = f"invalid token: {JWT}, error: token is expired"
    error = refused(Response(401, {"Content-Type": "text/plain"}, text.encode()))

    assert error.code is TwirpCode.UNAUTHENTICATED
    for shown in (str(error), repr(error)):
        assert "invalid token: <token>, error: token is expired" in shown
        assert JWT not in shown
    assert JWT in error.meta["body"]


def test_a_missing_grant_is_named() -> None:
    body = '{"code":"unauthenticated","msg":"permissions denied"}'
    error = refused(failed(401, body))

    assert error.needs == "video.roomCreate"
    assert "permissions denied: it needs the grant video.roomCreate" in str(error)


@pytest.mark.parametrize(
    ("claims", "has"),
    [
        ({"video": {"roomJoin": True, "room": "r"}}, "video.roomJoin, video.room"),
        (
            {"video": {"roomList": False, "room": ""}, "sip": {"admin": True}},
            "sip.admin",
        ),
        ({"iss": "API", "metadata": "secret"}, "nothing"),
        ([], ""),
        (None, ""),
    ],
)
def test_a_refusal_says_what_the_token_of_the_call_grants(
    claims: Any, has: str
) -> None:
    payload = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    headers = {"authorization": f"Bearer eyJhbGciOiJIUzI1NiJ9.{payload}.c2ln"}
    body = '{"code":"unauthenticated","msg":"permissions denied"}'
    error = refused(failed(401, body), headers=headers)

    assert error.has == has
    assert (f"; the call's token has {has} (livekit" in str(error)) is bool(has)
    assert "secret" not in str(error)
    assert payload not in str(error)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer x",
        "Basic a.b.c",
        "Bearer a.!.c",
        "Bearer ..",
        "Bearer a.\u00e9.c",
    ],
)
def test_a_header_without_a_token_says_nothing(value: str) -> None:
    body = '{"code":"permission_denied","msg":"no"}'

    assert refused(failed(403, body), headers={"Authorization": value}).has == ""


@pytest.mark.parametrize("status", [404, 405])
def test_a_page_that_is_not_there_asks_if_this_is_the_api(status: int) -> None:
    error = refused(Response(status, {"Content-Type": "text/html"}, b"<h1>no</h1>"))

    asked = (
        "<h1>no</h1>: is this the URL of the API, and does it have livekit.RoomService?"
    )
    assert asked in str(error)
    assert error.msg.startswith("Error from intermediary")  # as in Go


@both
def test_grants_that_no_interceptor_takes_are_refused(is_async: bool) -> None:
    caller = Caller(is_async, answered())
    grants = CreateRoomRequest()  # of any type: who takes them knows them
    with pytest.raises(ValueError, match=r"CallOptions\.grants: .* LiveKitAPI"):
        caller.call("create_room", call=CallOptions(grants=grants))
    assert caller.requests == []

    def take(call: Any) -> None:
        assert call.grants is grants
        call.grants = None

    caller = Caller(is_async, answered())
    mine = caller.interceptor(take, lambda reply: reply)
    caller = Caller(is_async, answered(), interceptors=[mine])
    caller.call("create_room", call=CallOptions(grants=grants))
    assert len(caller.requests) == 1


def test_errors_pickle_with_all_they_have() -> None:
    body = '{"code":"not_found","msg":"no","meta":{"a":"b"}}'
    error = refused(failed(404, body, X_Request_Id="q"))
    copy = pickle.loads(pickle.dumps(error))

    assert str(copy) == str(error)
    assert copy.__dict__ == error.__dict__


def test_a_code_that_twirp_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="data_loss"):
        TwirpError("dataloss", "x")


@both
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html; charset=utf-8", b"<html>hello</html>"),
        ("text/html", b""),
        ("TEXT/plain", ROOM),
        ("application/json", b'{"a":'),
        ("application/protobuf", b"\xff\xff\xff"),
        ("", b"<html>"),
    ],
)
def test_a_200_that_is_not_twirp_says_so_and_names_the_url(
    is_async: bool, content_type: str, body: bytes
) -> None:
    error = refused(answered(body, Content_Type=content_type), is_async)

    assert error.code is TwirpCode.INTERNAL
    assert "not a Twirp answer" in error.msg
    assert "http://127.0.0.1:7880/twirp/livekit.RoomService/CreateRoom" in error.msg


@both
@pytest.mark.parametrize(
    ("reason", "sent", "status", "code"),
    [
        ("connect", False, None, "unavailable"),
        ("tls", False, None, "unavailable"),
        ("closed", True, None, "unavailable"),
        ("timeout", True, None, "deadline_exceeded"),
        ("protocol", True, None, "internal"),
        ("too_large", True, 200, "resource_exhausted"),
        ("closed", True, 503, "unavailable"),
        ("closed", True, 401, "unauthenticated"),
        ("timeout", True, 500, "unknown"),
    ],
)
def test_no_answer_is_an_error_of_twirp_with_its_cause(
    is_async: bool, reason: Any, sent: bool, status: int | None, code: str
) -> None:
    cause = TransportError(reason, sent, "why", status)
    error = refused(cause, is_async)

    assert error.code == code
    assert error.__cause__ is cause
    assert (error.sent, error.status, error.msg) == (sent, status, "why")


def test_canceled_after_the_deadline_means_that_the_time_was_over() -> None:
    def late(_: Any) -> Response:
        import time

        time.sleep(0.02)
        return failed(408, '{"code":"canceled","msg":"context canceled"}')

    assert refused(late, timeout=0.01).code is TwirpCode.DEADLINE_EXCEEDED
    body = '{"code":"canceled","msg":"m"}'
    assert refused(failed(408, body)).code is TwirpCode.CANCELED
