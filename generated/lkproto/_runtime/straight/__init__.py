# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The straight-line codec: functions written for one message class and one direction each.

They read or write the fields of their class one after another, without tables or loops over
fields, and leave everything unusual to the exact codec; see `codec` for the contract.
"""
