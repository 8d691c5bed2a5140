# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The native codec in the form that `..codec` expects.

What it does not support, the straight-line codec does: classes with groups, message sets, and JSON
of well-known types; and it encodes messages of more than a hundred levels. The extension only reads
and writes the usual; see `..codec`.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..arguments import as_bytes
from ..straight import codec as straight
from .describe import describe, is_special

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message

# Bytes or characters, above which the collector is paused; the extension has the same number.
LARGE = 100_000


class NativeCodec:
    """The codec of the extension, with `describe` for its view of classes."""

    def __init__(self, module: Any) -> None:
        self._codec = module.Codec(describe)

    def encoder(self, cls: type[Message], /) -> Callable[[Message], bytes]:
        """The binary encoder of a class."""
        if not self._supports(cls):
            return straight.encoder(cls)
        function: Callable[[Message], bytes] = self._codec.encoder(cls)
        return _deeper(function, cls) if cls._recursive else function

    def decoder(self, cls: type[Message], /) -> Callable[[bytes], Message]:
        """The binary decoder of a class."""
        if not self._supports(cls):
            return straight.decoder(cls)
        return _prepared(self._codec.decoder(cls), "from_bytes")

    def bounded_decoder(self, cls: type[Message], /) -> Callable[[bytes, int], Message]:
        """The binary decoder of a class, with a bound on the messages inside."""
        if not self._supports(cls):
            return straight.bounded_decoder(cls)
        return _prepared(self._codec.bounded_decoder(cls), "from_bytes")

    def json_encoder(self, cls: type[Message], /) -> Callable[[Message], str]:
        """The ProtoJSON printer of a class."""
        codec = self._codec if self._reads_json(cls) else straight
        function: Callable[[Message], str] = codec.json_encoder(cls)
        return function

    def json_decoder(
        self, cls: type[Message], /
    ) -> Callable[[str | bytes, bool], Message]:
        """The ProtoJSON parser of a class."""
        if not self._reads_json(cls):
            return straight.json_decoder(cls)
        whole = _prepared(self._codec.json_decoder(cls), "from_json")
        function: Callable[[str | bytes, bool], Message]
        function = self._codec.json_decoder(cls, whole)
        return function

    def constructor(self, cls: type[Message], /) -> Callable[[], object] | None:
        """Construct a class natively, and read its oneofs; returns what ends that."""
        try:
            if not self._supports(cls):
                return None
        except ImportError:
            # Modules of field types may be missing, as long as nothing needs them.
            return None
        self._codec.construct(cls)
        members = dict(self._codec.members(cls))
        written = {name: cls.__dict__[name] for name in members}
        _set_all(cls, members)

        def end() -> None:
            self._codec.construct_no_more(cls)
            _set_all(cls, written)

        return end

    def method(self, cls: type[Message], name: str, /) -> object | None:
        """A public method as a builtin, which calls the one in Python where it must."""
        if not (self._reads_json(cls) if name == "from_json" else self._supports(cls)):
            return None
        written = cls.__base__.__dict__[name]
        python = getattr(written, "__func__", written)  # of a class method
        method: object = self._codec.method(cls, name, python)
        return method

    def _supports(self, cls: type[Message]) -> bool:
        try:
            supported: bool = self._codec.supports(cls)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return False  # what cannot be described, or more of it than the extension holds
        return supported

    def _reads_json(self, cls: type[Message]) -> bool:
        return self._supports(cls) and not is_special(cls)


def _set_all(cls: type[Message], attributes: dict[str, Any]) -> None:
    for name, value in attributes.items():
        type.__setattr__(cls, name, value)


def _deeper(
    encode: Callable[[Message], bytes], cls: type[Message]
) -> Callable[[Message], bytes]:
    """An encoder that leaves what is too deep for the extension to the straight-line codec first.

    That nests as deep as the interpreter recurses, the extension a hundred levels, and the exact
    codec hardly more.
    """

    def encode_deeper(message: Message) -> bytes:
        try:
            return encode(message)
        except RecursionError:
            return straight.encoder(cls)(message)

    return encode_deeper


def _prepared(decode: Callable[..., Any], taker: str) -> Callable[..., Any]:
    """A decoder that takes any buffer, and pauses the collector while it reads what is large."""
    from ..straight.collector import at_rest

    def decode_prepared(data: Any, *more: Any) -> Any:
        if data.__class__ is not str and data.__class__ is not bytes:
            data = as_bytes(data, taker)
        if len(data) > LARGE:
            return at_rest(decode, data, *more)
        return decode(data, *more)

    return decode_prepared
