"""The import of a newer upstream schema: `lkproto schema import`.

`importer` joins the steps: compile both trees, print upstream's descriptors with our comments,
prove that nothing else changed, and say what did.
"""
