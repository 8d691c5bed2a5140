"""Compares what was seen of Twirp: messages as messages, texts of the implementation freely.

A null in the place of a text stands for any text that is not empty. Of the headers of a request
those count that are expected, and a deadline that is sent.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from ..values import cut, is_list, is_object
from .equality import difference
from .messages import compare as compare_messages

Args = dict[str, Any]
_NONE: Args = {}
_TIMEOUT = "x-twirp-timeout-ms"


def of_error(expected: Args, got: Any) -> str:
    """The first difference of an error as a client reports it; empty if there is none."""
    return next(_error("$", expected, got), "")


def of_call(args: Args, expected: Args, got: Args) -> str:
    """The first difference of a call: of its result, of the meta of its error, of its requests."""
    return next(_call(args, expected, got), "")


def of_serving(args: Args, expected: Args, got: Args) -> str:
    """The first difference of what a server answered."""
    return next(_serving(args, expected, got), "")


def _call(args: Args, expected: Args, got: Args) -> Iterator[str]:
    if "response" in expected:
        yield from _response(args, expected, got)
    if "meta" in expected:
        yield from _plain("$.meta", expected["meta"], got.get("meta", _NONE))
    requests = got.get("requests", [])
    if len(requests) != len(expected["requests"]):
        yield f"$.requests: {len(requests)}, not {len(expected['requests'])}"
        return
    for at, (one, other) in enumerate(zip(expected["requests"], requests, strict=True)):
        yield from _request(f"$.requests[{at}]", args, one, other)


def _response(args: Args, expected: Args, got: Args) -> Iterator[str]:
    unknown = got.keys() - {"response", "requests"}
    if unknown or not isinstance(got.get("response"), str):
        yield f"$: not a result of a call: {sorted(got)}"
        return
    name = _method(args["service"], args["method"]).output
    yield from _message("$.response", name, expected["response"], got["response"])


def _request(where: str, args: Args, expected: Args, got: Args) -> Iterator[str]:
    for name in ("http_method", "target"):
        yield from _plain(f"{where}.{name}", expected[name], got[name])
    yield from _headers(f"{where}.headers", args, expected["headers"], got["headers"])
    name = _method(args["service"], args["method"]).input
    yield from _content(where, name, expected, got)


def _headers(where: str, args: Args, expected: Args, got: Args) -> Iterator[str]:
    """Compare headers: what need not be sent may be absent, but not say something else."""
    for name, value in expected.items():
        sent = got.get(name)
        if name == "content-type" and sent is not None:
            # Parameters, such as a charset, are the client's; servers leave them out.
            sent = sent.partition(";")[0].strip().lower()
        if name != "accept":
            yield from _plain(f"{where}.{name}", value, sent)
        elif sent is not None and not any(each in sent for each in (value, "*/*")):
            yield f"{where}.{name}: {sent!r} does not have {value}"
    timeout = got.get(_TIMEOUT, "1")
    if (
        not timeout.isdecimal()
        or len(timeout) > 18
        or not 0 < int(timeout) <= args["timeout_ms"]
    ):
        yield f"{where}.{_TIMEOUT}: {timeout!r} of {args['timeout_ms']}"


def _serving(args: Args, expected: Args, got: Args) -> Iterator[str]:
    if not is_list(got.get("answers")):
        yield f"$.base_url: {got.get('base_url')!r} is not a server of this machine"
        return
    targets = [_target(each) for each in args["requests"]]
    for at, (target, one, other) in enumerate(
        zip(targets, expected["answers"], got["answers"], strict=True)
    ):
        yield from _answer(f"$.answers[{at}]", args, target, one, other)
    yield from _plain("$.stopped", expected["stopped"], got["stopped"])


def _target(request: Args) -> str:
    words = base64.b64decode(request["raw_b64"]).split(b" ", 2)
    return words[1].decode("latin-1") if len(words) > 1 else ""


def _answer(
    where: str, args: Args, target: str, expected: Args, got: Args
) -> Iterator[str]:
    if expected.keys() != got.keys():
        yield f"{where}: {_short(got)}, not {_short(expected)}"
        return
    for name in ("status", "content_type"):
        yield from _plain(f"{where}.{name}", expected[name], got[name])
    if "error" in expected:
        yield from _error(f"{where}.error", expected["error"], got["error"])
    else:
        method = unquote(urlsplit(target).path).rpartition("/")[2]
        name = _method(args["service"], method).output
        yield from _content(where, name, expected, got)


def _error(where: str, expected: Any, got: Any) -> Iterator[str]:
    if not is_object(expected) or not is_object(got):
        yield from _plain(where, expected, got)
        return
    wanted, given = {"meta": _NONE, **expected}, {"meta": _NONE, **got}
    if wanted.get("msg", "") is None:
        text = given.get("msg")
        wanted["msg"] = text if text and isinstance(text, str) else "any text"
    yield from _plain(where, wanted, given)


def _content(where: str, name: str, expected: Args, got: Args) -> Iterator[str]:
    """Compare bodies: messages in either form of JSON's names, with defaults or without."""
    if "json" in expected and "json" in got:
        yield from _json(f"{where}.json", name, expected["json"], got["json"])
    elif "message" in expected and "message" in got:
        yield from _message(
            f"{where}.message", name, expected["message"], got["message"]
        )
    else:
        yield f"{where}: {_short(got)}, not {_short(expected)}"


def _json(where: str, name: str, expected: Any, got: Any) -> Iterator[str]:
    from lkproto import ProtoError, find_message

    found = find_message(name)
    assert found is not None
    try:
        read = found.from_json(json.dumps(got))
    except ProtoError as error:
        yield f"{where}: {error}"
        return
    wanted = found.from_json(json.dumps(expected))
    yield from _message(where, name, wanted.to_bytes().hex(), read.to_bytes().hex())


def _message(where: str, name: str, expected: str, got: str) -> Iterator[str]:
    if found := compare_messages(name, {"output": expected}, {"output": got}):
        yield found.replace("$.output", where, 1)


def _method(service: str, name: str) -> Any:
    from lkproto import service_of

    return next(each for each in service_of(service).methods if each.name == name)


def _plain(where: str, expected: Any, got: Any) -> Iterator[str]:
    if found := difference(expected, got, where):
        yield found


def _short(value: Any) -> str:
    text = json.dumps(value)
    return cut(text, 200)
