# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Secrets on their way: objects that no traceback shows, and warnings about odd ones.

Tools that report errors print the local variables of the frames that raise. So a secret is a
`Secret` from where it comes in until it is used.
"""

from __future__ import annotations

import re
import sys
from functools import wraps

from ._errors import ArgumentTypeError, InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")
    T = TypeVar("T")

STRONG = 32
"""Bytes a secret should have at least: those of the hash of HS256 (RFC 7518, section 3.2)."""

_PACKAGE = __name__.rpartition(".")[0].rpartition(".")[0] + "."
# What comes along when a key is copied: white space, a line break of another system, quotes.
_WRAPPED = re.compile(rb"""\s.*|.*\s|(["'`]).*\1""", re.DOTALL)
# Keys of LiveKit (`API` and twelve letters and digits), and the key of its development mode.
_LIKE_A_KEY = re.compile(rb"API[A-Za-z0-9]{1,21}|devkey")


class SuspectKeyWarning(UserWarning):
    """A key or secret with white space or quotes around it, which count as part of it."""


class WeakSecretWarning(UserWarning):
    """A secret so short that it can be guessed."""


def always(text: Callable[[T], str]) -> Callable[[T], str]:
    """Make a `__repr__` work on an object without all its attributes, too.

    Reporters of errors show `self` of a constructor that raised.
    """

    def shown(self: T) -> str:
        try:
            return text(self)
        except AttributeError:
            return object.__repr__(self)

    return shown


def forgetful(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function that is given secrets leave none in the frames of what it raises.

    A call that does not fit its parameters is an error of this family, which names the right one.
    """

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            names = list(kwargs)
            del args, kwargs
            trace = error.__traceback__
            if isinstance(error, TypeError) and trace and not trace.tb_next:
                from ._keywords import wrong_call

                raise wrong_call(function, names, error) from None
            _forget(error)
            raise

    return guarded


def _forget(error: BaseException | None) -> None:
    """Clear the local variables of our frames, also of the errors that led to this one."""
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            frame, trace = trace.tb_frame, trace.tb_next
            if frame.f_globals.get("__name__", "").startswith(_PACKAGE):
                try:  # noqa: SIM105 - contextlib would slow the import
                    frame.clear()
                except RuntimeError:
                    pass  # it still runs, such as the caller's
        error = error.__cause__ or error.__context__


class Secret:
    """The bytes of a secret, which no `repr` shows. It is false while it is empty."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def reveal(self) -> bytes:
        """The bytes, for an expression that uses them; not to be kept in a variable."""
        return self._data

    def __bool__(self) -> bool:
        return bool(self._data)

    def __repr__(self) -> str:
        return "<redacted SECRET>"


class TextSecret(Secret):
    """A secret that a caller gives as text."""

    __slots__ = ("_problem", "given")

    def __init__(self, given: object) -> None:
        """It takes anything and never raises, so that its caller can forget what was given."""
        self.given = given
        self._data = b""
        self._problem: InvalidArgumentError | None = None
        if isinstance(given, str):
            try:
                self._data = given.encode()
            except UnicodeEncodeError:
                self._problem = InvalidArgumentError(
                    "the API secret is not valid Unicode"
                )
        elif given is not None:
            hint = "; decode it" if isinstance(given, bytes) else ""
            self._problem = ArgumentTypeError(
                f"an API secret is text, not {type(given).__name__}{hint}"
            )

    def checked(self) -> Secret:
        """The secret itself. Raises InvalidArgumentError if text was not given."""
        if self._problem is not None:
            raise self._problem
        return self


# The last pair that was found to be good: nearly all tokens are minted with the same one.
_good: list[tuple[str, TextSecret]] = [("", TextSecret(None))]


def good_secret(api_key: str, given: object) -> Secret | None:
    """The secret of the last pair that was found to be good, if it is this pair."""
    good_key, good = _good[0]
    return good if api_key == good_key and given == good.given else None


def check_pair(api_key: str, secret: TextSecret) -> None:
    """Refuse a pair that would publish its secret as `iss`, and warn about an odd one.

    Raises InvalidArgumentError.
    """
    refuse_swapped(api_key, secret)
    if not warn_if_odd(api_key, secret):
        _good[0] = api_key, secret


def refuse_swapped(api_key: str, secret: Secret) -> None:
    """Refuse a pair that would publish its secret as `iss`. Raises InvalidArgumentError."""
    if _LIKE_A_KEY.fullmatch(secret.reveal()) or _is_swapped(api_key.encode(), secret):
        raise InvalidArgumentError(
            "the API secret looks like an API key; perhaps key and secret are swapped, and the "
            "token would publish the secret as its `iss`"
        )


def _is_swapped(key: bytes, secret: Secret) -> bool:
    """Whether a key is as long as a secret, and the secret as short as a key, or the same."""
    return key == secret.reveal() or (len(key) >= STRONG > len(secret.reveal()))


def warn_if_odd(api_key: str, secret: Secret) -> bool:
    """Warn about a short secret, and about a key or secret with something around it.

    Returns whether there was a reason to.
    """
    weak = 0 < len(secret.reveal()) < STRONG
    if weak:
        _warn(
            f"an API secret has fewer than {STRONG} bytes and can be guessed; make one "
            "with secrets.token_urlsafe(32)",
            WeakSecretWarning,
        )
    wrapped = [
        name
        for name, found in (
            ("key", _WRAPPED.fullmatch(api_key.encode("utf-8", "replace"))),
            ("secret", _WRAPPED.fullmatch(secret.reveal())),
        )
        if found
    ]
    for name in wrapped:
        _warn(
            f"an API {name} has white space, a line break or quotes around it, which count as "
            f"part of it; remove them where the {name} is set",
            SuspectKeyWarning,
        )
    return weak or bool(wrapped)


def _warn(text: str, category: type[Warning]) -> None:
    """Warn at the line outside this package that led here."""
    from warnings import warn

    level = 2
    frame: FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    warn(text, category, stacklevel=level)


# As for errors: people filter warnings by the module that they import them from.
for _each in (SuspectKeyWarning, WeakSecretWarning):
    _each.__module__ = __name__.rpartition(".")[0]
