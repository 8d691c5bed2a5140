"""Judges the suite: plants faults in our own code and counts those that the suite finds.

A mutant is one change of one expression or statement in one module. The suite has to fail it.
Run it as `python -m mutants run`, with `conformance/` on the path.
"""
