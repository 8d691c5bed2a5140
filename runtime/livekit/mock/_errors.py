# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What the mock refuses: to clients in the words of livekit-server 1.13.5, to tests in its own."""

from __future__ import annotations

from .._runtime.twirp import TwirpCode, TwirpError

_FACE = __name__.rpartition(".")[0]
# What this version writes before texts that did not come from Twirp; newer ones leave it out.
_PREFIX = "twirp error unknown: "


class MockError(Exception):
    """A test asks for what cannot be, such as a track of somebody who is not in the room."""

    __module__ = _FACE


def refusal(code: TwirpCode, text: str) -> TwirpError:
    """An error of one of the server's own parts."""
    return TwirpError(code, _PREFIX + text)


def invalid(text: str) -> TwirpError:
    """A request that one of the server's own parts finds invalid."""
    return refusal(TwirpCode.INVALID_ARGUMENT, text)


def missing(text: str) -> TwirpError:
    """Something that is not there."""
    return refusal(TwirpCode.NOT_FOUND, text)


def no_answer() -> TwirpError:
    """What the server says when no one serves a room or participant; it takes 3 s to find out."""
    return refusal(TwirpCode.UNAVAILABLE, "no response from servers")


def plainly_invalid(text: str) -> TwirpError:
    """A request that is found invalid before it reaches the server's parts."""
    return TwirpError(TwirpCode.INVALID_ARGUMENT, text)


def bad_argument(argument: str, requirement: object) -> TwirpError:
    """An argument that is named apart, as the Go library of Twirp does it."""
    text = f"{argument} {requirement}"
    return TwirpError(TwirpCode.INVALID_ARGUMENT, text, {"argument": argument})
