"""Tests the native codec before it is used: every kind of field, against the exact codec.

A wheel may not fit the interpreter it runs in: its patch release, its processor, or how it was
built. A codec that differs is not used. That is a test of the extension here, not of all it does.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..binary.decode import decode
from ..binary.encode import encode
from ..binary.wire import varint
from ..json.encode import to_json
from ..layout import blank, is_message
from ..table import table_of, unknown_of, value_of
from .describe import describe, is_special
from .find import Unusable
from .samples import Samples, filled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Fields that no class of the samples has: a varint, and bytes.
_UNKNOWN = b"\xc8\x7d\x05\xd2\x7d\x02ab"
# What is usual in JSON besides the form that is printed.
_FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        '{"one_int32": 7.0, "oneInt64": 5, "someUint64": ["1", 2], "maybeBool": null}',
        {"one_int32": 7, "one_int64": 5, "some_uint64": [1, 2]},
    ),
    (
        ' {"oneString" : "\\u00e9\\ud83d\\ude00\\"" ,\n"oneFloat": 1E2, "oneBool":true}\t',
        {"one_string": '\u00e9\U0001f600"', "one_float": 100.0, "one_bool": True},
    ),
    (
        '{"maybeString": "", "oneBytes": "YWI=", "unknown": {"a\\n": [1, {}, "x"]}}',
        {"maybe_string": "", "one_bytes": b"ab"},
    ),
)
_DEEP = 101
# By which the extension refuses; see `codec.refusals`.
_OF_DATA = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)


class _Differs(Exception):
    """The native codec does something else than the exact one."""


def passed(module: Any) -> Unusable | None:
    """Whether the extension works here: None, or what does not."""
    direction = ["description"]
    try:
        _Test(module.Codec(describe), direction).run()
    except _Differs:
        wrong = "gives another result"
    except BaseException as error:
        # Of a signal handler, or of the extension.
        if not _is_failure(error):
            raise
        wrong = f"raises {type(error).__name__}"
    else:
        return None
    version = getattr(module, "__version__", "")
    return Unusable(
        f"in its self-test, {direction[0]} of lkproto-native {version} {wrong}; "
        "please report this, with the version of Python and the system",
        is_defect=True,
    )


def _is_failure(error: BaseException) -> bool:
    """Whether the extension may have raised an error.

    Others are those of signal handlers, or in them, while they interrupt an import.
    """
    if isinstance(error, AttributeError) and "partially initialized" in str(error):
        return False
    panic = type(error).__name__ == "PanicException"
    return panic or isinstance(error, (*_OF_DATA, SystemError))


class _Test:
    """One run; `direction` is what is being tested."""

    def __init__(self, codec: Any, direction: list[str]) -> None:
        self.codec = codec
        self.samples = Samples()
        self.direction = direction
        self.met: set[Any] = set()

    def run(self) -> None:
        """Raise `_Differs`, or what the extension raises."""
        for cls in self.samples.classes:
            _same(self.codec.supports(cls), True)
        for cls, values in self.samples.messages():
            message = filled(cls, values)
            wanted = _state(message)
            self._construction(cls, values, wanted)
            self._binary(cls, message, wanted)
            if not is_special(cls):
                self._json(cls, message, wanted)
        self._forms()
        self._refusals()

    def _construction(self, cls: Any, values: dict[str, Any], wanted: Any) -> None:
        self.direction[0] = "construction"
        self.codec.construct(cls)
        try:
            message = cls(**values)
            for name, member in self.codec.members(cls):
                _same(member.__get__(message, cls), getattr(message, name))
                member.__set__(message, getattr(message, name))
            _same(_state(message), wanted)
        finally:
            self.codec.construct_no_more(cls)

    def _binary(self, cls: Any, message: Any, wanted: Any) -> None:
        codec = self.codec
        self.direction[0] = "to_bytes"
        data = encode(message)
        _same(codec.encoder(cls)(message), data)
        self.direction[0] = "from_bytes"
        _same(_state(codec.decoder(cls)(data)), wanted)
        if cls in self.met:
            return
        self.met.add(cls)
        from_bytes = codec.method(cls, "from_bytes", decode)
        if from_bytes is not None:
            _same(_state(from_bytes(data)), wanted)
        message._unknown = _UNKNOWN
        found = codec.bounded_decoder(cls)(data + _UNKNOWN, len(data))
        _same(_state(found), _state(message))
        self.direction[0] = "to_bytes"
        to_bytes = codec.method(cls, "to_bytes", encode)
        if to_bytes is not None:
            _same(to_bytes.__get__(message, cls)(), data + _UNKNOWN)
        message._unknown = b""

    def _json(self, cls: Any, message: Any, wanted: Any) -> None:
        self.direction[0] = "to_json"
        text = to_json(message)
        _same(self.codec.json_encoder(cls)(message), text)
        self.direction[0] = "from_json"
        decode = self.codec.json_decoder(cls, _otherwise)
        _same(_state(decode(text, False)), wanted)
        from_json = self.codec.method(cls, "from_json", _otherwise)
        if from_json is not None:
            _same(_state(from_json(text)), wanted)

    def _forms(self) -> None:
        cls = self.samples.scalars
        for text, values in _FORMS:
            wanted = _state(filled(cls, values))
            for each in (text, text.encode()):
                _same(_state(self.codec.json_decoder(cls)(each, True)), wanted)

    def _refusals(self) -> None:
        """What has to be left to the exact codec, which refuses it."""
        codec, leaf, node = self.codec, self.samples.leaf, self.samples.node
        self.direction[0] = "from_bytes"
        for data in (b"\x0a\x05abc", b"\x0a\x01\xff", b"\x10", b"\x07", b"\x10" * 11):
            _refuses(codec.decoder(leaf), data)
        deep = b""
        for _ in range(_DEEP):
            deep = b"\x0a" + varint(len(deep)) + deep
        _refuses(codec.decoder(node), deep)
        _refuses(codec.bounded_decoder(node), b"\x0a\x02\x0a\x00", 1)
        self.direction[0] = "from_json"
        for text in ("", "{", '{"name": 1}', '{"size": 2147483648}', '{"x": 1}', "[]"):
            _refuses(codec.json_decoder(leaf), text, False)
        nested = '{"node":' * _DEEP + "{}" + "}" * _DEEP
        _refuses(codec.json_decoder(node), nested, False)
        for direction in ("encoder", "json_encoder"):
            self.direction[0] = "to_bytes" if direction == "encoder" else "to_json"
            encoder = getattr(codec, direction)
            for wrong in ({"size": 2**31}, {"size": None}, {"name": "\ud800"}):
                _refuses(encoder(leaf), filled(leaf, wrong))
            _refuses(encoder(self.samples.needy), blank(self.samples.needy))


def _same(found: object, wanted: object) -> None:
    if found.__class__ is not wanted.__class__ or found != wanted:
        raise _Differs


def _otherwise(*arguments: object) -> object:
    """What would parse JSON that is large; here nothing is."""
    raise _Differs


def _refuses(function: Callable[..., object], *arguments: object) -> None:
    try:
        function(*arguments)
    except _OF_DATA:
        return
    raise _Differs


def _state(value: Any) -> Any:
    """A value with its types, and floats as they are written: -0.0 is not 0.0."""
    cls = value.__class__
    if is_message(value):
        fields = table_of(value.__class__).fields
        return (
            cls,
            unknown_of(value),
            [_state(value_of(value, each)) for each in fields],
        )
    if cls is list:
        return [_state(each) for each in value]
    if cls is dict:
        return [(_state(key), _state(each)) for key, each in value.items()]
    return cls, repr(value) if cls is float else value
