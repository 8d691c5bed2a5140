"""The same random requests to the servers in Go and to ours: `python -m tests.twirp.go.routing`.

`--seed` and `--count` say which and how many, `--server` under what ours run. The answers
agree, by status, code, place and message, and in what was read of a request, but for DIFFERENCES.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lkproto import Method, clear_unknown

from .bodies import has_duplicates, has_long_varint
from .programs import GoServer
from .raw_requests import Answer, Raw, Sender, made
from .servers import COMMANDS, serving

APPLICATIONS = "tests.twirp.go.echo"


@dataclass(frozen=True)
class Finding:
    """A request that the servers answer otherwise."""

    seed: str
    request: Raw
    go: Answer
    ours: Answer

    def __str__(self) -> str:
        return f"{self.seed}: {self.request}\n  Go:   {self.go}\n  ours: {self.ours}"


def compared(
    go_url: str, our_url: str, seed: int, count: int, used: Counter[str]
) -> Iterator[Finding]:
    """Differences that nobody has explained; those that are explained are counted."""
    go, ours = Sender(go_url), Sender(our_url)
    for number in range(count):
        name = f"{seed}.{number}"
        request = made(random.Random(name))
        pair = go.send(request), ours.send(request)
        if agree(request, *pair):
            continue
        if found := explained(request, *pair):
            used[found] += 1
        else:
            yield Finding(name, request, *pair)


def agree(request: Raw, go: Answer, ours: Answer) -> bool:
    """Whether answers say the same; the words of errors are each server's own."""
    if (go.status, go.content_type) != (ours.status, ours.content_type):
        return False
    if go.status != 200:
        return go.error() == ours.error()
    method = request.method
    return read(method, go) == read(method, ours) and (
        go.message(method) == ours.message(method)
    )


def read(method: Method, answer: Answer) -> Any:
    """The request that a server has read. How unknown fields are kept is its own affair."""
    assert method.input_type is not None
    assert answer.seen is not None
    message = method.input_type.from_bytes(answer.seen)
    clear_unknown(message)
    return message


def explained(request: Raw, go: Answer, ours: Answer) -> str:
    """The first reason in DIFFERENCES that covers answers; empty if there is none."""
    found = (why for why, covers in DIFFERENCES.items() if covers(request, go, ours))
    return next(found, "")


def _refused_before(request: Raw, go: Answer, ours: Answer) -> bool:
    plain = (each.content_type != "application/json" for each in (go, ours))
    return 400 in (go.status, ours.status) and any(plain)


def _more_than_64_bits(request: Raw, go: Answer, ours: Answer) -> bool:
    refused = go.status == 400 and ours.status != 400
    return refused and has_long_varint(request.body)


def _nested(request: Raw, go: Answer, ours: Answer) -> bool:
    return request.body.count(b"{") > 100 and ours.error()[0] == "malformed"


def _duplicates(request: Raw, go: Answer, ours: Answer) -> bool:
    return ours.error()[0] == "malformed" and has_duplicates(request.body)


def _lone_surrogates(request: Raw, go: Answer, ours: Answer) -> bool:
    return go.status == 400 and ours.status != 400 and b"\\ud" in request.body


def _nulls(request: Raw, go: Answer, ours: Answer) -> bool:
    both = "application/json"
    if (go.status, go.content_type, ours.content_type) != (ours.status, both, both):
        return False
    return without_nulls(go) == without_nulls(ours)


def without_nulls(answer: Answer) -> Any:
    """The JSON of an answer without members that are null."""

    def hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: value for name, value in pairs if value is not None}

    return json.loads(answer.body, object_pairs_hook=hook)


# Where the servers may differ, and why.
DIFFERENCES: dict[str, Callable[[Raw, Answer, Answer], bool]] = {
    "servers refuse some requests before an application sees them": _refused_before,
    "Go refuses varints of more than 64 bits, google's others cut them as we do": _more_than_64_bits,
    "our reader of JSON has a lower limit for nesting": _nested,
    "our reader of JSON refuses duplicate names, Go's only those that it knows": _duplicates,
    "Go refuses lone surrogates in fields that nobody knows": _lone_surrogates,
    "for messages that are `optional`, Go writes no null": _nulls,
}


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--server", choices=COMMANDS, default="uvicorn")
    chosen = parser.parse_args()
    used: Counter[str] = Counter()
    found = 0
    with (
        tempfile.TemporaryDirectory() as logs,
        GoServer() as go,
        serving(chosen.server, APPLICATIONS, Path(logs)) as url,
    ):
        for each in compared(go.url, url, chosen.seed, chosen.count, used):
            found += 1
            print(each, flush=True)
    print(f"seed {chosen.seed}, {chosen.count} requests, {found} differences")
    print(*(f"{count} explained: {reason}" for reason, count in used.items()), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(_main())
