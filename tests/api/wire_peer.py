"""livekit-api makes all calls of `wire`: run by a test, in a process of its own.

`python -m tests.api.wire_peer URL KEY SECRET` makes them in their order, and prints the names of all
functions, and of those that are deprecated, as JSON. google's classes, which it loads, may be loaded only once.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
import warnings
from functools import reduce
from typing import Any

from google.protobuf import symbol_database
from livekit import api as livekit

from .wire import SHARED, Shared


def their_message(request: Any) -> Any:
    """A request as livekit-api has it."""
    cls = symbol_database.Default().GetSymbol(request.__proto_name__)
    return cls.FromString(request.to_bytes())


async def make(api: Any, shared: Shared) -> None:
    """Make the calls of one function."""
    function = reduce(getattr, shared.theirs.split("."), api)
    for request in shared.requests(shared.method):
        arguments, keywords = shared.arguments(their_message(request))
        await function(*arguments, **keywords)


def functions(api: Any) -> list[str]:
    """All public functions of all services."""
    return [
        f"{service}.{name}"
        for service, value in vars(type(api)).items()
        if isinstance(value, property)
        for name, each in vars(type(getattr(api, service))).items()
        if inspect.iscoroutinefunction(each) and not name.startswith("_")
    ]


async def main(url: str, key: str, secret: str) -> None:
    """Make all calls."""
    deprecated: list[str] = []
    async with livekit.LiveKitAPI(url, key, secret) as api:
        for shared in SHARED:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                await make(api, shared)
            if any(
                f"{shared.name} is deprecated" in str(each.message) for each in caught
            ):
                deprecated.append(shared.theirs)
    print(json.dumps({"deprecated": deprecated, "functions": functions(api)}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
