"""Reflection: descriptors, fields, reserved names and services of the schema."""
