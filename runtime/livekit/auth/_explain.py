# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What each grant opens, in words, for documentation and to explain tokens.

The words come from the options of the schema (protobufs/lkproto/claims.proto).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from .._runtime.extensions import get_extension
from .._runtime.table import table_of
from ..lkproto.claims_pb import ClaimGrants
from ..lkproto.options_pb import limited_by, opens, unset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._runtime.table import Field


class Limit(NamedTuple):
    """A claim of the same grant that limits where a right applies."""

    claim: str
    """Its name, such as `room`."""
    needed: bool
    """Whether the right applies nowhere without it; otherwise it applies everywhere."""
    lifted_by: str
    """Name of the claim that lifts the limit, or empty text."""

    def __str__(self) -> str:
        if not self.needed:
            return f"limited by `{self.claim}` where set"
        other = f" or `{self.lifted_by}`" if self.lifted_by else ""
        return f"needs `{self.claim}`{other}"


class Right(NamedTuple):
    """A field of a grant."""

    claim: str
    """Its place in a token, such as `video.roomJoin`."""
    type: str
    """`true`, `true or false`, `text` or `texts`."""
    default: str
    """What it means when unset: `no`, `yes`, or `as canPublish`; empty for texts."""
    opens: str
    """What its holder may do, to be read after "may"; empty if it only limits others."""
    limits: tuple[Limit, ...]


@cache
def rights() -> tuple[Right, ...]:
    """Every field of every grant, in the order of tokens."""
    return tuple(right for _, _, right in _fields())


def held_rights(claims: ClaimGrants) -> list[tuple[Right, dict[str, Any]]]:
    """The rights that a token gives its holder, each with those of its limits that are set.

    Rights inside a room are listed even if the room may not be joined. Servers make the decision;
    this is what the token asks of them.
    """
    found: list[tuple[Right, dict[str, Any]]] = []
    for grant, field, right in _fields():
        message: Any = getattr(claims, grant.name)
        if message is None or not right.opens or not _held(message, field):
            continue
        by_name = table_of(grant.type).by_json
        names = [limit.claim for limit in right.limits]
        limits = {name: getattr(message, by_name[name].name) for name in names}
        found.append((right, {name: value for name, value in limits.items() if value}))
    return found


def grants_table() -> str:
    """All grants as Markdown, a table for each grant object."""
    lines: list[str] = []
    name = ""
    for right in rights():
        grant, _, claim = right.claim.partition(".")
        if grant != name:
            name = grant
            lines += ["", f"### `{name}`", "", "| claim | holds | when unset | opens |"]
            lines += ["|---|---|---|---|"]
        lines.append(
            f"| `{claim}` | {right.type} | {right.default} | {_opens(right)} |"
        )
    return "\n".join(lines[1:]) + "\n"


def _opens(right: Right) -> str:
    if right.opens:
        return "; ".join([right.opens, *map(str, right.limits)])
    grant, _, claim = right.claim.partition(".")
    limited = [
        f"`{each.claim.removeprefix(grant + '.')}`"
        for each in rights()
        if each.claim.startswith(grant + ".")
        and any(limit.claim == claim for limit in each.limits)
    ]
    return f"limits {', '.join(limited)}"


@cache
def _fields() -> tuple[tuple[Field, Field, Right], ...]:
    """Fields of `ClaimGrants` that are grants, with each field of theirs."""
    return tuple(
        (grant, field, _right(grant, field))
        for grant in table_of(ClaimGrants).fields
        if (grant.type_name or "").startswith("lkproto.")
        for field in table_of(grant.type).fields
    )


def _right(grant: Field, field: Field) -> Right:
    by_name = table_of(grant.type).by_json
    options = field.options
    kind, default = "text", ""
    if field.kind == "bool":
        kind, default = "true", "no"
    if field.presence == "repeated":
        kind = "texts"
    meaning = get_extension(options, unset)
    if meaning is not None:
        kind, default = "true or false", "yes" if meaning.value else "no"
        if meaning.same_as:
            default = f"as `{by_name[meaning.same_as].json_name}`"
    limits = tuple(
        Limit(
            by_name[limit.field].json_name,
            limit.needed,
            by_name[limit.lifted_by].json_name if limit.lifted_by else "",
        )
        for limit in get_extension(options, limited_by) or ()
    )
    claim = f"{grant.json_name}.{field.json_name}"
    return Right(claim, kind, default, get_extension(options, opens) or "", limits)


def _held(message: Any, field: Field) -> bool:
    getter = getattr(message, f"get_{field.proto_name}", None)
    return bool(getattr(message, field.name) if getter is None else getter())
