# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The service SIP of a mock: trunks, dispatch rules and calls."""
