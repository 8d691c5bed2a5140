# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""The binary format: the wire (`wire`), messages to bytes (`encode`) and back (`decode`)."""
