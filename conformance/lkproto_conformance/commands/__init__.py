"""What `lkproto-conformance` does: a module for each command, with its parser."""

CLEAN, FAILED, USAGE, NOT_STARTED, INCOMPLETE = range(5)
