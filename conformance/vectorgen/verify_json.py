"""Verification: the JSON of header and payload."""

from __future__ import annotations

from typing import Any

from . import policies
from .area import BOTH, GO, Area, each
from .forge import HEADER, KEY, MINIMAL, NOW, dumps, raw, token, with_text

_BODY = dumps(MINIMAL)
_BOM = "\ufeff"


def add(area: Area) -> None:
    """Cases of JSON."""
    _not_json(area)
    _white_space(area)
    _duplicates(area)
    _folded(area)
    _encodings(area)
    _depth(area)
    _size(area)


def _not_json(area: Area) -> None:
    texts = {
        "array": "[]",
        "string": '"text"',
        "number": "1",
        "boolean": "true",
        "empty": "",
        "garbage": "garbage",
        "unterminated": "{",
        "single-quotes": "{'alg':'HS256'}",
        "comment": '{"alg":"HS256"/**/}',
        "trailing-comma": '{"alg":"HS256",}',
        "bare-name": "{alg:1}",
        "nul": '{"alg":"HS256"}\0',
        "vertical-tab": '\v{"alg":"HS256"}',
        "form-feed": '{"alg":"HS256"}\f',
        "no-break-space": '\u00a0{"alg":"HS256"}',
        "two-values": '{"alg":"HS256"}{}',
        "trailing-text": '{"alg":"HS256"} x',
        "byte-order-mark": _BOM + '{"alg":"HS256"}',
        "control-in-string": '{"alg":"HS256","a":"\n"}',
        "bad-escape": '{"alg":"HS256","a":"\\x41"}',
        "short-escape": '{"alg":"HS256","a":"\\u00"}',
        "nan": '{"alg":"HS256","a":NaN}',
        "infinity": '{"alg":"HS256","a":-Infinity}',
        "leading-zero": '{"alg":"HS256","a":01}',
        "plus-sign": '{"alg":"HS256","a":+1}',
        "hexadecimal": '{"alg":"HS256","a":0x1}',
        "bare-point": '{"alg":"HS256","a":1.}',
        "leading-point": '{"alg":"HS256","a":.1}',
        "bare-exponent": '{"alg":"HS256","a":1e}',
        "bare-minus": '{"alg":"HS256","a":-}',
        "upper-case-literal": '{"alg":"HS256","a":True}',
    }
    for name, text in texts.items():
        area.add(
            f"header-{name}", f"the header is {text!r}", {"token": raw(_BODY, text)}
        )
        payload = text.replace('{"alg":"HS256"', _BODY[:-1])
        area.add(f"payload-{name}", f"a payload like {text!r}", {"token": raw(payload)})
    area.add(
        "header-null",
        "the header is null",
        {"token": raw(_BODY, "null")},
        any_kind=True,
    )
    area.add(
        "payload-null", "the payload is null", {"token": raw("null")}, any_kind=True
    )
    for name, encoding in each({"16": "utf-16", "16le": "utf-16-le", "32": "utf-32"}):
        text = raw(_BODY.encode(encoding), HEADER)
        area.add(
            f"payload-utf-{name}",
            f"the payload is {encoding}",
            {"token": text},
            "Encoding",
        )


def _white_space(area: Area) -> None:
    area.add(
        "payload-spaced",
        "white space",
        {"token": raw("\r\n\t " + _BODY.replace(",", " , ") + "\n")},
    )
    escaped = _BODY.replace("alice", "\\u0061\\u006c\\/\\n\\u2028\\ud83d\\ude00")
    area.add("payload-escaped", "escapes in a value", {"token": raw(escaped)})
    named = _BODY.replace('"sub"', '"\\u0073ub"')
    area.add("payload-escaped-name", "escapes in a name", {"token": raw(named)})
    for name, text in each(
        {
            "number": "1e5",
            "list": "[1,[2,{}]]",
            "null": "null",
            "text": '"x"',
        }
    ):
        area.add(
            f"unknown-{name}",
            f"an unknown claim: {text}",
            {"token": with_text("unknown", text)},
        )
    area.add(
        "unknown-proto", "__proto__", {"token": with_text("__proto__", '{"video":{}}')}
    )
    huge = with_text("unknown", "9" * 400)
    area.add("unknown-huge-number", "a number of 400 digits", {"token": huge})


def _duplicates(area: Area) -> None:
    join, admin = '{"roomJoin":true}', '{"roomAdmin":true}'
    payloads = {
        "video-merged": f'"video":{join},"video":{admin}',
        "video-then-null": f'"video":{join},"video":null',
        "video-null-then-object": f'"video":null,"video":{join}',
        "video-twice-the-same": f'"video":{join},"video":{join}',
        "attributes-merged": '"attributes":{"a":"1","b":"2"},"attributes":{"b":"3"}',
        "kind-details": '"kindDetails":["forwarded","simulation"],"kindDetails":["cloud_agent"]',
        "room-config-replaced": '"roomConfig":{"name":"a"},"roomConfig":{"metadata":"m"}',
        "name": '"name":"a","name":"b"',
        "name-then-null": '"name":"a","name":null',
        "in-video": '"video":{"room":"a","room":"b"}',
        "in-attributes": '"attributes":{"a":"1","a":"2"}',
        "in-unknown": '"unknown":{"a":1,"a":2}',
        "in-unknown-list": '"unknown":[[{"a":1,"a":2}]]',
        "unknown": '"unknown":1,"unknown":2',
        "escaped": '"name":"a","\\u006eame":"b"',
        "expiry-past-then-future": f'"exp":1,"exp":{NOW + 60}',
        "expiry-future-then-null": f'"exp":{NOW + 60},"exp":null',
        "subject": '"sub":"bob"',
        "issuer": f'"iss":"{KEY}"',
    }
    for name, members in payloads.items():
        args = {"token": raw(f"{_BODY[:-1]},{members}}}")}
        _refused(
            area, f"duplicate-{name}", f"a name twice: {members}", args, "Duplicate"
        )
    for name, header in each(
        {
            "alg-none-first": '{"alg":"none","alg":"HS256"}',
            "alg-twice-the-same": '{"alg":"HS256","alg":"HS256"}',
            "unknown": '{"alg":"HS256","a":1,"a":2}',
            "nested": '{"alg":"HS256","a":{"b":1,"b":2}}',
        }
    ):
        args = {"token": raw(_BODY, header)}
        _refused(area, f"duplicate-header-{name}", header, args, "Duplicate")
    last = {"token": raw(_BODY, '{"alg":"HS256","alg":"none"}')}
    area.add(
        "duplicate-header-alg-none-last",
        "alg none last",
        last,
        "Duplicate",
        any_kind=True,
    )
    inside = {"token": with_text("roomConfig", '{"name":"a","name":"b"}')}
    area.add(
        "duplicate-in-room-config", "in roomConfig", inside, "Duplicate", any_kind=True
    )
    both = {
        "token": with_text("roomConfig", '{"maxParticipants":1,"max_participants":2}')
    }
    area.add(
        "duplicate-in-room-config-two-forms", "one field, two names", both, "Duplicate"
    )
    past = {"token": raw(f'{_BODY[:-1]},"exp":1}}')}
    area.add(
        "duplicate-expiry-past-last",
        "the last exp is past",
        past,
        "Duplicate",
        any_kind=True,
    )
    null = {"token": raw(f'{_BODY[:-1]},"iss":"APIother"}}')}
    area.add(
        "duplicate-issuer-other",
        "the last iss is unknown",
        null,
        "Duplicate",
        any_kind=True,
    )


def _refused(
    area: Area, name: str, comment: str, args: dict[str, str], flag: str
) -> None:
    area.add(name, comment, args, flag, policy=policies.DUPLICATES)


def _folded(area: Area) -> None:
    for name, members in each(
        {
            "issuer": '"ISS":"APIconformance"',
            "issuer-long-s": '"i\u017f\u017f":"APIconformance"',
            "expiry": f'"EXP":{NOW + 60}',
            "expiry-mixed": f'"Exp":{NOW + 60}',
            "subject": '"SUB":"bob"',
        }
    ):
        own = {"issuer": "iss", "expiry": "exp", "subject": "sub"}[
            name.partition("-")[0]
        ]
        claims = {key: value for key, value in MINIMAL.items() if key != own}
        args = {"token": raw(f"{dumps(claims)[:-1]},{members}}}")}
        comment = f"only {members}"
        area.add(f"folded-{name}", comment, args, "FoldedName", policy=policies.CASE)
    future = {"token": raw(f'{dumps({**MINIMAL, "exp": 1})[:-1]},"Exp":{NOW + 60}}}')}
    area.add(
        "folded-past-expiry-revived",
        "exp past, Exp future",
        future,
        "FoldedName",
        policy=policies.CASE,
    )
    past = {"token": raw(f'{_BODY[:-1]},"EXP":1}}')}
    area.add(
        "folded-expiry-past", "exp future, EXP past", past, "FoldedName", any_kind=True
    )
    for name, members in each(
        {
            "video": '"VIDEO":{"roomJoin":true}',
            "video-field": '"video":{"ROOMJOIN":true,"Room":"r"}',
            "kind-kelvin": '"\u212aind":"agent"',
            "sip-long-s": '"\u017fip":{"call":true}',
            "attributes": '"Attributes":{"a":"1"}',
            "thread-ids": '"agentThread":{"threadids":["AT_x"],"read":true}',
            "name": '"NAME":"n"',
        }
    ):
        args = {"token": raw(f"{_BODY[:-1]},{members}}}")}
        area.add(f"folded-{name}", members, args, "FoldedName", profiles=GO)
    for name, members in each(
        {
            "snake-case-video": '"video":{"room_join":true,"can_publish":false}',
            "snake-case-claims": '"room_preset":"p","kind_details":["forwarded"]',
            "snake-case-endpoint": '"agentEndpoint":{"call":true,"agent_name":"a"}',
            "dotless-i": '"v\u0131deo":{"roomJoin":true}',
        }
    ):
        args = {"token": raw(f"{_BODY[:-1]},{members}}}")}
        area.add(name, f"unknown names: {members}", args)


def _encodings(area: Area) -> None:
    body = _BODY.encode()
    for name, data in each(
        {
            "latin-1": b"caf\xe9",
            "truncated-sequence": b"a\xe2\x82",
            "lone-continuation": b"\x80\x80",
            "overlong": b"\xc0\xaf",
            "encoded-surrogate": b"\xed\xa0\x80",
            "beyond-unicode": b"\xf4\x90\x80\x80",
            "ff": b"\xff\xfe",
        }
    ):
        args = {"token": raw(body.replace(b"alice", data))}
        comment = f"not UTF-8: {name}"
        area.add(f"utf8-{name}", comment, args, "Encoding", policy=policies.UTF8)
    unknown = {"token": raw(body[:-1] + b',"unknown":"\xff"}')}
    area.add(
        "utf8-in-unknown",
        "in an unknown claim",
        unknown,
        "Encoding",
        policy=policies.UTF8,
    )
    header = {"token": raw(body, b'{"alg":"HS256","a":"\xff"}')}
    area.add(
        "utf8-in-header", "in the header", header, "Encoding", policy=policies.UTF8
    )
    config = {"token": raw(body[:-1] + b',"roomConfig":{"name":"\xff"}}')}
    area.add("utf8-in-room-config", "in roomConfig", config, "Encoding", any_kind=True)
    for name, text in each(
        {
            "high": '"\\ud83d"',
            "low": '"\\ude00"',
            "reversed": '"\\ude00\\ud83d"',
            "high-high-low": '"\\ud83d\\ud83d\\ude00"',
        }
    ):
        args = {"token": with_text("name", text)}
        comment = f"surrogates: {text}"
        area.add(
            f"surrogate-{name}", comment, args, "Encoding", policy=policies.SURROGATES
        )
    config = {"token": with_text("roomConfig", '{"name":"\\ud83d"}')}
    area.add(
        "surrogate-in-room-config", "in roomConfig", config, "Encoding", any_kind=True
    )
    for name, value in each(
        {
            "nul": "a\0b",
            "last": "\U0010ffff",
            "bom": "\ufeff",
            "bidi": "\u202e",
        }
    ):
        area.add(f"text-{name}", f"a name: {name}", {"token": token(name=value)})


def _depth(area: Area) -> None:
    for depth, profiles in ((50, BOTH), (9999, GO), (10000, GO), (10001, BOTH)):
        options: dict[str, Any] = {"profiles": profiles, "any_kind": depth > 10000}
        if depth > 9000:  # the limit is Go's own
            options["level"] = "informational"
        name = f"depth-{depth}"
        args = {"token": with_text("unknown", "[" * depth + "]" * depth)}
        area.add(f"{name}-lists", "lists in a claim", args, "Resources", **options)
        nested = '{"a":' * depth + "1" + "}" * depth
        args = {"token": with_text("unknown", nested)}
        area.add(f"{name}-objects", "objects in a claim", args, "Resources", **options)
        header = f'{{"alg":"HS256","a":{"[" * depth}{"]" * depth}}}'
        args = {"token": raw(_BODY, header)}
        area.add(f"{name}-header", "lists in the header", args, "Resources", **options)
    args = {"token": with_text("unknown", "[" * 5000 + "]" * 5000)}
    area.add(
        "depth-5000-lists", "lists in a claim", args, "Resources", policy=policies.DEPTH
    )
    args = {"token": raw(_BODY, f'{{"alg":"HS256","a":{"[" * 5000}{"]" * 5000}}}')}
    area.add(
        "depth-5000-header",
        "lists in the header",
        args,
        "Resources",
        policy=policies.DEPTH,
    )
    args = {"token": with_text("unknown", "[" * 20000)}
    area.add("depth-unterminated", "20000 open lists", args, "Resources", any_kind=True)


def _size(area: Area) -> None:
    area.add(
        "size-32-kib",
        "a claim of 32 KiB",
        {"token": token(metadata="m" * 32768)},
        "Resources",
    )
    args = {"token": token(metadata="m" * 65536)}
    area.add(
        "size-64-kib", "a claim of 64 KiB", args, "Resources", policy=policies.SIZE
    )
    junk = {"token": token() + "A" * 65536}
    area.add(
        "size-junk-signature",
        "64 KiB after the signature",
        junk,
        "Resources",
        any_kind=True,
    )
    many = {"token": token(attributes={f"key{number}": "" for number in range(2000)})}
    area.add("size-many-attributes", "2000 attributes", many, "Resources")
