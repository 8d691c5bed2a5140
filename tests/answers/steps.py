"""What a script is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A call of a method, such as `RoomService/CreateRoom`, whose answer is kept by its name.

    `request` is JSON in which `{word}` stands for what `keep` took from an earlier answer: by
    word, the path of a value in that answer. `token` is a name of `tokens`.
    """

    name: str
    method: str
    request: Mapping[str, Any] = field(default_factory=dict[str, Any])
    keep: Mapping[str, str] = field(default_factory=dict[str, str])
    token: str = "right"
    timeout_ms: int | None = None

    @property
    def path(self) -> str:
        """The method's name with that of its package."""
        return f"livekit.{self.method}"


@dataclass(frozen=True)
class Act:
    """Something that participants do: `join`, `publish` or `leave`."""

    what: str
    room: str
    identity: str


@dataclass(frozen=True)
class Together:
    """Calls that are made at the same time, because a server takes seconds to answer them."""

    calls: tuple[Call, ...]


Step = Call | Act | Together
