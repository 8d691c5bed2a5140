"""Reading: `.proto` files are compiled and lowered to the intermediate form (`ir`).

Also what else a run takes in: roles (the options of a schema that have a meaning here), comments,
and hand-written modules to include. `dump` shows what was read.
"""
