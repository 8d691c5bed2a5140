"""Tests of the stores of webhooks."""
