"""Two testees give the same answer: the same result, or a refusal of the same kind.

Each operation has requests of its own, valid and hostile ones. What may differ is in `allowed`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto.auth import AgentEndpointGrants, ClaimGrants
from lkproto.livekit import RoomConfiguration

from ..judging.equality import equal
from ..protocol import Reply
from ..strategies import (
    error_answers,
    from_message,
    grants,
    hostile_json,
    hostile_wire,
    json_of,
    key_lists,
    key_pairs,
    texts,
    tokens,
    webhook_bodies,
    webhook_deliveries,
)
from ..strategies.keys import METHODS, KeyPair
from ..strategies.tokens import NOW
from ..strategies.webhooks import authorization
from . import grants as of_grants
from .allowed import Pair, allowed
from .law import Law
from .messages import classes
from .session import Args, Session
from .texts import addresses, ids

Requests = SearchStrategy[Args]


def _compare(op: str) -> Callable[[Session, Any], None]:
    def compare(session: Session, args: Args) -> None:
        ours, theirs = session.ask(op, **args), session.ask_other(op, **args)
        found = difference_of(op, args, theirs, ours)
        if found and not allowed(Pair(op, args, theirs, ours)):
            session.fail(found)

    return compare


def difference_of(op: str, args: Args, expected: Reply, got: Reply) -> str:
    """The difference of two answers; empty if they are the same."""
    if expected.outcome != got.outcome:
        return f"{_said(got)}, where the other testee {_said(expected)}"
    if got.outcome == "reject":
        same = expected.kind == got.kind
        return (
            ""
            if same
            else f"refused as {got.kind}, where the other testee says {expected.kind}"
        )
    return equal(op, args, expected.body, got.body)


def _said(reply: Reply) -> str:
    if reply.outcome == "ok":
        return "accepted"
    return f"refused as {reply.kind} ({reply.body.get('message', '')})"


def _args(**members: SearchStrategy[Any]) -> Requests:
    return st.fixed_dictionaries(members)


def _wire() -> Requests:
    return classes().flatmap(
        lambda cls: st.one_of(
            from_message(cls, "boundary").map(lambda each: each.to_bytes()),
            hostile_wire(cls),
        ).map(lambda data: {"message": cls.__proto_name__, "input": data.hex()})
    )


def _json() -> Requests:
    return classes().flatmap(
        lambda cls: _args(
            message=st.just(cls.__proto_name__),
            json=st.one_of(json_of(cls), hostile_json(cls)),
            ignore_unknown=st.booleans(),
        )
    )


def _printed() -> Requests:
    return classes().flatmap(
        lambda cls: from_message(cls, "boundary").map(
            lambda each: {"message": cls.__proto_name__, "input": each.to_bytes().hex()}
        )
    )


def _minted() -> Requests:
    def made(claims: ClaimGrants, pair: KeyPair, now: int, seconds: int | None) -> Args:
        return {
            "api_key": pair.api_key,
            "secret": pair.secret,
            "now": now,
            "valid_for_seconds": seconds,
            "grants": of_grants.in_token(claims),
        }

    return st.builds(
        made,
        grants(names_only=True),
        key_pairs(),
        st.integers(NOW, 4_102_444_800),
        st.none() | st.integers(-1, 10**7),
    )


def _verified() -> Requests:
    return tokens().map(
        lambda each: {"token": each.text, "keys": each.keys, "now": each.now}
    )


def _resolved() -> Requests:
    return of_grants.granted().map(lambda each: {"video": each.video})


def _permitted() -> Requests:
    return of_grants.granted().map(
        lambda each: {"video": each.video, "permission": each.permission}
    )


def _threads() -> Requests:
    return of_grants.threads().map(
        lambda each: {
            "grant": each.grant,
            "action": each.action,
            "scope": each.name,
            "thread_id": each.name,
        }
    )


def _endpoints() -> Requests:
    names = st.sampled_from(["", "a", "b"])
    grant = st.builds(
        AgentEndpointGrants, call=st.booleans(), agent_name=names, deployment=names
    )
    return _args(
        grant=st.none() | grant.map(of_grants.in_token),
        agent_name=names,
        deployment=names,
    )


def _foreign_errors() -> Requests:
    names = [
        "not_found",
        "internal",
        "malformed_request",
        "malformed_response",
        "x",
        "",
    ]
    grpc = _args(source=st.just("grpc"), code=st.integers(0, 20), msg=texts())
    psrpc = _args(source=st.just("psrpc"), code=st.sampled_from(names), msg=texts())
    return grpc | psrpc


def _configs() -> Requests:
    return from_message(RoomConfiguration).map(
        lambda config: {"room_config": json.loads(config.to_json())}
    )


def _signed() -> Requests:
    def made(body: bytes, pair: KeyPair) -> Args:
        encoded = base64.b64encode(body).decode()
        key = {"api_key": pair.api_key, "secret": pair.secret}
        return {"body_b64": encoded, **key, "now": NOW}

    return st.builds(made, webhook_bodies(), key_pairs())


def _received() -> Requests:
    pair = KeyPair("APIkey", "a secret of at least thirty-two bytes")

    def made(body: bytes, header: str | None, keys: dict[str, str], now: int) -> Args:
        encoded = base64.b64encode(body).decode()
        return {"authorization": header, "body_b64": encoded, "keys": keys, "now": now}

    bodies = webhook_bodies().map(
        lambda body: made(body, authorization(body, pair), pair.keys, NOW)
    )
    whole = webhook_deliveries().map(
        lambda each: made(each.body, each.authorization, each.keys, each.now)
    )
    return bodies | whole


def _key_sets() -> Requests:
    return st.sampled_from([*METHODS]).flatmap(
        lambda method: _args(
            method=st.just(method),
            keys=key_lists(method, least=0),
            claims=st.dictionaries(texts(), texts() | st.integers(0, 99), max_size=3),
        )
    )


def _errors() -> Requests:
    return error_answers().map(
        lambda each: {
            "status": each.status,
            "headers": each.headers,
            "body_b64": base64.b64encode(each.body).decode(),
        }
    )


def _names() -> SearchStrategy[str]:
    letters = st.text("abcXYZ019-_. é\n", max_size=66)
    return letters | texts("boundary")


REQUESTS: dict[str, Callable[[], Requests]] = {
    "wire.roundtrip": _wire,
    "json.parse": _json,
    "json.print": _printed,
    "token.mint": _minted,
    "token.verify": _verified,
    "credentials.check": _configs,
    "grants.resolve": _resolved,
    "grants.matches_permission": _permitted,
    "grants.update_from_permission": _permitted,
    "grants.agent_thread": _threads,
    "grants.agent_endpoint_allows": _endpoints,
    "job_claims.parse": lambda: _args(
        claims=st.one_of(json_of(ClaimGrants), hostile_json(ClaimGrants))
    ),
    "kind.parse": lambda: _args(claim=_names()),
    "kind_details.parse": lambda: _args(claims=st.lists(_names(), max_size=3)),
    "keyset.sign": _key_sets,
    "deployment.validate": lambda: _args(
        input=(_names().map(str.encode) | st.binary(max_size=8)).map(bytes.hex)
    ),
    "thread_id.validate": lambda: _args(input=_names()),
    "guid.check": lambda: _args(input=ids() | _names()),
    "redact.url": lambda: _args(input=addresses()),
    "webhook.sign": _signed,
    "webhook.receive": _received,
    "twirp.error": _errors,
    "twirp.map_error": _foreign_errors,
    "twirp.sip_status": lambda: _args(code=st.integers(0, 700), status=texts()),
}
"""The requests of each operation that is compared."""

LAWS = tuple(
    Law(
        f"compare/{op.replace('.', '-').replace('_', '-')}",
        f"two testees answer `{op}` alike: with equal results, or with refusals of the same kind",
        (op,),
        requests,
        _compare(op),
        compares=True,
    )
    for op, requests in REQUESTS.items()
)
