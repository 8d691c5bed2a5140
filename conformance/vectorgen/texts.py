"""Deployments, ids and what is redacted in URLs."""

from __future__ import annotations

from collections.abc import Iterator

from .area import Area, Args, each

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def areas() -> Iterator[Area]:
    """The areas of texts."""
    yield _deployments()
    yield _threads()
    yield _guids()
    yield _urls()


def _with_message(_: Args, reject: Args) -> Args:
    return {"message": reject["message"]}


def _deployments() -> Area:
    function = "agent.ValidateDeployment"
    area = Area("deployment.validate", "texts", function, ("agent/environment.go",))
    area.refusal = _with_message
    given = {
        "empty": b"",
        "plain": b"production",
        "of-64-bytes": b"d" * 64,
        "of-65-bytes": b"d" * 65,
        "of-65-underscores": b"_" * 65,
        "unicode-of-64-bytes": "é".encode() * 32,
        "unicode-of-66-bytes": "é".encode() * 33,
        "punctuation": b"a-b.c/d:e@f",
        "underscore": b"a_b",
        "space": b"a b",
        "leading-space": b" a",
        "trailing-line-feed": b"a\n",
        "tab": b"\ta",
        "nul": b"a\0",
        "escape": b"a\x1b",
        "delete": b"ab\x7f",
        "underscore-then-space": b"a_ ",
        "space-then-underscore": b"a _",
        "no-break-space": "a\u00a0b".encode(),
        "next-line": "a\u0085b".encode(),
        "line-separator": "a\u2028b".encode(),
        "emoji": "😀".encode(),
        "not-utf8": b"\xff\xfe",
        "truncated-utf8": b"a\xc3",
        "hyphens": b"---",
        "upper-case": b"PROD",
        "percent": b"%20",
        "tilde": b"~",
        "exclamation": b"!",
    }
    for name, data in given.items():
        area.add(name, f"deployment: {name}", {"input": data.hex()})
    return area


def _threads() -> Area:
    area = Area(
        "thread_id.validate",
        "texts",
        "agent.ValidateThreadID",
        ("agent/environment.go",),
    )
    area.refusal = _with_message
    good = "AT_" + _ALPHABET[:12]
    for name, text in each(
        {
            "empty": "",
            "good": good,
            "end-of-the-alphabet": "AT_" + _ALPHABET[-12:],
            "prefix-alone": "AT_",
            "short": good[:-1],
            "long": good + "2",
            "other-prefix": "AST_" + _ALPHABET[:12],
            "lower-case-prefix": "at_" + _ALPHABET[:12],
            "no-prefix": _ALPHABET[:12],
            "zero": good[:-1] + "0",
            "one": good[:-1] + "1",
            "capital-i": good[:-1] + "I",
            "capital-o": good[:-1] + "O",
            "small-l": good[:-1] + "l",
            "underscore": good[:-1] + "_",
            "space": good[:-1] + " ",
            "line-feed": good + "\n",
            "line-feed-for-the-last": good[:-1] + "\n",
            "unicode": good[:-2] + "é",
            "full-width": good[:-3] + "\uff12",
            "leading-space": " " + good,
        }
    ):
        area.add(name, f"thread id: {name}", {"input": text})
    return area


def _guids() -> Area:
    function = "guid.Marshal, Unmarshal and IsValidID"
    area = Area("guid.check", "texts", function, ("utils/guid/id.go",))
    body = "abcdefghijkm"
    texts = {
        "track": "TR_" + body,
        "participant-becomes-a-track": "PA_" + body,
        "no-prefix": body,
        "long": "TR_x" + body,
        "two-prefixes": "TR_VC" + body,
        "prefix-in-two": "TR_VC_" + body,
        "three-parts": "A_B_C_" + body,
        "first-letters": "TR_" + _ALPHABET[:12],
        "last-letters": "TR_" + _ALPHABET[-12:],
        "all-first": "TR_" + "2" * 12,
        "all-last": "TR_" + "z" * 12,
        "empty": "",
        "prefix-alone": "TR_",
        "eleven": "TR_" + body[:-1],
        "eleven-alone": body[:-1],
        "thirteen": "TR_" + body + "n",
        "zero": "TR_0" + body[1:],
        "one": "TR_1" + body[1:],
        "capital-i": "TR_I" + body[1:],
        "capital-o": "TR_O" + body[1:],
        "small-l": "TR_l" + body[1:],
        "hyphen": "TR_-" + body[1:],
        "space": "TR_ " + body[1:],
        "line-feed-at-the-end": "TR_" + body + "\n",
        "line-feed-in-the-block": "TR_" + body[:-1] + "\n",
        "nul": "TR_" + body[:-1] + "\0",
        "unicode": "TR_" + body[:-2] + "é",
        "unicode-before-the-block": "é_" + body,
        "full-width-digit": "TR_" + body[:-1] + "\uff12",
        "prefix-of-16": "A" * 16 + "_" + body,
        "prefix-of-17": "A" * 17 + "_" + body,
        "empty-prefix": "_" + body,
        "double-underscore": "TR__" + body,
        "no-body": "RM_abc_",
        "lower-case-prefix": "tr_" + body,
        "digits-in-prefix": "T2R_" + body,
        "hash-sign": "TR_#" + body[1:],
        "only-underscore": "_",
    }
    for name, text in texts.items():
        area.add(name, f"id: {name}", {"input": text})
    for number in range(0, 57, 12):
        letters = (_ALPHABET[number:] + _ALPHABET)[:12]
        area.add(
            f"alphabet-{number}",
            "a stretch of the alphabet",
            {"input": f"TR_{letters}"},
        )
    return area


_URLS = {
    "empty": "",
    "plain": "https://example.com/path",
    "query": "https://example.com/?a=1&b=2",
    "query-empty": "https://example.com/?",
    "query-empty-value": "https://example.com/?a=&b=2",
    "query-no-value": "https://example.com/?a&b=2",
    "query-two-equals": "https://example.com/?a=b=c",
    "query-only-equals": "https://example.com/?=x",
    "query-two-marks": "https://example.com/?a=1?b=2",
    "query-semicolon": "https://example.com/?a=1;b=2",
    "query-masked": "https://example.com/?a={...}",
    "query-unicode": "https://example.com/?é=ü",
    "query-escaped": "https://example.com/?a%3D=%26",
    "query-ampersands": "https://example.com/?&&a=1&",
    "fragment": "https://example.com/?a=1#secret",
    "fragment-with-mark": "https://example.com/#x?a=1",
    "userinfo": "https://user:pass@example.com/?a=1",
    "not-a-url": "hello?a=1",
    "no-scheme": "//example.com?x=y",
    "rtmp": "rtmp://example.com/live/streamkey",
    "rtmps": "rtmps://example.com/live/streamkey",
    "rtmp-port": "rtmp://example.com:1935/live/streamkey",
    "rtmp-no-key": "rtmp://example.com/live",
    "rtmp-empty-key": "rtmp://example.com/live/",
    "rtmp-no-app": "rtmp://example.com/",
    "rtmp-bare": "rtmp://example.com",
    "rtmp-deep": "rtmp://example.com/a/b/c/streamkey",
    "rtmp-query": "rtmp://example.com/live/streamkey?token=abc",
    "rtmp-query-slash": "rtmp://example.com/live/key?x=a/b",
    "rtmp-userinfo": "rtmp://user:pass@example.com/live/streamkey",
    "rtmp-upper-case": "RTMP://example.com/live/streamkey",
    "rtmp-space": "rtmp://example.com/live/stream key",
    "rtmp-double-slash": "rtmp://example.com//streamkey",
    "rtmp-trailing-slash": "rtmp://example.com/live/streamkey/",
    "rtmp-line-feed": "rtmp://example.com/live/streamkey\n",
    "rtmp-vertical-tab": "rtmp://example.com/live/stream\vkey",
    "rtmp-no-break-space": "rtmp://example.com/live/stream\u00a0key",
    "rtmp-leading-space": " rtmp://example.com/live/streamkey",
    "rtmpt": "rtmpt://example.com/live/streamkey",
    "srt": "srt://example.com:9999?streamid=secret&passphrase=x",
    "mux": "mux://streamkey",
    "mux-path": "mux://stream/key",
    "mux-empty": "mux://",
    "mux-query": "mux://streamkey?a=1",
    "mux-line-feed": "mux://streamkey\n",
    "mux-vertical-tab": "mux://stream\vkey",
    "twitch": "twitch://live_123_abc",
    "twitch-space": "twitch://live 123?a=1",
    "twitch-upper-case": "Twitch://live_123_abc",
}


def _urls() -> Area:
    function = "utils.RedactUrlQueryValues and RedactStreamKey"
    area = Area("redact.url", "texts", function, ("utils/redact.go",))
    for name, text in _URLS.items():
        area.add(name, f"URL: {name}", {"input": text})
    for length in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20):
        key = "abcdefghijklmnopqrstuvwxyz"[:length]
        area.add(
            f"mux-of-{length}", f"a key of {length} letters", {"input": f"mux://{key}"}
        )
        text = f"rtmp://example.com/live/{key}"
        area.add(f"rtmp-of-{length}", f"a key of {length} letters", {"input": text})
    return area
