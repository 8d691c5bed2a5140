"""google's runtime for Python, for the types that the reference does not link.

It gets the descriptors of the package, so types of other packages than the reference's are there.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import (
    __version__,
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message,
    message_factory,
)
from lkproto import Message, file_descriptor
from lkproto_conformance.connect import InProcessTestee
from lkproto_conformance.message_types import message_types
from lkproto_conformance.serve import Answer

ORACLE = f"google's protobuf {__version__} for Python, executed"


class GoogleRuntime:
    """Operations on messages by google's runtime."""

    def __init__(self) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        self._added: set[str] = set()
        self._types: dict[str, type[Message]] = message_types()

    def hello(self) -> dict[str, Any]:
        """Nothing that a runner needs."""
        return {"protocol": 1, "capabilities": []}

    def answer(self, op: str, args: dict[str, Any]) -> Answer:
        """The answer; what the runtime refuses is malformed."""
        made = self._class(args["message"])()
        try:
            if op == "json.parse":
                json_format.Parse(
                    args["json"],
                    made,
                    ignore_unknown_fields=args["ignore_unknown"],
                    descriptor_pool=self._pool,
                )
                return {
                    "ok": {"output": made.SerializeToString(deterministic=True).hex()}
                }
            made.ParseFromString(bytes.fromhex(args["input"]))
        except (message.DecodeError, json_format.ParseError) as error:
            return {"reject": {"kind": "malformed", "message": str(error)}}
        if op == "json.print":
            return {
                "ok": {
                    "json": json_format.MessageToJson(made, indent=None, sort_keys=True)
                }
            }
        return {"ok": {"output": made.SerializeToString(deterministic=True).hex()}}

    def _class(self, name: str) -> Any:
        self._add(file_descriptor(self._types[name]))
        found = self._pool.FindMessageTypeByName(name)
        return message_factory.GetMessageClass(found)

    def _add(self, data: bytes) -> None:
        """Add a file to the pool, after those that it imports."""
        file = descriptor_pb2.FileDescriptorProto.FromString(data)
        if file.name not in self._added:
            self._added.add(file.name)
            for each in file.dependency:
                self._add(file_descriptor(each))
            self._pool.Add(file)


def connection() -> InProcessTestee:
    """The runtime as a testee."""
    return InProcessTestee(GoogleRuntime())
