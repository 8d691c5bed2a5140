"""Answers google's conformance runner with the messages and codecs that users get.

The protocol is in `conformance/conformance.proto` of the suite: 4 bytes of length, little-endian,
then a ConformanceRequest; the answer is a ConformanceResponse in the same form. Once started, it
uses nothing but the standard library and the generated package.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from .suite import CODEC, MissingToolError, ensure_generator, messages


def main(arguments: list[str]) -> int:
    """Prepare, then answer requests until the input ends."""
    try:
        ensure_generator(Path(__file__).with_name("testee"), arguments)
        package = messages()
    except MissingToolError as error:
        print(f"testee: {error}", file=sys.stderr)
        return 1
    if problem := wrong_codec(package):
        print(f"testee: {problem}", file=sys.stderr)
        return 1
    if "--prepare" not in arguments:
        serve(Testee(package), sys.stdin.buffer, sys.stdout.buffer)
    return 0


def wrong_codec(package: Any) -> str | None:
    """The problem if the codec in use is not the one that the environment variable asks for."""
    asked, used = os.environ.get(CODEC), package.codec()
    if asked in (None, used):
        return None
    return f"{CODEC} asks for the codec {asked}, but {used} is in use"


def serve(testee: Testee, requests: BinaryIO, responses: BinaryIO) -> None:
    """Answer length-prefixed requests until the input ends."""
    while size := requests.read(4):
        request = requests.read(int.from_bytes(size, "little"))
        response = testee.answer(request)
        responses.write(len(response).to_bytes(4, "little") + response)
        responses.flush()


class Testee:
    """Answers requests from a package of the suite's messages."""

    def __init__(self, package: Any) -> None:
        self._package = package
        suite = import_module(f"{package.__name__}.conformance")
        self._request: Any = suite.ConformanceRequest
        self._response: Any = suite.ConformanceResponse
        self._formats: Any = suite.WireFormat
        self._categories: Any = suite.TestCategory

    def answer(self, data: bytes) -> bytes:
        """The encoded response to an encoded request."""
        request = self._request.from_bytes(data)
        try:
            response = self._response(**self._result(request))
        except Exception:  # noqa: BLE001 - every mistake is reported to the runner
            response = self._response(runtime_error=traceback.format_exc())
        encoded: bytes = response.to_bytes()
        return encoded

    def _result(self, request: Any) -> dict[str, Any]:
        """The response's fields: one of its oneof `result`."""
        if request.message_type == "conformance.FailureSet":
            return {"protobuf_payload": b""}
        if request.which("payload")[0] == "jspb_payload":
            return {"skipped": "JSPB is google's own"}
        if request.requested_output_format == self._formats.JSPB:
            return {"skipped": "JSPB is google's own"}
        cls = self._package.find_message(request.message_type)
        try:
            message = self._parse(cls, request)
        except self._package.ProtoError as error:
            return {"parse_error": str(error)}
        try:
            return self._print(message, request)
        except self._package.ProtoError as error:
            return {"serialize_error": str(error)}

    def _parse(self, cls: Any, request: Any) -> Any:
        kind, payload = request.which("payload")
        if kind == "protobuf_payload":
            return cls.from_bytes(payload)
        if kind == "text_payload":
            return cls.from_text(payload)
        ignore = self._categories.JSON_IGNORE_UNKNOWN_PARSING_TEST
        return cls.from_json(payload, ignore_unknown=request.test_category == ignore)

    def _print(self, message: Any, request: Any) -> dict[str, Any]:
        wanted = request.requested_output_format
        if wanted == self._formats.PROTOBUF:
            return {"protobuf_payload": message.to_bytes()}
        if wanted == self._formats.JSON:
            return {"json_payload": message.to_json()}
        text = message.to_text(print_unknown=request.print_unknown_fields)
        return {"text_payload": text}
