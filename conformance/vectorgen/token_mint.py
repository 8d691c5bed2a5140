"""Minting: the exact text of a token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import fields
from .area import Area, Note, each
from .forge import KEY, NOW, SECRET
from .room_configs import add_room_configs

HOUR = 3600
KINDS = ["standard", "ingress", "egress", "sip", "agent", "connector", "bridge"]
ODD_KINDS = {
    "upper-case": "AGENT",
    "mixed-case": "Sip",
    "unknown": "hologram",
    "number": "7",
    "leading-space": " agent",
    "long-s": "\u017fip",
    "dotless-i": "s\u0131p",
}
"""Texts that the reference upper-cases, as Unicode does, before it looks them up."""
DETAILS = [
    "cloud_agent",
    "forwarded",
    "connector_whatsapp",
    "connector_twilio",
    "bridge_rtsp",
    "simulation",
]
_TEXTS = {
    "less-than": "a<b",
    "greater-than": "a>b",
    "ampersand": "a&b",
    "line-separator": "a\u2028b",
    "paragraph-separator": "a\u2029b",
    "quote": 'say "hi"',
    "backslash": "a\\b",
    "slash": "a/b",
    "apostrophe": "it's",
    "delete": "a\x7fb",
    "c1-control": "a\x85b",
    "no-break-space": "a\u00a0b",
    "latin": "café",
    "decomposed": "cafe\u0301",
    "cjk": "会議室",
    "emoji": "a😀b",
    "joined-emoji": "👩\u200d💻",
    "private-use": "\ue000",
    "last-bmp": "\uffff",
    "last-code-point": "\U0010ffff",
    "byte-order-mark": "\ufeffa",
    "replacement": "a\ufffdb",
    "right-to-left": "\u202eabc",
    "only-spaces": "   ",
    "looks-escaped": "\\u003c",
    "html": "<script>alert('&')</script>",
}


def areas() -> Iterator[Area]:
    """The area of minting."""
    area = Area(
        "token.mint",
        "token_mint",
        "auth.AccessToken.ToJWT",
        ("auth/accesstoken.go",),
        {"api_key": KEY, "secret": SECRET, "now": NOW, "valid_for_seconds": None},
        {
            "HtmlEscaping": Note(
                "INTEROP",
                "the reference writes <, >, &, U+2028 and U+2029 as \\u escapes",
                "tokens of other libraries differ in text, not in meaning",
            ),
            "Credentials": Note(
                "AUTH_BYPASS",
                "a room configuration may hold the credentials of a storage",
                "whoever has the token can read them",
                ("https://github.com/livekit/livekit/issues/3684",),
            ),
        },
    )
    _claims(area)
    _texts(area)
    _grants(area)
    _times(area)
    _kinds(area)
    _keys(area)
    add_room_configs(area)
    yield area


def _claims(area: Area) -> None:
    area.add("no-grants", "only the registered claims", {"grants": {}})
    plain = {
        "identity": "a",
        "name": "n",
        "metadata": "m",
        "roomPreset": "p",
        "sha256": "h",
    }
    for name, value in plain.items():
        only = f"only {name} is set"
        area.add(f"only-{kebab(name)}", only, {"grants": {name: value}})
        area.add(f"empty-{kebab(name)}", f"{name} is empty", {"grants": {name: ""}})
    everything: dict[str, Any] = {
        "attributes": {"b": "2", "a": "1"},
        "roomConfig": {"name": "c"},
    }
    everything |= dict(reversed(list(plain.items())))
    for field, inside in reversed(list(fields.grants())):
        everything[field.json_name] = {
            each.json_name: fields.sample(each) for each in reversed(inside)
        }
    everything |= {"kindDetails": ["cloud_agent"], "kind": "agent"}
    area.add(
        "everything", "every claim, given in the wrong order", {"grants": everything}
    )
    attributes = {
        "one": {"a": "1"},
        "sorted": {
            "b": "1",
            "a": "2",
            "B": "3",
            "aa": "4",
            "": "5",
            "10": "6",
            "9": "7",
        },
        "sorted-by-bytes": {"\U00010000": "1", "\uffff": "2", "é": "3", "z": "4"},
        "empty-value": {"a": ""},
        "dotted": {"lk.agent.state": "x", "sip.callID": "y"},
        "escaped-key": {"<&>\u2028\n": "v"},
    }
    for name, pairs in attributes.items():
        grants = {"attributes": pairs}
        area.add(f"attributes-{name}", f"attributes: {name}", {"grants": grants})
    area.add("attributes-empty", "no attributes", {"grants": {"attributes": {}}})


def _texts(area: Area) -> None:
    for name, text in _TEXTS.items():
        escaped = any(sign in text for sign in "<>&\u2028\u2029")
        flags = ["HtmlEscaping"] if escaped else []
        grants: dict[str, Any] = {"identity": text, "attributes": {text: text}}
        area.add(f"text-{name}", f"a text: {name}", {"grants": grants}, *flags)
    for code in range(32):
        name = f"text-control-{code:02x}"
        area.add(
            name, f"U+{code:04X} in a text", {"grants": {"metadata": f"a{chr(code)}b"}}
        )
    area.add("text-long", "a long text", {"grants": {"metadata": "0123456789" * 400}})


def _grants(area: Area) -> None:
    for claim, inside in fields.grants():
        name = kebab(claim.json_name)
        empty: dict[str, Any] = {claim.json_name: {}}
        area.add(
            f"{name}-empty", f"{claim.json_name} is an empty object", {"grants": empty}
        )
        for field in inside:
            value = {claim.json_name: {field.json_name: fields.sample(field)}}
            comment = f"only {claim.json_name}.{field.json_name}"
            area.add(f"{name}-{kebab(field.json_name)}", comment, {"grants": value})
            if (other := _OTHERS.get((field.kind, field.presence))) is not None:
                value = {claim.json_name: {field.json_name: other}}
                comment = f"{claim.json_name}.{field.json_name} is {other!r}"
                area.add(
                    f"{name}-{kebab(field.json_name)}-other",
                    comment,
                    {"grants": value},
                )
    sources = ["camera", "microphone", "screen_share", "screen_share_audio"]
    for name, value in each(
        {
            "all": sources,
            "reversed": sources[::-1],
            "twice": ["camera", "camera"],
            "upper-case": ["CAMERA"],
            "unknown": ["hologram"],
            "number": ["99"],
        }
    ):
        grants = {"video": {"canPublishSources": value}}
        area.add(f"sources-{name}", f"sources: {name}", {"grants": grants})


_OTHERS: dict[tuple[str, str], Any] = {
    ("bool", "implicit"): False,
    ("bool", "explicit"): True,
    ("string", "implicit"): "<é>",
    ("string", "repeated"): [],
}


def _times(area: Area) -> None:
    for name, seconds in each(
        {
            "one-second": 1,
            "one-hour": HOUR,
            "six-hours": 6 * HOUR,
            "a-year": 365 * 24 * HOUR,
            "zero": 0,
            "negative": -1,
            "negative-fraction": -0.5,
            "fraction-below-one": 0.5,
            "fraction": 1.5,
            "a-millisecond": 0.001,
        }
    ):
        comment = f"valid for {seconds} seconds"
        area.add(f"ttl-{name}", comment, {"valid_for_seconds": seconds, "grants": {}})
    for name, now, seconds in (
        ("truncated", NOW + 0.75, None),
        ("almost-the-next-second", NOW + 0.999, None),
        ("fractions-add-up", NOW + 0.75, 0.5),
        ("fractions-below-a-second", NOW + 0.25, 0.5),
        ("after-2000", 946684801, None),
        ("after-2038", 2147483648, None),
        ("after-2106", 4294967296, None),
    ):
        args: dict[str, Any] = {"now": now, "valid_for_seconds": seconds, "grants": {}}
        area.add(f"clock-{name}", f"it is {now}, valid for {seconds}", args)


def _kinds(area: Area) -> None:
    for kind in KINDS:
        area.add(f"kind-{kind}", f"kind {kind}", {"grants": {"kind": kind}})
    for kind in ("5", "6", "99"):
        area.add(f"kind-{kind}", "a kind without a name", {"grants": {"kind": kind}})
    for detail in DETAILS:
        grants = {"kindDetails": [detail]}
        area.add(
            f"kind-detail-{kebab(detail)}", f"kind detail {detail}", {"grants": grants}
        )
    for name, details in each(
        {
            "all": DETAILS,
            "twice": ["forwarded", "forwarded"],
            "number": ["99", "simulation"],
            "none": [],
        }
    ):
        area.add(
            f"kind-details-{name}",
            f"kind details: {name}",
            {"grants": {"kindDetails": details}},
        )


def _keys(area: Area) -> None:
    grants = {"grants": {"identity": "a"}}
    area.add("no-key", "the API key is empty", {"api_key": "", **grants})
    area.add("no-secret", "the secret is empty", {"secret": "", **grants})
    area.add(
        "no-key-and-secret", "both are empty", {"api_key": "", "secret": "", **grants}
    )
    for name, secret in each(
        {
            "one-byte": "s",
            "space": " ",
            "unicode": "sécret😀",
            "a-block": "0123456789abcdef" * 4,
            "over-a-block": "0123456789abcdef" * 4 + "+",
            "pem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            "jwk": '{"kty":"oct","k":"AAAA"}',
            "line-end": "secret\n",
            "nul": "a\x00b",
        }
    ):
        area.add(f"secret-{name}", f"secret: {name}", {"secret": secret, **grants})
    for name, key in each({"unicode": "API-é", "html": "API<1>", "space": " "}):
        area.add(f"key-{name}", f"API key: {name}", {"api_key": key, **grants})


def kebab(name: str) -> str:
    """A name in kebab case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", "-", name).lower()
