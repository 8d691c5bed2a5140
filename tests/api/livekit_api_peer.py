"""What livekit-api has, as JSON; in a process of its own, because its messages register themselves.

`names`: each public name of `livekit.api` and what it is: `message`, `enum`, the enum of a value
with its number, or the name of a Python type. `members`: the public attributes of its classes.
"""

from __future__ import annotations

import json
import sys
from typing import Any

CLASSES = ("LiveKitAPI", "ServerError", "SipCallError", "WebhookReceiver")
SERVICES = ("room", "egress", "ingress", "sip", "agent_dispatch", "connector")


def public(thing: Any) -> list[str]:
    return [name for name in dir(thing) if not name.startswith("_")]


def kinds(api: Any) -> dict[str, Any]:
    """What each public name is."""
    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
    from google.protobuf.message import Message

    found: dict[str, Any] = {}
    enums = []
    for name in public(api):
        value = getattr(api, name)
        if isinstance(value, EnumTypeWrapper):
            enums.append(value)
            found[name] = "enum"
        elif isinstance(value, type) and issubclass(value, Message):
            found[name] = "message"
        else:
            found[name] = type(value).__name__
    for enum in enums:
        for name, number in enum.items():
            found[name] = [enum.DESCRIPTOR.name, number]
    return found


def members(api: Any) -> dict[str, list[str]]:
    """The public attributes of classes, also of the services."""
    found = {name: public(getattr(api, name)) for name in CLASSES}
    for name in SERVICES:
        getter = getattr(api.LiveKitAPI, name).fget
        found[name] = public(getter.__annotations__["return"])
    return found


def main() -> None:
    from livekit import api

    json.dump({"names": kinds(api), "members": members(api)}, sys.stdout)


if __name__ == "__main__":
    main()
