"""JSON Schemas (draft 2020-12) of requests, replies, vectors and reports, and their use.

The files next to this module refer to each other by relative paths, so a folder of them is enough
for any validator. `operations/NAME.json` describes the arguments of an operation, its `$defs` the
result; where a vector holds more than a testee is sent or answers, also `written_args` and
`written_result`.
"""

from .connection import validating
from .validate import MissingError, load, names, validator

__all__ = ["MissingError", "load", "names", "validating", "validator"]
