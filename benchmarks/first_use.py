"""First use: the first call of each function of every message class, in a fresh interpreter.

`python -m benchmarks.first_use TREES` prints JSON. A class is prepared when it is first used,
each direction apart; this is what that costs. The messages are empty, so that each class is
charged for itself alone.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, cast

from .libraries import confirm_environment
from .timing import clock, cpu_clock

if TYPE_CHECKING:
    from lkproto import Message

# In this order: a message is needed to encode one.
DIRECTIONS: dict[str, Callable[[Any], Callable[[], object]]] = {
    "construct": lambda cls: cls,
    "encode": lambda cls: cls().to_bytes,
    "decode": lambda cls: lambda: cls.from_bytes(b""),
    "JSON encode": lambda cls: cls().to_json,
    "JSON decode": lambda cls: lambda: cls.from_json("{}"),
}


def measure(trees: Path) -> dict[str, Any]:
    """Per direction: seconds of the first call at all, median and worst of all the others."""
    sys.path.insert(0, str(trees / "ours"))
    warnings.simplefilter(
        "ignore"
    )  # deprecated messages warn when they are constructed
    lkproto = import_module("lkproto")
    classes = dict(sorted(messages_of(lkproto)))
    # The process's first call of a direction also loads the codec's modules.
    loading = first_calls(classes.pop("google.protobuf.Empty"))
    taken: dict[str, dict[str, float]] = {}
    for name, cls in classes.items():
        # An empty message with a required field is refused, as it should be.
        with suppress(lkproto.ProtoError):
            taken[name] = first_calls(cls)
    return {
        direction: summary(direction, loading[direction], taken)
        for direction in DIRECTIONS
    }


def messages_of(package: Any) -> Iterator[tuple[str, Any]]:
    """The message classes of a package's modules, by full name."""
    root = Path(package.__path__[0])
    for path in root.rglob("*_pb.py"):
        parts = path.relative_to(root).with_suffix("").parts
        module = import_module(".".join([package.__name__, *parts]))
        yield from _messages_in(vars(module), module.__name__, package.Message)


def _messages_in(
    names: Mapping[str, object], module: str, base: type[Message]
) -> Iterator[tuple[str, Any]]:
    for value in names.values():
        if isinstance(value, type) and value.__module__ == module:
            cls = cast("type[Any]", value)
            if issubclass(cls, base):
                yield cls.__proto_name__, cls
            yield from _messages_in(vars(cls), module, base)


def first_calls(cls: Any) -> dict[str, float]:
    """Seconds of the first call of each direction of one class."""
    return {
        name: clock(prepare(cls), cpu_clock) for name, prepare in DIRECTIONS.items()
    }


def summary(
    direction: str, loading: float, taken: dict[str, dict[str, float]]
) -> dict[str, Any]:
    """Loading, median and worst of a direction, and the class that is worst."""
    seconds = {name: each[direction] for name, each in taken.items()}
    worst = max(seconds, key=seconds.__getitem__)
    return {
        "classes": len(seconds),
        "loading": loading,
        "median": median(seconds.values()),
        "worst": seconds[worst],
        "worst_class": worst,
    }


if __name__ == "__main__":
    found = measure(Path(sys.argv[1]))
    confirm_environment()  # afterwards, for it would choose the codec before the first call
    print(json.dumps(found))
