"""What vectors have to be there: of operations, reject kinds, grants and message types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..message_types import message_types
from ..operations import BY_NAME, MESSAGES
from ..protocol import KINDS
from ..values import is_object
from ..vectors import Vector

WITHOUT_VECTORS = {"twirp.stop": "the vectors of twirp.serve end with it"}
"""Operations that need no vectors, with the reason."""
WITHOUT_EXPECTATION = {
    "wrong_issuer": "the reference looks a key up by the issuer, so it says `unknown_key`; only an "
    "implementation of one key can tell that the key is another's"
}
"""Kinds that no vector can expect, with the reason."""


def gaps(vectors: Sequence[Vector]) -> Iterator[str]:
    """What no vector has, and where to add it."""
    yield from _operations(vectors)
    yield from _kinds(vectors)
    yield from _not_minted(vectors)
    yield from _not_exchanged(vectors)


def _operations(vectors: Iterable[Vector]) -> Iterator[str]:
    there = {vector.op for vector in vectors}
    for name in sorted(BY_NAME.keys() - there - WITHOUT_VECTORS.keys()):
        yield f"no vector of {name}; add an area with cases to a module of vectorgen"
    for name in sorted(there & WITHOUT_VECTORS.keys()):
        yield f"{name} has vectors, but is listed in lint/coverage.py as without"


def _kinds(vectors: Iterable[Vector]) -> Iterator[str]:
    expected = {
        vector.expect["kind"] for vector in vectors if vector.result == "invalid"
    }
    for kind in sorted(reject_kinds() - expected - WITHOUT_EXPECTATION.keys()):
        yield f"no vector expects {kind}; add a case that the reference refuses with it, or a \
policy of vectorgen/policies.py"
    for kind in sorted(expected & WITHOUT_EXPECTATION.keys()):
        yield f"vectors expect {kind}, but lint/coverage.py lists it as never expected"


def reject_kinds() -> set[str]:
    """Every kind, with those of Twirp one by one."""
    from lkproto import TwirpCode

    return {kind for kind in KINDS if kind != "twirp:CODE"} | {
        f"twirp:{code}" for code in TwirpCode
    }


def _not_minted(vectors: Iterable[Vector]) -> Iterator[str]:
    minted = {
        path
        for vector in vectors
        if vector.op == "token.mint" and vector.result == "valid"
        for path in _paths(vector.args.get("grants", {}))
    }
    for field in sorted(set(grant_fields()) - minted):
        yield f"no vector of token.mint has {field}; add it to vectorgen/token_mint.py"


def _not_exchanged(vectors: Iterable[Vector]) -> Iterator[str]:
    """The message types that some operation on messages has no valid vector of."""
    for operation in MESSAGES:
        there = {
            vector.args["message"]
            for vector in vectors
            if vector.op == operation.name and vector.result == "valid"
        }
        for name in sorted(message_types().keys() - there):
            yield f"no vector of {operation.name} has a {name}; generate the vectors again"


def _paths(grants: dict[str, Any]) -> Iterator[str]:
    for name, value in grants.items():
        yield name
        if is_object(value):
            yield from (f"{name}.{inner}" for inner in value)


def grant_fields() -> Iterator[str]:
    """Every claim of ours and every field of every grant, such as `video.roomJoin`."""
    from lkproto import auth, fields_of

    yield from (field.json_name for field in fields_of(auth.ClaimGrants))
    yield from (right.claim for right in auth.rights())
