# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Glue between frameworks and receivers of webhooks; a module for each, which imports it."""
