"""What first-party SDKs and their libraries do otherwise than the reference, one case for each.

Most of that has cases in the module of its subject; here is what only a comparison of
implementations shows, such as a right that is alone in its grant, or a sender whose clock is fast.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from . import fields, policies
from .area import Area, Note, each
from .forge import HEADER, KEY, MINIMAL, NOW, SECRET, b64, dumps, raw, token, with_text
from .token_mint import kebab

_BODY = '{"event":"room_finished","id":"EV_y","room":{"name":"r"}}'
_HASH = base64.b64encode(hashlib.sha256(_BODY.encode()).digest()).decode()


def areas() -> Iterator[Area]:
    """The areas of what is minted, verified and received."""
    yield _mint()
    yield _verify()
    yield _receive()


def _mint() -> Area:
    area = Area(
        "token.mint",
        "sdk_differences",
        "auth.AccessToken.ToJWT",
        ("auth/accesstoken.go",),
        {"api_key": KEY, "secret": SECRET, "now": NOW, "valid_for_seconds": None},
        {"Sdk": _SDK},
    )
    for name, grants in each(
        {
            "join-without-identity": {"video": {"roomJoin": True, "room": "r"}},
            "join-without-room": {"identity": "a", "video": {"roomJoin": True}},
            "join-alone": {
                "identity": "a",
                "video": {"roomJoin": True, "room": "r"},
            },
            "publish-denied-alone": {
                "identity": "a",
                "video": {"roomJoin": True, "room": "r", "canPublish": False},
            },
            "non-ascii-metadata": {"identity": "zoë", "metadata": '{"näme":"世界"}'},
            "maps-in-room-config": {
                "roomConfig": {
                    "tags": {"b": "2", "a": "1"},
                    "agents": [{"agentName": "x", "attributes": {"k": "v"}}],
                }
            },
        }
    ):
        area.add(f"sdk-{name}", f"grants: {name}", {"grants": grants}, "Sdk")
    args = {"api_key": "devkey", "secret": "secret", "grants": {"identity": "a"}}
    area.add("sdk-development-key", "the key of a server for development", args, "Sdk")
    return area


def _verify() -> Area:
    area = Area(
        "token.verify",
        "sdk_differences",
        "auth.ParseAPIToken and Verify",
        ("auth/verifier.go",),
        {"keys": {KEY: SECRET}, "now": NOW},
        {
            "Sdk": _SDK,
            "Malleable": Note(
                "MALFORMED",
                "another spelling of the same bytes passes",
                "one token has many texts, so lists of revoked tokens can be got round",
            ),
        },
    )
    for claim, inside in fields.grants():
        for field in inside:
            name = f"{kebab(claim.json_name)}-only-{kebab(field.json_name)}"
            grant = {claim.json_name: {field.json_name: fields.sample(field)}}
            comment = f"{claim.json_name} has only {field.json_name}"
            area.add(name, comment, {"token": token(**grant)}, "Sdk")
    _wrong_values(area)
    _headers(area)
    _spellings(area)
    return area


def _wrong_values(area: Area) -> None:
    for name, (claim, text) in each(
        {
            "right-is-one": ("video", '{"roomJoin":1}'),
            "right-is-zero": ("video", '{"canPublish":0}'),
            "right-is-a-list": ("video", '{"roomAdmin":[]}'),
            "room-is-a-number": ("video", '{"roomJoin":true,"room":7}'),
            "sources-are-a-text": ("video", '{"canPublishSources":"camera"}'),
            "source-is-a-number": ("video", '{"canPublishSources":[1]}'),
            "sip-right-is-a-text": ("sip", '{"call":"true"}'),
            "attribute-is-a-number": ("attributes", '{"a":"1","b":2}'),
            "attribute-is-a-bool": ("attributes", '{"a":true}'),
            "metadata-is-an-object": ("metadata", '{"a":1}'),
            "detail-is-a-number": ("kindDetails", "[1]"),
            "thread-is-a-number": ("agentThread", '{"threadIds":[1]}'),
        }
    ):
        args = {"token": with_text(claim, text)}
        area.add(f"sdk-{name}", f"{claim} is {text}", args, "Sdk")
    snake = '{"room_join":true,"room_admin":true,"room":"r"}'
    args = {"token": with_text("video", snake)}
    area.add("sdk-snake-case-rights", "rights in snake_case are none", args, "Sdk")


def _headers(area: Area) -> None:
    body = dumps(MINIMAL)
    for name, member in each(
        {
            "kid-number": '"kid":1',
            "kid-null": '"kid":null',
            "b64-false": '"b64":false',
            "jwk-symmetric": f'"jwk":{{"kty":"oct","k":"{b64(SECRET)}"}}',
            "typ-empty": '"typ":""',
        }
    ):
        args = {"token": raw(body, f'{{"alg":"HS256",{member}}}')}
        area.add(f"sdk-header-{name}", f"a header with {member}", args, "Sdk")
    for encoding in ("utf-16", "utf-16-le"):
        args = {"token": raw(body, HEADER.encode(encoding))}
        area.add(f"sdk-header-{encoding}", f"the header is {encoding}", args, "Sdk")


def _spellings(area: Area) -> None:
    """Signatures with what lenient decoders of base64 pass over."""
    head, _, sign = token().rpartition(".")
    for name, sign_ in each(
        {
            "space-in-signature": f"{sign[:9]} {sign[9:]}",
            "tab-in-signature": f"{sign[:9]}\t{sign[9:]}",
            "nul-in-signature": f"{sign[:9]}\0{sign[9:]}",
            "space-after-signature": f"{sign} ",
            "two-signs-of-padding": f"{sign}==",
            "padding-in-the-middle": f"{sign[:8]}={sign[8:]}",
            "percent-encoded": f"{sign}%3D",
        }
    ):
        args = {"token": f"{head}.{sign_}"}
        area.add(f"sdk-{name}", f"base64: {name}", args, "Malleable", "Sdk")
    lines = f"{head}.{sign[:20]}\r\n{sign[20:]}"
    area.add(
        "sdk-line-end-in-signature",
        "base64: a line end inside of the signature",
        {"token": lines},
        "Malleable",
        "Sdk",
        policy=policies.BASE64,
    )


def _receive() -> Area:
    area = Area(
        "webhook.receive",
        "sdk_differences",
        "webhook.ReceiveWebhookEvent",
        ("webhook/verifier.go",),
        {"keys": {KEY: SECRET}, "now": NOW},
        {
            "Sdk": _SDK,
            "FoldedName": Note(
                "AUTH_BYPASS",
                "the reference matches names of claims without regard to case",
                "two libraries see different claims in one token",
            ),
        },
    )
    for name, claims in each(
        {
            "from-a-fast-clock-issued-then": {
                "iat": NOW + 30,
                "nbf": NOW + 30,
                "exp": NOW + 330,
            },
            "from-a-slow-clock": {
                "iat": NOW - 330,
                "nbf": NOW - 330,
                "exp": NOW - 30,
            },
            "no-subject": {"sub": ...},
            "with-an-audience": {"aud": "https://example.com"},
        }
    ):
        area.add(f"sdk-{name}", name, _delivery(token(sha256=_HASH, **claims)), "Sdk")
    payload = dumps({**MINIMAL, "sha256": _HASH})
    for alg in ("none", "HS384", "RS256"):
        signed = raw(
            payload, dumps({"alg": alg}), alg="HS384" if "384" in alg else "HS256"
        )
        name = f"sdk-alg-{alg.lower()}"
        area.add(name, f"a delivery with alg {alg}", _delivery(signed), "Sdk")
    unsigned = f"{b64(dumps({'alg': 'none'}))}.{b64(payload)}."
    comment = "alg none, no signature"
    area.add("sdk-alg-none-unsigned", comment, _delivery(unsigned), "Sdk")
    for name, value in each(
        {
            "space-inside": _HASH[:9] + " " + _HASH[9:],
            "carriage-return": _HASH + "\r\n",
            "of-the-text-of-the-hash": base64.b64encode(
                hashlib.sha256(_BODY.encode()).hexdigest().encode()
            ).decode(),
            "of-md5-sized-bytes": base64.b64encode(bytes(16)).decode(),
            "boolean": True,
            "nested": {"value": _HASH},
        }
    ):
        args = _delivery(token(sha256=value))
        area.add(f"sdk-hash-{name}", f"sha256: {name}", args, "Sdk")
    upper = raw(f'{dumps(MINIMAL)[:-1]},"SHA256":"{_HASH}"}}')
    area.add(
        "sdk-hash-in-a-claim-in-upper-case",
        "the claim is called SHA256",
        _delivery(upper),
        "FoldedName",
        "Sdk",
        policy=policies.CASE,
    )
    return area


def _delivery(authorization: str) -> dict[str, Any]:
    body = base64.b64encode(_BODY.encode()).decode()
    return {"authorization": authorization, "body_b64": body}


_SDK = Note(
    "INTEROP",
    "a first-party SDK, or the library it builds on, does something else",
    "what one library makes or takes, another refuses or reads otherwise",
)
