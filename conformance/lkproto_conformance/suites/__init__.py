"""Laws that any implementation has to keep, and the search for an input that breaks one.

A law is checked through the protocol alone, so it holds for testees in any language. `catalog`
has all of them, `search` looks for counterexamples with hypothesis.
"""

from importlib.util import find_spec

if find_spec("hypothesis") is None:
    raise ImportError(
        "lkproto_conformance.suites needs hypothesis: pip install 'lkproto[conformance]'"
    )
