# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""What the schema says of classes: descriptors, fields, reserved names, services."""
