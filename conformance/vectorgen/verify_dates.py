"""Verification: expiry, not before and issued at, at every boundary."""

from __future__ import annotations

from typing import Any

from . import policies
from .area import ORDER, Area, Policy, each
from .forge import NOW, token, with_text

LAST = 253402300799
"""9999-12-31T23:59:59Z."""


def add(area: Area) -> None:
    """Cases of dates."""
    area.add("no-exp-claim", "exp is absent", {"token": token(exp=...)}, "NoExpiry")
    area.add("exp-null", "exp is null", {"token": token(exp=None)}, "NoExpiry")
    _boundaries(area)
    _spellings(area)
    _ranges(area)
    _types(area)
    _issued(area)


def _boundaries(area: Area) -> None:
    for offset in (-3600, -61, -60, -59, -1, 0, 1, 60):
        sign = "plus" if offset > 0 else "minus"
        name = f"exp-now-{sign}-{abs(offset)}" if offset else "exp-now"
        area.add(
            name, f"exp is now {offset:+}", {"token": token(exp=NOW + offset)}, "Date"
        )
    for offset in (-60, -1, 0, 1, 59, 60, 61, 3600):
        sign = "plus" if offset > 0 else "minus"
        name = f"nbf-now-{sign}-{abs(offset)}" if offset else "nbf-now"
        area.add(
            name, f"nbf is now {offset:+}", {"token": token(nbf=NOW + offset)}, "Date"
        )
    for name, exp, now in (
        ("fraction-of-exp-counts-not", f"{NOW - 60}.9", NOW),
        ("fraction-of-now-counts", f"{NOW - 60}", NOW + 0.5),
        ("fraction-before-the-end", f"{NOW - 59}", NOW + 0.999),
        ("fraction-alive", f"{NOW - 59}.9", NOW),
    ):
        args = {"token": with_text("exp", exp), "now": now}
        area.add(f"exp-{name}", f"exp {exp} at {now}", args, "Date")
    for name, nbf, now in (
        ("fraction-just-before", f"{NOW + 61}", NOW + 0.999),
        ("fraction-of-nbf-counts-not", f"{NOW + 60}.9", NOW),
    ):
        args = {"token": with_text("nbf", nbf), "now": now}
        area.add(f"nbf-{name}", f"nbf {nbf} at {now}", args, "Date")
    both = {"token": token(exp=NOW - 100, nbf=NOW + 100)}
    area.add("exp-past-and-nbf-future", "expired first", both, "Date")
    missing = {"token": token(exp=..., nbf=NOW + 100)}
    area.add("exp-missing-and-nbf-future", "missing first", missing, "NoExpiry")


def _spellings(area: Area) -> None:
    soon = NOW + 600
    for name, text in each(
        {
            "fraction": f"{soon}.5",
            "zero-fraction": f"{soon}.0",
            "exponent": "1.7672262e9",
            "upper-case-exponent": "17672262E2",
            "signed-exponent": "17672262e+2",
            "negative-exponent": f"{soon}00e-2",
            "many-digits": f"{soon}.{'1' * 300}",
        }
    ):
        area.add(
            f"exp-{name}", f"exp is {text}", {"token": with_text("exp", text)}, "Date"
        )
    for name, text in each(
        {
            "string": f'"{soon}"',
            "string-exponent": '"4e9"',
            "string-fraction": f'"{soon}.5"',
        }
    ):
        _refused(area, f"exp-{name}", "exp", text, policies.NUMERIC_DATE)
    _refused(area, "nbf-string", "nbf", f'"{NOW}"', policies.NUMERIC_DATE)
    _refused(area, "iat-string", "iat", f'"{NOW}"', policies.NUMERIC_DATE)
    for name, text in each(
        {
            "text": '"abc"',
            "empty": '""',
            "space": f'" {soon}"',
            "underscore": '"1_767_226_200"',
            "hexadecimal": '"0x69559000"',
            "infinity": '"Infinity"',
            "nan": '"NaN"',
            "date": '"2026-01-01T00:10:00Z"',
        }
    ):
        args = {"token": with_text("exp", f"{text}")}
        area.add(f"exp-string-{name}", f"exp is {text}", args, "Date")


_BEYOND_GO = ("two-to-63-minus-1", "two-to-63", "two-to-64", "googol", "1e300")
"""Dates that overflow in Go, which takes them for the past; no specification limits them."""


def _ranges(area: Area) -> None:
    area.add("exp-last-second", "the end of 9999", {"token": token(exp=LAST)}, "Date")
    for name, text in each(
        {
            "year-10000": str(LAST + 1),
            "milliseconds": str((NOW + 600) * 1000),
            "microseconds": str((NOW + 600) * 1000000),
            "quintillion": "1000000000000000000",
        }
    ):
        _refused(area, f"exp-{name}", "exp", text, policies.DATE_RANGE)
    for name, text in each(
        {
            "zero": "0",
            "minus-zero": "-0",
            "one": "1",
            "negative": "-1",
            "very-negative": "-1e18",
            "two-to-63-minus-1": "9223372036854775807",
            "two-to-63": "9223372036854775808",
            "two-to-64": "18446744073709551616",
            "googol": "1e100",
            "1e300": "1e300",
            "1e400": "1e400",
            "minus-1e400": "-1e400",
            "5000-digits": "9" * 5000,
        }
    ):
        options: dict[str, Any] = {"any_kind": name not in ("zero", "one")}
        if name in _BEYOND_GO:
            options["level"] = "informational"
        args = {"token": with_text("exp", text)}
        area.add(f"exp-{name}", f"exp is {text[:30]}", args, "Date", **options)
    for name, text in each({"zero": "0", "fraction": "0.5", "tiny": "1e-400"}):
        area.add(
            f"nbf-{name}", f"nbf is {text}", {"token": with_text("nbf", text)}, "Date"
        )
    for claim in ("nbf", "iat"):
        _refused(area, f"{claim}-negative", claim, "-1", policies.DATE_RANGE)
    _refused(area, "nbf-two-to-63", "nbf", "9223372036854775808", policies.DATE_RANGE)
    late = {"token": with_text("nbf", str(LAST + 1))}
    area.add("nbf-year-10000", "nbf in the year 10000", late, "Date", any_kind=True)


def _types(area: Area) -> None:
    for claim in ("exp", "nbf", "iat"):
        for name, text in each(
            {
                "true": "true",
                "false": "false",
                "array": f"[{NOW}]",
                "object": "{}",
            }
        ):
            args = {"token": with_text(claim, text)}
            area.add(f"{claim}-{name}", f"{claim} is {text}", args, "WrongType")
    for claim in ("nbf", "iat"):
        area.add(
            f"{claim}-null",
            f"{claim} is null",
            {"token": with_text(claim, "null")},
            "Date",
        )
    unsigned = token(exp=True).rpartition(".")[0] + "." + "A" * 43
    area.add(
        "wrong-type-before-signature",
        "exp true, signature wrong",
        {"token": unsigned},
        "WrongType",
        level=ORDER,
    )


def _issued(area: Area) -> None:
    for name, iat in each(
        {
            "past": NOW - 3600,
            "now": NOW,
            "at-the-leeway": NOW + 60,
        }
    ):
        area.add(f"iat-{name}", f"iat: {name}", {"token": token(iat=iat)}, "Date")
    for name, iat in each(
        {
            "over-the-leeway": NOW + 61,
            "next-hour": NOW + 3600,
            "next-year": NOW + 31536000,
        }
    ):
        args = {"token": token(iat=iat)}
        area.add(
            f"iat-{name}", f"iat: {name}", args, "FutureIssue", policy=policies.FUTURE
        )


def _refused(area: Area, name: str, claim: str, text: str, policy: Policy) -> None:
    args = {"token": with_text(claim, text)}
    area.add(name, f"{claim} is {text}", args, "Date", policy=policy)
