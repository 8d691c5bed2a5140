# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What has come to a mock, for tests to look at."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._runtime.message import Message
    from ..lkproto.claims_pb import ClaimGrants


class MockRequest:
    """A request that came, and how it was answered.

    `path` is that of its URL. Of a call of Twirp, `method` is its method's path, such as
    `livekit.RoomService/CreateRoom`, and `message` the request, or None if it never was a message.
    `claims` are those of its token (None without one, or where it was refused), `region` the number
    of the region that it came to, `headers` the names and values it came with. `status` is that of
    the answer, None before there is one, and where the connection was dropped.
    """

    __module__ = __name__.rpartition(".")[0]
    __slots__ = (
        "claims",
        "headers",
        "http_method",
        "message",
        "method",
        "path",
        "region",
        "status",
    )

    def __init__(
        self, http_method: str, path: str, method: str, region: int, headers: Any
    ) -> None:
        self.http_method: str = http_method
        self.path: str = path
        self.method: str = method
        self.region: int = region
        self.headers: dict[str, str] = headers
        self.message: Message | None = None
        self.claims: ClaimGrants | None = None
        self.status: int | None = None

    def __repr__(self) -> str:
        # Neither headers nor claims nor the message: they may have secrets.
        what = self.method or f"{self.http_method} {self.path}"
        answer = "dropped" if self.status is None else self.status
        return f"<MockRequest {what}: {answer}>"
