"""Whether a request may become a vector, and if not, why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lkproto_conformance.lint.coverage import WITHOUT_VECTORS
from lkproto_conformance.lint.shape import retired_ids
from lkproto_conformance.message_types import message_types
from lkproto_conformance.operations import BY_NAME, MESSAGES
from lkproto_conformance.protocol import PROFILES
from lkproto_conformance.schemas import validator
from lkproto_conformance.values import is_list, is_object
from lkproto_conformance.vectors import Vector

from . import promoted
from .area import STRICT

Case = dict[str, Any]
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TEXTS = ("op", "name", "comment")
_MEMBERS = (*_TEXTS, "args", "profiles", "found_by")


def problems(case: Case) -> Iterator[str]:
    """What is wrong with a case by itself; the first counts. Raises MissingError."""
    yield from _members(case)
    yield from _names(case)
    yield from _profiles(case)
    yield from _args(case["op"], case["args"])


def _members(case: Case) -> Iterator[str]:
    if unknown := sorted(case.keys() - {*_MEMBERS, "policy"}):
        yield f"unknown members {', '.join(unknown)}; known are {', '.join(_MEMBERS)}"
    for name in _TEXTS:
        if not isinstance(case.get(name), str):
            yield f"`{name}` has to be a text"
    if not isinstance(case.get("found_by", ""), str):
        yield "`found_by` has to be a text"
    if not is_object(case.get("args")):
        yield "`args` has to be an object"


def _names(case: Case) -> Iterator[str]:
    if case["op"] not in BY_NAME:
        yield f"{case['op']} is not an operation; `lkproto-conformance info` lists them"
    if why := WITHOUT_VECTORS.get(case["op"]):
        yield f"{case['op']} has no vectors: {why}"
    if not _NAME.fullmatch(case["name"]):
        yield f"the name {case['name']} is not in kebab case, as `exp-in-milliseconds` is"
    if not case["comment"]:
        yield "`comment` has to say what is special about the request"


def _profiles(case: Case) -> Iterator[str]:
    profiles = case.get("profiles", list(PROFILES))
    known = is_list(profiles) and all(each in PROFILES for each in profiles)
    if not known or not profiles:
        yield f"`profiles` has to be a list of {' and '.join(PROFILES)}"
    policy = case.get("policy")
    if policy is None and tuple(profiles) == STRICT:
        yield "the reference answers for `go`; leave `profiles` out if its answer holds for both, \
or give --policy for what `strict` alone demands"
    policies = promoted.named_policies()
    if policy is not None and (not isinstance(policy, str) or policy not in policies):
        names = ", ".join(sorted(policies))
        yield f"no policy {policy} in vectorgen/policies.py; there are {names}"


def _args(op: str, args: Case) -> Iterator[str]:
    if "profile" in args:
        yield "args have no `profile`; the runner adds it, `profiles` says which"
    sent = {**args, "profile": "go"} if BY_NAME[op].takes_profile else args
    if problem := validator(f"operations/{op}", "written_args")(sent):
        yield f"args: {problem}"
    if BY_NAME[op] in MESSAGES and args["message"] not in message_types():
        yield f"args: {args['message']} is not a type of message of the package"


def ids(case: Case) -> list[str]:
    """The ids that a case gets."""
    plain = f"{case['op']}/{case['name']}"
    return [plain, f"{plain}-go"] if "policy" in case else [plain]


def taken(case: Case, existing: Sequence[Vector], retired: Path) -> Iterator[str]:
    """What of a case is there already. Raises VectorError for a bad list of retired ids."""
    there = {vector.id for vector in existing}
    gone = retired_ids(retired)
    for name in ids(case):
        if name in there:
            yield f"{name} is in use; choose another name"
        if name in gone:
            yield f"{name} is retired; ids are never used again"
    same = json.dumps(case["args"], sort_keys=True)
    for vector in existing:
        if vector.op == case["op"] and json.dumps(vector.args, sort_keys=True) == same:
            yield f"{vector.id} has the same request"
