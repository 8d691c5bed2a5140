"""How printed ProtoJSON is compared: a `float` may have more digits than it needs."""

from __future__ import annotations

import pytest
from lkproto_conformance.judging.equality import equal

SAMPLE = "livekit.MetricSample"  # `value` is a float
DEEP = "[" * 450 + "]" * 450
LATENCY = "livekit.agent.MetricsReport"  # `e2eLatency` is a double


def told(message: str, expected: str, got: object) -> str:
    """The difference of a printed text."""
    return equal("json.print", {"message": message}, {"json": expected}, {"json": got})


@pytest.mark.parametrize("got", ["0.1", "0.10000000149011612", "1e-1", "0.1000"])
def test_a_float_may_be_written_with_any_digits_that_mean_it(got: str) -> None:
    assert told(SAMPLE, '{"value":0.1}', f'{{"value":{got}}}') == ""


@pytest.mark.parametrize("got", ["0.2", "0.10000001", '"0.1"', "null", "[0.1]"])
def test_another_float_differs(got: str) -> None:
    assert told(SAMPLE, '{"value":0.1}', f'{{"value":{got}}}').startswith("$.value: ")


def test_a_double_is_exact() -> None:
    difference = told(
        LATENCY, '{"e2eLatency":0.1}', '{"e2eLatency":0.10000000149011612}'
    )

    assert difference == "$.e2eLatency: 0.10000000149011612, not 0.1"


def test_digits_do_not_excuse_another_difference() -> None:
    got = '{"value":0.10000000149011612,"timestampMs":"1"}'

    assert (
        told(SAMPLE, '{"value":0.1}', got)
        == "$: missing [], unexpected ['timestampMs']"
    )


@pytest.mark.parametrize(
    "got", [None, 1, "", "{", '{"value":1e999}', "[" * 10_000, DEEP]
)
def test_what_is_not_a_message_differs(got: object) -> None:
    assert told(SAMPLE, '{"value":0.1}', got)


def test_a_type_that_is_not_known_is_compared_by_value() -> None:
    assert told("no.Such", '{"a":0.5}', '{"a":0.5}') == ""
    assert told("no.Such", '{"a":0.1}', '{"a":0.10000000149011612}')


def test_a_result_without_a_text_lacks_it() -> None:
    difference = equal("json.print", {"message": SAMPLE}, {"json": "{}"}, {})

    assert difference == "$: missing ['json'], unexpected []"


def test_the_sign_of_zero_and_a_name_twice_are_seen() -> None:
    args = {"message": "livekit.MetricSample"}
    expected = {"json": '{"value":-0}'}

    assert equal("json.print", args, expected, {"json": '{"value":-0.0}'}) == ""
    assert equal("json.print", args, expected, {"json": '{"value":0}'})
    assert equal("json.print", args, expected, {"json": '{"value":1,"value":-0}'})
