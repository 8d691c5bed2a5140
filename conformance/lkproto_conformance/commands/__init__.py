"""The commands of `lkproto-conformance`, a module each, and their exit codes."""

CLEAN, FAILED, USAGE, NOT_STARTED, INCOMPLETE = range(5)
INTERRUPTED = 130
"""As shells have it for Ctrl-C."""


class UsageError(Exception):
    """Options that do not go together, or a file that cannot be used."""
