"""A conformance suite for implementations of the LiveKit protocol.

A testee is a program in any language that speaks the protocol of `protocol`. The runner sends it
the requests of the vectors and judges the answers. Nothing here is needed to use `lkproto`.
"""
