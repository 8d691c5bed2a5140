"""A limited run: we and google's runtime differ where `differences` says, and only there."""

from __future__ import annotations

import pytest

from .difference import Difference
from .differences import DIFFERENCES, covering
from .judge import Case, Judge
from .run import FORMATS, give, run
from .schemas import Schema

pytestmark = [
    pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning"),
    # google's text parser leaves escapes to Python.
    pytest.mark.filterwarnings("ignore:.*invalid escape sequence:DeprecationWarning"),
]
# The number of seeds for each message, and of mutations for each seed.
SIZES = {"inline": (6, 40), "livekit": (1, 8)}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("schema", SIZES, indirect=True)
def test_both_runtimes_agree_on_mutations(
    schema: Schema, form: str, part: int, request: pytest.FixtureRequest
) -> None:
    rounds, each = SIZES[request.node.callspec.params["schema"]]
    unexplained: list[Case] = []

    def differ(case: Case) -> None:
        if covering(case) is None:
            unexplained.append(case)

    names = list(schema.names)[part::2]
    count = run(form, schema, names, differ, rounds=rounds, each=each)
    assert count == len(names) * rounds * (each + 1)
    assert unexplained == []


@pytest.mark.slow
@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: each.name)
def test_every_difference_exists(inline: Schema, difference: Difference) -> None:
    for name, data in difference.examples:
        seen: set[str] = set()

        def differ(case: Case, seen: set[str] = seen) -> None:
            found = covering(case)
            assert found is not None, case
            seen.add(found.name)

        judge = Judge(inline, differ)
        for form in difference.formats:
            if isinstance(data, bytes) == (form == "binary"):
                for ignore in (False, True):
                    give(judge, form, name, data, ignore)
        assert difference.name in seen, data


def test_differences_have_unique_names_and_a_judge() -> None:
    names = [each.name for each in DIFFERENCES]

    assert len(names) == len(set(names))
    assert {each.right for each in DIFFERENCES} <= {
        *("specification", "suite", "C++", "either"),
    }
