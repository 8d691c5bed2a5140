"""Plays a script on a server, and says what it answered."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self
from urllib.parse import urlsplit

from lkproto import Message, Method, service_of, services

from . import media, rooms, tokens, trunks
from .steps import Call, Step, Together

Codec = Literal["json", "protobuf"]
CODECS: tuple[Codec, ...] = ("json", "protobuf")
SOURCE = "server 1.13.5, executed"
_WAIT = 60.0  # seconds; it is long so that a busy machine fails nothing
TOKENS: tuple[Step, ...] = tuple(
    Call(f"token-{kind}", "RoomService/ListRooms", {"names": ["none"]}, token=kind)
    for kind in tokens.KINDS
)
SCRIPT: tuple[Step, ...] = (
    *TOKENS,
    *rooms.BEFORE,
    *rooms.DISPATCHES,
    *trunks.TRUNKS,
    *trunks.RULES,
    *media.INGRESS,
    *media.EGRESS,
    Together((*rooms.NOWHERE, trunks.DIAL, *media.START)),
    *media.RECORDS,
    *rooms.LIVE,
    *trunks.CALLS,
    Together(rooms.NOBODY),
    *rooms.MOVES,
    *rooms.AFTER,
)


class Stage(Protocol):
    """A server on which a script is played, and those who join its rooms."""

    url: str
    """That of HTTP, with neither path nor slash after it."""
    key: tokens.Key

    def join(self, room: str, identity: str) -> None:
        """Let someone join; the server lists who has when this returns."""

    def publish(self, room: str, identity: str) -> None:
        """Let someone who has joined publish a microphone."""

    def leave(self, room: str, identity: str) -> None:
        """Let someone leave."""


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    type: str
    body: bytes


def methods() -> Iterator[Method]:
    """Those whose grant was found out by asking livekit-server."""
    for name in services():
        yield from (each for each in service_of(name).methods if each.source == SOURCE)


METHODS = {each.path: each for each in methods()}


def calls() -> list[Call]:
    """The calls of the script."""
    found: list[Call] = []
    for step in SCRIPT:
        if isinstance(step, Together):
            found += step.calls
        elif isinstance(step, Call):
            found.append(step)
    return found


def request_of(call: Call, words: dict[str, str] | None = None) -> Message:
    """The request of a call, with the words filled in that are known."""
    filled = _filled(call.request, words or {})
    return METHODS[call.path].input_type.from_json(json.dumps(filled))


def play(
    stage: Stage, codec: Codec, steps: Sequence[Step] = SCRIPT
) -> dict[str, Answer]:
    """What the server answers to each call of a script, by the name of the call."""
    words: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    with Line(stage.url) as line:
        for step in steps:
            if isinstance(step, Together):
                answers |= _together(stage, codec, step, words)
            elif isinstance(step, Call):
                answer = answers[step.name] = _ask(line, stage.key, codec, step, words)
                words |= _kept(step, codec, answer)
            else:
                getattr(stage, step.what)(step.room, step.identity)
    return answers


def _together(
    stage: Stage, codec: Codec, step: Together, words: dict[str, str]
) -> dict[str, Answer]:
    def ask(call: Call) -> Answer:
        with Line(stage.url) as line:
            return _ask(line, stage.key, codec, call, words)

    with ThreadPoolExecutor(len(step.calls)) as pool:
        answers = pool.map(ask, step.calls)
        return {call.name: each for call, each in zip(step.calls, answers, strict=True)}


def _ask(
    line: Line, key: tokens.Key, codec: Codec, call: Call, words: dict[str, str]
) -> Answer:
    method, request = METHODS[call.path], request_of(call, words)
    header = tokens.authorization(call.token, key, method, request)
    return line.ask(method, request, codec, header, call.timeout_ms)


def _kept(call: Call, codec: Codec, answer: Answer) -> dict[str, str]:
    if not call.keep:
        return {}
    assert answer.status == 200, f"{call.name}: {answer}"
    told = decoded(METHODS[call.path], codec, answer)
    found: dict[str, str] = {}
    for word, path in call.keep.items():
        value: Any = told
        for part in path.split("."):
            value = value[int(part)] if part.isdecimal() else getattr(value, part)
        found[word] = value
    return found


def decoded(method: Method, codec: Codec, answer: Answer) -> Message:
    """The message of an answer with 200."""
    if codec == "json":
        return method.output_type.from_json(answer.body, ignore_unknown=True)
    return method.output_type.from_bytes(answer.body)


def _filled(value: Any, words: dict[str, str]) -> Any:
    """A JSON value with words for names in braces."""
    if value.__class__ is str:
        name = re.fullmatch(r"\{(\w+)\}", value)
        return words.get(name[1], value) if name else value
    if value.__class__ is dict:
        return {key: _filled(each, words) for key, each in value.items()}
    if value.__class__ is list:
        return [_filled(each, words) for each in value]
    return value


class Line:
    """A connection to a server that is kept, for requests as they are written here."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        assert target.hostname
        self._http = http.client.HTTPConnection(target.hostname, target.port, _WAIT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(
        self,
        method: Method,
        request: Message,
        codec: Codec,
        authorization: str | None,
        timeout_ms: int | None = None,
        *,
        query: str = "",
    ) -> Answer:
        """The answer to a call of a method. `query` is a token that stands in the URL."""
        body = request.to_bytes() if codec == "protobuf" else request.to_json().encode()
        headers = {"Content-Type": f"application/{codec}"}
        if authorization is not None:
            headers["Authorization"] = authorization
        if timeout_ms is not None:
            headers["X-Twirp-Timeout-Ms"] = str(timeout_ms)
        url = f"/twirp/{method.path}" + (f"?access_token={query}" if query else "")
        self._http.request("POST", url, body, headers)
        answer = self._http.getresponse()
        content_type = answer.headers.get("Content-Type", "")
        return Answer(answer.status, content_type, answer.read())
