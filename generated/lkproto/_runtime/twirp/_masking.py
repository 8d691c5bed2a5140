# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Tokens are not shown: servers echo them in the texts of errors."""

from __future__ import annotations

import re

# Three parts in base64url, of which the first is a JSON object: it begins with `{"`, encoded.
_JWT = re.compile(r"eyJ[\w-]{4,}\.[\w-]*(?:\.[\w-]*)?")
# What is shown of a text that came from elsewhere.
_LONGEST = 300


def masked(text: str) -> str:
    """A text without the JSON Web Tokens in it."""
    return _JWT.sub("<token>", text) if "eyJ" in text else text


def excerpt(text: str) -> str:
    """The beginning of a foreign text, on one line, without tokens and control characters."""
    line = " ".join(masked(text[: 8 * _LONGEST]).split())
    line = "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in line
    )
    return line if len(line) <= _LONGEST else line[:_LONGEST] + " …"
