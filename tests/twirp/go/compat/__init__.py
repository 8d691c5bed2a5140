"""The service of Twirp's own compatibility test: its schema, and a client and servers of ours.

The package that is generated from the schema is called `compat_stubs`, and is made by the tests.
"""
