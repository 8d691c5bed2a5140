# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The glue of the native codec: finds the extension `lkproto_native`, tests it, describes classes.

The extension is a distribution of its own, lkproto-native. Nothing here is imported before a codec
is needed, and without the extension no more than `find` and `choice`.
"""
