"""The commands of `lkproto-conformance`, a module each, and their exit codes."""

CLEAN, FAILED, USAGE, NOT_STARTED, INCOMPLETE = range(5)
