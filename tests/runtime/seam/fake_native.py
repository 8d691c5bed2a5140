"""A module that passes for `lkproto_native`: it leaves the work to the straight-line codec."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import MethodType, ModuleType
from typing import Any

MAKERS = ("encoder", "decoder", "bounded_decoder", "json_encoder", "json_decoder")


class FakeCodec:
    """The codec of a package; `constructed` are the classes that it constructs."""

    straight: Any
    glue: Any
    # By the name of a maker: what is done to the function that it makes.
    changes: dict[str, Callable[[Any], Any]]
    constructed: set[type]

    def __init__(self, describe: Callable[[type], Any]) -> None:
        self.describe = describe

    def supports(self, cls: type) -> bool:
        return self.describe(cls) is not None

    def __getattr__(self, name: str) -> Any:
        if name not in MAKERS:
            raise AttributeError(name)
        change = self.changes.get(name, lambda function: function)

        def make(cls: type, otherwise: Any = None) -> Any:
            function = change(getattr(self.straight, name)(cls))
            if otherwise is None:
                return function
            return lambda text, ignore: (
                function if self.is_short(text) else otherwise
            )(text, ignore)

        return make

    def is_short(self, text: Any) -> bool:
        """Whether the codec itself parses a text, and no function that it was given."""
        return text.__class__ in (str, bytes) and len(text) <= self.glue.LARGE

    def method(self, cls: type, name: str, python: Any) -> Any:
        if name == "to_bytes":
            encode = self.encoder(cls)
            return lambda message, **options: (
                python(message, **options) if options else encode(message)
            )
        decode, parse = self.decoder(cls), self.json_decoder(cls)

        def from_bytes(cls: type, data: bytes, **options: Any) -> Any:
            return python(cls, data, **options) if options else decode(data)

        def from_json(cls: type, text: Any, **options: Any) -> Any:
            plain = not options and self.is_short(text)
            return parse(text, False) if plain else python(cls, text, **options)

        return MethodType(from_bytes if name == "from_bytes" else from_json, cls)

    def members(self, cls: type) -> list[tuple[str, Any]]:
        return []

    def construct(self, cls: type) -> None:
        self.constructed.add(cls)

    def construct_no_more(self, cls: type) -> None:
        self.constructed.discard(cls)


def fake_native(package: Any, **changes: Callable[[Any], Any]) -> Any:
    """The module for a package. `changes` are applied to the functions of a direction."""

    class Codec(FakeCodec):
        pass

    Codec.straight = import_module(f"{package.__name__}._runtime.straight.codec")
    Codec.glue = import_module(f"{package.__name__}._runtime.native.codec")
    Codec.changes = changes
    Codec.constructed = set()
    module: Any = ModuleType("lkproto_native")
    module.__spec__ = ModuleSpec("lkproto_native", None)
    module.TABLE_CONTRACT = import_module(f"{package.__name__}._runtime.table").CONTRACT
    module.__version__ = "1.2.3"
    module.Codec = Codec
    return module
