"""Faults that a codec could have, planted in one that has none: the fuzzer has to find each."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from .alike import slots_of

# Changes the result of a function of a codec, or makes one in place of a refusal (None).
Fault = Callable[[Any, Any], Any]


class Planted:
    """A codec in which the functions of some makers have a fault."""

    def __init__(self, codec: Any, makers: tuple[str, ...], fault: Fault) -> None:
        self._codec = codec
        self._makers = makers
        self._fault = fault

    def __getattr__(self, maker: str) -> Any:
        make = getattr(self._codec, maker)
        return self._wrapped(make) if maker in self._makers else make

    def _wrapped(self, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def maker(cls: Any) -> Any:
            function = make(cls)

            def faulty(*arguments: Any) -> Any:
                try:
                    found = function(*arguments)
                except Exception:  # noqa: BLE001 - as codecs may refuse
                    return _or_raise(self._fault(None, cls))
                return self._fault(found, arguments[0])

            return faulty

        return maker


def _or_raise(value: Any) -> Any:
    if value is None:
        raise ValueError
    return value


def _in_slots(change: Callable[[Any], Any]) -> Fault:
    """A fault in values of messages; `change` returns None for values it leaves alone."""

    def fault(message: Any, _: Any) -> Any:
        if message is not None:
            for name in slots_of(message.__class__):
                changed = change(getattr(message, name))
                if changed is not None:
                    setattr(message, name, changed)
        return message

    return fault


def _no_sign(value: Any) -> Any:
    return 0.0 if value.__class__ is float and value == 0 else None


def _other_nan(value: Any) -> Any:
    return -value if value.__class__ is float and math.isnan(value) else None


def _truth_as_number(value: Any) -> Any:
    return int(value) if value.__class__ is bool else None


def _plain_number(value: Any) -> Any:
    return int(value) if hasattr(value, "_name_") and value in type(value) else None


def _no_name(value: Any) -> Any:
    if not hasattr(value, "_name_") or value in type(value):
        return None
    other: Any = int.__new__(value.__class__, value)
    other._name_, other._value_ = "", int(value)
    return other


def _other_order(value: Any) -> Any:
    more = value.__class__ is dict and len(value) > 1
    return dict(reversed(value.items())) if more else None


def _truth_in_list(value: Any) -> Any:
    if value.__class__ is list and value and value[0].__class__ is bool:
        return [*map(int, value)]
    return None


def _list_for_none(value: Any) -> Any:
    return () if value.__class__ is list and not value else None


def _sliced(wanted: int) -> Fault:
    def fault(found: Any, _: Any) -> Any:
        return found[:-1] if found is not None and len(found) > wanted else found

    return fault


def _unknown_lost(message: Any, _: Any) -> Any:
    if message is not None and len(message._unknown) > 9:
        message._unknown = message._unknown[:-1]
    return message


def _accepts_all(found: Any, cls: Any) -> Any:
    return cls() if found is None else found


def _slot_lost(message: Any, _: Any) -> Any:
    if message is not None:
        name = random.Random(repr(slots_of(message.__class__))).choice(
            slots_of(message.__class__)
        )
        if getattr(message, name) == 0:
            delattr(message, name)
    return message


def _changes_message(found: Any, message: Any) -> Any:
    if found is not None and len(found) > 20 and message._unknown:
        message._unknown = b""
    return found


def _case_lost(message: Any, _: Any) -> Any:
    for name in slots_of(message.__class__) if message is not None else ():
        if name.startswith("_c_"):
            setattr(message, name, None)
    return message


def _crashes(found: Any, _: Any) -> Any:
    if found is None:
        raise SystemError
    return found


_READERS = ("decoder", "bounded_decoder", "json_decoder")

FAULTS: dict[str, tuple[tuple[str, ...], Fault]] = {
    "-0.0 is read as 0.0": (_READERS, _in_slots(_no_sign)),
    "the sign of NaN changes": (("decoder",), _in_slots(_other_nan)),
    "a bool is a number": (_READERS, _in_slots(_truth_as_number)),
    "bools in a list are numbers": (("decoder",), _in_slots(_truth_in_list)),
    "a member is a plain number": (_READERS, _in_slots(_plain_number)),
    "a member has another name": (("decoder",), _in_slots(_no_name)),
    "a map has another order": (("json_decoder",), _in_slots(_other_order)),
    "an empty list is a tuple": (("decoder",), _in_slots(_list_for_none)),
    "unknown bytes are cut": (("decoder",), _unknown_lost),
    "a slot stays empty": (("decoder",), _slot_lost),
    "a oneof has no case": (("json_decoder",), _case_lost),
    "bytes are cut": (("encoder",), _sliced(60)),
    "text is cut": (("json_encoder",), _sliced(90)),
    "the message is changed": (("encoder",), _changes_message),
    "broken bytes are accepted": (("decoder",), _accepts_all),
    "too many messages are accepted": (("bounded_decoder",), _accepts_all),
    "broken text is accepted": (("json_decoder",), _accepts_all),
    "odd messages are accepted": (("encoder",), lambda found, _: found or b""),
    "it raises what is not a refusal": (("decoder",), _crashes),
}
