"""What the tests of `lkproto call` share: a server that answers as a test says, and runs."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lkproto import Message

from tests.posts import Answer, Post, taking

from .conftest import Done, Project

KEY, SECRET = "APIkey", "0123456789abcdef0123456789abcdef"
PAIR = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
NOTHING = dict.fromkeys(
    (
        "LIVEKIT_URL",
        "LIVEKIT_TOKEN",
        "LIVEKIT_API_KEY",
        "LIVEKIT_API_SECRET",
        "LIVEKIT_KEYS",
    ),
    "",
)
# The port of `discard`, for what is not sent.
NOWHERE = {"LIVEKIT_URL": "ws://127.0.0.1:9"}


@dataclass
class Server:
    """A server that gives the answers of a test, the last one for ever."""

    answers: list[Answer]
    url: str = ""
    requests: list[Post] = field(default_factory=list[Post])


def answer(message: Message) -> Answer:
    """An answer of a method."""
    return 200, "application/protobuf", message.to_bytes()


def failure(status: int, code: str, msg: str, **meta: str) -> Answer:
    """An error of Twirp."""
    found = {"code": code, "msg": msg, "meta": meta}
    return status, "application/json", json.dumps(found).encode()


@contextmanager
def serving(*answers: Answer) -> Generator[Server]:
    """A server on a real socket."""
    found = Server(list(answers))

    def answered(post: Post) -> Answer:
        found.requests.append(post)
        given = found.answers
        return given.pop(0) if len(given) > 1 else given[0]

    with taking(answered) as found.url:
        yield found


def call(project: Project, *words: str, stdin: bytes = b"", **environment: str) -> Done:
    """Run `lkproto call` with the usual key, and a home without a configuration."""
    home = {"HOME": str(project.folder)}
    variables = NOTHING | PAIR | home | environment
    return project.run("call", *words, stdin=stdin, **variables)


def dry(project: Project, *words: str, stdin: bytes = b"", **environment: str) -> Any:
    """What a call would send, as JSON."""
    words = (*words, "--dry-run", "--json")
    done = call(project, *words, stdin=stdin, **(NOWHERE | environment))
    assert (done.code, done.err) == (0, ""), done
    return json.loads(done.out)
