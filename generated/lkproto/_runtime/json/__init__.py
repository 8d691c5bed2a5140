# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""ProtoJSON: text and its places (`syntax`), values (`scalars`, `wellknown`, `any`), messages."""
