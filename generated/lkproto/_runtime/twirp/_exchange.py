# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A request as the router gets it, and its answer."""

from __future__ import annotations

from ._context import TwirpContext

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


class Incoming(TwirpContext):
    """A request of which the body is not read yet; methods see it as their context.

    `relative` is the path from where the application is mounted, and `mount` that place.
    """

    __slots__ = ("content_type", "http_method", "mount", "relative")

    def __init__(
        self,
        http_method: str,
        path: str,
        headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]],
        content_type: str,
        deadline: float | None = None,
        relative: str | None = None,
        mount: str = "",
        scope: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(path, headers, scope, deadline)
        self.http_method = http_method
        self.content_type = content_type
        self.relative = path if relative is None else relative
        self.mount = mount


class Answer:
    """The answer to a request: its status, its body, and `more` headers than those of the body."""

    __slots__ = ("body", "content_type", "more", "status")

    def __init__(
        self, status: int, content_type: str, body: bytes, more: list[tuple[str, str]]
    ) -> None:
        self.status = status
        self.content_type = content_type
        self.body = body
        self.more = more

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers."""
        length = str(len(self.body))
        own = [("Content-Type", self.content_type), ("Content-Length", length)]
        return own + self.more
