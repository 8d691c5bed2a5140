# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""Everything that can go wrong with a message, as one family.

    ProtoError
    ├── DecodeError            bytes that are no message: byte offset and path
    ├── EncodeError            a value outside its field's type: path
    │   └── ForeignMessageError   a message of another class or another copy of the package
    ├── JsonError              text that is no ProtoJSON: line, column and path
    └── TextError              text that is not in text format: line, column and path

Paths read like `$.tracks[1].codecs[0]`. All pickle. None shows the value of a field that the
schema marks as sensitive.
"""

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

    from .table import Field


_LONG_PATH = 20


class ProtoError(ValueError):
    """Base of all errors about messages. `message` is the text without the place."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.__class__, self.args, self.__dict__)


class _PlacedError(ProtoError):
    """An error somewhere inside a message; callers add the path as it unwinds."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self._steps: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where in the message, such as `$.tracks[1].sid`; `$` is the message itself."""
        steps = self._steps[::-1]
        if len(steps) > _LONG_PATH:
            half = _LONG_PATH // 2
            between = f"…({len(steps) - 2 * half} more)…"
            steps = (*steps[:half], between, *steps[-half:])
        return "$" + "".join(steps)

    def inside(self, step: str) -> None:
        """Say that this happened inside a field (`.name`) or an item (`[3]`)."""
        self._steps += (step,)

    def conceal(self, field: Field) -> None:
        """Forget what was said of the messages in a field that the schema marks as sensitive.

        Of other sensitive fields nothing was said in the first place.
        """
        if field.redact and (field.value or field).kind in ("message", "group"):
            self.message = "something in it is wrong, and it is not shown"
            self.args = (self.message,)
            self._steps = ()

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class EncodeError(_PlacedError):
    """A value that its field cannot hold."""


class ForeignMessageError(EncodeError):
    """A message where one of another class belongs."""


class DecodeError(_PlacedError):
    """Bytes that are not a message; `offset` counts from the start of the input."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.path}: {self.message} (at byte {self.offset})"


class _TextPlacedError(_PlacedError):
    """An error in text.

    `line` and `column` count from 1; they are None where there is no text (Python values), or
    where it is refused as a whole.
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
    """Text or values that are not the ProtoJSON of a message."""

    def __init__(
        self, message: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message, line, column)
        # The keys and indexes that lead to the value, from the inside; see `json.syntax.place`.
        self._keys: tuple[object, ...] = ()
        # Whether a name that its enum lacks is all that is wrong: `ignore_unknown` skips it.
        self.unknown_enum_name = False

    def inside(self, step: str, key: object = None) -> None:
        """As for all; `key` is the key or index of the value in JSON, if it has one."""
        super().inside(step)
        if key is not None:
            self._keys += (key,)


class TextError(_TextPlacedError):
    """Text that is not a message in text format."""


def shown(value: object, width: int | None = 60) -> str:
    """A value as messages show it; what is longer than a width is cut."""
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
    """The step of a path that is an entry of a map."""
    return "[key]" if field.redact else f"[{shown(key)}]"


def _restore(
    cls: type[ProtoError], args: tuple[Any, ...], state: dict[str, Any]
) -> ProtoError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error
