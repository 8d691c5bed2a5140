"""A conformance suite for implementations of the LiveKit protocol.

A testee is a program in any language that speaks the protocol of `protocol`; the runner asks it
what the vectors say and judges the answers. Nothing here is needed to use `lkproto`.
"""
