"""What the native codec costs: its extension, and the start of a process with it."""
