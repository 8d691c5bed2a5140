# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""ProtoJSON: text and places in it (`syntax`), values (`scalars`, `wellknown`, `any`), messages."""
