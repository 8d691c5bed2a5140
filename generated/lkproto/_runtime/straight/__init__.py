# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""The straight-line codec: functions written for one message class and one direction each.

They read or write the fields of their class one after another, without tables or loops over
fields, and leave everything unusual to the exact codec; see `codec` for the contract.
"""
