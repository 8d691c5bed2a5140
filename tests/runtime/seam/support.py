"""A package to choose codecs for, and what its codec is and does."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

PROTOS = {
    "m.proto": """
syntax = "proto3";
package m;
import "google/protobuf/struct.proto";
message M { uint32 a = 1; oneof choice { string b = 2; bool c = 3; } }
message Old { option deprecated = true; uint32 a = 1; }
message Holder { google.protobuf.Value value = 1; }
""",
    "old.proto": """
syntax = "proto2";
package old;
message Grouped { optional group Part = 1 { optional int32 x = 1; } }
""",
}
DIRECTIONS: dict[str, Callable[[Any], object]] = {
    "encode": lambda cls: cls(a=5).to_bytes(),
    "decode": lambda cls: cls.from_bytes(b"\x08\x05"),
    "to_json": lambda cls: cls(a=5).to_json(),
    "from_json": lambda cls: cls.from_json('{"a":5}'),
}


def seam_of(package: Any) -> Any:
    return import_module(f"{package.__name__}._runtime.codec")


def install(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    """Install a module as `lkproto_native`; None: it is not installed."""
    monkeypatch.setitem(sys.modules, "lkproto_native", module)


def chosen(package: Any) -> tuple[str, list[str]]:
    """The codec that is chosen, and the warnings that are given by all directions together."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        name = package.codec()
        cls = package.find_message("m.M")
        for use in DIRECTIONS.values():
            use(cls)
    assert {each.category for each in given} <= {RuntimeWarning}
    return name, [str(each.message) for each in given]


class Other:
    """Another codec, with the required members alone."""

    def __init__(self, package: Any) -> None:
        self.exact = seam_of(package).ExactOnly()

    def __getattr__(self, name: str) -> Any:
        if name in ("constructor", "method"):
            raise AttributeError(name)
        return getattr(self.exact, name)
