"""The report as JUnit XML, which CI systems show: a suite for each testee and operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..values import printable
from .model import Case, Entry, Report
from .tally import Testee, kind_of, operation_of, testees
from .text import about, cut, reproduce

MAX_MESSAGE = 300
# A failure is a wrong answer, an error is none.
_ELEMENTS = {"failed": "failure", "stale": "failure", "not run": "error"}
_BROKEN = ("error", "crash", "timeout", "protocol")


def junit(report: Report) -> str:
    """The report. Known failures are skipped, with what the list says of them."""
    root = Element("testsuites", name="lkproto-conformance")
    for testee in testees(report):
        name = _text(testee.key)
        for operation, entries in _by_operation(testee):
            suite = SubElement(root, "testsuite", name=f"{name} / {_text(operation)}")
            for entry in entries:
                _add(suite, name, entry, report.cases[entry.id], testee)
        _add_others(root, name, testee)
    for suite in root:
        _count(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, "unicode")}\n'


def _by_operation(testee: Testee) -> Iterable[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = {}
    for entry in testee.entries:
        found.setdefault(operation_of(entry.id), []).append(entry)
    return found.items()


def _add(suite: Element, name: str, entry: Entry, case: Case, testee: Testee) -> None:
    title = _text(f"{entry.id.partition('/')[2] or entry.id} [{entry.profile}]")
    where = f"{name}.{_text(operation_of(entry.id))}"
    time = f"{entry.milliseconds / 1000:.6f}"
    test = SubElement(suite, "testcase", classname=where, name=title, time=time)
    kind = kind_of(entry)
    if kind == "known":
        SubElement(test, "skipped", message=_message(f"known failure: {entry.known}"))
    elif kind == "skipped":
        SubElement(test, "skipped", message=_message(entry.detail))
    elif kind in _ELEMENTS:
        element = "error" if entry.verdict in _BROKEN else _ELEMENTS[kind]
        why = entry.stale or entry.detail
        verdict = "stale" if entry.stale else _text(entry.verdict)
        found = SubElement(
            test, element, type=verdict, message=_message(why or verdict)
        )
        again = reproduce(testee.header, entry)
        found.text = "\n".join(map(_text, _nonempty(about(case), why, again)))


def _nonempty(*texts: str) -> Iterator[str]:
    return (text for text in texts if text)


def _add_others(root: Element, name: str, testee: Testee) -> None:
    """What belongs to no case: a testee that did not start, expectations that do not hold."""
    starts = [
        each.header.not_started for each in testee.sections if each.header.not_started
    ]
    for title, element, found in (
        ("start", "error", starts),
        ("lists", "failure", testee.stale),
    ):
        if not found:
            continue
        suite = SubElement(root, "testsuite", name=f"{name} / {title}")
        for number, why in enumerate(found, 1):
            test = SubElement(
                suite, "testcase", classname=name, name=f"{title} {number}"
            )
            SubElement(test, element, type=title, message=_message(why)).text = _text(
                why
            )


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite)))
    for attribute, element in (
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped",) * 2,
    ):
        suite.set(attribute, str(sum(1 for _ in suite.iter(element))))
    seconds = sum(float(test.get("time", 0)) for test in suite)
    suite.set("time", f"{seconds:.6f}")


def _message(text: str) -> str:
    return cut(_text(text).replace("\n", " "), MAX_MESSAGE)


def _text(text: str) -> str:
    """A text that XML can hold: what is neither printable nor the end of a line is escaped."""
    return "\n".join(map(printable, text.split("\n")))
