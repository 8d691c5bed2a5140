"""The native reader of JSON takes ordinary text itself, and accepts nothing that is not right."""

from __future__ import annotations

import pytest

from tests.support import printed_in_a_small_thread

from .case import Case
from .compare import BOTH_REFUSE, FELL_BACK, SAME, Comparer

SCALARS, LISTS, MAPS = "fuzz.proto3.Scalars", "fuzz.proto3.Lists", "fuzz.proto3.Maps"
KNOWN, INNER, CLOSED = "fuzz.proto3.Known", "fuzz.Inner", "fuzz.Scalars"
LONG = "123456789012345678901234567890"

ORDINARY = {
    SCALARS: (
        *("{}", " {\t}\r\n", '{"int32Value":null,"stringValue":null,"kind":null}'),
        *('{"int32_value":1}', '{"\\u0069nt32Value":1}', '{"maybeText":""}'),
        *('{"int32Value":7.0}', '{"int32Value":1e2}', '{"int32Value":"-0"}'),
        *('{"int32Value":-0}', '{"int32Value":"7.0"}', '{"uint32Value":10e-1}'),
        *(
            '{"int64Value":1}',
            '{"int64Value":"1"}',
            '{"uint64Value":"18446744073709551615"}',
        ),
        *(
            '{"fixed64Value":18446744073709551615}',
            '{"sint64Value":-9223372036854775808}',
        ),
        f'{{"int32Value":0.{"0" * 500}}}',
        *(
            '{"doubleValue":0}',
            '{"doubleValue":-0}',
            '{"doubleValue":"-0"}',
            '{"doubleValue":1}',
        ),
        *(
            '{"doubleValue":"NaN"}',
            '{"floatValue":"Infinity"}',
            '{"doubleValue":"-Infinity"}',
        ),
        *('{"doubleValue":"1e-3"}', '{"doubleValue":5e-324}', '{"doubleValue":1e-400}'),
        *(
            f'{{"doubleValue":{LONG}}}',
            f'{{"doubleValue":0.{LONG}}}',
            '{"floatValue":0.1}',
        ),
        *(
            '{"floatValue":3.4028235e38}',
            '{"floatValue":1e-46}',
            '{"floatValue":16777217}',
        ),
        *('{"boolValue":true}', '{"boolValue":false}', '{"kind":"B"}', '{"kind":-1}'),
        *(
            '{"kind":4711}',
            '{"kind":1.0}',
            '{"maybeKind":"MINUS"}',
            '{"kind":"\\u0042"}',
        ),
        *('{"bytesValue":"AA=="}', '{"bytesValue":"AA"}', '{"bytesValue":"-_8"}'),
        *(
            '{"bytesValue":"+/8="}',
            '{"bytesValue":"AB=="}',
            '{"bytesValue":"\\u0041A=="}',
        ),
        *(
            '{"stringValue":"é\\u00e9\\ud83d\\ude00😀\\u0000\\"\\\\\\/\\b\\f\\n\\r\\t"}',
        ),
    ),
    LISTS: (
        '{"int32Values":[],"kinds":["A",0,7],"scalars":[{},{"kind":"B"}]}',
        '{"values":[null,1,"x",{"a":[]}],"nulls":[null,"NULL_VALUE",0]}',
        '{"int32Values":null,"scalars":null}',
    ),
    MAPS: (
        '{"byInt32":{"-1":0,"7":1.0},"byBool":{"true":"1","false":"2"},"kinds":{"a":"B"}}',
        '{"byUint64":{"1.0":"eA==","1e1":""},"scalars":{"":{},"\\n":{}},"values":{"true":null}}',
        '{"kinds":null,"byString":{}}',
    ),
    KNOWN: (
        '{"any":{"@type":"x/fuzz.Inner","a":5},"duration":"1.5s","fieldMask":"a,bC"}',
        '{"timestamp":"2026-01-01T00:00:00Z","struct":{"a":{"b":[null]}},"value":null}',
        '{"null":null,"list":[1,[2]],"empty":{},"double":1,"int64":"7","string":"x","bytes":"AA"}',
        *('{"nothing":null}', '{"anything":null}', '{"renamed":"1"}', '{"number":1}'),
        '{"known":{"known":{"text":"x"}}}',
    ),
    CLOSED: ('{"color":"CRIMSON"}', '{"color":1}'),
}
SKIPPED = {
    INNER: (
        '{"x":null,"y":{"a":[1,2.5e3,"\\u0061\\"",true,[]],"b":{}},"a":1}',
        '{"\\u0078":1,"y":"\\ud800","":[{}]}',
        "{" + ",".join(f'"x{number}":{number}' for number in range(100)) + "}",
    ),
    SCALARS: ('{"kind":"NEWER","maybeKind":"NEWER","int32Value":1}',),
    LISTS: ('{"kinds":["A","NEWER","B"]}',),
}
WRONG = {
    SCALARS: (
        *(
            "",
            " ",
            "null",
            "[]",
            "1",
            '"x"',
            "{",
            "{}x",
            "{} {}",
            "{,}",
            '{"boolValue":true,}',
        ),
        *("\ufeff{}", "\xa0{}", "{'a':1}", '{"nope":1}', '{"[fuzz.note]":1}'),
        *('{"int32Value":1,"int32Value":1}', '{"int32Value":1,"int32_value":1}'),
        *(
            '{"int32Value":null,"int32Value":1}',
            '{"int32Value":1,"\\u0069nt32Value":1}',
        ),
        *('{"int32Value":1.5}', '{"int32Value":2147483648}', '{"int32Value":"01"}'),
        *(
            '{"int32Value":01}',
            '{"int32Value":+1}',
            '{"int32Value":" 1"}',
            '{"int32Value":""}',
        ),
        *(
            '{"int32Value":true}',
            '{"int32Value":1e400}',
            '{"int32Value":1.00000000000000000001}',
        ),
        *(
            '{"uint32Value":-1}',
            '{"uint64Value":18446744073709551616}',
            '{"uint64Value":1e20}',
        ),
        f'{{"int32Value":"{"0." + "0" * 500}"}}',
        *(
            '{"doubleValue":NaN}',
            '{"doubleValue":Infinity}',
            '{"doubleValue":-Infinity}',
        ),
        *('{"doubleValue":"nan"}', '{"doubleValue":1e400}', '{"doubleValue":.5}'),
        *('{"doubleValue":5.}', '{"floatValue":3.5e38}', '{"floatValue":true}'),
        *(
            '{"boolValue":"true"}',
            '{"boolValue":1}',
            '{"boolValue":tru}',
            '{"boolValue":truex}',
        ),
        *('{"kind":"NEWER"}', '{"kind":"1"}', '{"kind":1.5}', '{"kind":2147483648}'),
        *('{"bytesValue":"A"}', '{"bytesValue":"A==="}', '{"bytesValue":"AA="}'),
        *('{"bytesValue":"A A="}', '{"bytesValue":"AAAA===="}', '{"bytesValue":7}'),
        *('{"stringValue":7}', '{"stringValue":"\t"}', '{"stringValue":"\\x"}'),
        *(
            '{"stringValue":"\\ud800"}',
            '{"stringValue":"\\udc00\\ud800"}',
            '{"stringValue":"',
        ),
        *('{"stringValue":"\\u12"}', '{"stringValue":"\\u00g0"}', '{"stringValue":"\\'),
    ),
    LISTS: (
        '{"int32Values":[null]}',
        '{"int32Values":1}',
        '{"kinds":[1,]}',
        '{"kinds":[1 2]}',
    ),
    MAPS: (
        *(
            '{"byInt32":{"1":0,"1":0}}',
            '{"byInt32":{"1":0,"1.0":0}}',
            '{"byInt32":{"x":0}}',
        ),
        *(
            '{"byBool":{"True":"1"}}',
            '{"kinds":{"a":null}}',
            '{"kinds":[]}',
            '{"byInt32":{1:0}}',
        ),
    ),
    KNOWN: (
        *(
            '{"text":"x","number":1}',
            '{"nothing":null,"text":"x"}',
            '{"text":"x","nothing":null}',
        ),
        *(
            '{"duration":"1"}',
            '{"struct":{"a":1,"a":2}}',
            '{"value":[1,]}',
            '{"value":NaN}',
        ),
    ),
    CLOSED: ('{"color":7}', '{"color":null,"color":1}'),
}
WRONG_THOUGH_SKIPPED = {
    INNER: (
        *(
            '{"x":1,"x":2}',
            '{"x":1,"\\u0078":2}',
            '{"x":{"y":1,"y":2}}',
            '{"x":NaN}',
            '{"x":01}',
        ),
        *('{"x":[1,]}', '{"x":"\\x"}', '{"x":"\n"}', '{"x":[1}', '{"x":' + "[" * 101),
        "{" + ",".join(f'"x{number % 99}":1' for number in range(100)) + "}",
    ),
    KNOWN: ('{"text":"x","[fuzz.note]":1,"text":"y"}',),
}
LEFT_TO_THE_EXACT_CODEC = {
    INNER: ('{"\\ud800":1}', '{"[fuzz.note]":1}'),
    MAPS: ('{"kinds":{"a":"NEWER"}}',),
}


def outcomes(
    comparer: Comparer, cases: dict[str, tuple[str, ...]], ignore: bool
) -> dict[tuple[str, str, bool], str]:
    """What becomes of each text, given as str and as bytes."""
    found: dict[tuple[str, str, bool], str] = {}
    for name, texts in cases.items():
        for text in texts:
            for as_bytes in (False, True):
                case = Case("from_json", name, text.encode(), ignore + 2 * as_bytes)
                found[name, text, as_bytes] = comparer.compare(case)
    return found


def unlike(found: dict[tuple[str, str, bool], str], outcome: str) -> object:
    return [key for key, each in found.items() if each != outcome]


pytestmark = pytest.mark.parametrize("comparer", ["inline"], indirect=True)


def test_ordinary_text_is_not_left_to_the_exact_codec(comparer: Comparer) -> None:
    assert not unlike(outcomes(comparer, ORDINARY, False), SAME)


def test_unknown_names_are_skipped(comparer: Comparer) -> None:
    assert not unlike(outcomes(comparer, SKIPPED, True), SAME)


def test_wrong_text_is_refused(comparer: Comparer) -> None:
    assert not unlike(outcomes(comparer, WRONG, False), BOTH_REFUSE)


def test_what_is_skipped_is_checked(comparer: Comparer) -> None:
    assert not unlike(outcomes(comparer, WRONG_THOUGH_SKIPPED, True), BOTH_REFUSE)


def test_rare_text_is_left_to_the_exact_codec(comparer: Comparer) -> None:
    assert not unlike(outcomes(comparer, LEFT_TO_THE_EXACT_CODEC, True), FELL_BACK)


def test_buffers_are_read_and_other_types_are_not(comparer: Comparer) -> None:
    read = comparer.function(comparer.schema.ours(INNER), "json_decoder")
    data = '{"s":"é"}'.encode()
    for buffer in (bytearray(data), memoryview(data), memoryview(b"x" + data)[1:]):
        assert read(buffer, False) == read(data, False)
    for odd in (type("Text", (str,), {})("{}"), b'{"s":"\xff"}', '{"s":"\ud800"}'):
        with pytest.raises((ValueError, TypeError), match="exact codec|takes bytes"):
            read(odd, False)


@pytest.mark.parametrize("levels", [1, 49, 50, 51, 98, 99, 100, 101, 102])
def test_as_many_levels_are_read_as_by_the_exact_codec(
    comparer: Comparer, levels: int
) -> None:
    texts = {
        (INNER, "{}"): ('{"inner":', "}"),
        (KNOWN, '{"duration":"1s"}'): ('{"known":', "}"),
        (KNOWN, '{"value":1}'): ('{"known":', "}"),
        ("fuzz.Needy", '{"more":[]}'): ('{"more":[', "]}"),
        ("google.protobuf.Value", "1"): ("[", "]"),
        (INNER, '{"x":[]}'): ('{"inner":', "}"),
    }
    for (name, core), (opening, closing) in texts.items():
        for ignore in (0, 1):
            text = opening * levels + core + closing * levels
            case = Case("from_json", name, text.encode(), ignore)
            assert comparer.compare(case) != FELL_BACK, (name, core, ignore)


def test_100_levels_fit_into_a_small_stack(comparer: Comparer) -> None:
    script = """
import os
os.environ["LKPROTO_CODEC"] = "native"
import lkproto
cls = lkproto.find_message("google.protobuf.DescriptorProto")
def work():
    skipped = '{"x":' + '[{"y":' * 50 + '1' + '}]' * 50 + '}'
    for core in ('{}', skipped):
        text = '{"nestedType":[' * 98 + core + ']}' * 98
        message = cls.from_json(text, ignore_unknown=True)
        print(lkproto.codec(), len(message.to_bytes()) > 0, lkproto.codec_fallbacks())
cls.from_json('{"nestedType":[{"nestedType":[]}]}').to_bytes()
"""
    assert printed_in_a_small_thread(script, 64) == ["native True {}"] * 2
