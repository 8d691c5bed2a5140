"""Foreign testees that are installed by their own steps."""
