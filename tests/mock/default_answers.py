"""Records the default answers of LiveKit's test server: `python -m tests.mock.default_answers PORT`.

It writes `default_answers.json`: for each method of the server, an empty request and one in which
all is set that can be repeated, with the answers in hexadecimal.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lkproto import fields_of, service_of

from .asking import ask

RECORDED = Path(__file__).with_suffix(".json")
SERVICES = ("RoomService", "Egress", "Ingress", "SIP", "Connector")
_SAMPLES: dict[str, Any] = {
    **dict.fromkeys(("int32", "int64", "uint32", "uint64", "sint32", "sint64"), 7),
    **dict.fromkeys(("float", "double"), 1.5),
    "bool": True,
    "bytes": b"b",
}


def requests_of(cls: type[Any]) -> Iterator[Any]:
    """A request without anything, and one with all its scalar fields."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield cls()
        full = cls()
    for field in fields_of(cls):
        sample = (
            f"the {field.name}" if field.kind == "string" else _SAMPLES.get(field.kind)
        )
        if sample is not None and field.presence not in ("repeated", "map"):
            setattr(full, field.name, sample)
    yield full


def main(port: str) -> None:
    """Ask the server at a port of this machine."""
    control = '{"skipAuth":true,"delayMs":0}'
    headers = {"Content-Type": "application/protobuf", "X-Lk-Mock": control}
    found = []
    for service in SERVICES:
        for method in service_of(f"livekit.{service}"):
            for request in requests_of(method.input_type):
                body = request.to_bytes()
                url = f"http://127.0.0.1:{port}"
                answer = ask(url, f"/twirp/{method.path}", body, headers)
                assert answer.status == 200, answer
                found.append([method.path, body.hex(), answer.body.hex()])
    lines = ",\n".join(map(json.dumps, found))
    RECORDED.write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
