"""google's runtime for Python as a testee: messages by the descriptors of the schema.

It calls the runtime and names its errors. It mends no answer and checks nothing by itself.
"""

from __future__ import annotations

import json
import platform
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
)
from google.protobuf.internal import api_implementation
from google.protobuf.message import DecodeError, Message

SCHEMA = Path(__file__).parent / "schema.binpb"

Object = dict[str, Any]


class Rejection(Exception):  # noqa: N818 - an answer, not a fault
    """The runtime refused the input by an exception that it declares."""

    def __init__(self, kind: str, error: Exception) -> None:
        super().__init__(kind)
        self.body = {"kind": kind, "message": str(error)}


class DeclinedError(Exception):
    """It cannot be asked."""


class Runtime:
    """Operations on the messages of a descriptor set, a serialized `FileDescriptorSet`."""

    def __init__(self, schema: bytes) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(schema).file:
            self._pool.Add(file)
        self.operations: dict[str, Callable[[Object], Object]] = {
            "wire.roundtrip": self._roundtrip,
            "json.parse": self._parse,
            "json.print": self._print,
        }

    def hello(self) -> Object:
        """Who it is."""
        return {
            "protocol": 1,
            "implementation": {
                "name": "google-protobuf",
                "version": version("protobuf"),
                "language": "Python",
                "language_version": platform.python_version(),
                "homepage": "https://protobuf.dev",
                "source": f"the {api_implementation.Type()} runtime",
            },
            "capabilities": list(self.operations),
            "profiles": ["go"],
        }

    def answer(self, op: str, args: Object) -> Object:
        """What came of an operation; an exception that it does not declare is an error."""
        if op == "hello":
            return {"ok": self.hello()}
        if op not in self.operations:
            return {"unsupported": {"reason": f"no operation {op}"}}
        try:
            return {"ok": self.operations[op](args)}
        except DeclinedError as error:
            return {"unsupported": {"reason": str(error)}}
        except Rejection as error:
            return {"reject": error.body}
        except Exception as error:  # noqa: BLE001 - the protocol reports it
            failure = {"message": repr(error), "trace": traceback.format_exc()}
            return {"error": failure}

    def _new(self, name: str) -> Message:
        try:
            found = self._pool.FindMessageTypeByName(name)
        except KeyError:
            raise DeclinedError(f"the schema has no {name}") from None
        return message_factory.GetMessageClass(found)()

    def _decoded(self, args: Object) -> Message:
        message = self._new(args["message"])
        try:
            message.ParseFromString(bytes.fromhex(args["input"]))
        except DecodeError as error:
            raise Rejection("malformed", error) from error
        return message

    def _roundtrip(self, args: Object) -> Object:
        return _output(self._decoded(args))

    def _parse(self, args: Object) -> Object:
        message = self._new(args["message"])
        try:
            json_format.Parse(
                args["json"],
                message,
                ignore_unknown_fields=args["ignore_unknown"],
                descriptor_pool=self._pool,
            )
        except json_format.ParseError as error:
            raise Rejection(_kind(str(error)), error) from error
        return _output(message)

    def _print(self, args: Object) -> Object:
        message = self._decoded(args)
        try:
            text = json_format.MessageToJson(
                message, indent=None, descriptor_pool=self._pool
            )
        except json_format.SerializeToJsonError as error:
            raise Rejection("malformed", error) from error
        return {"json": text}


def _output(message: Message) -> Object:
    return {"output": message.SerializeToString(deterministic=True).hex()}


def _kind(text: str) -> str:
    if "has no field named" in text or "does not have extensions" in text:
        return "unknown_field"
    beyond = "Value out of range" in text or "Float value too" in text
    return "out_of_range" if beyond else "malformed"


def main(schema: str = str(SCHEMA)) -> None:
    """Answer stdin until `bye` or its end. What the runtime prints goes to stderr."""
    runtime = Runtime(Path(schema).read_bytes())
    replies, sys.stdout = sys.stdout.buffer, sys.stderr
    for line in sys.stdin.buffer:
        request: Object = json.loads(line)
        if request["op"] == "bye":
            return
        answer = runtime.answer(request["op"], request.get("args", {}))
        replies.write(json.dumps({"id": request["id"], **answer}).encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
