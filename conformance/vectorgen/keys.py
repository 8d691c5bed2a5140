"""Keys in YAML, and sets of HMAC keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .area import Area, Note, each
from .forge import NOW, b64, dumps, raw, sealed

Json = dict[str, Any]


def areas() -> Iterator[Area]:
    """The areas of keys."""
    yield _load()
    yield _new()
    yield _sign()
    yield _verify()


_YAML = {
    "one": "APIa: secret",
    "two": "APIa: one\nAPIb: two\n",
    "flow": "{APIa: one, APIb: two}",
    "json": '{"APIa": "one"}',
    "quoted": "\"APIa\": 'it''s'\n",
    "comment": "# keys\nAPIa: secret # rotate\n",
    "document-start": "---\nAPIa: secret\n",
    "second-document-ignored": "APIa: one\n---\nAPIb: two\n",
    "numbers-keep-their-text": "APIa: 0123\nAPIb: 1e3\nAPIc: 0x1F\nAPId: 1.50\n",
    "booleans-keep-their-text": "APIa: true\nAPIb: yes\nAPIc: off\n",
    "date-keeps-its-text": "APIa: 2026-01-01\n",
    "number-as-key": "123: secret\n",
    "boolean-as-key": "true: secret\n",
    "null": "APIa: null\nAPIb: ~\nAPIc:\n",
    "null-text": 'APIa: "null"\n',
    "empty-text": 'APIa: ""\n',
    "empty-key": '"": secret\n',
    "spaces-trimmed": "APIa:    secret   \n",
    "colon-in-secret": "APIa: a:b\n",
    "hash-in-secret": "APIa: a#b\n",
    "unicode": "APIé: sécret😀\n",
    "block-literal": "APIa: |\n  line\n  two\n",
    "block-folded": "APIa: >-\n  line\n  two\n",
    "escapes": 'APIa: "a\\tb\\u00e9"\n',
    "anchor": "APIa: &s secret\nAPIb: *s\n",
    "merge-key": "base: &b x\nAPIa: y\n",
    "carriage-returns": "APIa: one\r\nAPIb: two\r\n",
    "many": "".join(f"API{number}: secret{number}\n" for number in range(50)),
    "empty-map": "{}",
    "null-document": "null",
    "explicit-string": "APIa: !!str 1\n",
    "empty": "",
    "only-comment": "# nothing\n",
    "list": "- APIa\n",
    "scalar": "secret",
    "nested": "APIa:\n  secret: x\n",
    "list-value": "APIa: [one]\n",
    "duplicate": "APIa: one\nAPIa: two\n",
    "tab-indent": "APIa:\n\tsecret\n",
    "unclosed-quote": 'APIa: "secret\n',
    "unclosed-flow": "{APIa: one",
    "unknown-anchor": "APIa: *nobody\n",
    "two-colons": "APIa: b: c\n",
    "control-character": "APIa: a\x01b\n",
    "missing-space": "APIa:secret\n",
}


def _load() -> Area:
    function = "auth.NewFileBasedKeyProviderFromReader"
    area = Area("keys.load", "keys", function, ("auth/provider.go",))
    for name, text in _YAML.items():
        area.add(name, f"keys: {name}", {"yaml": text})
    return area


def _area(op: str, function: str, notes: dict[str, Note] | None = None) -> Area:
    spec = ("utils/jwtutil/jwtutil.go",)
    return Area(op, "keys", f"jwtutil.{function}", spec, notes=notes or {})


def _new() -> Area:
    area = _area("keyset.new", "NewHMACKeySet and NewHMACKeySetFromBytes")
    for method in ("HS256", "HS384", "HS512", "RS256", "ES256", "EdDSA", "none"):
        args = {"method": method, "ids": ["a"]}
        area.add(f"method-{method.lower()}", f"method {method}", args)
    for name, ids in each(
        {
            "none": [],
            "two": ["a", "b"],
            "empty": [""],
            "duplicate": ["a", "b", "a"],
            "duplicate-empty": ["", ""],
            "case-differs": ["a", "A"],
        }
    ):
        area.add(f"ids-{name}", f"ids {ids}", {"method": "HS256", "ids": ids})
    for name, raws in each(
        {
            "one": ["00ff"],
            "two": ["00", "01"],
            "empty-key": [""],
            "duplicate": ["00", "00"],
            "none": [],
        }
    ):
        area.add(f"raw-{name}", f"keys {raws}", {"method": "HS256", "raw": raws})
    return area


_OLD = {"id": "old", "key_hex": "6f6c64"}
_NEW = {"id": "new", "key_hex": "6e6577"}


def _sign() -> Area:
    area = _area("keyset.sign", "HMACKeySet.Sign")
    claims = {"sub": "a", "exp": NOW}
    for method in ("HS256", "HS384", "HS512"):
        args = {"method": method, "keys": [_NEW], "claims": claims}
        area.add(method.lower(), f"signed with {method}", args)
    args = {"method": "HS256", "keys": [_NEW, _OLD], "claims": claims}
    area.add("first-key-signs", "two keys", args)
    for name, kid in each({"empty": "", "html": "<&>", "unicode": "é", "quote": '"'}):
        keys = [{"id": kid, "key_hex": "00"}]
        args = {"method": "HS256", "keys": keys, "claims": claims}
        area.add(f"kid-{name}", f"kid {kid!r}", args)
    for name, key in each({"empty": "", "long": "ab" * 200, "binary": "00ff80"}):
        keys = [{"id": "k", "key_hex": key}]
        args = {"method": "HS256", "keys": keys, "claims": claims}
        area.add(f"key-{name}", f"a key: {name}", args)
    for name, raws in each(
        {
            "one": ["736563726574"],
            "two": ["00", "01"],
            "empty": [""],
        }
    ):
        args = {"method": "HS512", "raw": raws, "claims": claims}
        area.add(f"derived-kid-{name}", "the id is derived from the key", args)
    for name, value in each(
        {
            "none": {},
            "sorted": {"b": 1, "a": {"d": 1, "c": [True, None]}, "B": 2},
            "html": {"a": "<&>\u2028"},
            "unicode": {"é": "😀"},
            "control": {"a": "\x00\x1f\x7f\b\f\n\r\t"},
            "big-number": {"a": 9007199254740993},
        }
    ):
        args = {"method": "HS256", "keys": [_NEW], "claims": value}
        area.add(f"claims-{name}", f"claims: {name}", args)
    none: Json = {"method": "HS256", "keys": [], "claims": claims}
    area.add("no-keys", "no keys", none)
    return area


def _signed(
    claims: Json | str, kid: Any = "new", secret: str = "new", alg: str = "HS256"
) -> str:
    header = {"alg": alg, "kid": kid, "typ": "JWT"}
    header = {key: value for key, value in header.items() if value is not ...}
    text = claims if isinstance(claims, str) else dumps(claims)
    signing = alg if alg in ("HS256", "HS384", "HS512") else "HS256"
    return sealed(b64(dumps(header)), b64(text), secret, signing)


def _verify() -> Area:
    notes = {
        "NoExpiry": Note(
            "EDGE_CASE", "key sets do not require exp", "a token that never expires"
        ),
    }
    area = _area("keyset.verify", "HMACKeySet.ParseWithClaims", notes)
    area.params = {"method": "HS256", "keys": [_NEW, _OLD], "now": NOW}
    live = {"sub": "a", "exp": NOW + 60}
    area.add("first-key", "signed by the first key", {"token": _signed(live)})
    old = _signed(live, "old", "old")
    area.add("second-key", "signed by the second key", {"token": old})
    for name, kid in each(
        {
            "unknown": "other",
            "missing": ...,
            "empty": "",
            "null": None,
            "number": 1,
            "upper-case": "NEW",
        }
    ):
        area.add(f"kid-{name}", f"kid: {name}", {"token": _signed(live, kid)})
    unnamed = [{"id": "", "key_hex": "6e6577"}]
    for name, kid in each({"missing": ..., "number": 1, "empty": ""}):
        args = {"token": _signed(live, kid), "keys": unnamed}
        area.add(f"unnamed-key-kid-{name}", "a key whose id is empty", args)
    area.add(
        "wrong-key",
        "the kid of one key, signed by another",
        {"token": _signed(live, "new", "old")},
    )
    for alg in ("HS384", "HS512", "none", "RS256", "hs256"):
        token = _signed(live, alg=alg)
        area.add(
            f"alg-{alg if alg == 'none' else 'other-' + kebab_alg(alg)}",
            f"alg {alg}",
            {"token": token},
        )
    for method in ("HS384", "HS512"):
        args = {"token": _signed(live, alg=method), "method": method}
        area.add(f"method-{method.lower()}", f"a set of {method}", args)
    for name, claims in each(
        {
            "no-exp": {"sub": "a"},
            "none": {},
        }
    ):
        area.add(
            f"claims-{name}", f"claims: {name}", {"token": _signed(claims)}, "NoExpiry"
        )
    for name, claims in each(
        {
            "exp-now": {"exp": NOW},
            "exp-one-second-left": {"exp": NOW + 1},
            "exp-past": {"exp": NOW - 1},
            "exp-zero": {"exp": 0},
            "exp-string": {"exp": str(NOW + 60)},
            "exp-null": {"exp": None},
            "exp-fraction": {"exp": NOW + 0.5},
            "nbf-now": {"nbf": NOW, **live},
            "nbf-future": {"nbf": NOW + 1, **live},
            "nbf-zero": {"nbf": 0, **live},
            "nbf-string": {"nbf": "x", **live},
            "iat-future": {"iat": NOW + 3600, **live},
            "iss-any": {"iss": "x", "aud": ["y"], **live},
            "nested": {"a": {"b": [1, "x", None, True]}, **live},
            "unicode": {"a": "é😀<>&", **live},
        }
    ):
        kind = {"any_kind": name == "exp-null"}
        area.add(
            f"claims-{name}", f"claims: {name}", {"token": _signed(claims)}, **kind
        )
    for name, text in each(
        {
            "array": "[]",
            "string": '"x"',
            "garbage": "x",
            "empty": "",
        }
    ):
        area.add(
            f"payload-{name}", f"the payload is {text!r}", {"token": _signed(text)}
        )
    for name, token in each(
        {
            "empty": "",
            "two-segments": "a.b",
            "four-segments": "a.b.c.d",
        }
    ):
        area.add(f"segments-{name}", f"segments: {name}", {"token": token})
    plain = raw(dumps(live), secret="new")
    area.add("without-kid", "a plain token", {"token": plain})
    return area


def kebab_alg(alg: str) -> str:
    """The name of an algorithm in an id: lower case, and marked if it was so already."""
    return f"{alg}-lower-case" if alg == alg.lower() else alg.lower()
