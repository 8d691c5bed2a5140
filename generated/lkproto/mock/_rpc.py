# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Calls of participants by PerformRpc, and their errors (livekit/protocol, utils)."""

from __future__ import annotations

from .._runtime.twirp import TwirpCode, TwirpError
from ._errors import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAX_PAYLOAD = 15360
"""Bytes of a payload, in either direction."""
DEFAULT_TIMEOUT = 10.0
UNSUPPORTED, REQUEST_TOO_LARGE = 1400, 1402
APPLICATION, TIMEOUT, RESPONSE_TOO_LARGE = 1500, 1502, 1504
_TEXTS = {
    UNSUPPORTED: "Method not supported at destination",
    REQUEST_TOO_LARGE: "Request payload too large",
    APPLICATION: "Application error in method handler",
    TIMEOUT: "Response timeout",
    RESPONSE_TOO_LARGE: "Response payload too large",
}
_CODES = {
    UNSUPPORTED: TwirpCode.INVALID_ARGUMENT,
    1401: TwirpCode.NOT_FOUND,
    REQUEST_TOO_LARGE: TwirpCode.INVALID_ARGUMENT,
    1403: TwirpCode.UNIMPLEMENTED,
    1404: TwirpCode.UNIMPLEMENTED,
    1501: TwirpCode.CANCELED,
    TIMEOUT: TwirpCode.CANCELED,
    1503: TwirpCode.UNAVAILABLE,
}
_FACE = __name__.rpartition(".")[0]


class RpcError(Exception):
    """What a function of a participant answers a call of `PerformRpc` with in place of a payload.

    Codes up to 1999 are LiveKit's own; `data` is more for programs.
    """

    __module__ = _FACE

    def __init__(self, code: int, message: str, data: str = "") -> None:
        super().__init__(code, message, data)
        self.code, self.message, self.data = code, message, data

    def __str__(self) -> str:
        data = f": {self.data}" if self.data else ""
        return f"RpcError {self.code}: {self.message}{data}"


def perform(
    handler: Callable[[str], str] | None,
    payload: str,
    timeout: float,
    monotonic: Callable[[], float],
) -> str:
    """What a function answers; without one, nobody knows the method. Raises TwirpError.

    A function is not stopped: one that takes too long is waited for, and then has.
    """
    if _size(payload) > MAX_PAYLOAD:
        raise _built_in(REQUEST_TOO_LARGE)
    if handler is None:
        raise _built_in(UNSUPPORTED)
    begun = monotonic()
    try:
        answer = handler(payload)
    except RpcError as error:
        raise _as_twirp(error) from None
    except Exception as error:
        raise _built_in(APPLICATION) from error
    if monotonic() - begun > (timeout or DEFAULT_TIMEOUT):
        raise _built_in(TIMEOUT)
    if _size(answer) > MAX_PAYLOAD:
        raise _built_in(RESPONSE_TOO_LARGE)
    return answer


def _size(payload: str) -> int:
    return len(payload.encode("utf-8", "surrogatepass"))


def _built_in(code: int) -> TwirpError:
    return _as_twirp(RpcError(code, _TEXTS[code]))


def _as_twirp(error: RpcError) -> TwirpError:
    return refusal(_CODES.get(error.code, TwirpCode.INTERNAL), str(error))
