# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The runtime that ships inside every generated package. Private: import from the package.

It does not know any schema. Modules import only the standard library and each other, relatively,
so the package works wherever it is copied. This module imports nothing: generated modules use
`pb`, and `public` lists what the package's root offers to users.
"""
