"""Areas of vectors and their cases, which the modules of vectorgen build."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator
from dataclasses import dataclass, field
from typing import Any

Args = dict[str, Any]
BOTH = ("strict", "go")
GO = ("go",)
STRICT = ("strict",)
ORDER = "recommended"
"""The level of cases with two faults: RFC 7519, 7.2, gives independent checks no order."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Why the strict profile refuses what the reference accepts, or names it otherwise."""

    kind: str
    oracle: str
    kind_required: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What the strict profile answers where the reference answers otherwise.

    `of` makes that of the arguments and of the executed result.
    """

    oracle: str
    of: Callable[[Args, Args], Args]


@dataclass(frozen=True, slots=True)
class Note:
    """The meaning of a flag of vectors."""

    kind: str
    description: str
    effect: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A request. With a policy or a rule it becomes two vectors: `name`, strict, and `name-go`.

    The second is executed.
    With `profiles=STRICT` it becomes only the first, where the reference panics.
    """

    name: str
    comment: str
    args: Args
    flags: tuple[str, ...] = ()
    level: str = "required"
    profiles: tuple[str, ...] = BOTH
    any_kind: bool = False
    policy: Policy | None = None
    rule: Rule | None = None
    reason: str = ""  # why no answer is demanded

    def executed(self) -> Case:
        """The vector whose expectation is executed."""
        same = self.policy is None and self.rule is None
        if same or self.profiles == STRICT:
            return self
        return Case(
            f"{self.name}-go",
            self.comment,
            self.args,
            self.flags,
            self.level,
            GO,
            self.any_kind,
        )


@dataclass
class Area:
    """The vectors of one operation."""

    op: str
    source: str
    function: str
    spec: tuple[str, ...]
    params: Args = field(default_factory=dict[str, Any])
    notes: dict[str, Note] = field(default_factory=dict[str, Note])
    cases: list[Case] = field(default_factory=list[Case])
    normal: Callable[[Args, Args], Args] = lambda _, result: result
    """Makes of an executed result, with its arguments, the one to expect."""
    refusal: Callable[[Args, Args], Args] = lambda _, _reject: {}
    """Makes of an executed reject, with its arguments, what to expect besides its kind."""

    def add(
        self, name: str, comment: str, args: Args, *flags: str, **options: Any
    ) -> None:
        """Add a case; flags are names of notes."""
        self.cases.append(Case(name, comment, args, flags, **options))

    def policies(self) -> Iterator[tuple[Policy, Case]]:
        """The cases that only the strict profile refuses."""
        for case in self.cases:
            if case.policy is not None:
                yield case.policy, case


def each(values: dict[str, Any]) -> ItemsView[str, Any]:
    """Values of any types, by their names in ids."""
    return values.items()
