"""The testee for google's runner, and the check of its counts; the suite itself is a nox session."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from conformance.protobuf import answer
from conformance.protobuf.run import judge
from conformance.protobuf.suite import CODEC
from tests.support import module_of, package_of

# The parts of the suite's protocol that are used, and a message for requests.
PROTOS = {
    "conformance.proto": """
syntax = "proto3";
package conformance;
enum WireFormat { UNSPECIFIED = 0; PROTOBUF = 1; JSON = 2; JSPB = 3; TEXT_FORMAT = 4; }
enum TestCategory {
  UNSPECIFIED_TEST = 0;
  BINARY_TEST = 1;
  JSON_TEST = 2;
  JSON_IGNORE_UNKNOWN_PARSING_TEST = 3;
  JSPB_TEST = 4;
  TEXT_FORMAT_TEST = 5;
}
message ConformanceRequest {
  oneof payload {
    bytes protobuf_payload = 1;
    string json_payload = 2;
    string jspb_payload = 7;
    string text_payload = 8;
  }
  WireFormat requested_output_format = 3;
  string message_type = 4;
  TestCategory test_category = 5;
  bool print_unknown_fields = 9;
}
message ConformanceResponse {
  oneof result {
    string parse_error = 1;
    string serialize_error = 6;
    string runtime_error = 2;
    bytes protobuf_payload = 3;
    string json_payload = 4;
    string skipped = 5;
    string text_payload = 8;
  }
}
""",
    "m.proto": """
syntax = "proto3";
package m;
import "google/protobuf/duration.proto";
message M { int32 a = 1; google.protobuf.Duration d = 2; }
""",
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return package_of(tmp_path_factory.mktemp("suite"), PROTOS)


def ask(package: Any, **request: Any) -> tuple[str, Any]:
    """Send one request through the loop; returns the member of the result that is set."""
    suite = module_of(package, "conformance")
    data = suite.ConformanceRequest(**{"message_type": "m.M"} | request).to_bytes()
    responses = io.BytesIO()
    answer.serve(
        answer.Testee(package),
        io.BytesIO(len(data).to_bytes(4, "little") + data),
        responses,
    )
    written = responses.getvalue()
    assert int.from_bytes(written[:4], "little") == len(written) - 4
    found: tuple[str, Any] = suite.ConformanceResponse.from_bytes(written[4:]).which(
        "result"
    )
    return found


PROTOBUF, JSON, JSPB = 1, 2, 3


@pytest.mark.parametrize(
    ("request_", "result"),
    [
        ({"protobuf_payload": b"\x08\x05"}, ("json_payload", '{"a":5}')),
        ({"json_payload": '{"a":5}'}, ("json_payload", '{"a":5}')),
        (
            {"json_payload": '{"a":5}', "requested_output_format": PROTOBUF},
            ("protobuf_payload", b"\x08\x05"),
        ),
        (
            {"json_payload": '{"b":5}', "test_category": 3},
            ("json_payload", "{}"),
        ),
        ({"jspb_payload": ""}, ("skipped", "JSPB is google's own")),
        (
            {"json_payload": "{}", "requested_output_format": JSPB},
            ("skipped", "JSPB is google's own"),
        ),
        ({"message_type": "conformance.FailureSet"}, ("protobuf_payload", b"")),
    ],
)
def test_requests_are_answered_in_the_format_asked_for(
    package: Any, request_: dict[str, Any], result: tuple[str, Any]
) -> None:
    assert ask(package, **{"requested_output_format": JSON} | request_) == result


def test_errors_are_of_three_kinds(package: Any) -> None:
    mixed_signs = b"\x12\x0d\x08\x01\x10" + b"\xff" * 9 + b"\x01"
    cases = {
        "parse_error": {"json_payload": '{"b":5}'},
        "serialize_error": {"protobuf_payload": mixed_signs},
        "runtime_error": {"message_type": "m.Nothing", "json_payload": "{}"},
    }
    for result, request in cases.items():
        assert ask(package, requested_output_format=JSON, **request)[0] == result


def test_both_suites_have_to_run_whole() -> None:
    whole = [(5567, 0, 0, 0), (883, 0, 0, 0)]

    assert judge(whole) == []
    assert judge(whole[:1]) == ["the text format suite did not run"]
    assert judge([]) == [
        "the binary and JSON suite did not run",
        "the text format suite did not run",
    ]
    assert judge([(5566, 1, 0, 0), (883, 0, 0, 0)]) == [
        "the binary and JSON suite has 5566 successes, not 5567"
    ]
    assert judge([(5567, 0, 0, 0), (883, 0, 0, 1)])


@pytest.mark.parametrize("asked", ["exact", "python"])
def test_the_requested_codec_is_used(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CODEC, asked)
    package = package_of(tmp_path, PROTOS)

    assert answer.wrong_codec(package) is None
    assert package.codec() == asked


def test_another_codec_than_the_requested_one_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CODEC, "exact")
    package = package_of(tmp_path, PROTOS)
    assert package.codec() == "exact"

    monkeypatch.setenv(CODEC, "python")

    assert answer.wrong_codec(package) == (
        "LKPROTO_CODEC asks for the codec python, but exact is in use"
    )


def test_the_testee_is_executable() -> None:
    path = Path(__file__).parents[2] / "conformance" / "protobuf" / "testee"

    assert path.stat().st_mode & 0o100
