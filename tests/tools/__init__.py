"""Tests of what developers and CI need of a machine."""
