"""Services to serve, and requests as servers of ASGI and WSGI hand them on."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from lkproto import TwirpContext, TwirpError, twirp_asgi, twirp_wsgi
from lkproto._runtime.reflection.services import Method, table
from lkproto.livekit import CreateRoomRequest, Room, RoomService

PATH = "/twirp/livekit.RoomService/CreateRoom"
PROTOBUF = "application/protobuf"
JSON = "application/json"
BODY = CreateRoomRequest(name="r").to_bytes()


def answer_to(request: CreateRoomRequest, context: TwirpContext) -> Room:
    """What the services here do: names of rooms say what should happen."""
    context.response_headers["X-Asked"] = request.name or "-"
    if request.name == "taken":
        raise TwirpError("already_exists", "there is one", {"room": "taken"})
    if request.name == "broken":
        raise RuntimeError("the password is hunter2")
    if request.name == "none":
        return None  # type: ignore[return-value]
    if request.name == "dict":
        return {"sid": "RM_1"}  # type: ignore[return-value]
    return Room(sid="RM_1", name=request.name)


class Rooms(RoomService):
    """Plain functions; all but one method are left out."""

    def create_room(self, request: CreateRoomRequest, context: TwirpContext, /) -> Room:
        return answer_to(request, context)


class AsyncRooms(RoomService):
    async def create_room(
        self, request: CreateRoomRequest, context: TwirpContext, /
    ) -> Room:
        await asyncio.sleep(0)
        return answer_to(request, context)


class Doing(RoomService):
    """A method that is any function of request and context."""

    def __init__(self, does: Callable[[Any, TwirpContext], Any]) -> None:
        self.create_room = does  # type: ignore[method-assign,assignment]


def hand_made(service: str, *methods: str) -> Any:
    """A table of a service without generated stubs; all methods make a Room."""
    rows = [
        Method(each, each.lower(), "livekit.CreateRoomRequest", "livekit.Room")
        for each in methods
    ]
    return table(service, "none.proto", "twirp", *rows)


class Answered(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def check_twirp(answer: Answered) -> None:
    """Check that an answer is one of Twirp: a 200 with a body, or an error with its status."""
    from lkproto import TwirpCode

    assert int(answer.headers["content-length"]) == len(answer.body)
    if answer.status == 200:
        assert answer.headers["content-type"] in (PROTOBUF, JSON)
        return
    assert answer.headers["content-type"] == JSON
    error = answer.json
    assert error.keys() <= {"code", "msg", "meta"}
    assert TwirpCode(error["code"]).http_status == answer.status
    assert isinstance(error["msg"], str)
    assert all(isinstance(each, str) for each in error.get("meta", {}).values())


def asgi_scope(
    path: str = PATH,
    *headers: tuple[str, str],
    method: str = "POST",
    root_path: str = "",
) -> dict[str, Any]:
    given = headers or (("Content-Type", PROTOBUF),)
    return {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": root_path,
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in given],
    }


async def ask_asgi(
    app: Any,
    path: str = PATH,
    *headers: tuple[str, str],
    body: bytes = BODY,
    method: str = "POST",
    root_path: str = "",
    parts: int = 1,
) -> Answered:
    """The answer of an ASGI application, whose server hands on a body in parts."""
    size = -(-len(body) // parts) or 1
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    sent: list[Any] = []

    async def receive() -> Any:
        if not pieces:
            await asyncio.Event().wait()
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(event: Any) -> None:
        sent.append(event)

    scope = asgi_scope(path, *headers, method=method, root_path=root_path)
    await app(scope, receive, send)
    start, last = sent
    names = {k.decode(): v.decode("latin-1") for k, v in start["headers"]}
    return Answered(start["status"], names, last["body"])


def ask_wsgi(
    app: Any,
    path: str = PATH,
    *headers: tuple[str, str],
    body: bytes = BODY,
    method: str = "POST",
    root_path: str = "",
    parts: int = 1,
    **environ: Any,
) -> Answered:
    """The answer of a WSGI application, checked as PEP 3333 has it."""
    from wsgiref.util import setup_testing_defaults
    from wsgiref.validate import validator

    del parts  # the stream of WSGI has none
    given = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": root_path,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    for name, value in headers or (("Content-Type", PROTOBUF),):
        key = name.upper().replace("-", "_")
        given[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
    setup_testing_defaults(given)
    started: list[Any] = []
    answer = validator(app)(given, lambda *a: started.append(a) or print)
    try:
        content = b"".join(answer)
    finally:
        answer.close()  # type: ignore[attr-defined]
    status, names = started[0][:2]
    return Answered(int(status[:3]), {k.lower(): v for k, v in names}, content)


class Serving:
    """The same services as an application of either kind."""

    def __init__(self, is_async: bool) -> None:
        self.is_async = is_async

    def app(self, *services: object, **settings: Any) -> Any:
        given = services or (AsyncRooms() if self.is_async else Rooms(),)
        return (twirp_asgi if self.is_async else twirp_wsgi)(*given, **settings)

    def ask(self, app: Any, *args: Any, **kwargs: Any) -> Answered:
        if self.is_async:
            answer = asyncio.run(ask_asgi(app, *args, **kwargs))
        else:
            answer = ask_wsgi(app, *args, **kwargs)
        check_twirp(answer)
        return answer
