"""Use that is right, as users type it: mypy and pyright check it in the session `types`."""
