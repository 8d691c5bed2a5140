"""Writing: a plan becomes text, the text is formatted, and the files replace those on disk.

`manifest` and `drift` say what was written and whether it is still there.
"""
