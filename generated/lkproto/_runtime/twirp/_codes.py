# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The error codes of Twirp, and their HTTP statuses (specification v7, section Error Codes)."""

from __future__ import annotations

from enum import StrEnum

_FACE = __name__.rpartition(".")[0]


class TwirpCode(StrEnum):
    """An error code of Twirp; its value is the text on the wire, `not_found`."""

    CANCELED = "canceled"
    """The caller gave up."""
    UNKNOWN = "unknown"
    """An error that nobody gave a code."""
    INVALID_ARGUMENT = "invalid_argument"
    """The request is wrong, whatever the state of the system."""
    MALFORMED = "malformed"
    """The request could not be decoded."""
    DEADLINE_EXCEEDED = "deadline_exceeded"
    """The time was over; what was asked for may have been done all the same."""
    NOT_FOUND = "not_found"
    """What the request names does not exist."""
    BAD_ROUTE = "bad_route"
    """There is no such service or method, or it was asked in another way than by Twirp."""
    ALREADY_EXISTS = "already_exists"
    """What should be created is there already."""
    PERMISSION_DENIED = "permission_denied"
    """The caller is known and may not do this."""
    UNAUTHENTICATED = "unauthenticated"
    """The caller did not prove who it is; LiveKit also says so where a grant is missing."""
    RESOURCE_EXHAUSTED = "resource_exhausted"
    """A quota or a limit is used up."""
    FAILED_PRECONDITION = "failed_precondition"
    """The system is not in a state in which this can be done."""
    ABORTED = "aborted"
    """It conflicted with something at the same time."""
    OUT_OF_RANGE = "out_of_range"
    """A value is beyond what is there, such as the end of a file."""
    UNIMPLEMENTED = "unimplemented"
    """The server has no such operation, or has it disabled."""
    INTERNAL = "internal"
    """Something that must hold did not."""
    UNAVAILABLE = "unavailable"
    """Nobody answers now; it can be tried again."""
    DATA_LOSS = "data_loss"
    """Data was lost or damaged."""

    @property
    def http_status(self) -> int:
        """The HTTP status of an answer with this code."""
        return _STATUSES[self]


TwirpCode.__module__ = _FACE

_STATUSES: dict[str, int] = {
    "canceled": 408,
    "unknown": 500,
    "invalid_argument": 400,
    "malformed": 400,
    "deadline_exceeded": 408,
    "not_found": 404,
    "bad_route": 404,
    "already_exists": 409,
    "permission_denied": 403,
    "unauthenticated": 401,
    "resource_exhausted": 429,
    "failed_precondition": 412,
    "aborted": 409,
    "out_of_range": 400,
    "unimplemented": 501,
    "internal": 500,
    "unavailable": 503,
    "data_loss": 500,
}


def code_of(text: object) -> TwirpCode | None:
    """The code with a text, or None if there is none."""
    return TwirpCode(text) if isinstance(text, str) and text in _STATUSES else None
