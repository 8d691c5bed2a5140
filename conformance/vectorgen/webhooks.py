"""Webhooks: the token of a delivery, and what a receiver takes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from . import policies, webhook_faults
from .area import Area, Note, Policy, each
from .forge import KEY, MINIMAL, NOW, SECRET, dumps, raw, token

_BODY = '{"event":"room_started","id":"EV_x","room":{"sid":"RM_x"},"createdAt":"1767225600"}'


def areas() -> Iterator[Area]:
    """The areas of webhooks."""
    yield _sign()
    yield _receive()


def _b64(body: bytes | str) -> str:
    data = body.encode() if isinstance(body, str) else body
    return base64.b64encode(data).decode()


def _hash(body: bytes | str) -> str:
    data = body.encode() if isinstance(body, str) else body
    return _b64(hashlib.sha256(data).digest())


def _sign() -> Area:
    area = Area(
        "webhook.sign",
        "webhooks",
        "the calls of webhook.URLNotifier's sender on auth.AccessToken",
        ("webhook/url_notifier.go",),
        {"api_key": KEY, "secret": SECRET, "now": NOW},
    )
    bodies: dict[str, bytes | str] = {
        "event": _BODY,
        "empty": "",
        "binary": b"\x00\xff",
        "slashes": "a?>" * 9,
    }
    for name, body in bodies.items():
        area.add(name, f"a body: {name}", {"body_b64": _b64(body)})
    area.add("fraction-of-now", "at half past", {"body_b64": "", "now": NOW + 0.5})
    for name in ("api_key", "secret"):
        args = {"body_b64": "", name: ""}
        area.add(f"no-{name.replace('_', '-')}", f"{name} is empty", args)
    return area


def _receive() -> Area:
    area = Area(
        "webhook.receive",
        "webhooks",
        "webhook.ReceiveWebhookEvent",
        ("webhook/verifier.go",),
        {"keys": {KEY: SECRET}, "now": NOW},
        {
            "Duplicate": Note(
                "AUTH_BYPASS", "a name occurs twice", "two receivers see two events"
            ),
            "Hash": Note(
                "AUTH_BYPASS", "the hash of the body", "a changed body passes"
            ),
        },
    )
    good = token(sha256=_hash(_BODY))
    area.add("event", "an event", _delivery(good, _BODY))
    area.add(
        "no-header",
        "no Authorization",
        {"authorization": None, "body_b64": _b64(_BODY)},
    )
    for name, header in each(
        {
            "empty-header": "",
            "bearer": f"Bearer {good}",
            "garbage": "x",
            "unknown-key": token(iss="APIother", sha256=_hash(_BODY)),
            "wrong-secret": raw(dumps({**MINIMAL, "sha256": _hash(_BODY)}), secret="x"),
            "expired": token(exp=NOW - 60, sha256=_hash(_BODY)),
            "in-the-leeway": token(exp=NOW - 59, sha256=_hash(_BODY)),
            "from-a-fast-clock": token(nbf=NOW + 30, sha256=_hash(_BODY)),
            "no-exp": token(exp=..., sha256=_hash(_BODY)),
            "identity-and-grants-do-not-matter": token(
                sha256=_hash(_BODY), video={"roomAdmin": True}
            ),
        }
    ):
        area.add(name, f"Authorization: {name}", _delivery(header, _BODY))
    hs512 = raw(
        dumps({**MINIMAL, "sha256": _hash(_BODY)}), '{"alg":"HS512"}', alg="HS512"
    )
    area.add("alg-hs512", "alg HS512", _delivery(hs512, _BODY))
    for name, header in each(
        {
            "space-before": f" {good}",
            "space-after": f"{good} ",
            "only-a-space": " ",
            "two-tokens": f"{good}, {good}",
            "two-tokens-in-a-row": good + good,
            "lower-case-bearer": f"bearer {good}",
            "basic": "Basic QVBJOnNlY3JldA==",
            "quoted": f'"{good}"',
            "no-signature": good.rpartition(".")[0] + ".",
            "two-segments": good.rpartition(".")[0],
            "null-bytes": f"{good}\0",
        }
    ):
        args = _delivery(header, _BODY)
        area.add(f"header-{name}", f"Authorization: {name}", args)
    _hashes(area)
    _bodies(area)
    _policies(area)
    webhook_faults.add(area)
    return area


def _policies(area: Area) -> None:
    """Bodies that only the strict profile refuses."""
    area.notes["Depth"] = Note(
        "SPEC_GAP", "nests deep", "one receiver takes an event that another refuses"
    )
    bodies: dict[str, tuple[str, str, Policy]] = {
        "duplicate-unknown": ('{"x":1,"x":2}', "Duplicate", policies.BODY_DUPLICATES),
        "duplicate-inside-unknown": (
            '{"x":{"y":1,"y":2}}',
            "Duplicate",
            policies.BODY_DUPLICATES,
        ),
        "depth-3000": (_deep("[", 3000, "]"), "Depth", policies.BODY_DEPTH),
        "depth-3000-objects": (
            _deep('{"y":', 3000, "}").replace("}}", "1}}", 1),
            "Depth",
            policies.BODY_DEPTH,
        ),
        "depth-9999": (_deep("[", 9999, "]"), "Depth", policies.BODY_DEPTH),
        "depth-9998-in-a-message": (
            f'{{"room":{_deep("[", 9998, "]")}}}',
            "Depth",
            policies.BODY_DEPTH,
        ),
        "depth-9997-in-a-list": (
            f'{{"room":{{"enabledCodecs":[{_deep("[", 9997, "]")}]}}}}',
            "Depth",
            policies.BODY_DEPTH,
        ),
    }
    for name, (body, flag, policy) in bodies.items():
        args = _delivery(token(sha256=_hash(body)), body)
        area.add(f"event-{name}", f"an event: {name}", args, flag, policy=policy)


def _deep(opening: str, levels: int, closing: str) -> str:
    return '{"x":' + opening * levels + closing * levels + "}"


def _delivery(authorization: str, body: bytes | str) -> dict[str, Any]:
    return {"authorization": authorization, "body_b64": _b64(body)}


def _hashes(area: Area) -> None:
    digest = hashlib.sha256(_BODY.encode()).digest()
    good = _b64(digest)
    for name, value in each(
        {
            "absent": ...,
            "empty": "",
            "null": None,
            "of-another-body": _hash(_BODY + " "),
            "hexadecimal": digest.hex(),
            "url-safe": base64.urlsafe_b64encode(b"\xff" + digest[1:]).decode(),
            "unpadded": good.rstrip("="),
            "line-feed": good + "\n",
            "space": " " + good,
            "more-padding": good + "=",
            "junk-inside": good[:5] + "!" + good[5:],
            "trailing-data": good + "AAAA",
            "spare-bits": good[:-2] + chr(ord(good[-2]) + 1) + "=",
            "non-ascii": "é",
        }
    ):
        args = _delivery(token(sha256=value), _BODY)
        area.add(f"hash-{name}", f"sha256: {name}", args, "Hash")
    for name, value in each({"number": 1, "array": [good], "object": {}}):
        area.add(
            f"hash-{name}",
            f"sha256: {name}",
            _delivery(token(sha256=value), _BODY),
            "Hash",
        )
    for name, body in each(
        {
            "space-appended": _BODY + " ",
            "line-ends-changed": _BODY.replace(",", ",\r\n"),
            "changed": _BODY.replace("RM_x", "RM_y"),
            "empty": "",
        }
    ):
        args = _delivery(token(sha256=good), body)
        area.add(f"body-{name}", f"the body: {name}", args, "Hash")
    twice = raw(f'{dumps(MINIMAL)[:-1]},"sha256":"x","sha256":"{good}"}}')
    args = _delivery(twice, _BODY)
    area.add(
        "hash-twice", "sha256 twice", args, "Duplicate", policy=policies.DUPLICATES
    )


def _bodies(area: Area) -> None:
    bodies: dict[str, bytes | str] = {
        "empty-object": "{}",
        "pretty": '{\r\n  "event": "room_finished"\r\n}\r\n',
        "snake-case": '{"num_dropped":2,"created_at":1}',
        "unknown-field": '{"event":"e","fromTheFuture":{"a":[1]}}',
        "unknown-enum": '{"room":{"version":{}},"participant":{"state":"DREAMING"}}',
        "enum-by-number": '{"participant":{"state":2}}',
        "enum-number-as-text": '{"participant":{"state":"2"}}',
        "quoted-int64": '{"createdAt":"9007199254740993"}',
        "bare-int64": '{"createdAt":9007199254740993}',
        "unicode": '{"room":{"name":"é😀\\u2028<&>"}}',
        "nulls": '{"event":null,"room":null}',
        "deep-unknown": '{"x":' + "[" * 50 + "]" * 50 + "}",
        "track": '{"event":"track_published","track":{"sid":"TR_x","type":"VIDEO","width":640}}',
        "egress": '{"egressInfo":{"egressId":"EG_x","status":"EGRESS_ACTIVE","startedAt":"1"}}',
        "ingress": '{"ingressInfo":{"ingressId":"IN_x","inputType":"WHIP_INPUT"}}',
        "attributes": '{"participant":{"attributes":{"b":"2","a":"1"},"permission":{}}}',
        "byte-order-mark": '\ufeff{"event":"e"}',
        "not-utf8": b'{"event":"\xff"}',
        "no-body": "",
        "null": "null",
        "array": "[]",
        "trailing": "{} x",
        "two-values": "{}{}",
        "lone-surrogate": '{"event":"\\ud83d"}',
        "nan": '{"createdAt":NaN}',
        "wrong-type": '{"event":1}',
        "overflow": '{"numDropped":2147483648}',
        "duplicate": '{"event":"a","event":"b"}',
        "duplicate-two-forms": '{"numDropped":1,"num_dropped":2}',
        "trailing-comma": '{"event":"e",}',
        "snake-case-messages": '{"egress_info":{"egress_id":"EG_x","room_name":"r"}}',
        "quoted-int32": '{"numDropped":"7"}',
        "int64-exponent": '{"createdAt":1e3}',
        "int64-fraction": '{"createdAt":1.5}',
        "unknown-enum-in-a-list": '{"room":{"enabledCodecs":[]},"participant":'
        '{"tracks":[{"source":"SMELL","sid":"TR_x"}],"kindDetails":["NEW","FORWARDED"]}}',
        "unknown-enum-number": '{"participant":{"state":99}}',
        "unknown-event": '{"event":"moon_landed","id":"EV_x"}',
        "unknown-everywhere": '{"a":1,"room":{"b":[{}],"enabledCodecs":[{"c":"d"}]}}',
        "unknown-surrogate": '{"x":"\\ude00"}',
        "unknown-nan": '{"x":NaN}',
        "unknown-not-utf8": b'{"x":"\xff"}',
        "unknown-control": '{"x":"\x01"}',
        "unknown-huge-number": '{"x":1e99999}',
        "huge-number": '{"createdAt":1e99999}',
        "duplicate-null": '{"event":null,"event":"a"}',
        "duplicate-in-a-map": '{"participant":{"attributes":{"a":"1","a":"2"}}}',
        "duplicate-message": '{"room":{},"room":{}}',
        "number": "1",
        "text": '"event"',
        "only-space": " ",
        "space-around": ' \r\n\t{"event":"e"} \n',
        "form-feed": '\f{"event":"e"}',
        "nul-at-the-end": '{"event":"e"}\0',
        "utf-16": '{"event":"e"}'.encode("utf-16"),
        "wire": b"\x0a\x01e",
        "depth-50-in-a-message": '{"room":{"x":' + "[" * 50 + "]" * 50 + "}}",
        "depth-10000": _deep("[", 10000, "]"),
        "depth-9999-in-a-message": f'{{"room":{_deep("[", 9999, "]")}}}',
        "depth-9998-in-a-list": f'{{"room":{{"enabledCodecs":[{_deep("[", 9998, "]")}]}}}}',
        "depth-without-end": '{"x":' + "[" * 5000,
        "depth-10001": '{"x":' + "[" * 10001 + "]" * 10001 + "}",
    }
    for name, body in bodies.items():
        args = _delivery(token(sha256=_hash(body)), body)
        # How deep is Go's own limit.
        level = (
            "informational" if "depth-" in name and "-50-" not in name else "required"
        )
        area.add(f"event-{name}", f"an event: {name}", args, level=level)
