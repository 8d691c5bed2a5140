"""Verdicts: a pure function of a vector and the answer to its request."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol import Broken, Reply
from ..values import cut
from ..vectors import Vector
from .equality import equal, refusals

MAX_DETAIL = 8_000
"""How much of a reply a verdict keeps: each may be as long as a line."""

PASSES = frozenset(["pass", "skip", "observed"])

# A verifier that has one key looks nothing up: it compares the issuer with its own.
_SAME_KIND = {"unknown_key": "wrong_issuer"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`pass`, `skip`, `observed`, `fail:…`, `error`, `crash`, `timeout` or `protocol`; and why."""

    name: str
    detail: str = ""

    @property
    def failed(self) -> bool:
        """Whether it makes the run fail."""
        return self.name not in PASSES


def judge(vector: Vector, answer: Reply | Broken) -> Verdict:
    """The verdict on an answer."""
    if isinstance(answer, Broken):
        return Verdict(answer.verdict, answer.detail)
    verdict = _judged(vector, answer)
    return Verdict(verdict.name, cut(verdict.detail, MAX_DETAIL))


def _judged(vector: Vector, answer: Reply) -> Verdict:
    if answer.outcome == "unsupported":
        return Verdict("skip", f"declined: {answer.body.get('reason', '')}")
    if answer.outcome == "error":
        return Verdict("error", str(answer.body.get("message", "")))
    if vector.result == "unspecified":
        return Verdict("observed", answer.outcome)
    if answer.outcome == "reject":
        return _rejected(vector, answer)
    return _accepted(vector, answer)


def _rejected(vector: Vector, answer: Reply) -> Verdict:
    got = f"{answer.kind}: {answer.body.get('message', '')}"
    if vector.result == "valid":
        return Verdict("fail:over-strict", got)
    wanted_kind = vector.expect.get("kind", "")
    kinds = (wanted_kind, _SAME_KIND.get(wanted_kind))
    if vector.kind_required and answer.kind not in kinds:
        return Verdict("fail:kind", f"expected {wanted_kind}, got {got}")
    wanted = vector.expect.get("message")
    if wanted is not None and wanted not in str(answer.body.get("message", "")):
        return Verdict("fail:message", f"expected {wanted!r} in {got!r}")
    difference = refusals(vector.op, vector.args, vector.expect, answer.body)
    return Verdict("fail:mismatch", difference) if difference else Verdict("pass")


def _accepted(vector: Vector, answer: Reply) -> Verdict:
    if vector.result == "invalid":
        return Verdict("fail:accepted", f"expected {vector.expect.get('kind')}")
    difference = equal(vector.op, vector.args, vector.expect, answer.body)
    return Verdict("fail:mismatch", difference) if difference else Verdict("pass")
