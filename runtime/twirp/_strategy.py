"""How Twirp is written in HTTP, as a server needs it: codecs, errors, time limits.

The router knows no more of the protocol than this object. Another one with the same paths is
another strategy.
"""

from __future__ import annotations

from ..errors import JsonError, without_frames
from ..json.encode import Printer, to_json
from ._codecs import JsonCodec, ProtobufCodec
from ._error_json import error_to_json

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    from ..message import Message
    from ..table import Field
    from ._codecs import Codec
    from ._errors import TwirpError

    class Strategy(Protocol):
        """What a router needs of a protocol."""

        codecs: Mapping[str, Codec]
        timeout_header: bytes

        def timeout(self, text: str, /) -> float | None:
            """The seconds of the header for time limits; None if it is not one."""
            ...

        def undecodable(self, codec: Codec, /) -> str:
            """The text of the error for a body that a codec cannot decode."""
            ...

        def error(self, error: TwirpError, /) -> tuple[int, str, bytes]:
            """Status, content type and body of an answer with an error."""
            ...


_WHITESPACE = " \t\n\r"
_TEXTS = {"application/protobuf": "protobuf", "application/json": "json"}


class TwirpStrategy:
    """Twirp v7."""

    timeout_header = b"x-twirp-timeout-ms"

    def __init__(
        self, *, skip_defaults: bool = False, camel_case: bool = False
    ) -> None:
        json = ServerJson(skip_defaults=skip_defaults, camel_case=camel_case)
        codecs: tuple[Codec, ...] = (ProtobufCodec(), json)
        self.codecs: Mapping[str, Codec] = {each.content_type: each for each in codecs}

    def timeout(self, text: str, /) -> float | None:
        """The seconds of a number of milliseconds. Anything else counts as no header."""
        if not text.isascii() or not text.isdigit() or len(text) > 12:
            return None
        return int(text) / 1000

    def undecodable(self, codec: Codec, /) -> str:
        """The text of the error for a body that a codec cannot decode, as Go's server has it."""
        return f"the {_TEXTS[codec.content_type]} request could not be decoded"

    def error(self, error: TwirpError, /) -> tuple[int, str, bytes]:
        """Status, content type and body of an answer with an error."""
        return error.code.http_status, "application/json", error_to_json(error)


class ServerJson(JsonCodec):
    """JSON as Go's server reads and writes it."""

    def __init__(
        self, *, skip_defaults: bool = False, camel_case: bool = False
    ) -> None:
        super().__init__(skip_defaults=skip_defaults, camel_case=camel_case)
        self._printer = (
            None
            if skip_defaults
            else _Everything(preserving_names=not camel_case, always_print=True)
        )

    def encode(self, message: Message, /) -> bytes:
        """A message as ProtoJSON."""
        if self._printer is None:
            return super().encode(message)
        return without_frames(to_json, message, self._printer).encode()

    def decode(self, cls: Any, body: bytes, /) -> Any:
        """The message in the first JSON value of a body; what follows it does not count."""
        try:
            return super().decode(cls, body)
        except JsonError:
            first = _first_value(body)
            if first is None:
                raise
        return super().decode(cls, first)


class _Everything(Printer):
    """Prints unset fields, too: null for a message that is not there, as protojson does in Go."""

    __slots__ = ()

    def _always(self, field: Field) -> bool:
        is_message = field.kind in ("message", "group")
        absent = is_message and field.presence == "explicit" and field.oneof is None
        return absent or super()._always(field)

    def field(self, field: Field, value: Any) -> Any:
        """The JSON value of a field."""
        if value is None and field.presence == "explicit":
            return None
        return super().field(field, value)


def _first_value(body: bytes) -> bytes | None:
    """The first JSON value of a text, if anything follows it; else None."""
    import json

    text = body.decode("utf-8", "surrogateescape")
    start = len(text) - len(text.lstrip(_WHITESPACE))
    try:
        end = json.JSONDecoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None
    if not text[end:].strip(_WHITESPACE):
        return None
    return text[start:end].encode("utf-8", "surrogateescape")
