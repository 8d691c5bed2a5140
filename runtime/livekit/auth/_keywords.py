# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Wrong keywords, such as `apiKey`, as errors of this family that name the right one.

A constructor takes what is `wrong` as `Never`, so that checkers still refuse it, and passes on
the names alone: the values may be secrets, and errors show the local variables of their frames.
"""

from __future__ import annotations

from ._errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def no_argument(made: object, wrong: list[str]) -> ArgumentTypeError:
    """The error for keywords that the constructor of an object does not take."""
    from .._runtime.advice import did_you_mean

    init: Any = type(made).__init__
    code = getattr(init, "__wrapped__", init).__code__
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    near = did_you_mean(wrong[0], names)
    return ArgumentTypeError(
        f"{type(made).__name__} takes no argument {wrong[0]!r}{near}"
    )
