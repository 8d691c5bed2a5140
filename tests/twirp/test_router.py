"""What requests are answered with: after the tests of twitchtv/twirp's Go server."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from lkproto import TwirpCode, TwirpError
from lkproto._runtime.twirp._router import Router
from lkproto._runtime.twirp._threads import Threads
from lkproto.livekit import CreateRoomRequest, ListRoomsRequest, Room

from .serving import (
    BODY,
    JSON,
    PATH,
    PROTOBUF,
    Answered,
    AsyncRooms,
    Doing,
    Rooms,
    Serving,
    answer_to,
    hand_made,
)


def asked(
    router: Router,
    path: str = PATH,
    body: bytes = BODY,
    kind: str = PROTOBUF,
    method: str = "POST",
    **headers: str,
) -> Answered:
    given = {"Content-Type": kind} | headers
    answer = router.handle(method, path, given, body)
    names = {name.lower(): value for name, value in answer.headers}
    return Answered(answer.status, names, answer.body)


@pytest.fixture
def router() -> Router:
    return Router([Rooms()])


@pytest.mark.parametrize("kind", [PROTOBUF, f"{PROTOBUF}; x=y", "Application/Protobuf"])
def test_protobuf(router: Router, kind: str) -> None:
    answer = asked(router, kind=kind)

    assert answer.status == 200
    assert answer.headers["content-type"] == PROTOBUF
    assert Room.from_bytes(answer.body) == Room(sid="RM_1", name="r")


@pytest.mark.parametrize(
    "kind", [JSON, "application/json; charset=UTF-8", " application/JSON ;;"]
)
def test_json(router: Router, kind: str) -> None:
    answer = asked(router, body=b'{"name": "r"}', kind=kind)

    assert answer.status == 200
    assert answer.headers["content-type"] == JSON
    assert answer.json["name"] == "r"


def test_json_has_the_names_of_the_schema_and_what_is_not_set(router: Router) -> None:
    """As protojson prints with UseProtoNames and EmitUnpopulated."""
    assert asked(router, body=b"{}", kind=JSON).json == {
        "sid": "RM_1",
        "name": "",
        "empty_timeout": 0,
        "departure_timeout": 0,
        "max_participants": 0,
        "creation_time": "0",
        "creation_time_ms": "0",
        "turn_password": "",
        "enabled_codecs": [],
        "metadata": "",
        "num_participants": 0,
        "num_publishers": 0,
        "active_recording": False,
        "version": None,
    }


def room(*_: object) -> Room:
    return Room(sid="RM_1", max_participants=2)


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({"skip_defaults": True}, {"sid": "RM_1", "max_participants": 2}),
        (
            {"skip_defaults": True, "camel_case": True},
            {"sid": "RM_1", "maxParticipants": 2},
        ),
    ],
)
def test_json_can_be_shorter(serving: Serving, settings: Any, wanted: Any) -> None:
    app = serving.app(Doing(room), **settings)
    answer = serving.ask(app, PATH, ("Content-Type", JSON), body=b"{}")

    assert answer.json == wanted


def test_json_in_camel_case_has_what_is_not_set(serving: Serving) -> None:
    app = serving.app(Doing(room), camel_case=True)
    answer = serving.ask(app, PATH, ("Content-Type", JSON), body=b"{}")

    assert answer.json["maxParticipants"] == 2
    assert answer.json["numPublishers"] == 0


def test_map_keys_are_never_renamed() -> None:
    seen: list[Any] = []

    def method(request: CreateRoomRequest, _: object) -> Room:
        seen.append(request.tags)
        return Room()

    body = b'{"tags": {"some_key": "a", "someKey": "b"}}'
    assert asked(Router([Doing(method)]), body=body, kind=JSON).status == 200
    assert seen == [{"some_key": "a", "someKey": "b"}]


@pytest.mark.parametrize(
    "body",
    [
        b'{"max_participants": 2, "name": "r"}',
        b'{"maxParticipants": 2, "name": "r"}',
        b'{"max_participants": 2, "name": "r", "unknown": {"a": [1, null]}}',
        b' \r\n\t{"max_participants": 2, "name": "r"} {"name": "x"}',
        b'{"max_participants": 2, "name": "r"}\xff\xfe garbage',
        b'{"max_participants": 2, "name": "r"}]',
    ],
)
def test_json_is_the_first_value_with_either_names(body: bytes) -> None:
    seen: list[CreateRoomRequest] = []

    def method(request: CreateRoomRequest, _: object) -> Room:
        seen.append(request)
        return Room()

    assert asked(Router([Doing(method)]), body=body, kind=JSON).status == 200
    assert seen == [CreateRoomRequest(name="r", max_participants=2)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"5",
        b"[]",
        b"{",
        b'{"name": 5}',
        b'{"name": "\xff"}',
        b'{"name": "a", "name": "b"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"name": 5} {}',
    ],
)
def test_json_that_is_malformed(router: Router, body: bytes) -> None:
    answer = asked(router, body=body, kind=JSON)

    assert answer.status == 400
    assert answer.json == {
        "code": "malformed",
        "msg": "the json request could not be decoded",
    }


@pytest.mark.parametrize("body", [b"\xff", b"\x0a\x05r", b"\x0a\x01\xff"])
def test_protobuf_that_is_malformed(router: Router, body: bytes) -> None:
    answer = asked(router, body=body)

    assert answer.status == 400
    assert answer.json == {
        "code": "malformed",
        "msg": "the protobuf request could not be decoded",
    }


@pytest.mark.parametrize(
    ("method", "path", "kind", "msg"),
    [
        ("GET", PATH, PROTOBUF, 'unsupported method "GET" (only POST is allowed)'),
        ("post", PATH, PROTOBUF, 'unsupported method "post" (only POST is allowed)'),
        ("POST", PATH + "bogus", "", f'no handler for path "{PATH}bogus"'),
        ("POST", PATH + "/", "", f'no handler for path "{PATH}/"'),
        ("POST", "/twirp/livekit.Room/X", "", None),
        ("POST", "/", "", 'no handler for path "/"'),
        ("POST", "", "", 'no handler for path ""'),
        ("POST", "*", "", 'no handler for path "*"'),
        (
            "POST",
            '/a"b\\c\n\x01\u200b',
            "",
            r'no handler for path "/a\"b\\c\n\x01\u200b"',
        ),
        (
            "POST",
            "/livekit.RoomService/CreateRoom",
            "",
            'invalid path prefix "", expected "/twirp", on path '
            '"/livekit.RoomService/CreateRoom"',
        ),
        (
            "POST",
            "//twirp/livekit.RoomService/Nothing",
            "",
            'invalid path prefix "//twirp", expected "/twirp", on path '
            '"//twirp/livekit.RoomService/Nothing"',
        ),
        ("POST", PATH, "", 'unexpected Content-Type: ""'),
        (
            "POST",
            PATH,
            "application/jsonp",
            'unexpected Content-Type: "application/jsonp"',
        ),
        ("POST", PATH, ";application/json", None),
        ("POST", PATH, "application/grpc", None),
    ],
)
def test_bad_routes(
    router: Router, method: str, path: str, kind: str, msg: str | None
) -> None:
    answer = asked(router, path, kind=kind, method=method)

    assert answer.status == 404
    assert answer.json["code"] == "bad_route"
    assert answer.json["meta"] == {"twirp_invalid_route": f"{method} {path}"}
    assert msg is None or answer.json["msg"] == msg


@pytest.mark.parametrize(
    ("prefix", "path"),
    [
        ("/api/v1", "/api/v1/livekit.RoomService/CreateRoom"),
        ("api/v1/", "/api/v1/livekit.RoomService/CreateRoom"),
        ("", "/livekit.RoomService/CreateRoom"),
        ("/", "/livekit.RoomService/CreateRoom"),
    ],
)
def test_another_prefix(prefix: str, path: str) -> None:
    router = Router([Rooms()], prefix=prefix)

    assert asked(router, path).status == 200
    assert asked(router).json["code"] == "bad_route"


def test_a_service_without_a_package() -> None:
    served = hand_made("Svc", "Send").serve(_methods("send"))

    assert asked(Router([served]), "/twirp/Svc/Send").status == 200
    assert asked(Router([served]), "/twirp/.Svc/Send").json["code"] == "bad_route"


def _methods(*names: str) -> Any:
    class Implementation:
        pass

    for name in names:
        setattr(Implementation, name, staticmethod(room))
    return Implementation()


@pytest.mark.parametrize("service", ["a.b.Haberdasher_v1", "a.b.HaberdasherV1"])
@pytest.mark.parametrize("method", ["MakeHat_v1", "MakeHatV1"])
def test_names_in_snake_case_are_also_as_clients_of_go_write_them(
    service: str, method: str
) -> None:
    served = hand_made("a.b.Haberdasher_v1", "MakeHat_v1").serve(_methods("makehat_v1"))

    assert asked(Router([served]), f"/twirp/{service}/{method}").status == 200


@pytest.mark.parametrize(
    ("name", "camel"),
    [
        ("_my_field_name_2", "XMyFieldName_2"),
        ("make_hat", "MakeHat"),
        ("MakeHat", "MakeHat"),
        ("GetHTTPInfo2", "GetHTTPInfo2"),
        ("a1b_2c__d", "A1B_2C_D"),
        ("__x", "XX"),
        ("x_Y_", "X_Y_"),
    ],
)
def test_camel_case_is_that_of_twirp(name: str, camel: str) -> None:
    """The results are of `stringutils.CamelCase`, executed."""
    from lkproto._runtime.twirp._routes import _camel_case

    assert _camel_case(name) == camel
    assert _camel_case(f"some_package.{name}") == f"some_package.{camel}"


def test_a_name_of_the_schema_counts_before_one_made_of_another() -> None:
    class Implementation:
        def do_it(self, *_: object) -> Room:
            return Room(name="other")

        def doit(self, *_: object) -> Room:
            return Room(name="own")

    served = hand_made("S", "DoIt", "Do_it").serve(Implementation())
    answer = asked(Router([served]), "/twirp/S/DoIt")

    assert Room.from_bytes(answer.body).name == "own"


def test_errors_of_methods_are_answers(serving: Serving) -> None:
    body = CreateRoomRequest(name="taken").to_bytes()
    answer = serving.ask(serving.app(), body=body)

    assert answer.status == 409
    assert answer.headers["x-asked"] == "taken"
    assert answer.json == {
        "code": "already_exists",
        "msg": "there is one",
        "meta": {"room": "taken"},
    }


@pytest.mark.parametrize("code", list(TwirpCode))
def test_every_code_is_passed_on(code: TwirpCode) -> None:
    def method(*_: object) -> Room:
        raise TwirpError(code, "why")

    answer = asked(Router([Doing(method)]))
    assert answer.status == code.http_status
    assert answer.json == {"code": code.value, "msg": "why"}


def test_other_errors_are_logged_and_not_told(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    body = CreateRoomRequest(name="broken").to_bytes()
    answer = serving.ask(serving.app(), body=body)

    assert answer.status == 500
    assert answer.json == {"code": "internal", "msg": "internal service error"}
    [record] = caplog.records
    assert record.name == "lkproto.twirp"
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "livekit.RoomService/CreateRoom failed"
    assert "hunter2" in caplog.text
    assert "answer_to" in caplog.text


def test_none_is_not_an_answer(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    body = CreateRoomRequest(name="none").to_bytes()
    answer = serving.ask(serving.app(), body=body)

    assert answer.json == {
        "code": "internal",
        "msg": "received a nil *Room and nil error while calling CreateRoom. "
        "nil responses are not supported",
    }
    assert "returned None, not Room" in caplog.text


def test_neither_is_another_type(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    body = CreateRoomRequest(name="dict").to_bytes()
    answer = serving.ask(serving.app(), body=body)

    assert answer.json == {"code": "internal", "msg": "internal service error"}
    assert "livekit.RoomService/CreateRoom returned dict, not Room" in caplog.text


def test_an_answer_that_cannot_be_encoded_is_an_internal_error(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    app = serving.app(Doing(lambda *_: Room(num_participants=-1)))

    assert serving.ask(app).json["msg"] == "internal service error"
    assert "num_participants" in caplog.text


def test_long_texts_are_cut() -> None:
    def method(*_: object) -> Room:
        raise TwirpError("internal", "ä" * 1_000_000)

    answer = asked(Router([Doing(method)]))
    assert len(answer.json["msg"].encode()) == 1_000_000


def test_methods_left_out_are_unimplemented(serving: Serving) -> None:
    body = ListRoomsRequest().to_bytes()
    path = "/twirp/livekit.RoomService/ListRooms"
    answer = serving.ask(serving.app(), path, body=body)

    assert answer.status == 501
    assert answer.json == {
        "code": "unimplemented",
        "msg": "livekit.RoomService/ListRooms is not implemented",
    }


def test_several_services(serving: Serving) -> None:
    other = hand_made("other.Svc", "Send").serve(_methods("send"))
    app = serving.app(Rooms(), other)

    assert serving.ask(app).status == 200
    assert serving.ask(app, "/twirp/other.Svc/Send").status == 200


def test_one_object_with_several_services() -> None:
    from lkproto.livekit import Egress

    class Both(Rooms, Egress):
        pass

    router = Router([Both()])
    assert asked(router).status == 200
    path = "/twirp/livekit.Egress/StopEgress"
    assert asked(router, path, b"").json["code"] == "unimplemented"


@pytest.mark.parametrize(
    ("services", "error", "told"),
    [
        ([], TypeError, "no service"),
        ([Rooms], TypeError, "Rooms is a class"),
        ([object()], TypeError, "object implements no service"),
        ([Rooms(), AsyncRooms()], ValueError, r"livekit\.RoomService is served twice"),
        (
            [hand_made("S", "Send").serve(object())],
            TypeError,
            "object has no method send for S/Send",
        ),
        ([Doing(lambda request: request)], TypeError, r"two arguments"),
    ],
)
def test_what_cannot_be_served(
    serving: Serving, services: Any, error: type[Exception], told: str
) -> None:
    make = serving.app
    with pytest.raises(error, match=told):
        make(*services) if services else Router([])


def test_streaming_methods_cannot_be_served() -> None:
    from lkproto._runtime.reflection.services import Method, table

    names = "livekit.CreateRoomRequest", "livekit.Room"
    row = Method("Send", "send", *names, server_streaming=True)
    served = table("S", "s.proto", "grpc", row).serve(_methods("send"))
    with pytest.raises(TypeError, match="S/Send is streaming"):
        Router([served])


def test_both_kinds_of_methods_under_asyncio() -> None:
    for service in (Rooms(), AsyncRooms()):
        router = Router([service], threads=Threads(2))
        headers = {"content-type": JSON}
        answer = asyncio.run(router.handle_async("POST", PATH, headers, b"{}"))

        assert answer.status == 200
        assert json.loads(answer.body)["sid"] == "RM_1"


def test_a_call_whose_time_is_over_does_not_reach_its_method(router: Router) -> None:
    answer = asked(router, **{"X-Twirp-Timeout-Ms": "0"})

    assert answer.status == 408
    assert answer.json["code"] == "deadline_exceeded"


@pytest.mark.parametrize("text", ["-5", "5.5", "", " 5", "٣", "9" * 13, "1e3", "0x5"])
def test_another_text_in_the_header_for_time_limits_does_not_count(text: str) -> None:
    seen: list[float | None] = []

    def method(_: object, context: Any) -> Room:
        seen.append(context.time_left())
        return Room()

    headers = {"X-Twirp-Timeout-Ms": text}
    assert asked(Router([Doing(method)]), **headers).status == 200
    assert seen == [None]


def test_the_context_of_a_method(serving: Serving) -> None:
    seen: list[Any] = []

    def method(request: CreateRoomRequest, context: Any) -> Room:
        seen.append(context)
        return answer_to(request, context)

    headers = ("Content-Type", PROTOBUF), ("X-Twirp-Timeout-Ms", "60000")
    serving.ask(serving.app(Doing(method)), PATH, *headers)

    [context] = seen
    assert context.path == PATH
    assert context.service == "livekit.RoomService"
    assert context.method.name == "CreateRoom"
    assert context.headers["content-TYPE"] == PROTOBUF
    assert 0 < context.time_left() < 61
    assert repr(context) == f"<TwirpContext {PATH}>"
