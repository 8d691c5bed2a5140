# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The public names that the root of a package with Twirp modules exports, and their modules."""

EXPORTS = {
    "CallOptions": "twirp._options",
    "TwirpCall": "twirp._calls",
    "TwirpCode": "twirp._codes",
    "TwirpContext": "twirp._context",
    "TwirpError": "twirp._errors",
    "TwirpHooks": "twirp._hooks",
    "TwirpLimits": "twirp._limits",
    "TwirpReply": "twirp._calls",
    "twirp_asgi": "twirp._asgi",
    "twirp_wsgi": "twirp._wsgi",
}
