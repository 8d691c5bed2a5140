"""A testee for each way to misbehave: `python -m lkproto_conformance.miniatures.misbehaving MODE`.

Every one answers hello and then misbehaves when it is asked its `AT`th case, unless its mode says
otherwise; the other cases it answers as the vectors expect, so that a run shows what it makes of
one fault. It needs no package but this one.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from ..operations import BY_NAME
from ..protocol import CLOCK, MAX_LINE, PROFILES, VERSION
from ..vectors import Vector, parse, vectors_folder

AT = 3
"""The case at which it misbehaves, from 1."""
LATE = 10
"""That of `dies-at-10th`."""
LONG = 600.0
"""Seconds that are longer than any deadline."""

Request = dict[str, Any]
Fault = Callable[["Misbehaving", Request], None]

# Operations of which a result of the vectors is not an answer of a testee: texts are open, or the
# runner is the other end.
_NOT_ANSWERED = frozenset(name for name in BY_NAME if name.startswith("twirp."))
_BYE = b'"op":"bye"}\n'
_CHILD = "import time; time.sleep(600)"


class Misbehaving:
    """A testee that is right, except where its mode has a fault."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.case = 0
        self._replies: BinaryIO = sys.stdout.buffer
        self._vectors: dict[str, dict[str, Vector]] = {}

    def run(self) -> int:
        """Answer stdin until its end. Returns the exit code."""
        if self.mode == "dies-at-start":
            print("no configuration", file=sys.stderr)
            return 7
        if self.mode == "ignores-sigterm":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return self._answer_all()

    def _answer_all(self) -> int:
        fault = FAULTS[self.mode]
        while line := sys.stdin.buffer.readline():
            asked = json.loads(line)
            if asked["op"] == "bye":
                break
            if asked["op"] == "hello":
                self.reply(asked, {"ok": self.hello()})
                continue
            self.case += 1
            if fault is not None and self._is_due():
                fault(self, asked)
            else:
                self.reply(asked, self.right(asked))
        if self.mode == "ignores-sigterm":
            time.sleep(LONG)
        return 0

    def _is_due(self) -> bool:
        if self.mode in ALWAYS:
            return True
        return self.case == (LATE if self.mode == "dies-at-10th" else AT)

    def hello(self) -> dict[str, Any]:
        """It offers all whose vectors say what to answer."""
        offered = sorted(BY_NAME.keys() - _NOT_ANSWERED)
        return {
            "protocol": VERSION,
            "implementation": {"name": f"misbehaving-{self.mode}", "version": "1"},
            "capabilities": [CLOCK, *offered],
            "profiles": list(PROFILES),
        }

    def right(self, asked: Request) -> dict[str, Any]:
        """What the vector of a case expects."""
        vector = self._vector(asked)
        if vector is None:
            return {"unsupported": {"reason": f"{asked['op']} is not offered"}}
        if vector.result == "valid":
            return {"ok": vector.expect}
        kind = vector.expect.get("kind", "malformed")
        message = vector.expect.get("message", "refused")
        return {"reject": {"kind": kind, "message": message}}

    def _vector(self, asked: Request) -> Vector | None:
        """That of a case; the file of an operation is read when it is first asked."""
        op = asked["op"]
        if op not in self._vectors:
            known = op in BY_NAME and op not in _NOT_ANSWERED
            path = vectors_folder() / f"{op}.json"
            vectors = parse(path.read_bytes(), path.name) if known else []
            self._vectors[op] = {each.id: each for each in vectors}
        return self._vectors[op].get(asked["case"])

    def reply(self, asked: Request, answer: dict[str, Any]) -> None:
        """Write a reply."""
        self.write(json.dumps({"id": asked["id"], **answer}).encode() + b"\n")

    def write(self, data: bytes) -> None:
        """Write bytes to stdout."""
        self._replies.write(data)
        self._replies.flush()


def _wrong(testee: Misbehaving, asked: Request) -> None:
    """Everything it accepts is empty, and it accepts everything."""
    testee.reply(asked, {"ok": {}})


def _crash(testee: Misbehaving, asked: Request) -> None:
    del testee
    print(f"fatal: {asked['case']}", file=sys.stderr, flush=True)
    os._exit(3)


def _killed(testee: Misbehaving, asked: Request) -> None:
    del testee, asked
    os.kill(os.getpid(), signal.SIGKILL)


def _hang(testee: Misbehaving, asked: Request) -> None:
    del testee, asked
    time.sleep(LONG)


def _garbage(testee: Misbehaving, asked: Request) -> None:
    testee.write(b"PASS \x1b[31m<b>\n")
    testee.reply(asked, testee.right(asked))


def _not_utf8(testee: Misbehaving, asked: Request) -> None:
    del asked
    testee.write(b'{"id":\xff\xfe}\n')


def _wrong_id(testee: Misbehaving, asked: Request) -> None:
    testee.reply({"id": asked["id"] + 1}, testee.right(asked))


def _null_id(testee: Misbehaving, asked: Request) -> None:
    testee.reply({"id": None}, testee.right(asked))


def _noise(testee: Misbehaving, asked: Request) -> None:
    print("debug: " + "x" * 500, file=sys.stderr, flush=True)
    testee.reply(asked, testee.right(asked))


def _slow(testee: Misbehaving, asked: Request) -> None:
    time.sleep(0.1)
    testee.reply(asked, testee.right(asked))


def _huge_line(testee: Misbehaving, asked: Request) -> None:
    del asked
    for _ in range(MAX_LINE // 65536 + 16):
        testee.write(b"x" * 65536)
    testee.write(b"\n")


def _flood(testee: Misbehaving, asked: Request) -> None:
    del asked
    while True:
        testee.write(b'"flood"\n' * 8192)


def _noise_flood(testee: Misbehaving, asked: Request) -> None:
    del testee, asked
    while True:
        os.write(2, b"x" * 65536)


def _closes_stdout(testee: Misbehaving, asked: Request) -> None:
    del testee, asked
    os.close(1)
    while sys.stdin.buffer.readline():
        pass
    os._exit(0)


def _deep(testee: Misbehaving, asked: Request) -> None:
    deep = "[" * 200 + "]" * 200
    testee.write(f'{{"id":{asked["id"]},"ok":{{"a":{deep}}}}}\n'.encode())


def _partial(testee: Misbehaving, asked: Request) -> None:
    testee.write(f'{{"id":{asked["id"]},"ok":'.encode())
    time.sleep(LONG)


def _cut(testee: Misbehaving, asked: Request) -> None:
    testee.write(f'{{"id":{asked["id"]},"ok":'.encode())
    os._exit(0)


def _twice(testee: Misbehaving, asked: Request) -> None:
    testee.reply(asked, testee.right(asked))
    testee.reply(asked, testee.right(asked))


def _error(testee: Misbehaving, asked: Request) -> None:
    testee.reply(asked, {"error": {"message": "KeyError: 'x'", "trace": "line 1"}})


def _declines(testee: Misbehaving, asked: Request) -> None:
    testee.reply(asked, {"unsupported": {"reason": "not today"}})


def _leaves_child(testee: Misbehaving, asked: Request) -> None:
    """It ends, and a child of it, in its group, holds the pipes."""
    del testee, asked
    subprocess.Popen([sys.executable, "-c", _CHILD, *sys.orig_argv])
    os._exit(0)


def _leaves_quiet_child(testee: Misbehaving, asked: Request) -> None:
    """It ends, and a child of it, in its group, holds nothing of the runner."""
    del testee, asked
    null = subprocess.DEVNULL
    words = [sys.executable, "-c", _CHILD, *sys.orig_argv]
    subprocess.Popen(words, stdin=null, stdout=null, stderr=null)
    os._exit(0)


def _ignores_sigterm(testee: Misbehaving, asked: Request) -> None:
    testee.reply(asked, testee.right(asked))


FAULTS: dict[str, Fault | None] = {
    "right": None,
    "null": None,
    "dies-at-start": None,
    "wrong": _wrong,
    "error": _error,
    "declines": _declines,
    "crash": _crash,
    "crash-always": _crash,
    "killed": _killed,
    "dies-at-10th": _crash,
    "hang": _hang,
    "garbage": _garbage,
    "not-utf8": _not_utf8,
    "wrong-id": _wrong_id,
    "null-id": _null_id,
    "twice": _twice,
    "noise": _noise,
    "noise-flood": _noise_flood,
    "slow": _slow,
    "huge-line": _huge_line,
    "deep": _deep,
    "flood": _flood,
    "partial": _partial,
    "cut": _cut,
    "closes-stdout": _closes_stdout,
    "leaves-child": _leaves_child,
    "leaves-quiet-child": _leaves_quiet_child,
    "ignores-sigterm": _ignores_sigterm,
}
"""Every mode; those without a fault differ as a whole."""
ALWAYS = frozenset(["wrong", "error", "declines", "crash-always", "noise", "slow"])
"""The modes that misbehave at every case."""


def null() -> int:
    """Answer everything with the same words, in as little time as Python takes."""
    read, write = sys.stdin.buffer.readline, os.write
    hello = {**Misbehaving("null").hello(), "capabilities": sorted(BY_NAME)}
    asked = json.loads(read())
    write(1, json.dumps({"id": asked["id"], "ok": hello}).encode() + b"\n")
    while (line := read()) and not line.endswith(_BYE):
        # {"id":7,"op":…
        write(1, line[: line.index(b",")] + b',"ok":{}}\n')
    return 0


def main(arguments: Sequence[str]) -> int:
    """Misbehave. Returns the exit code."""
    if len(arguments) != 1 or arguments[0] not in FAULTS:
        print(f"usage: misbehaving {'|'.join(FAULTS)}", file=sys.stderr)
        return 2
    return null() if arguments[0] == "null" else Misbehaving(arguments[0]).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
