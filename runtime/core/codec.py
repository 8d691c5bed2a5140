"""The seam between messages and codecs.

A codec converts messages to bytes or JSON text and back. All it knows of a class is the field
table and the layout of instances, both described in `table`. It provides one function for each
class and direction, requested once, on first use:

* `encoder(cls)`: message → bytes
* `decoder(cls)`: bytes → message; nesting is bounded by `arguments.MAX_DEPTH`
* `bounded_decoder(cls)`: bytes, and how many messages they may hold → message
* `json_encoder(cls)`: message → ProtoJSON text, with the default options
* `json_decoder(cls)`: text or UTF-8 bytes, and whether to ignore unknown names → message

Two more members are optional:

* `constructor(cls)`: make a class construct its messages by the codec, and return the function that
  ends that; or None, and the written `__init__` does it. It is asked for when `__init__` is
  written, never for deprecated classes, and ended where a user replaces `__init__`.
* `method(cls, name)`: the public method itself, `from_bytes`, `to_bytes` or `from_json`, to be
  stored on the class; or None

Such a function handles the ordinary case. For anything else (unusual but valid input, a value out
of range, broken data) it raises an exception of `refusals`, whatever it says. The exact codec
(`binary`, `json`) then processes the message again, and returns the right result or raises the
error with its place. So a codec needs no error messages of its own, and each of the two codecs
tests the other. Calls with options other than the defaults go directly to the exact codec.

The codec is chosen on first use, by the environment variable LKPROTO_CODEC: `python` for the
straight-line codec (`straight`), `native` for the compiled one (`native`), `exact` for none of
both. Without it, the compiled one is used if it is installed and fits. `use` replaces the codec by
another; generated code does not change.
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

        # Optional are `constructor(cls) -> Callable[[], object] | None`
        # and `method(cls, name) -> object | None`.


_MAKERS = {
    "encode": "encoder",
    "decode": "decoder",
    "decode_bounded": "bounded_decoder",
    "to_json": "json_encoder",
    "from_json": "json_decoder",
}

_METHODS = {"encode": "to_bytes", "decode": "from_bytes", "from_json": "from_json"}

fallbacks: dict[tuple[str, str], int] = {}
# What is stored on classes: the class, the name, the object.
_installed: list[tuple[type[Message], str, object]] = []
# Methods of the base class that a user has replaced, each with the one of this package.
_replaced: dict[str, object] = {}
# The codec in use, and its public name.
_chosen: dict[str, tuple[Any, str]] = {}
# Classes with a written `__init__`, each with what ends the construction by the codec.
_complete: dict[type[Message], Callable[[], object] | None] = {}


def use(codec: Codec | None, /) -> None:
    """Use another codec for all messages of this package; None restores the default one."""
    _chosen.clear()
    while _installed:
        _take_back(*_installed.pop())
    for cls in list(_complete):
        _end_construction(cls)
    if codec is not None:
        _choose(codec, "custom")


def codec() -> str:
    """The name of the codec in use, which is chosen if none has been used so far.

    `native` is the compiled one, of the distribution lkproto-native, `python` the one that this
    package brings, `exact` its slow part alone. `custom` is one that was set by `codec.use`.
    """
    try:
        return _current()[1]
    except (ImportError, NameError):
        # A signal handler asks, during the import of the codec; see `install`.
        return "exact"


def _current() -> tuple[Any, str]:
    """The codec in use, and its name."""
    found = _chosen.get("")
    if found is None:
        found = _choose(*_preferred())
    return found


def _choose(codec: Any, name: str) -> tuple[Any, str]:
    """Use a codec, unless another thread has just chosen one, and let it construct messages."""
    # There is no lock, for a signal handler or a forked child would wait for it for ever.
    mine = codec, name
    found = _chosen.setdefault("", mine)
    if found is mine:
        for cls in list(_complete):
            _begin_construction(cls, codec)
    return found


def _preferred() -> tuple[Any, str]:
    """The codec that the environment asks for, or else the fastest one, and its name."""
    from os import environ

    wanted = environ.get("LKPROTO_CODEC") or "any"
    if wanted == "exact":
        return ExactOnly(), "exact"
    from .straight import codec as straight

    if wanted == "python":
        return straight, "python"
    from .native.choice import native_codec

    native = native_codec(wanted)
    return (straight, "python") if native is None else (native, "native")


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
    try:
        codec = _current()[0]
        function = getattr(codec, _MAKERS[direction])(cls)
        name = _METHODS.get(direction)
        usual = name and name not in _replaced
        give = getattr(codec, "method", None) if usual else None
        method = give(cls, name) if give else None
    except ModuleNotFoundError:
        raise
    except (ImportError, NameError):
        # A signal handler interrupts the import of the codec, of which there is a part now.
        return _refuse
    _store(cls, "_" + direction, staticmethod(function))
    if name and method is not None and name not in cls.__dict__:
        _store(cls, name, method)
    return function


def _store(cls: type[Message], name: str, value: object) -> None:
    type.__setattr__(cls, name, value)
    _installed.append((cls, name, value))


def _take_back(cls: type[Message], name: str, value: object) -> None:
    # A user may have replaced it, as tests do.
    if cls.__dict__.get(name) is value:
        type.__delattr__(cls, name)


def method_replaced(base: type[Message], method: str, before: object) -> None:
    """Take back a method of `_METHODS` from all classes: their base has another one now.

    While it is not the one of this package, `install` puts no other on classes.
    """
    directions = [each for each, name in _METHODS.items() if name == method]
    if not directions:
        return
    if base.__dict__[method] is _replaced.setdefault(method, before):
        del _replaced[method]
    # The functions too: what is missing is installed by the next call, and the method with it.
    for each in list(_installed):
        if each[1] in (method, "_" + directions[0]):
            _installed.remove(each)
            _take_back(*each)


def construct(cls: type[Message], written: bool) -> None:
    """Let the codec construct a class, if its `__init__` is now the written one; else not."""
    _end_construction(cls)
    if not written:
        _complete.pop(cls, None)
        return
    _complete[cls] = None
    try:
        codec = _current()[0]
    except ModuleNotFoundError:
        raise
    except (ImportError, NameError):
        return  # as in `install`
    _begin_construction(cls, codec)


def _begin_construction(cls: type[Message], codec: Any) -> None:
    constructor = getattr(codec, "constructor", None)
    if constructor is not None:
        _complete[cls] = constructor(cls)


def _end_construction(cls: type[Message]) -> None:
    end = _complete.get(cls)
    if end is not None:
        _complete[cls] = None
        end()


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
