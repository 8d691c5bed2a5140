"""Tokens of all sorts: valid, nearly valid, and invalid in ways that attackers use.

Claims have names of the schema, in any case, repeated, with values of any type. Text may be
invalid, numbers out of range, headers of any algorithm, and sometimes a byte is wrong.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from lkproto import Field, fields_of
from lkproto.auth import ClaimGrants

from .support import NOW

T = TypeVar("T")
KEY, SECRET = "APIkey", "a secret of at least thirty-two bytes"
REGISTERED = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]
TEXTS: list[bytes] = [
    *(b'""', b'"a"', b'"agent"', b'"camera"', b'"1"', b'"true"', b'"<>&\\u2028"'),
    *(
        b'"x\\u0041\\ud83d\\ude00"',
        b'"\\ud800"',
        b'"\\udc00\\ud83d"',
        b'"\\ud83d\\u0041"',
    ),
    *(b'"\xff\xfe"', b'"\xe2\x82"', b'"\xf0\x9f\x98\x80"', b'"\xed\xa0\x80"'),
]
NUMBERS: list[bytes] = [
    *(b"0", b"-0", b"1", b"-1", b"1.5", b"-0.5", b"1e400", b"-1e400", b"1e-400"),
    *(b"%d" % (NOW + near) for near in (-61, -60, -59, 0, 60, 61, 100)),
    *(b"%d.9" % NOW, b"1.7672257e9", b'"%d"' % (NOW + 100), b'"1.7672257e9"', b'"1e3"'),
    *(b"253402300799", b"253402300800", b"9223372036854775807", b"9.3e18", b"-9.3e18"),
    *(b"9223371974719178751", b"-62135596801", b"1" + b"0" * 308, b"2" + b"0" * 308),
    *(b"1" * 500, b"1.00000000000000000000001", b"100e-2", b"0e99999999999999999999"),
]
HEADERS: list[bytes] = [
    *[b'{"alg":"HS256","typ":"JWT"}'] * 20,
    *(b'{"alg":"HS256"}', b'{"typ":"JWT","alg":"HS256"}', b'{"alg":"\\u0048S256"}'),
    *(b'{"alg":"none"}', b'{"alg":"HS384"}', b'{"alg":"hs256"}', b'{"alg":"EdDSA"}'),
    *(b'{"alg":"ES256K"}', b'{"alg":1}', b'{"ALG":"HS256"}', b"{}", b"null", b"[]"),
    *(b'{"alg":"none","alg":"HS256"}', b'{"alg":"HS256","crit":["b64"],"b64":false}'),
    *(b'{"alg":"HS256","x":1e400}', b'{"alg":"HS256","x":[{"y":%s}]}' % (b"9" * 400)),
    *(b'{"alg":"HS256","\xff":"\\ud800"}', b'"HS256"', b'{"alg":"HS256"} '),
]
ROOM_CONFIGS: list[bytes] = [
    *(
        b"{}",
        b"null",
        b"[]",
        b'"x"',
        b'{"name":"n","name":"n"}',
        b'{"name":null,"name":"n"}',
    ),
    *(
        b'{"emptyTimeout":%s}' % number
        for number in (b"1", b'"2"', b"1e2", b'"1e1"', b"1.0")
    ),
    *(
        b'{"empty_timeout":%s}' % number
        for number in (*NUMBERS, b"null", b"true", b"[]")
    ),
    *(b'{"empty_timeout":"%s"}' % number for number in NUMBERS if number[:1] != b'"'),
    *(b'{"tags":{"a":"b","a":"c"}}', b'{"tags":{"a":null}}', b'{"tags":{"\xff":"a"}}'),
    *(b'{"agents":[{"agentName":"x","agent_name":"y"}]}', b'{"agents":[null]}'),
    *(
        b'{"agents":[{"restartPolicy":"NONE_SUCH"},{"restart_policy":7}]}',
        b'{"agents":null}',
    ),
    *(b'{"zz":{"a":1,"a":2},"z":1e400}', b'{"zz":"\\ud800"}', b'{"zz":["\xff"]}'),
    *(
        b'{"egress":{"tracks":{"s3":{},"azure":{}}}}',
        b'{"egress":{"tracks":{"s3":null}}}',
    ),
    *(
        b'{"egress":{"room":{"advanced":{"keyFrameInterval":%s}}}}' % v
        for v in (b"-0", b'"NaN"')
    ),
]


class Maker:
    """Makes tokens from one source of randomness."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def token(self) -> str:
        """Any token."""
        secret = SECRET if self.random.random() < 0.97 else "another"
        token = signed(self.pick(HEADERS), self.payload(), secret)
        return self.damaged(token) if self.random.random() < 0.08 else token

    def payload(self) -> bytes:
        """Any payload, usually an object."""
        registered = [b'"iss":"%s"' % KEY.encode(), b'"exp":%d' % (NOW + 100)]
        made = registered if self.random.random() < 0.9 else []
        fields = {field.json_name: field for field in fields_of(ClaimGrants)}
        for _ in range(self.random.randint(0, 6)):
            name = self.pick([*fields, *REGISTERED, "new"])
            made.append(self.member(name, lambda name=name: self.claim(name, fields)))
        if self.random.random() < 0.7:
            self.random.shuffle(made)
        text = b"{%s}" % b",".join(made)
        if self.random.random() > 0.05:
            return text
        place = self.random.randrange(len(text))
        wrong = self.pick(
            [b"", b",", b'"', b"}", b"[", b"\xff", b"\\", b"0", b"\0", b"\xef\xbb\xbf"]
        )
        return text[:place] + wrong + text[place + self.random.randint(0, 2) :]

    def claim(self, name: str, fields: dict[str, Field]) -> bytes:
        if name in ("exp", "nbf", "iat"):
            return self.pick(NUMBERS)
        if name == "aud":
            return self.pick([b'"x"', b'["x","y"]', b'["x",null]', b"[]"])
        if name == "iss":
            return b'"%s"' % KEY.encode()
        return self.value(fields[name]) if name in fields else self.pick(TEXTS)

    def value(self, field: Field) -> bytes:
        """A value a field may have."""
        if field.json_name == "roomConfig":
            return self.pick(ROOM_CONFIGS)
        if field.kind == "bool":
            return self.pick([b"true", b"false", b"true", b"false", b"null"])
        if field.presence == "map":
            return self.pick(
                [b'{"a":"1"}', b'{"b":"2","a":null}', b'{"\xff":"","\\ud800":"y"}']
            )
        if field.presence == "repeated":
            return self.pick(
                [b'["a"]', b'["a","b","c"]', b'[null,"z"]', b"[null,null]", b"[]"]
            )
        if field.kind == "message":
            fields = {each.json_name: each for each in fields_of(field.type)}
            names = self.random.choices([*fields, "new"], k=self.random.randint(0, 5))
            made = (self.member(n, lambda n=n: self.claim(n, fields)) for n in names)
            return b"{%s}" % b",".join(made)
        return self.pick(TEXTS)

    def member(self, name: str, value: Callable[[], bytes]) -> bytes:
        """A member of an object: name and value, or something similar."""
        found = value() if self.random.random() < 0.93 else self.anything(0)
        parts = (
            self.space(),
            self.spelled(name),
            self.space(),
            b":",
            self.space(),
            found,
        )
        return b"".join(parts)

    def spelled(self, name: str) -> bytes:
        chance = self.random.random()
        if chance < 0.08:
            folded = name.replace("s", "\u017f").replace("k", "\u212a")
            spellings = [name.upper(), name.capitalize(), name.swapcase(), folded]
            name = self.pick([*spellings, name + "x", name[:-1], "\u0130" + name])
        if chance > 0.98 and name:
            return b'"\\u%04x%s"' % (ord(name[0]), name[1:].encode())
        return b'"%s"' % name.encode()

    def space(self) -> bytes:
        return (
            self.pick([b" ", b"\n", b"\t \r"]) if self.random.random() < 0.03 else b""
        )

    def anything(self, depth: int) -> bytes:
        if depth > 3 or self.random.random() < 0.6:
            return self.pick([b"null", b"true", b"false", *TEXTS, *NUMBERS])
        inner = [self.anything(depth + 1) for _ in range(self.random.randint(0, 3))]
        if self.random.random() < 0.5:
            return b"[%s]" % b",".join(inner)
        return b"{%s}" % b",".join(
            b"%s:%s" % (self.spelled("ab"), each) for each in inner
        )

    def damaged(self, token: str) -> str:
        place = self.random.randrange(len(token) + 1)
        wrong = self.pick(
            ["\n", "\r\n", "=", "+", "/", " ", ".", "A", "", "\u00e9", "-", "_"]
        )
        return token[:place] + wrong + token[place + self.random.randint(0, 1) :]

    def pick(self, choices: Sequence[T]) -> T:
        return self.random.choice(choices)


def signed(header: bytes, payload: bytes, secret: str = SECRET) -> str:
    """A token with any header and payload, signed with HS256."""
    text = f"{encoded(header)}.{encoded(payload)}"
    return f"{text}.{encoded(hmac.digest(secret.encode(), text.encode(), 'sha256'))}"


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
