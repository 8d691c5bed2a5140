"""The full text of errors of messages: what, where, and what to do."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest
from lkproto.google.protobuf import Duration, Struct, Timestamp
from lkproto.livekit import ParticipantInfo, Room

from tests.support import json_says

# Python refuses to print it; see `sys.set_int_max_str_digits`.
HUGE = 10**5000


def special(legacy: Any, name: str, value: Any, **changes: Any) -> Any:
    """A `Special` with one field from JSON, whose fields are then changed."""
    message = legacy.Special.from_dict({name: value})
    for key, each in changes.items():
        setattr(getattr(message, name), key, each)
    return message


TEXTS: dict[str, tuple[Callable[[Any], object], str]] = {
    # bytes
    "a truncated varint": (
        lambda _: Room.from_bytes(b"\x18\xff"),
        "$.empty_timeout: the input ends inside a varint (at byte 1)",
    ),
    "an endless varint": (
        lambda _: Room.from_bytes(b"\x18" + b"\xff" * 11),
        "$.empty_timeout: a varint is longer than 10 bytes (at byte 1)",
    ),
    "a length beyond the input": (
        lambda _: Room.from_bytes(b"\x3a\x03\x0a\x05a"),
        "$.enabled_codecs[0].mime: a length of 5 bytes goes past the end of the input, "
        "which is 1 bytes away (at byte 3)",
    ),
    "a truncated number": (
        lambda _: Room.from_bytes(b"\xfd\x07\x00"),
        "$: the input ends inside a fixed-width value (at byte 3)",
    ),
    "field number 0": (
        lambda _: Room.from_bytes(b"\x00"),
        "$: 0 is not a field number (at byte 0)",
    ),
    "wire type 7": (
        lambda _: Room.from_bytes(b"\x0a\x00\x0f"),
        "$: 7 is not a wire type (at byte 2)",
    ),
    "a group without end": (
        lambda legacy: legacy.Legacy.from_bytes(b"\x33\x08\x03"),
        "$.part: group 6 does not end (at byte 1)",
    ),
    "an end without group": (
        lambda _: Room.from_bytes(b"\x0c"),
        "$: group 1 ends but was not started (at byte 0)",
    ),
    "text that is not UTF-8": (
        lambda _: Room.from_bytes(b"\x0a\x02\xc3\x28"),
        "$.sid: the text is not valid UTF-8 (at byte 2)",
    ),
    "nesting in bytes": (
        lambda _: Room.from_bytes(b"\x6a\x00", max_depth=1),
        "$.version: messages are nested too deeply (at byte 1)",
    ),
    "an entry of a map": (
        lambda legacy: legacy.Legacy.from_bytes(b"\x52\x05\x0a\x01k\x12\x09"),
        "$.by_name['k']: a length of 9 bytes goes past the end of the input, which is 0 bytes "
        "away (at byte 6)",
    ),
    "an entry of a redacted map": (
        lambda _: ParticipantInfo.from_bytes(b"\x7a\x05\x0a\x01k\x12\x09"),
        "$.attributes[key]: a length of 9 bytes goes past the end of the input, which is 0 "
        "bytes away (at byte 6)",
    ),
    # values
    "another type": (
        lambda _: Room(empty_timeout="3").to_bytes(),  # type: ignore[arg-type]
        "$.empty_timeout: takes an int (uint32), not str; use int(...)",
    ),
    "a number out of range": (
        lambda _: Room(empty_timeout=-1).to_bytes(),
        "$.empty_timeout: -1 is out of range of uint32 (0 to 4294967295)",
    ),
    "a lone surrogate": (
        lambda _: Room(sid="a\ud800").to_bytes(),
        "$.sid: the text has a lone surrogate at character 1, which UTF-8 cannot hold",
    ),
    "a required field": (
        lambda legacy: legacy.Legacy().to_bytes(),
        "$: the required field 'id' is not set",
    ),
    "a closed enum": (
        lambda legacy: legacy.Legacy(id=1, color=9).to_bytes(),
        "$.color: 9 is not a value of the closed legacy.Color",
    ),
    "None in a list": (
        lambda _: Room(enabled_codecs=[None]).to_bytes(),  # type: ignore[list-item]
        "$.enabled_codecs[0]: takes a livekit.Codec, not None; leave it out",
    ),
    "a number of very many digits": (
        lambda _: Room(empty_timeout=HUGE).to_bytes(),
        "$.empty_timeout: a number of thousands of digits is out of range of uint32 "
        "(0 to 4294967295)",
    ),
    "a float of very many digits": (
        lambda legacy: legacy.Legacy(id=1, ratio=HUGE).to_bytes(),
        "$.ratio: a number of thousands of digits is out of range of double",
    ),
    "a key of very many digits": (
        lambda legacy: legacy.Legacy(id=1, by_number={HUGE: 1}).to_json(),
        "$.by_number[a number of thousands of digits]: a number of thousands of digits "
        "is out of range of int32 (-2147483648 to 2147483647)",
    ),
    "a long key": (
        lambda legacy: legacy.Legacy(id=1, by_name={"k" * 99: None}).to_bytes(),
        f"$.by_name['{'k' * 57}…']: takes a legacy.Inner, not None; leave it out",
    ),
    "keys of two types, sorted": (
        lambda legacy: legacy.Legacy(id=1, by_number={1: 1, "a": 1}).to_bytes(
            deterministic=True
        ),
        "$.by_number['a']: takes an int (int32), not str; use int(...)",
    ),
    # values of types with a special JSON form
    "a timestamp of text": (
        lambda _: Timestamp(seconds="1").to_json(),  # type: ignore[arg-type]
        "$.seconds: takes an int (int64), not str; use int(...)",
    ),
    "a duration of fractions": (
        lambda _: Duration(seconds=1, nanos=0.5).to_json(),  # type: ignore[arg-type]
        "$.nanos: takes an int (int32), not float; use int(...) or round(...)",
    ),
    "a field mask of numbers": (
        lambda legacy: special(legacy, "mask", "a", paths=["a", 3]).to_json(),
        "$.mask[1]: takes a str, not int",
    ),
    "a field mask of no list": (
        lambda legacy: special(legacy, "mask", "a", paths=3).to_json(),
        "$.mask: takes a list, not int",
    ),
    "a value of another type": (
        lambda legacy: special(legacy, "value", 1, number_value="1").to_json(),
        "$.value: takes a float (double), not str; use float(...)",
    ),
    "an Any of other types": (
        lambda legacy: special(legacy, "any", {}, type_url=5).to_json(),
        "$.any.type_url: takes a str, not int",
    ),
    # JSON
    "no JSON": (
        lambda _: Room.from_json("{"),
        f"$: not JSON: {json_says('{')} (line 1, column 2)",
    ),
    "what begins like NaN": (
        lambda _: Room.from_json('{"a": [NaNs]}'),
        '$: NaN is not JSON; write it as "NaN", in quotes (line 1, column 8)',
    ),
    "a JSON value of very many digits": (
        lambda _: Room.from_dict({"emptyTimeout": HUGE}),
        "$.empty_timeout: a number of thousands of digits is out of range of uint32 "
        "(0 to 4294967295)",
    ),
    "a field that is not there": (
        lambda _: Room.from_json('{"sids": 1}'),
        "$.sids: livekit.Room has no such field; did you mean 'sid'? (line 1, column 10)",
    ),
    "nesting in JSON": (
        lambda _: Room.from_json('{"version": {}}', max_depth=1),
        "$.version: values are nested too deeply (line 1, column 13)",
    ),
    "two members of a oneof": (
        lambda legacy: legacy.Legacy.from_json('{"second": "a", "first": {}}'),
        "$.first: 'second', of the same oneof, is also given (line 1, column 26)",
    ),
    "null in a list": (
        lambda _: Room.from_json('{"enabledCodecs": [null]}'),
        "$.enabled_codecs[0]: null is not a value here (line 1, column 20)",
    ),
    "bytes that are not base64": (
        lambda legacy: legacy.Legacy.from_json('{"raw": "*"}'),
        "$.raw: the text is not base64 (line 1, column 9)",
    ),
    "a broken field mask": (
        lambda legacy: legacy.Special.from_json('{"mask": "a_b"}'),
        "$.mask: 'a_b' is not a path in camelCase (line 1, column 10)",
    ),
    "an Any without type": (
        lambda legacy: legacy.Special.from_json('{"any": {"a": 1}}'),
        '$.any: an Any must name its type, as in "@type": "type.googleapis.com/…" '
        "(line 1, column 9)",
    ),
    "an Any of no type of the package": (
        lambda legacy: legacy.Special.from_json('{"any": {"@type": "x/a.B"}}'),
        "$.any: 'x/a.B' is not a type of this package, nor of the registry, if one was "
        "given (line 1, column 9)",
    ),
    "a whole number beyond all ranges": (
        lambda _: Room.from_json('{"emptyTimeout": 1e1000000000}'),
        "$.empty_timeout: 1e1000000000 is out of range of uint32 (0 to 4294967295) "
        "(line 1, column 18)",
    ),
    "a whole number of very many digits": (
        lambda _: Room.from_json('{"emptyTimeout": 1%s}' % ("0" * 5000)),
        f"$.empty_timeout: 1{'0' * 58}… is out of range of uint32 (0 to 4294967295) "
        "(line 1, column 18)",
    ),
    "a whole number in quotes beyond all ranges": (
        lambda _: Room.from_json('{"emptyTimeout": "1e1000000000"}'),
        "$.empty_timeout: '1e1000000000' is out of range of uint32 (0 to 4294967295) "
        "(line 1, column 18)",
    ),
    "a value that is cut": (
        lambda _: Room.from_json('{"emptyTimeout": "%s"}' % ("a" * 99)),
        f"$.empty_timeout: '{'a' * 57}…' is not a number (line 1, column 18)",
    ),
    "arrays nested beyond what the scanner reads": (
        lambda _: Room.from_json('{"l":' + "[" * 200000),
        "$: values are nested too deeply (line 1, column 105)",
    ),
    "nesting below a bound that is not reached": (
        lambda _: Room.from_json(' {"l":' + "[" * 999_999, max_depth=1 << 20),
        "$: not JSON: Expecting value (line 1, column 1000006)",
    ),
    "a long path": (
        lambda _: Struct.from_json('{"a":' * 49 + '{"b":1e999}' + "}" * 49),
        "$"
        + "['a']" * 10
        + "…(30 more)…"
        + "['a']" * 9
        + "['b']: 1e999 is out of range "
        "of double "
        "(line 1, column 251)",
    ),
    "a number that is none": (
        lambda legacy: legacy.Special.from_json('{"value": 1e999}').to_json(),
        "$.value: 1e999 is out of range of double (line 1, column 11)",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_errors_say_what_and_where(case: str, legacy: Any) -> None:
    fail, text = TEXTS[case]

    with pytest.raises(ValueError, match=re.escape(text)) as caught:
        fail(legacy)
    assert str(caught.value) == text
    copied = pickle.loads(pickle.dumps(caught.value))
    assert type(copied) is type(caught.value)
    assert (str(copied), copied.__dict__) == (text, caught.value.__dict__)
