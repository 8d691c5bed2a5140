"""A fault in our testee is found by the law that forbids it, as a small request."""

from __future__ import annotations

import pytest
from lkproto_conformance.suites.catalog import LAWS
from lkproto_conformance.suites.law import Law
from lkproto_conformance.testees.lkproto import Lkproto

from .faults import FAULTS, inverted
from .support import Faulty, searched

ALONE = [law for law in LAWS if not law.compares]
PAIRED = [law for law in LAWS if law.compares]


@pytest.mark.parametrize("law", ALONE, ids=lambda law: law.name)
def test_a_fault_is_found(law: Law) -> None:
    op, fault = FAULTS[law.name]

    search, findings = searched(Faulty(op, fault), law)

    assert [each.law for each in findings] == [law]
    assert not search.untried


@pytest.mark.parametrize("law", PAIRED, ids=lambda law: law.name)
def test_a_difference_of_two_testees_is_found(law: Law) -> None:
    faulty = Faulty(law.needs[0], inverted)

    _, findings = searched(faulty, law, against=Lkproto())

    assert [each.law for each in findings] == [law]
    labels = {each.testee for each in findings[0].violation.asked}
    assert labels == {"testee", "the other testee"}


def test_every_law_has_a_fault() -> None:
    assert FAULTS.keys() == {law.name for law in ALONE}
