"""Cases that mutants of our own code asked for: no other vector told the mutant from the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import policies
from .area import ORDER, Area, Note, each
from .forge import KEY, MINIMAL, NOW, SECRET, dumps, raw, with_text
from .raw_http import JSON, request
from .verify_dates import LAST

_GREATEST = 2**1024 - 2**970 - 1
"""The greatest whole number that a float can be rounded to; the next one is infinity."""


def areas() -> Iterator[Area]:
    """An area for each operation."""
    yield _tokens()
    yield _keys()
    yield _wire()
    yield _json()
    yield _printed()
    yield _servers()


def _area(op: str, function: str, spec: str, **notes: Note) -> Area:
    return Area(op, "mutant_finds", function, (spec,), notes=notes)


def _tokens() -> Area:
    area = _area(
        "token.verify",
        "auth.Verify",
        "auth/verifier.go",
        Number=Note("EDGE_CASE", "a number that a float just holds", "a crash"),
        Names=Note("INTEROP", "names in another case", "a claim is read by one alone"),
    )
    area.params = {"keys": {KEY: SECRET}, "now": NOW}
    _algorithms(area)
    _numbers(area)
    for name, text in each({"whole": f"{LAST}.0", "fraction": f"{LAST}.5"}):
        args = {"token": with_text("exp", text)}
        area.add(f"exp-last-second-{name}", f"exp is {text}", args)
    upper = {name.upper(): value for name, value in MINIMAL.items()}
    area.add(
        "names-all-in-another-case",
        "each name is in upper case",
        {"token": raw(dumps(upper))},
        "Names",
        policy=policies.CASE,
    )
    return area


def _algorithms(area: Area) -> None:
    """Algorithms that have a name are refused after the key was looked for, others before."""
    body = dumps({**MINIMAL, "iss": "APIunknown"})
    families = ("HS", "RS", "ES", "PS")
    names = [f"{family}{bits}" for family in families for bits in (256, 384, 512)]
    for alg in (*names, "EdDSA", "none", "HS128", "PS"):
        text = raw(body, dumps({"alg": alg, "typ": "JWT"}))
        comment = f"alg {alg}, and a key that is not known"
        area.add(
            f"unknown-key-alg-{alg.lower()}", comment, {"token": text}, level=ORDER
        )


def _numbers(area: Area) -> None:
    """Numbers at the end of floats, where they are skipped."""
    for name, text in each(
        {
            "greatest": str(_GREATEST),
            "beyond": str(_GREATEST + 1),
            "beyond-negative": str(-_GREATEST - 1),
            "beyond-in-a-list": "[[1e400]]",
            "beyond-in-an-object": '{"a":{"b":1e400}}',
        }
    ):
        header = raw(dumps(MINIMAL), f'{{"alg":"HS256","a":{text}}}')
        comment = f"an unknown member of the header: {name}"
        area.add(f"header-number-{name}", comment, {"token": header}, "Number")
        claim = {"token": with_text("fromTheFuture", text)}
        area.add(f"claim-number-{name}", f"an unknown claim: {name}", claim, "Number")


_YAML: dict[str, Any] = {
    "space-in-secret": "APIa: two words\n",
    "spaces-in-secret": "APIa: two   words\nAPIb: a\tb\n",
    "secret-on-two-lines": "APIa: two\n  words\nAPIb: one\n",
    "space-in-key": "API a: secret\n",
}


def _keys() -> Area:
    function = "auth.NewFileBasedKeyProviderFromReader"
    area = _area("keys.load", function, "auth/provider.go")
    for name, text in _YAML.items():
        area.add(name, f"keys: {name}", {"yaml": text})
    return area


_VALUES = {
    "null": "null",
    "bool": "true",
    "number": "1",
    "text": '"x"',
    "array": "[]",
    "object": "{}",
}
# A parser that reads numbers as floats gets other integers, or takes what is not whole.
_WHOLE = {
    "exact-fraction": "9007199254740993.0",
    "exact-exponent": "90071992547409930e-1",
    "exact-exponent-beyond-a-float": "4611686018427e6",
    "not-whole-beyond-a-float": "9007199254740992.5",
    "greatest-with-fraction": "9223372036854775807.0",
    "beyond-with-fraction": "9223372036854775808.0",
    "not-whole-vanishing": "1e-400",
    "huge-exponent": "1e1000",
    "huger-exponent": "1e99999999999999999999",
}


def _json() -> Area:
    function = "protojson.Unmarshal of google.golang.org/protobuf"
    spec = "https://protobuf.dev/programming-guides/json"
    area = _area("json.parse", function, spec)
    for name in ("ListValue", "Struct", "Value"):
        for label, text in _VALUES.items():
            args = _parsed(f"google.protobuf.{name}", text)
            area.add(f"{name.lower()}-of-{label}", f"{name} of {text}", args)
    for text in ("-0", "-0.0"):
        args = _parsed("google.protobuf.Value", text)
        label = "fraction" if "." in text else "whole"
        area.add(f"value-of-minus-zero-{label}", f"Value of {text}", args)
    for label, ignore in (("", False), ("-ignored", True)):
        args = _parsed("livekit.Room", '{"name":"a","[a.b]":1}')
        args["ignore_unknown"] = ignore
        area.add(f"extension-unknown{label}", "an extension of no schema", args)
    for name, text in _WHOLE.items():
        args = _parsed("livekit.Room", f'{{"creationTime":"{text}"}}')
        options = {"any_kind": "not-whole" in name}  # as for all fractions
        area.add(f"int64-text-{name}", f"an int64: {text}", args, **options)
        args = _parsed("livekit.Room", f'{{"creationTime":{text}}}')
        area.add(f"int64-{name}", f"an int64, without quotes: {text}", args, **options)
    return area


def _wire() -> Area:
    function = "proto.Unmarshal and proto.Marshal of google.golang.org/protobuf"
    spec = "https://protobuf.dev/programming-guides/encoding"
    area = _area("wire.roundtrip", function, spec)
    # Attributes are a map of field 15; its entries have fields 1 and 2.
    entry = b"\x0a\x01k\x12\x01v"
    for name, more in {
        "unknown-varint-after": b"\x18\x01",
        "unknown-text-after": b"\x1a\x01x",
        "value-twice": b"\x12\x01w",
        "key-twice": b"\x0a\x01l",
    }.items():
        data = b"\x7a" + bytes([len(entry + more)]) + entry + more
        args = {"message": "livekit.ParticipantInfo", "input": data.hex()}
        area.add(f"map-entry-{name}", f"an entry of a map: {name}", args)
    data = b"\x4a\x0c\x01\x63" + b"\xff" * 9 + b"\x01"
    args = {"message": "livekit.ParticipantPermission", "input": data.hex()}
    area.add("enum-list-unknown-numbers", "numbers without names in a list", args)
    return area


def _printed() -> Area:
    function = "protojson.Marshal of google.golang.org/protobuf"
    spec = "https://protobuf.dev/programming-guides/json"
    area = _area("json.print", function, spec)
    for name, cls, data in (
        ("timestamp-last-nanosecond", "Timestamp", b"\x10\xff\x93\xeb\xdc\x03"),
        ("timestamp-whole-second-of-nanos", "Timestamp", b"\x10\x80\x94\xeb\xdc\x03"),
        ("duration-last-nanosecond", "Duration", b"\x10\xff\x93\xeb\xdc\x03"),
        ("duration-whole-second-of-nanos", "Duration", b"\x10\x80\x94\xeb\xdc\x03"),
    ):
        args = {"message": f"google.protobuf.{cls}", "input": data.hex()}
        area.add(name, f"{cls}: {name}", args)
    return area


def _parsed(message: str, text: str) -> dict[str, Any]:
    return {"message": message, "json": text, "ignore_unknown": False}


def _servers() -> Area:
    """What our clients send besides: servers have to take it."""
    area = _area(
        "twirp.serve",
        "a generated server under net/http",
        "livekit/livekit_room.twirp.go",
        Deadline=Note("INTEROP", "the time that a client has", "calls are refused"),
    )
    area.params = {"service": "livekit.RoomService", "behaviour": "echo"}
    path, body = "/twirp/livekit.RoomService/CreateRoom", b'{"name":"lobby"}'
    for name, text in each({"minute": "60000", "day": "86400000", "word": "soon"}):
        headers = {"Content-Type": JSON, "X-Twirp-Timeout-Ms": text}
        asked = request(path, body, headers)
        comment = f"the client has {text} ms"
        area.add(f"deadline-{name}", comment, {"requests": [asked]}, "Deadline")
    return area
