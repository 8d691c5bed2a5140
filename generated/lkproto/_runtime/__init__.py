# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""The runtime that ships inside every generated package. Private: import from the package.

It knows no schema. Modules import the standard library and one another, relatively, so the
folder works wherever the package is copied to. Nothing is imported here: `pb` is what generated
modules use, `public` lists what the package's root offers to users.
"""
