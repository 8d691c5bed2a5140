# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Calls that do not fit a function, such as one with `apiKey`, as errors of this family."""

from __future__ import annotations

from ._errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def wrong_call(
    function: Callable[..., Any], keywords: list[str], error: TypeError
) -> ArgumentTypeError:
    """The error for a call that Python refused, with the nearest name for a wrong keyword.

    It gets the names of the keywords alone: the values may be secrets, and errors show the local
    variables of their frames.
    """
    from .._runtime.advice import did_you_mean

    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    for keyword in keywords:
        if keyword not in names:
            called = function.__qualname__.removesuffix(".__init__")
            near = did_you_mean(keyword, names)
            return ArgumentTypeError(f"{called} takes no argument {keyword!r}{near}")
    return ArgumentTypeError(str(error))
