"""A server that keeps requests as they come, and answers with an empty message."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.posts import Answer, Post, taking


class Recorded(Post):
    """A request, whose headers have names in lower case."""

    @property
    def claims(self) -> dict[str, Any]:
        """What the request's token says."""
        scheme, _, token = self.headers["authorization"].partition(" ")
        assert scheme == "Bearer"
        payload = token.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
        return claims


@dataclass
class Recorder:
    """A server's URL, and the requests that have come since they were last taken."""

    url: str
    requests: list[Recorded] = field(default_factory=list)

    def taken(self) -> list[Recorded]:
        """The requests, which are not given again."""
        found, self.requests = self.requests, []
        return found


@contextmanager
def recording() -> Generator[Recorder]:
    """A recorder while a block runs."""

    def record(post: Post) -> Answer:
        headers = {name.lower(): value for name, value in post.headers.items()}
        recorder.requests.append(Recorded(post.path, headers, post.body))
        return 200, "application/protobuf", b""

    recorder = Recorder("")
    with taking(record) as recorder.url:
        yield recorder
