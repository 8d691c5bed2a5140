# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The seam between messages and codecs.

A codec converts messages to bytes or JSON text and back. All it knows of a class is the field
table and the layout of instances, both described in `table`. It provides one function for each
class and direction, requested once, on first use:

* `encoder(cls)`: message → bytes
* `decoder(cls)`: bytes → message; nesting is bounded by `arguments.MAX_DEPTH`
* `bounded_decoder(cls)`: bytes, and how many messages they may hold → message
* `json_encoder(cls)`: message → ProtoJSON text, with the default options
* `json_decoder(cls)`: text or UTF-8 bytes, and whether to ignore unknown names → message

Such a function handles the ordinary case. For anything else (unusual but valid input, a value out
of range, broken data) it raises an exception of `refusals`, whatever it says. The exact codec
(`binary`, `json`) then processes the message again, and returns the right result or raises the
error with its place. So a codec needs no error messages of its own, and each of the two codecs
tests the other. Calls with options other than the defaults go directly to the exact codec.

`use` replaces the codec, for instance with a native one; generated code does not change. If the
environment variable LKPROTO_CODEC is `exact`, the exact codec processes every message.
`fallbacks` counts how often the exact codec had to step in, by full proto name and direction. A
codec that falls back on ordinary messages is correct, but slow.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from .message import Message

    class Codec(Protocol):
        """The interface of a codec; see the module docstring."""

        def encoder(self, cls: type[Message], /) -> Callable[[Message], bytes]:
            """The binary encoder of a class."""
            ...

        def decoder(self, cls: type[Message], /) -> Callable[[bytes], Message]:
            """The binary decoder of a class."""
            ...

        def bounded_decoder(
            self, cls: type[Message], /
        ) -> Callable[[bytes, int], Message]:
            """The binary decoder of a class, with a bound on the messages inside."""
            ...

        def json_encoder(self, cls: type[Message], /) -> Callable[[Message], str]:
            """The ProtoJSON printer of a class."""
            ...

        def json_decoder(
            self, cls: type[Message], /
        ) -> Callable[[str | bytes, bool], Message]:
            """The ProtoJSON parser of a class."""
            ...


_MAKERS = {
    "encode": "encoder",
    "decode": "decoder",
    "decode_bounded": "bounded_decoder",
    "to_json": "json_encoder",
    "from_json": "json_decoder",
}

fallbacks: dict[tuple[str, str], int] = {}
_installed: list[tuple[type[Message], str]] = []
_chosen: list[Codec] = []


def use(codec: Codec | None, /) -> None:
    """Use another codec for all messages of this package; None restores the default one."""
    _chosen[:] = [] if codec is None else [codec]
    while _installed:
        cls, name = _installed.pop()
        if name in cls.__dict__:
            type.__delattr__(cls, name)


class ExactOnly:
    """A codec that leaves every message to the exact codec, for comparisons and debugging."""

    def encoder(self, cls: type[Message], /) -> Any:
        """For each direction: a function that always raises."""
        return _refuse

    decoder = bounded_decoder = json_encoder = json_decoder = encoder


def _refuse(*arguments: Any) -> Any:
    raise NotImplementedError


def install(cls: type[Message], direction: str) -> Any:
    """Get a function from the codec and store it on the class, as `_<direction>`."""
    from os import environ

    if _chosen:
        codec: Any = _chosen[0]
    elif environ.get("LKPROTO_CODEC") == "exact":
        codec = ExactOnly()
    else:
        from .straight import codec
    try:
        function = getattr(codec, _MAKERS[direction])(cls)
    except ModuleNotFoundError:
        raise
    except (ImportError, NameError):
        # A signal handler interrupts the import of the codec, of which there is a part now.
        return _refuse
    name = "_" + direction
    type.__setattr__(cls, name, staticmethod(function))
    _installed.append((cls, name))
    return function


def refusals() -> tuple[type[Exception], ...]:
    """The exceptions by which a codec leaves a message to the exact one.

    Others pass: a signal handler may have raised them, as handlers that end what takes too long do.
    """
    from struct import error

    return (
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        NotImplementedError,  # of `ExactOnly`
        RecursionError,
        StopIteration,  # of the scanner of JSON, and of `max_messages`
        TypeError,
        ValueError,
        error,
    )


def fell_back(cls: type[Message], direction: str) -> None:
    """Count one message that the exact codec has to process."""
    key = cls.__proto_name__, direction
    fallbacks[key] = fallbacks.get(key, 0) + 1


def codec_fallbacks() -> dict[tuple[str, str], int]:
    """How often the fast codec left a message to the exact one since the process started.

    Keys are pairs of a message's full proto name and a direction: `encode`, `decode`, `to_json`
    or `from_json`. A count that keeps growing with ordinary messages means lost time.
    """
    return dict(fallbacks)
