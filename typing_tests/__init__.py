"""Typed use of the package, checked by mypy and pyright; nothing here is run."""
