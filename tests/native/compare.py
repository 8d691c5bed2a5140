"""Runs one case through the codec under test and the exact codec, and compares what they return."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from tests.fuzz.schemas import Schema
from tests.support import module_of

from . import calls
from .alike import difference, shown, state
from .case import Case, text_of
from .odd import made_odd

SAME, BOTH_REFUSE, FELL_BACK = "same", "both refuse", "fell back"


class FoundError(AssertionError):
    """The codec under test differs from the exact one."""


class Comparer:
    """The functions of a codec and of the exact one, for the classes of one package.

    `compare` returns one of the three outcomes above and raises FoundError for any other.
    `expected` is what the exact codec returned last, or the error it raised.
    """

    def __init__(self, schema: Schema, codec: Any) -> None:
        self.schema = schema
        self.codec = codec
        self.exact = schema.codecs
        self.expected: Any = None
        self.fields_of: Callable[[Any], Any] = schema.package.fields_of
        self._seam = module_of(schema.package, "_runtime.codec")
        self.refusals: tuple[type[Exception], ...] = self._seam.refusals()
        self._functions: dict[tuple[str, str], Any] = {}
        message = module_of(schema.package, "_runtime.message").Message
        self._from_bytes = message.__dict__["from_bytes"].__func__
        self._to_bytes = message.__dict__["to_bytes"]
        self._directions: dict[str, Callable[[Any, Case, Any], str]] = {
            "decode": self._decode,
            "bounded": self._bounded,
            "encode": self._encode,
            "to_json": self._to_json,
            "from_json": self._from_json,
            "construct": self._construct,
            "from_bytes": self._read,
            "to_bytes": self._write,
        }

    @contextmanager
    def in_use(self) -> Generator[None]:
        """The codec under test is that of the package's public methods, too."""
        self._seam.use(self.codec)
        try:
            yield
        finally:
            self._seam.use(None)

    def compare(self, case: Case, message: Any = None) -> str:
        """The outcome of one case. Raises FoundError.

        `message` saves decoding `case.data` for the directions that take a message.
        """
        cls = self.schema.ours(case.name)
        if message is None and case.direction in _OF_MESSAGES:
            message = self.exact.decode(cls, case.data)
        return self._directions[case.direction](cls, case, message)

    def function(self, cls: Any, maker: str) -> Any:
        """The codec's function of a class."""
        key = cls.__proto_name__, maker
        found = self._functions.get(key)
        if found is None:
            found = self._functions[key] = getattr(self.codec, maker)(cls)
        return found

    def _decode(self, cls: Any, case: Case, _: Any) -> str:
        data, function = case.data, self.function(cls, "decoder")
        return self._judge(
            case, lambda: self.exact.decode(cls, data), lambda: function(data)
        )

    def _bounded(self, cls: Any, case: Case, _: Any) -> str:
        data, most = case.data, case.extra
        function = self.function(cls, "bounded_decoder")
        return self._judge(
            case,
            lambda: self.exact.decode(cls, data, max_messages=most),
            lambda: function(data, most),
        )

    def _encode(self, cls: Any, case: Case, message: Any) -> str:
        function = self.function(cls, "encoder")
        return self._of_message(case, message, self.exact.encode, function)

    def _to_json(self, cls: Any, case: Case, message: Any) -> str:
        function = self.function(cls, "json_encoder")
        return self._of_message(case, message, self.exact.to_json, function)

    def _from_json(self, cls: Any, case: Case, _: Any) -> str:
        ignore = bool(case.extra & 1)
        text = text_of(case.data, bool(case.extra & 2))
        function, exact = self.function(cls, "json_decoder"), self.exact
        return self._judge(
            case,
            lambda: exact.from_json(cls, text, exact.reader(ignore)),
            lambda: function(text, ignore),
        )

    def _construct(self, cls: Any, case: Case, message: Any) -> str:
        fields = self.fields_of(cls)
        given, named = calls.construction(message, fields, case.extra)
        # `type.__call__` goes by way of the written `__init__`, whatever the class itself does.
        return self._judge_public(
            case,
            lambda: type.__call__(cls, *given, **named),
            lambda: cls(*given, **named),
        )

    def _read(self, cls: Any, case: Case, _: Any) -> str:
        given, named = calls.reading(case.data, case.extra)
        return self._judge_public(
            case,
            lambda: self._from_bytes(cls, *given, **named),
            lambda: cls.from_bytes(*given, **named),
        )

    def _write(self, cls: Any, case: Case, message: Any) -> str:
        given, named = calls.writing(case.extra)
        with made_odd(message, case.extra) if case.extra & 1 else _as_it_is():
            return self._judge_public(
                case,
                lambda: self._to_bytes(message, *given, **named),
                lambda: message.to_bytes(*given, **named),
            )

    def _of_message(
        self, case: Case, message: Any, exact: Any, function: Callable[[Any], Any]
    ) -> str:
        with made_odd(message, case.extra) if case.extra else _as_it_is():
            before = state(message)
            outcome = self._judge(
                case, lambda: exact(message), lambda: function(message)
            )
            for one, other in zip(before, state(message), strict=True):
                if one is not other:
                    raise _found(case, "the message was changed")
            return outcome

    def _judge(
        self, case: Case, exact: Callable[[], Any], fast: Callable[[], Any]
    ) -> str:
        """The codec under test may refuse anything, but what it returns has to be right."""
        right = self.expected = _attempt(exact)
        found = _attempt(fast)
        if isinstance(found, BaseException):
            if not isinstance(found, self.refusals) and type(found) is not type(right):
                raise _found(case, f"it raised {_error(found)}")
            return BOTH_REFUSE if isinstance(right, BaseException) else FELL_BACK
        if isinstance(right, BaseException):
            raise _found(case, f"accepted {shown(found)} instead of {_error(right)}")
        if (where := difference(found, right)) is not None:
            raise _found(case, where)
        return SAME

    def _judge_public(
        self, case: Case, exact: Callable[[], Any], fast: Callable[[], Any]
    ) -> str:
        """What users call returns the right result, or raises the right error."""
        right = self.expected = _attempt(exact)
        found = _attempt(fast)
        if isinstance(right, BaseException) and isinstance(found, BaseException):
            if _error(found) != _error(right):
                raise _found(case, f"{_error(found)} instead of {_error(right)}")
            return BOTH_REFUSE
        for one, other in ((found, right), (right, found)):
            if isinstance(one, BaseException):
                what = (_error(one), shown(other))
                texts = what if one is found else what[::-1]
                raise _found(case, " instead of ".join(texts))
        if (where := difference(found, right)) is not None:
            raise _found(case, where)
        return SAME


_OF_MESSAGES = frozenset({"encode", "to_json", "construct", "to_bytes"})


@contextmanager
def _as_it_is() -> Generator[None]:
    yield


def _attempt(call: Callable[[], Any]) -> Any:
    """The result of a call, or what it raised; a panic of Rust is not an Exception."""
    try:
        return call()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is compared
        return error


def _error(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _found(case: Case, text: str) -> FoundError:
    return FoundError(f"{case.line()}\n  {text}")
