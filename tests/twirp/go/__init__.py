"""Our clients and servers with those that Twirp generates in Go.

Needs Go, and minutes when its programs are built for the first time; so these tests run only in the
session `twirp`, or where LKPROTO_TWIRP_GO is set.
"""
