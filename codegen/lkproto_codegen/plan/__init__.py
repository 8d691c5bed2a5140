"""Planning: every decision about the output, from names and docstrings to the order of imports.

`plan.make_plan` turns the intermediate form into the values of `types`, which templates lay out.
"""
