# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""Text format: tokens (`lexer`), names, scalars, lines, and messages to text and back."""
