"""Verification: what a token has to look like, from its segments to its signature."""

from __future__ import annotations

from collections.abc import Iterator

from . import policies, verify_claims, verify_dates, verify_json
from .area import Area, Note, each
from .forge import (
    HEADER,
    KEY,
    MINIMAL,
    NOW,
    SECRET,
    b64,
    dumps,
    raw,
    sealed,
    signature,
    token,
)

_URLSAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def areas() -> Iterator[Area]:
    """The area of verification."""
    area = Area(
        "token.verify",
        "token_verify",
        "auth.ParseAPIToken and Verify",
        ("auth/verifier.go",),
        {"keys": {KEY: SECRET}, "now": NOW},
        _NOTES,
    )
    _segments(area)
    _base64(area)
    _signatures(area)
    _algorithms(area)
    _headers(area)
    _issuers(area)
    verify_json.add(area)
    verify_dates.add(area)
    verify_claims.add(area)
    yield area


_NOTES = {
    "Malleable": Note(
        "MALFORMED",
        "another spelling of the same bytes passes",
        "one token has many texts, so lists of revoked tokens can be got round",
    ),
    "Duplicate": Note(
        "AUTH_BYPASS",
        "a name occurs twice; the reference merges objects and takes the last of other values",
        "two libraries see different rights in one token",
    ),
    "FoldedName": Note(
        "AUTH_BYPASS",
        "the reference matches names of claims without regard to case",
        "two libraries see different claims in one token",
    ),
    "Algorithm": Note(
        "AUTH_BYPASS",
        "the header chooses an algorithm",
        "a signature that proves nothing is taken",
        ("https://www.rfc-editor.org/rfc/rfc8725#section-3.1",),
    ),
    "NoExpiry": Note(
        "AUTH_BYPASS",
        "exp is absent",
        "a token that never expires",
        ("https://github.com/livekit/protocol/pull/1706",),
    ),
    "Date": Note(
        "EDGE_CASE",
        "a date at a boundary, or spelt as no first-party library does",
        "tokens live longer than meant, or die early",
    ),
    "FutureIssue": Note(
        "SPEC_GAP",
        "the reference does not look at iat",
        "a token of the future is taken",
        ("https://github.com/livekit/protocol/issues/1710",),
    ),
    "Resources": Note(
        "MALFORMED",
        "large or deep input that is read before its signature is known to be good",
        "anyone can make a server work",
    ),
    "Encoding": Note(
        "MALFORMED",
        "text that is not UTF-8, or has unpaired surrogates",
        "two libraries see different texts in one token",
    ),
    "Critical": Note(
        "SPEC_GAP",
        "the reference ignores crit",
        "an extension that the issuer insists on is not applied",
        ("https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11",),
    ),
    "WrongType": Note(
        "INTEROP",
        "a claim of a type that the reference refuses",
        "tokens of libraries that do not check types are refused",
    ),
}


def _segments(area: Area) -> None:
    good = token()
    head, body, sign = good.split(".")
    area.add("minimal", "issuer, subject and expiry", {"token": good})
    for name, text in each(
        {
            "empty": "",
            "one-segment": head,
            "two-segments": f"{head}.{body}",
            "four-segments": f"{good}.{sign}",
            "five-segments": f"{good}..",
            "only-dots": "..",
            "one-dot": ".",
            "empty-header": f".{body}.{sign}",
            "empty-payload": f"{head}..{sign}",
            "leading-dot": f".{good}",
            "trailing-dot": f"{good}.",
            "bearer": f"Bearer {good}",
            "quoted": f'"{good}"',
            "percent-encoded-dots": good.replace(".", "%2E"),
            "json-serialization": dumps(
                {"protected": head, "payload": body, "signature": sign}
            ),
            "leading-space": f" {good}",
            "trailing-space": f"{good} ",
            "trailing-tab": f"{good}\t",
            "trailing-nul": f"{good}\0",
            "spaces-for-dots": good.replace(".", " "),
            "no-token-at-all": "hello",
            "non-ascii": f"{head}.é.{sign}",
            "swapped-header-and-payload": f"{body}.{head}.{signature(f'{body}.{head}')}",
        }
    ):
        kind = {"any_kind": True} if name == "swapped-header-and-payload" else {}
        area.add(name, f"segments: {name}", {"token": text}, **kind)


def _base64(area: Area) -> None:
    good = token(name="ab")  # a payload whose encoding has spare bits
    head, body, sign = good.split(".")
    for name, text in each(
        {
            "line-feed-at-the-end": f"{good}\n",
            "carriage-return-at-the-end": f"{good}\r\n",
            "line-feed-at-the-start": f"\n{good}",
            "line-feed-in-signature": f"{head}.{body}.{sign[:9]}\n{sign[9:]}",
            "line-feed-in-payload": sealed(head, f"{body[:9]}\n{body[9:]}"),
            "line-feed-in-header": sealed(f"{head[:9]}\r\n{head[9:]}", body),
            "spare-bits-in-signature": f"{head}.{body}.{_spare(sign)}",
            "spare-bits-in-header": sealed(_spare(b64(HEADER + " ")), body),
            "spare-bits-in-payload": sealed(head, _spare(b64(_with_spare()))),
        }
    ):
        args = {"token": text}
        area.add(name, f"base64: {name}", args, "Malleable", policy=policies.BASE64)
    standard = _token_with_both_signs()
    for name, text in each(
        {
            "padded-header": sealed(b64(HEADER + " ") + "==", body),
            "padded-payload": sealed(head, b64(_with_spare()) + "="),
            "padded-signature": f"{good}=",
            "standard-alphabet-in-signature": standard.replace("-", "+").replace(
                "_", "/"
            ),
            "junk-in-signature": f"{head}.{body}.{sign[:9]}!{sign[9:]}",
            "junk-in-payload": sealed(head, f"{body[:9]}*{body[9:]}"),
            "space-in-payload": sealed(head, f"{body[:9]} {body[9:]}"),
            "length-of-one-more": f"{good}A",
            "cyrillic-letter": sealed(head, "\u0430" + body[1:]),
        }
    ):
        area.add(name, f"base64: {name}", {"token": text}, "Malleable")


def _spare(segment: str) -> str:
    """Set the lowest of the bits that encode nothing."""
    assert len(segment) % 4
    return segment[:-1] + _URLSAFE[_URLSAFE.index(segment[-1]) | 1]


def _with_spare() -> str:
    """A payload whose encoding has spare bits."""
    text = dumps(MINIMAL)
    return text + " " * ((2 - len(text)) % 3)


def _token_with_both_signs() -> str:
    """A token whose signature has `-` and `_`."""
    for number in range(1000):
        found = token(sub=f"user{number}")
        if {"-", "_"} <= set(found.rpartition(".")[2]):
            return found
    raise AssertionError("none of a thousand signatures has both")


def _signatures(area: Area) -> None:
    good = token()
    head, body, sign = good.split(".")
    other = b64(dumps({**MINIMAL, "sub": "mallory"}))
    flipped = ("B" if sign[0] == "A" else "A") + sign[1:]
    for name, text in each(
        {
            "signature-empty": f"{head}.{body}.",
            "signature-truncated": f"{head}.{body}.{b64(_bytes(sign)[:-1])}",
            "signature-half": f"{head}.{body}.{b64(_bytes(sign)[:16])}",
            "signature-extended": f"{head}.{body}.{b64(_bytes(sign) + b'a')}",
            "signature-first-bit": f"{head}.{body}.{flipped}",
            # The last character stays, so that its spare bits stay zero.
            "signature-swapped-case": f"{head}.{body}.{sign[:-1].swapcase()}{sign[-1]}",
            "signature-of-zeros": f"{head}.{body}.{b64(bytes(32))}",
            "signature-of-another-payload": f"{head}.{other}.{sign}",
            "signature-of-payload-alone": f"{head}.{body}.{signature(body)}",
            "signature-by-another-secret": raw(dumps(MINIMAL), secret="another"),
            "signature-by-secret-and-line-end": raw(
                dumps(MINIMAL), secret=SECRET + "\n"
            ),
            "signature-by-upper-case-secret": raw(
                dumps(MINIMAL), secret=SECRET.upper()
            ),
            "signature-by-empty-secret": raw(dumps(MINIMAL), secret=""),
            "signature-by-the-key": raw(dumps(MINIMAL), secret=KEY),
            "signature-sha512-under-hs256": raw(dumps(MINIMAL), alg="HS512"),
            "header-changed-after-signing": f"{b64(HEADER.replace('JWT', 'JWS'))}.{body}.{sign}",
        }
    ):
        area.add(name, f"signature: {name}", {"token": text})
    for name, secret in each(
        {
            "pem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
            "jwk": '{"kty":"oct","k":"AAAA"}',
            "unicode": "sécret😀",
            "short": "s",
            "of-65-bytes": "0123456789abcdef" * 4 + "+",
        }
    ):
        args = {"token": raw(dumps(MINIMAL), secret=secret), "keys": {KEY: secret}}
        area.add(f"secret-{name}", f"a secret: {name}", args)


def _bytes(segment: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(segment + "=")


def _algorithms(area: Area) -> None:
    body = dumps(MINIMAL)
    for alg in ("none", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA"):
        header = dumps({"alg": alg, "typ": "JWT"})
        text = raw(body, header, alg=alg if alg.startswith("HS") else "HS256")
        area.add(f"alg-{alg.lower()}", f"alg {alg}", {"token": text}, "Algorithm")
    unsigned = f"{b64(dumps({'alg': 'none'}))}.{b64(body)}."
    area.add(
        "alg-none-unsigned", "alg none, no signature", {"token": unsigned}, "Algorithm"
    )
    for name, alg in each(
        {
            "none-capital": '"None"',
            "none-upper-case": '"NONE"',
            "empty": '""',
            "lower-case": '"hs256"',
            "with-space": '" HS256"',
            "a256kw": '"A256KW"',
            "null": "null",
            "array": '["HS256"]',
            "number": "256",
            "object": "{}",
            "boolean": "true",
        }
    ):
        text = raw(body, f'{{"alg":{alg},"typ":"JWT"}}')
        area.add(f"alg-{name}", f"alg is {alg}", {"token": text}, "Algorithm")
    area.add(
        "alg-missing", "no alg", {"token": raw(body, '{"typ":"JWT"}')}, "Algorithm"
    )
    area.add(
        "alg-upper-case-name",
        "ALG",
        {"token": raw(body, '{"ALG":"HS256"}')},
        "Algorithm",
    )


def _headers(area: Area) -> None:
    body = dumps(MINIMAL)
    for name, member in each(
        {
            "typ-lower-case": '"typ":"jwt"',
            "typ-other": '"typ":"at+jwt"',
            "typ-null": '"typ":null',
            "typ-number": '"typ":1',
            "kid": '"kid":"../../etc/passwd"',
            "jwk": '"jwk":{"kty":"oct","k":"AAAA"}',
            "jku": '"jku":"https://example.com/keys"',
            "x5u": '"x5u":"https://example.com/cert"',
            "cty": '"cty":"JWT"',
            "zip": '"zip":"DEF"',
            "unknown": '"fromTheFuture":{"a":[1]}',
            "empty-name": '"":""',
        }
    ):
        text = raw(body, f'{{"alg":"HS256",{member}}}')
        area.add(f"header-{name}", f"header with {member}", {"token": text})
    area.add("header-alg-alone", "no typ", {"token": raw(body, '{"alg":"HS256"}')})
    area.add(
        "header-typ-first",
        "typ first",
        {"token": raw(body, '{"typ":"JWT","alg":"HS256"}')},
    )
    spaced = raw(body, '{\n\t"alg" : "HS256" ,\r\n "typ" : "JWT" }')
    area.add("header-spaced", "white space in the header", {"token": spaced})
    area.add(
        "header-escaped", "escapes", {"token": raw(body, '{"\\u0061lg":"HS25\\u0036"}')}
    )
    for name, member in each(
        {
            "unknown": '"crit":["exp"],"exp":1',
            "b64": '"crit":["b64"],"b64":false',
            "empty": '"crit":[]',
            "string": '"crit":"exp"',
            "null": '"crit":null',
        }
    ):
        args = {"token": raw(body, f'{{"alg":"HS256",{member}}}')}
        comment = f"crit: {name}"
        area.add(f"header-crit-{name}", comment, args, "Critical", policy=policies.CRIT)


def _issuers(area: Area) -> None:
    keys = {KEY: SECRET, "APIother": "another secret", "": "nobody's", "APIempty": ""}
    for name, claims in each(
        {
            "other-known": {"iss": "APIother"},
            "unknown": {"iss": "APIunknown"},
            "lower-case": {"iss": KEY.lower()},
            "with-space": {"iss": f"{KEY} "},
            "with-nul": {"iss": f"{KEY}\0"},
            "with-an-empty-secret": {"iss": "APIempty"},
        }
    ):
        args = {"token": token(**claims), "keys": keys}
        area.add(f"issuer-{name}", f"issuer: {name}", args)
    for name, claims in each(
        {
            "missing": {"iss": ...},
            "empty": {"iss": ""},
            "null": {"iss": None},
        }
    ):
        area.add(f"issuer-{name}", f"issuer: {name}", {"token": token(**claims)})
    mine = raw(dumps({**MINIMAL, "iss": "APIother"}), secret="another secret")
    area.add(
        "issuer-second-key", "the second of two keys", {"token": mine, "keys": keys}
    )
    for name, value in each(
        {
            "number": 1,
            "array": [KEY],
            "object": {},
            "boolean": True,
        }
    ):
        area.add(
            f"issuer-{name}",
            f"the issuer is {value!r}",
            {"token": token(iss=value)},
            "WrongType",
        )
    area.add("no-keys", "no keys at all", {"token": token(), "keys": {}})
