# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The errors of messages, as one family.

    ProtoError
    ├── DecodeError            invalid bytes: byte offset and path
    ├── EncodeError            a value that its field cannot hold: path
    │   └── ForeignMessageError   a message of another class or another copy of the package
    ├── JsonError              invalid ProtoJSON: line, column and path
    └── TextError              invalid text format: line, column and path

A path looks like `$.tracks[1].codecs[0]`. All of them can be pickled, and none shows the value of
a field that the schema marks as sensitive.
"""

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from .table import Field

    T = TypeVar("T")


_LONG_PATH = 20


class ProtoError(ValueError):
    """Base of all errors of messages. `message` is the text without the place."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.__class__, self.args, self.__dict__)


class _PlacedError(ProtoError):
    """An error somewhere inside a message; callers add to its path as it propagates."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self._steps: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The path to the place of the error, such as `$.tracks[1].sid`; `$` is the message."""
        steps = self._steps[::-1]
        if len(steps) > _LONG_PATH:
            half = _LONG_PATH // 2
            between = f"…({len(steps) - 2 * half} more)…"
            steps = (*steps[:half], between, *steps[-half:])
        return "$" + "".join(steps)

    def inside(self, step: str) -> None:
        """Prepend a step to the path: a field (`.name`) or an item (`[3]`)."""
        self._steps += (step,)

    def conceal(self, field: Field) -> None:
        """Drop all details of an error inside a message that the schema marks as sensitive.

        Errors in other sensitive fields do not have any details.
        """
        if field.redact and (field.value or field).kind in ("message", "group"):
            self.message = (
                "something in it is wrong, and hidden because it is sensitive"
            )
            self.args = (self.message,)
            self._steps = ()

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class EncodeError(_PlacedError):
    """A value that its field cannot hold; `path` leads to it."""


def without_frames(encode: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """Call an encoder. Its errors come without its frames: their variables are values of fields,
    which tools that report errors would print, also of sensitive ones.
    """
    try:
        return encode(*arguments, **options)
    except EncodeError as error:
        raise error.with_traceback(None)  # noqa: B904 - it is the same error


class ForeignMessageError(EncodeError):
    """A message of another class, or of another copy of the package, than its field takes."""


class DecodeError(_PlacedError):
    """Invalid bytes; `offset` is in bytes from the start of the input."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.path}: {self.message} (at byte {self.offset})"


class _TextPlacedError(_PlacedError):
    """An error in text.

    `line` and `column` count from 1. They are None if the input was Python values instead of text,
    or if the text was refused as a whole, such as for its size.
    """

    def __init__(
        self, message: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.line: int | None = line
        self.column: int | None = column

    def __str__(self) -> str:
        if self.line is None:
            return super().__str__()
        return f"{self.path}: {self.message} (line {self.line}, column {self.column})"


class JsonError(_TextPlacedError):
    """Text or Python values that are not the ProtoJSON of a message."""

    def __init__(
        self, message: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message, line, column)
        # The keys and indexes that lead to the value, innermost first; see `json.syntax.place`.
        self._keys: tuple[object, ...] = ()
        # Whether the only fault is an unknown name of an enum, which `ignore_unknown` skips.
        self.unknown_enum_name = False

    def inside(self, step: str, key: object = None) -> None:
        """Prepend a step; `key` is the key or index of the value in JSON, if it has one."""
        super().inside(step)
        if key is not None:
            self._keys += (key,)


class TextError(_TextPlacedError):
    """Text that is not the text format of a message."""


def shown(value: object, width: int | None = 60) -> str:
    """A value as error messages show it, shortened to a width."""
    try:
        text = repr(value)
    except ValueError:  # an int of more digits than Python prints
        if isinstance(value, int):
            return "a number of thousands of digits"
        return _unprintable(value)
    except Exception:  # noqa: BLE001 - a class of users may do anything
        return _unprintable(value)
    if width is None or len(text) <= width:
        return text
    quote = text[-1] if isinstance(value, str | bytes) else ""
    return f"{text[: width - 1 - len(quote)]}…{quote}"


def _unprintable(value: object) -> str:
    return f"<{type(value).__name__}, whose repr fails>"


def key_step(field: Field, key: object) -> str:
    """The step of a path for an entry of a map, which hides sensitive keys."""
    return "[key]" if field.redact else f"[{shown(key)}]"


def _restore(
    cls: type[ProtoError], args: tuple[Any, ...], state: dict[str, Any]
) -> ProtoError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error
