"""Findings for people, and for programs: the law, the smallest requests, and how to go on."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Iterator
from typing import Any

from ..protocol import OPERATIONS, PROFILES, Broken
from ..values import cut
from .search import Finding
from .session import Args, Asked

SHOWN = 4_000
"""Characters of a reply that are shown; the lines of `--json` have all."""


def lines(finding: Finding, command: list[str]) -> Iterator[str]:
    """What is printed of a finding; `command` is the one that finds it again."""
    yield f"finding: {finding.law.name} [{finding.profile}]"
    yield f"  law: {finding.law.words}"
    broken = finding.violation.detail + ("" if finding.always else " (not each time)")
    yield f"  broken: {cut(broken, SHOWN)}"
    for asked in finding.violation.asked:
        who = "" if asked.testee == "testee" else f" ({asked.testee})"
        yield f"  request{who}: {json.dumps({'op': asked.op, 'args': asked.args})}"
        yield f"  reply{who}: {cut(json.dumps(_reply(asked)), SHOWN)}"
    yield f"  promote: {json.dumps(promotable(finding, command))}"
    yield f"  reproduce: {shlex.join(command)}"


def record(finding: Finding, command: list[str]) -> dict[str, Any]:
    """A finding as a line of JSON."""
    return {
        "law": finding.law.name,
        "words": finding.law.words,
        "profile": finding.profile,
        "broken": finding.violation.detail,
        "always": finding.always,
        "exchanges": [
            {
                "testee": each.testee,
                "op": each.op,
                "args": each.args,
                "reply": _reply(each),
            }
            for each in finding.violation.asked
        ],
        "promote": promotable(finding, command),
        "reproduce": shlex.join(command),
    }


def promotable(finding: Finding, command: list[str]) -> dict[str, Any]:
    """The last request as an object for `promote`."""
    asked = finding.violation.asked[-1]
    args = {name: value for name, value in asked.args.items() if name != "profile"}
    profiles = [finding.profile] if OPERATIONS[asked.op] else list(PROFILES)
    return {
        "op": asked.op,
        "args": args,
        "profiles": profiles,
        "name": _name(finding, asked.op, args),
        "comment": f"found by the law: {finding.law.words}",
        "found_by": f"{finding.law.name}, seed {_seed(command)}",
    }


def _name(finding: Finding, op: str, args: Args) -> str:
    """A name in kebab-case, the same for the same request."""
    text = json.dumps([op, args], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{finding.law.name.replace('/', '-')}-{digest}"


def _seed(command: list[str]) -> str:
    return command[command.index("--seed") + 1] if "--seed" in command else "unknown"


def _reply(asked: Asked) -> Any:
    if isinstance(asked.reply, Broken):
        return {asked.reply.verdict: asked.reply.detail}
    return {asked.reply.outcome: asked.reply.body}
