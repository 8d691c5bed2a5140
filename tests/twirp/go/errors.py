"""The same random answers to the clients in Go and to ours: `python -m tests.twirp.go.errors`.

`--seed` and `--count` say which and how many. Code, msg and meta of the errors agree, and the
messages that were read, but for DIFFERENCES.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from lkproto.livekit import Room

from .bodies import has_duplicates, has_long_varint
from .callers import AsyncCaller, SyncCaller
from .programs import GoClient
from .raw_answers import AnyAnswers, RawAnswer, made
from .scripts import Outcome

PATH = "livekit.RoomService/CreateRoom"


def compared(
    go: GoClient, ours: Any, codec: str, seed: int, count: int, used: Counter[str]
) -> Iterator[str]:
    """Differences that nobody has explained; those that are explained are counted."""
    with AnyAnswers().serving() as server:
        for number in range(count):
            name = f"{seed}.{number}"
            server.next = made(random.Random(name), codec)
            first, second = (
                each.call(server.url, PATH, codec, b"", {}) for each in (go, ours)
            )
            if agree(server.next, first, second):
                continue
            if found := explained(server.next, first, second):
                used[found] += 1
            else:
                yield f"{name} {codec}: {server.next}\n  Go:   {first}\n  ours: {second}"


def agree(answer: RawAnswer, go: Outcome, ours: Outcome) -> bool:
    """Whether outcomes are the same; the words for a response that is broken are each one's own."""
    if go.error and ours.error:
        codes = go.error["code"] == ours.error["code"]
        return codes if answer.status == 200 else go.error == ours.error
    if go.response is None or ours.response is None:
        return False
    return Room.from_bytes(go.response) == Room.from_bytes(ours.response)


def _is_page(answer: RawAnswer, go: Outcome, ours: Outcome) -> bool:
    kind = dict(answer.headers)["Content-Type"]
    return answer.status == 200 and kind.startswith("text/") and ours.response is None


def _phrases(answer: RawAnswer, go: Outcome, ours: Outcome) -> bool:
    return _same_but_for(re.compile(rf'(?<=code {answer.status} )".*?"'), go, ours)


def _replaced(answer: RawAnswer, go: Outcome, ours: Outcome) -> bool:
    return _same_but_for(re.compile("\ufffd+"), go, ours)


def _has_duplicates(answer: RawAnswer, go: Outcome, ours: Outcome) -> bool:
    if go.error and ours.error and go.error["code"] != ours.error["code"]:
        return False
    return has_duplicates(answer.body)


def _has_broken_text(answer: RawAnswer, go: Outcome, ours: Outcome) -> bool:
    return answer.status == 200 and b"\\ud8" in answer.body and go.response is None


def _more_than_64_bits(answer: RawAnswer, go: Outcome, ours: Outcome) -> bool:
    return go.response is None and has_long_varint(answer.body)


def _has_more(answer: RawAnswer, go: Outcome, ours: Outcome) -> bool:
    if answer.status != 200 or ours.response is not None:
        return False
    text = answer.body.decode("utf-8", "replace").lstrip()
    with contextlib.suppress(ValueError, RecursionError):
        return bool(text[json.JSONDecoder().raw_decode(text)[1] :].strip())
    return False


def _same_but_for(pattern: re.Pattern[str], go: Outcome, ours: Outcome) -> bool:
    def rest(outcome: Outcome) -> Any:
        assert outcome.error
        meta = outcome.error["meta"].items()
        texts = {name: pattern.sub("", value) for name, value in meta}
        return outcome.error["code"], pattern.sub("", outcome.error["msg"]), texts

    return bool(go.error and ours.error) and rest(go) == rest(ours)


# Where outcomes may differ, and why.
DIFFERENCES: dict[str, Callable[[RawAnswer, Outcome, Outcome], bool]] = {
    "a page for people is not an answer, although Go does not look at its type": _is_page,
    "Go merges objects with duplicate names and skips unknown ones": _has_duplicates,
    "Go refuses varints of more than 64 bits, google's others cut them as we do": (
        _more_than_64_bits
    ),
    "Go refuses lone surrogates in fields that nobody knows": _has_broken_text,
    "Go ignores what follows the first value of JSON in a response": _has_more,
    "the words for a status are Go's and Python's own": _phrases,
    "Go replaces each byte that is not UTF-8, Python each broken character": _replaced,
}


def explained(answer: RawAnswer, go: Outcome, ours: Outcome) -> str:
    """The first reason in DIFFERENCES that covers outcomes; empty if there is none."""
    found = (
        reason for reason, covers in DIFFERENCES.items() if covers(answer, go, ours)
    )
    return next(found, "")


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--count", type=int, default=5000)
    chosen = parser.parse_args()
    used: Counter[str] = Counter()
    found = 0
    with GoClient() as go, SyncCaller() as sync, AsyncCaller() as is_async:
        for ours in (sync, is_async):
            for codec in ("protobuf", "json"):
                for each in compared(go, ours, codec, chosen.seed, chosen.count, used):
                    found += 1
                    print(each, flush=True)
    print(f"seed {chosen.seed}, {chosen.count} answers each, {found} differences")
    print(*(f"{count} explained: {reason}" for reason, count in used.items()), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(_main())
