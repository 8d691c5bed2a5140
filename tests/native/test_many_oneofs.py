"""A message may have as many oneofs as the native codec can count, and more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import module_of, package_of

from . import codecs


@pytest.mark.parametrize("count", [255, 256, 257])
def test_the_last_of_many_oneofs_is_written(
    tmp_path: Path, native: None, count: int
) -> None:
    oneofs = "".join(
        f"  oneof o{at} {{ int32 a{at} = {2 * at + 1}; string b{at} = {2 * at + 2}; }}\n"
        for at in range(count)
    )
    source = 'syntax = "proto3";\npackage many;\nmessage Many {\n' + oneofs + "}\n"
    package = package_of(tmp_path, {"many.proto": source})
    cls: Any = package.find_message("many.Many")
    codec = codecs.extension_of(package)
    encode = module_of(package, "_runtime.binary.encode").encode
    to_json = module_of(package, "_runtime.json.encode").to_json

    last = cls(**{f"a{count - 1}": 7})
    for message in (last, cls(**{f"b{count - 1}": "x", "a0": 1}), cls()):
        if codec.supports(cls):
            assert codec.encoder(cls)(message) == encode(message)
            assert codec.json_encoder(cls)(message) == to_json(message)
        assert message.to_bytes() == encode(message)
        assert cls.from_bytes(encode(message)) == message
