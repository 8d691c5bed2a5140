"""Senders that are killed, stopped and out of space, endpoints that fail: what then arrives.

`python3 noxfile.py -s chaos` makes the long run; `test_chaos.py` the short ones of CI.
"""
