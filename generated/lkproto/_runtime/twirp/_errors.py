# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The one error of clients and servers."""

from __future__ import annotations

from ._codes import TwirpCode, code_of
from ._masking import excerpt, masked

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..reflection.services import Method

_FACE = __name__.rpartition(".")[0]
INTERMEDIARY = "http_error_from_intermediary"
# What other servers answer to a POST, and servers of Twirp that do not have the service.
_NOT_THERE = (404, 405)


class TwirpError(Exception):
    """What a call failed with: raised by clients, and by methods of servers to answer with it.

    `code` says what kind of error it is, `msg` what happened, for people, and `meta` more, for
    programs. A client adds what it knows: `status` is the HTTP status (None where no answer came),
    `request_id` that of the answer or the request, `service` and `method` what was called,
    `needs` the grant that the method needs and, where the server refused it, `has` what the call's
    token grants; `sent` is False where certainly nothing of the request has left, and `retry_after`
    has the seconds after which the server asks to be tried again.

    `str` and `repr` mask JSON Web Tokens, which servers echo; `msg` and `meta` have them as they
    came. It can be pickled. Raises ValueError for a code that Twirp does not have.
    """

    __module__ = _FACE

    def __init__(
        self,
        code: TwirpCode | str,
        msg: str = "",
        meta: Mapping[str, str] | None = None,
        *,
        status: int | None = None,
    ) -> None:
        known = code_of(code)
        if known is None:
            names = ", ".join(TwirpCode)
            raise ValueError(f"{code!r} is not a code of Twirp; it has {names}")
        super().__init__(known, msg, dict(meta or {}))
        self.code: TwirpCode = known
        self.msg = msg
        self.meta: dict[str, str] = self.args[2]
        self.status = status
        self.request_id: str | None = None
        self.service = ""
        self.method = ""
        self.needs = ""
        self.has = ""
        self.sent = True
        self.retry_after: float | None = None

    @property
    def from_intermediary(self) -> bool:
        """Whether the answer was not one of Twirp, so that a proxy or another server gave it."""
        return self.meta.get(INTERMEDIARY) == "true"

    @property
    def is_refusal(self) -> bool:
        """Whether the caller may not do this, or did not prove who it is."""
        return self.code in ("unauthenticated", "permission_denied")

    def __str__(self) -> str:
        told = [self.msg and masked(self.msg)]
        if self.from_intermediary:
            told.append(excerpt(self.meta.get("body", "")))
            if self.status in _NOT_THERE and self.service:
                told.append(
                    f"is this the URL of the API, and does it have {self.service}?"
                )
        elif self.needs and self.is_refusal:
            has = f"; the call's token has {self.has}" if self.has else ""
            told.append(f"it needs the grant {self.needs}{has}")
        text = ": ".join([self.code.value, *filter(None, told)])
        return f"{text} ({where})" if (where := self._where()) else text

    def _where(self) -> str:
        called = f"{self.service}/{self.method}" if self.service else ""
        status = f"HTTP {self.status}" if self.status is not None else ""
        request = f"request {self.request_id}" if self.request_id else ""
        return ", ".join(filter(None, (called, status, request)))

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__} {self}>"


def unimplemented(method: Method) -> TwirpError:
    """The error of a method that a server does not have."""
    return TwirpError(TwirpCode.UNIMPLEMENTED, f"{method.path} is not implemented")
