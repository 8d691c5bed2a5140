"""Properties: laws of the suite on our package, strategies, the search, and machines with state.

`LKPROTO_PROFILE=nightly` tries many more examples; by default, `dev`, the folder takes a minute.
"""
