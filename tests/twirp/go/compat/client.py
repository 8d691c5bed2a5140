"""The program that `clientcompat` starts for each of its cases: `client.py sync` or `async`.

It reads a ClientCompatMessage, makes the call, and writes the response, or the code of the error
to its error output.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from compat_stubs import TwirpError
from compat_stubs.twirp.clientcompat import (
    AsyncCompatServiceClient,
    ClientCompatMessage,
    CompatServiceClient,
    Empty,
    Req,
)


def call(asked: ClientCompatMessage) -> Any:
    with CompatServiceClient(asked.service_address) as client:
        if asked.method == asked.CompatServiceMethod.NOOP:
            return client.noop_method(Empty.from_bytes(asked.request))
        return client.method(Req.from_bytes(asked.request))


async def call_async(asked: ClientCompatMessage) -> Any:
    async with AsyncCompatServiceClient(asked.service_address) as client:
        if asked.method == asked.CompatServiceMethod.NOOP:
            return await client.noop_method(Empty.from_bytes(asked.request))
        return await client.method(Req.from_bytes(asked.request))


def main(kind: str) -> None:
    asked = ClientCompatMessage.from_bytes(sys.stdin.buffer.read())
    try:
        answer = asyncio.run(call_async(asked)) if kind == "async" else call(asked)
    except TwirpError as error:
        sys.stderr.write(error.code)
    else:
        sys.stdout.buffer.write(answer.to_bytes())


if __name__ == "__main__":
    main(sys.argv[1])
