"""Messages by livekit-protocol's generated modules and google's runtime."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import livekit.protocol
from answers import DeclinedError, Object, Rejection
from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError, Message

for _module in pkgutil.iter_modules(livekit.protocol.__path__, "livekit.protocol."):
    import_module(_module.name)


def new(name: str) -> Message:
    """An empty message of a type of the package."""
    try:
        found = descriptor_pool.Default().FindMessageTypeByName(name)
    except KeyError:
        raise DeclinedError(f"livekit-protocol has no {name}") from None
    return message_factory.GetMessageClass(found)()


def encoded(message: Message) -> str:
    """A message as hex."""
    return message.SerializeToString(deterministic=True).hex()


def decoded(name: str, data: str) -> Message:
    """A message from hex."""
    message = new(name)
    try:
        message.ParseFromString(bytes.fromhex(data))
    except DecodeError as error:
        raise Rejection("malformed", error) from error
    return message


def roundtrip(args: Object) -> Object:
    """`wire.roundtrip`."""
    return {"output": encoded(decoded(args["message"], args["input"]))}


def parse(args: Object) -> Object:
    """`json.parse`."""
    message = new(args["message"])
    try:
        json_format.Parse(
            args["json"], message, ignore_unknown_fields=args["ignore_unknown"]
        )
    except json_format.ParseError as error:
        raise Rejection(_kind(str(error)), error) from error
    return {"output": encoded(message)}


def print_json(args: Object) -> Object:
    """`json.print`."""
    message = decoded(args["message"], args["input"])
    try:
        return {"json": json_format.MessageToJson(message, indent=None)}
    except json_format.SerializeToJsonError as error:
        raise Rejection("malformed", error) from error


def _kind(text: str) -> str:
    if "has no field named" in text or "does not have extensions" in text:
        return "unknown_field"
    beyond = "Value out of range" in text or "Float value too" in text
    return "out_of_range" if beyond else "malformed"
