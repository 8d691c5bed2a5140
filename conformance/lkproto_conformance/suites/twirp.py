"""Laws of Twirp: every answer of a server means something, and so does every request."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import TwirpCode, service_of

from ..judging.messages import compare as compare_messages
from ..strategies import (
    ErrorAnswer,
    Exchange,
    error_answers,
    raw_requests,
    twirp_exchanges,
)
from ..strategies.twirp import methods
from .law import Law
from .session import Session

ERROR, MAP, CALL, SERVE = "twirp.error", "twirp.map_error", "twirp.call", "twirp.serve"
CODES = {code.value: code.http_status for code in TwirpCode}
TIMEOUT_MS = 2_000


def error(session: Session, given: ErrorAnswer) -> None:
    """A failure has one of the codes, a text, and texts as meta."""
    found = session.result(
        ERROR,
        status=given.status,
        headers=given.headers,
        body_b64=base64.b64encode(given.body).decode(),
    )
    if found.get("code") not in CODES:
        session.fail(f"{found.get('code')!r} is not a code of Twirp")
    session.member(found, "msg", str)
    for value in session.member(found, "meta", dict).values():
        if not isinstance(value, str):
            session.fail(f"meta has {value!r}, which is not a text")


def mapped(session: Session, given: tuple[str, Any, str]) -> None:
    """Errors of others have a code, with the status of that code."""
    source, code, msg = given
    found = session.result(MAP, source=source, code=code, msg=msg)
    status = CODES.get(str(found.get("code")))
    if status is None or found.get("http_status") != status:
        session.fail(
            f"{found.get('code')!r} with status {found.get('http_status')}, not {status}"
        )


def _foreign() -> SearchStrategy[tuple[str, Any, str]]:
    names = [name for name in CODES if name != "bad_route"]
    psrpc = st.tuples(
        st.just("psrpc"),
        st.sampled_from([*names, "malformed_request"]),
        st.text(max_size=4),
    )
    return psrpc | st.tuples(st.just("grpc"), st.integers(1, 20), st.text(max_size=4))


def call(session: Session, given: Exchange) -> None:
    """A proper answer is the response; any other is an error of Twirp, or taken for a response."""
    reply = session.ask(
        CALL,
        base_url="",
        prefix="/twirp",
        service=given.service,
        method=given.method,
        codec=given.codec,
        request=given.request.hex(),
        headers={},
        timeout_ms=TIMEOUT_MS,
        answer={
            "raw_b64": base64.b64encode(given.raw_answer).decode(),
            "close_after": len(given.raw_answer),
        },
    )
    if reply.outcome == "reject":
        if given.proper:
            session.fail(
                f"refused a proper answer: {reply.kind}: {reply.body.get('message', '')}"
            )
        if reply.kind.removeprefix("twirp:") not in CODES:
            session.fail(f"refused as {reply.kind}, which is not a code of Twirp")
        return
    output = next(
        each for each in service_of(given.service).methods if each.name == given.method
    )
    got = {"output": session.member(reply.body, "response", str)}
    body = given.raw_answer.partition(b"\r\n\r\n")[2]
    if given.proper:
        cls = output.output_type
        wanted = (
            cls.from_bytes(body)
            if given.codec == "protobuf"
            else cls.from_json(body.decode())
        )
        expected = {"output": wanted.to_bytes().hex()}
        session.check(compare_messages(output.output, expected, got), "response")


def serve(session: Session, given: tuple[str, list[bytes]]) -> None:
    """A server answers every request: with a message, or an error whose status fits its code."""
    service, raws = given
    found = session.result(
        SERVE,
        service=service,
        behaviour="echo",
        requests=[{"raw_b64": base64.b64encode(raw).decode()} for raw in raws],
    )
    for answer in session.member(found, "answers", list):
        _check_answer(session, answer)
    if found.get("stopped") is not True:
        session.fail("the server still listens after twirp.stop")


def _check_answer(session: Session, answer: Any) -> None:
    status = answer.get("status")
    if not isinstance(status, int):
        session.fail(f"a request without an answer: {answer.get('failed')}")
    if status == 200:
        return
    error: dict[str, Any] = answer.get("error") or {}
    code = error.get("code")
    if CODES.get(str(code)) != status:
        session.fail(f"an answer with status {status} and code {code!r}")


def _requests() -> SearchStrategy[tuple[str, list[bytes]]]:
    return methods().flatmap(
        lambda method: st.tuples(
            st.just(method.service),
            st.lists(raw_requests(method), min_size=1, max_size=3),
        )
    )


LAWS = (
    Law(
        "twirp/error",
        "every answer to a call that failed is reported with a code of Twirp, a text, and texts "
        "as meta",
        (ERROR,),
        error_answers,
        error,
    ),
    Law(
        "twirp/mapped",
        "errors of psrpc and gRPC become codes of Twirp, with the status of the code",
        (MAP,),
        _foreign,
        mapped,
    ),
    Law(
        "twirp/call",
        "a proper answer is the response of a call; any other bytes are an error with a code of "
        "Twirp, or are read as a response",
        (CALL,),
        twirp_exchanges,
        call,
    ),
    Law(
        "twirp/serve",
        "a server answers every request with a message, or with an error whose status is that of "
        "its code",
        (SERVE, "twirp.stop"),
        _requests,
        serve,
    ),
)
