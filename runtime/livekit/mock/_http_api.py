# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What tests in other languages ask of a mock: `POST /mock/join` and so on, in JSON.

There is no token: who can reach the mock knows its keys. Pages in a browser are refused before, and
bodies are `application/json`, which they cannot send to another origin. They are read as ProtoJSON.
"""

from __future__ import annotations

import json

from .._runtime.errors import JsonError
from .._runtime.visit import set_fields
from ..livekit_egress_pb import EgressInfo
from ..livekit_models_pb import ParticipantInfo, TrackInfo, TrackSource
from ._answers import JSON, Answer, twirp_answer
from ._errors import MockError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from .._runtime.message import Message
    from ._mock import MockLiveKit

    M = TypeVar("M", bound=Message)

_JOIN = ("identity", "name", "metadata", "attributes", "kind", "permission")


class BodyError(Exception):
    """A body that is not what it should be; the text says where."""


class HttpApi:
    """Answers requests below `/mock/`: each is a method of the mock."""

    def __init__(self, mock: MockLiveKit) -> None:
        self._mock = mock
        self._actions: dict[str, Callable[[Body], Message | None]] = {
            "/mock/join": self._join,
            "/mock/leave": self._leave,
            "/mock/abort": self._abort,
            "/mock/publish": self._publish,
            "/mock/unpublish": self._unpublish,
            "/mock/ingress/start": self._start_ingress,
            "/mock/ingress/end": self._end_ingress,
            "/mock/egress/update": self._update_egress,
            "/mock/reset": self._forget,
        }

    def answer(self, method: str, path: str, content_type: str, body: bytes) -> Answer:
        """The answer to a request; errors are `{"code": …, "msg": …}`, as those of Twirp."""
        if path == "/mock/webhooks":
            if method != "GET":
                return _only("GET")
            return _json(
                200, {"events": [each.to_dict() for each in self._mock.webhooks]}
            )
        action = self._actions.get(path)
        if action is None:
            known = ", ".join([*self._actions, "/mock/webhooks"])
            return twirp_answer(
                404, "bad_route", f"there is no {path}; there is {known}"
            )
        if method != "POST":
            return _only("POST")
        if content_type.partition(";")[0].strip().lower() != JSON:
            text = f"the Content-Type of a body is {JSON}, not {content_type!r}"
            return twirp_answer(415, "bad_route", text)
        return self._done(action, body)

    def _done(self, action: Callable[[Body], Message | None], data: bytes) -> Answer:
        try:
            body = Body(data)
            found = action(body)
        except (BodyError, JsonError) as error:
            return twirp_answer(400, "malformed", str(error))
        except MockError as error:
            return twirp_answer(400, "failed_precondition", str(error))
        return _json(200, {} if found is None else found.to_dict())

    def _join(self, body: Body) -> Message:
        room = body.text("room")
        who = body.rest(ParticipantInfo)
        for field, _ in set_fields(who):
            if field.name not in _JOIN:
                raise BodyError(
                    f"{field.json_name}: whoever joins cannot say it; there are room, "
                    f"{', '.join(_JOIN)}"
                )
        values = {name: getattr(who, name) for name in _JOIN}
        return self._mock.join(room, **values).info

    def _leave(self, body: Body) -> None:
        self._mock.leave(*body.texts("room", "identity"))

    def _abort(self, body: Body) -> None:
        self._mock.abort(*body.texts("room", "identity"))

    def _publish(self, body: Body) -> Message:
        room, identity = body.text("room"), body.text("identity")
        has_type, has_source = "type" in body.members, "source" in body.members
        track = body.rest(TrackInfo)
        fields = {field.name: value for field, value in set_fields(track)}
        fields.pop("type", None)
        fields["source"] = track.source if has_source else TrackSource.MICROPHONE
        kind = track.type if has_type else None
        return self._mock.publish(room, identity, type=kind, **fields)

    def _unpublish(self, body: Body) -> None:
        self._mock.unpublish(*body.texts("room", "identity", "trackSid"))

    def _start_ingress(self, body: Body) -> Message:
        return self._mock.start_ingress(*body.texts("ingressId")).info

    def _end_ingress(self, body: Body) -> None:
        error = body.text("error", "")
        self._mock.end_ingress(*body.texts("ingressId"), error=error)

    def _update_egress(self, body: Body) -> Message:
        egress_id = body.text("egressId")
        info = body.rest(EgressInfo)
        fields = {field.name: value for field, value in set_fields(info)}
        fields.pop("status", None)
        return self._mock.update_egress(egress_id, info.status, **fields)

    def _forget(self, body: Body) -> None:
        body.end()
        self._mock.reset()


class Body:
    """The members of a JSON object, each of which is asked for once. Raises BodyError."""

    def __init__(self, data: bytes) -> None:
        try:
            members: Any = json.loads(data or b"{}")
        except (ValueError, RecursionError) as error:
            raise BodyError(f"the body is not JSON: {error}") from None
        if not isinstance(members, dict):
            raise BodyError("the body is a JSON object")
        self.members: dict[str, Any] = members

    def text(self, name: str, default: str | None = None) -> str:
        """A member that is text; one without a default has to be there."""
        value = self.members.pop(name, default)
        if isinstance(value, str):
            return value
        given = "it is missing" if value is None else f"not {json.dumps(value)[:60]}"
        raise BodyError(f"{name}: a text, {given}")

    def texts(self, *names: str) -> list[str]:
        """All members, which are texts."""
        found = [self.text(name) for name in names]
        self.end()
        return found

    def rest(self, cls: type[M]) -> M:
        """All other members, as those of a message in ProtoJSON. Raises JsonError."""
        return cls.from_dict(self.members)

    def end(self) -> None:
        """Nothing else is there."""
        if self.members:
            raise BodyError(f"{next(iter(self.members))}: there is no such member here")


def _json(status: int, value: Any) -> Answer:
    return Answer(status, JSON, json.dumps(value).encode())


def _only(method: str) -> Answer:
    found = twirp_answer(405, "bad_route", f"this takes {method} alone")
    found.headers["Allow"] = method
    return found
