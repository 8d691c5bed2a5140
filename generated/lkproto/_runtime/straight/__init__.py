# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""The straight-line codec: functions written for one message class and one direction each.

They read and write the fields of their class one after the other, without tables or loops over
fields, and leave everything unusual to the exact codec; see `codec` for the contract.
"""
