"""Hints for the author of a testee: what usually causes a problem, and how to mend it."""

from __future__ import annotations

import difflib
import re

from ..protocol import CLOCK, KINDS, MAX_LINE, OPERATIONS, PROFILES

_NAMES = (*OPERATIONS, CLOCK, *PROFILES, *KINDS)

# What a problem contains: what to do about it. The first that is found counts.
_HINTS = (
    (
        r"a reply to None",
        "the reply has id null, or none: copy the id of the request",
    ),
    (
        r"a reply to '",
        "the reply has its id as text: copy the id of the request, which is a number",
    ),
    (
        r"a reply to \d+, not to \d+",
        (
            "it is the reply to another request: write one reply for each request, in their order, "
            "with the id of the request"
        ),
    ),
    (
        r"closed its stdout",
        "keep stdout open until stdin ends",
    ),
    (
        r"in the middle of a line: b'\{.*\}'",
        "end each reply with a newline, and go on reading after it",
    ),
    (
        r"hello: ended with",
        (
            "it ended before it answered hello: run the command by itself, it has to wait for "
            "lines on stdin"
        ),
    ),
    (
        r"in the middle of a line",
        "it ended while it wrote a reply; its stderr and exit code say why",
    ),
    (
        r"before the end of the request",
        "read the whole line of a request before you answer",
    ),
    (
        r"a line of more than",
        f"a reply has at most {MAX_LINE} bytes",
    ),
    (
        r"not a line of JSON: b'[\[{]\\n",
        "write the reply on one line, without indentation",
    ),
    (
        r"not a line of JSON: b\"?'?\{'",
        "write JSON: names and texts in double quotes, true, false and null in lower case",
    ),
    (
        r"not a line of JSON|not a JSON object",
        (
            "only replies may go to stdout, each an object on one line: write logs and prints to "
            "stderr"
        ),
    ),
    (
        r"nests deeper",
        "look for a value that holds itself",
    ),
    (
        r"\d of ok, reject, unsupported, error, not one",
        'a reply has exactly one of them: {"id":7,"ok":{…}}',
    ),
    (
        r"(ok|reject|unsupported|error) is not an object",
        (
            'put the result into an object: {"ok":{"output":"…"}}, '
            '{"reject":{"kind":"malformed"}}, {"unsupported":{"reason":"…"}}, '
            '{"error":{"message":"…"}}'
        ),
    ),
    (
        r"None is not a reject kind",
        'a reject has a kind: {"reject":{"kind":"malformed","message":"…"}}',
    ),
    (
        r"is not a reject kind",
        (
            "the kinds are a closed list: `lkproto-conformance info --operations` prints it; "
            "what is none of them is an error"
        ),
    ),
    (
        r"does not speak protocol",
        (
            'answer hello with {"id":0,"ok":{"protocol":1,"implementation":{"name":"mine"},'
            '"capabilities":["kind.parse"],"profiles":["go"]}}'
        ),
    ),
    (
        r"unknown capabilities",
        "capabilities are names of operations: `lkproto-conformance info --operations` prints them",
    ),
    (
        r"unknown profiles",
        f"profiles are {' and '.join(PROFILES)}; with one behaviour, offer go",
    ),
    (
        r"hello: no reply within|timeout: no reply within|no reply within",
        (
            "flush stdout after each reply, read line by line without waiting for the end of "
            "input, and answer every request"
        ),
    ),
    (
        r"No such file",
        "give the path of the program; arguments follow it, and nothing is expanded by a shell",
    ),
    (
        r"Permission denied",
        "make it executable (chmod +x), or name its interpreter first",
    ),
    (
        r"exit code 0",
        "it ended without a reply: read requests in a loop until bye or the end of input",
    ),
    (
        r"ended with signal",
        "it was ended by the system; look for a crash of native code or a limit of memory",
    ),
    (
        r"ended with exit code",
        (
            "an exception ended it: catch what a request may raise, and answer with "
            '{"error":{"message":"…"}}'
        ),
    ),
    (
        r"^skip: declined",
        "a case may be declined, with its reason; `run` counts it as skipped, not as wrong",
    ),
    (
        r"^error:",
        (
            "the adapter raised an exception: if the library refused the input, answer reject "
            "with a kind; an error is a fault of the adapter"
        ),
    ),
    (
        r"^fail:accepted",
        "ok means that the library accepted it: answer reject when it refuses or raises",
    ),
    (
        r"^fail:over-strict",
        (
            "the library refused a valid input: look whether the arguments reach it unchanged "
            "(hex, base64, the time in now)"
        ),
    ),
    (
        r"^fail:kind",
        "map the library's errors to the kinds that `lkproto-conformance info --operations` prints",
    ),
    (
        r"missing \[.*\], unexpected \[",
        (
            "the result has other members: `lkproto-conformance info --operations` prints "
            "those of each operation"
        ),
    ),
    (
        r"^fail:",
        "look at the result of this case; the library may be wrong, or the adapter",
    ),
)


def hint(problem: str) -> str:
    """How to mend a problem; empty if there is nothing to say."""
    found = next((text for sign, text in _HINTS if re.search(sign, problem)), "")
    near = _near(problem)
    return f"{found}; did you mean {near}?" if found and near else found


def _near(problem: str) -> str:
    """A name of the protocol that resembles an unknown one."""
    match = re.search(
        r"unknown (?:capabilities|profiles) \['([^']*)'|'([^']*)' is not a re", problem
    )
    if match is None:
        return ""
    given = match[1] or match[2] or ""
    return next(iter(difflib.get_close_matches(given[:80], _NAMES, 1)), "")
