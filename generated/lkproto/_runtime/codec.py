# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""The seam between messages and codecs.

A codec turns messages of one class into bytes or JSON text and back, given nothing but the
class's field table and the layout of instances, both described in `table`. It gives a function
for each class and direction, asked for once, on first use:

* `encoder(cls)`: message → bytes
* `decoder(cls)`: bytes → message; nesting is bounded by `arguments.MAX_DEPTH`
* `json_encoder(cls)`: message → ProtoJSON text, default options
* `json_decoder(cls)`: text or UTF-8 bytes, and whether unknown names pass → message

Such a function takes the ordinary case. On anything else (odd but legal input, a value out of
range, broken data) it raises whatever it likes, and the exact codec (`binary`, `json`) does the
message again: that gives the right result, or the error with its place. So a codec has no
error messages of its own, and each of the two is the other's test. Options other than the
defaults go to the exact codec directly.

`use` replaces the codec, for instance by a native one; generated code stays as it is. With
`exact` in the environment variable LKPROTO_CODEC, the exact codec does every message.
`fallbacks` counts how often the exact codec had to step in, by full proto name and direction: a
codec that falls back on ordinary messages is right, but slow.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from .message import Message

    class Codec(Protocol):
        """What `use` takes; see the module."""

        def encoder(self, cls: type[Message], /) -> Callable[[Message], bytes]:
            """The binary encoder of a class."""
            ...

        def decoder(self, cls: type[Message], /) -> Callable[[bytes], Message]:
            """The binary decoder of a class."""
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
    "to_json": "json_encoder",
    "from_json": "json_decoder",
}

fallbacks: dict[tuple[str, str], int] = {}
_installed: list[tuple[type[Message], str]] = []
_chosen: list[Codec] = []


def use(codec: Codec | None, /) -> None:
    """Take another codec for all messages of this package; None is the one that ships."""
    _chosen[:] = [] if codec is None else [codec]
    while _installed:
        cls, name = _installed.pop()
        if name in cls.__dict__:
            type.__delattr__(cls, name)


class ExactOnly:
    """A codec that leaves every message to the exact one; to compare, or to find a fault."""

    def encoder(self, cls: type[Message], /) -> Any:
        """As for all four: a function that refuses."""
        return _refuse

    decoder = json_encoder = json_decoder = encoder


def _refuse(*arguments: Any) -> Any:
    raise NotImplementedError


def install(cls: type[Message], direction: str) -> Any:
    """Ask the codec for a function and keep it on the class, as `_<direction>`."""
    from os import environ

    if _chosen:
        codec: Any = _chosen[0]
    elif environ.get("LKPROTO_CODEC") == "exact":
        codec = ExactOnly()
    else:
        from .straight import codec
    function = getattr(codec, _MAKERS[direction])(cls)
    name = "_" + direction
    type.__setattr__(cls, name, staticmethod(function))
    _installed.append((cls, name))
    return function


def fell_back(cls: type[Message], direction: str) -> None:
    """Count one message that the exact codec has to do."""
    key = cls.__proto_name__, direction
    fallbacks[key] = fallbacks.get(key, 0) + 1


def codec_fallbacks() -> dict[tuple[str, str], int]:
    """How many messages the exact codec did in the other's stead since the process started.

    Keys are the full name of a message and a direction: `encode`, `decode`, `to_json` or
    `from_json`. A steady count for ordinary messages means lost time.
    """
    return dict(fallbacks)
