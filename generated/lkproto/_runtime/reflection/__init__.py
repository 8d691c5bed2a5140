# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""Reflection: descriptors, fields, reserved names and services of the schema."""
