# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The two forms of requests and answers: protobuf and JSON."""

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from ..message import Message

    class Codec(Protocol):
        """How messages are written in a body, and what the body is called."""

        content_type: str

        def encode(self, message: Message, /) -> bytes:
            """A message as a body. Raises EncodeError."""
            ...

        def decode(self, cls: Any, body: bytes, /) -> Any:
            """The message in a body. Raises DecodeError or JsonError."""
            ...


class ProtobufCodec:
    """Binary protobuf."""

    content_type = "application/protobuf"

    def encode(self, message: Message, /) -> bytes:
        """A message as binary protobuf."""
        return message.to_bytes()

    def decode(self, cls: Any, body: bytes, /) -> Any:
        """The message in a body."""
        return cls.from_bytes(body)


class JsonCodec:
    """ProtoJSON. What is read may have either form of names, and names the schema does not have."""

    content_type = "application/json"

    def __init__(self, *, skip_defaults: bool = True, camel_case: bool = False) -> None:
        self._all = not skip_defaults
        self._names = not camel_case

    def encode(self, message: Message, /) -> bytes:
        """A message as ProtoJSON."""
        text = message.to_json(preserving_names=self._names, always_print=self._all)
        return text.encode()

    def decode(self, cls: Any, body: bytes, /) -> Any:
        """The message in a body."""
        return cls.from_json(body, ignore_unknown=True)


PROTOBUF: Codec = ProtobufCodec()
JSON: Codec = JsonCodec()
CLIENT_CODECS: dict[str, Codec] = {"protobuf": PROTOBUF, "json": JSON}
