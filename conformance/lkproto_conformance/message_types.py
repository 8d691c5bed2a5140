"""The message types that the suite covers: all of the package that a user can name."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from lkproto import Message


@cache
def message_types() -> dict[str, type[Message]]:
    """Every message class by full name, in the order of the names."""
    found: dict[str, type[Message]] = {}
    spec = find_spec("lkproto")
    folders = spec.submodule_search_locations if spec else None
    for module in pkgutil.walk_packages(folders, "lkproto."):
        if module.name.endswith("_pb"):
            for cls in _classes(vars(import_module(module.name))):
                found[cls.__proto_name__] = cls
    return dict(sorted(found.items()))


def _classes(names: Any) -> Iterator[type[Message]]:
    for each in list(names.values()):
        if isinstance(each, type) and issubclass(each, Message) and each is not Message:
            yield each
            yield from _classes(vars(each))
