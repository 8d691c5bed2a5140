"""What a codec does to classes, and that it is taken back."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any
from unittest import mock

import pytest

from .fake_native import fake_native
from .support import Other, install, seam_of


def test_the_codec_constructs_what_is_constructed(cls: Any, set_up: Any) -> None:
    assert cls in set_up.constructed


def test_deprecated_classes_are_constructed_by_python(
    package: Any, set_up: Any
) -> None:
    old = package.find_message("m.Old")
    with pytest.warns(DeprecationWarning, match="Old"):
        old()

    assert old not in set_up.constructed


def test_another_codec_constructs_no_more_and_the_first_one_does_again(
    package: Any, cls: Any, set_up: Any
) -> None:
    seam_of(package).use(Other(package))
    assert set_up.constructed == set()
    seam_of(package).use(None)
    package.codec()

    assert set_up.constructed == {cls}


def test_classes_constructed_before_the_choice_are_offered_to_the_codec(
    package: Any, cls: Any, native: Any
) -> None:
    seam_of(package).use(Other(package))
    cls()
    seam_of(package).use(None)

    assert package.codec() == "native"
    assert cls in native.Codec.constructed


def test_a_replaced_constructor_is_called(cls: Any, set_up: Any) -> None:
    with mock.patch.object(cls, "__init__", autospec=True, return_value=None) as init:
        cls(a=5)
        assert cls not in set_up.constructed

    init.assert_called_once()
    assert cls in set_up.constructed
    assert cls(a=5).a == 5


def test_python_constructs_what_has_a_new_of_its_own(cls: Any, set_up: Any) -> None:
    cls.__new__ = lambda cls, **values: object.__new__(cls)
    assert cls(a=5).a == 5
    assert cls not in set_up.constructed

    with mock.patch.object(cls, "__init__", return_value=None):
        cls(a=5)

    assert cls not in set_up.constructed


def test_a_constructor_replaced_before_its_first_use_is_called(
    cls: Any, native: Any
) -> None:
    with mock.patch.object(cls, "__init__", return_value=None):
        cls(a=5)
        assert cls not in native.Codec.constructed

    assert cls(a=5).a == 5


def test_the_codec_gives_the_public_methods(cls: Any, set_up: Any) -> None:
    assert {"from_bytes", "to_bytes"} <= vars(cls).keys()
    assert cls.from_bytes(b"\x08\x05", max_depth=5) == cls(a=5)
    assert cls(a=5).to_bytes(deterministic=True) == b"\x08\x05"


def test_use_takes_everything_back(package: Any, cls: Any, set_up: Any) -> None:
    seam_of(package).use(None)

    own = {"from_bytes", "to_bytes", "from_json"}
    own |= {"_encode", "_decode", "_to_json", "_from_json"}
    assert own & vars(cls).keys() == set()


@pytest.mark.parametrize("method", ["from_bytes", "to_bytes", "from_json"])
def test_a_replaced_method_is_called_and_put_back(
    method: str, cls: Any, set_up: Any
) -> None:
    before = vars(cls)[method]
    with mock.patch.object(cls, method, return_value="mocked"):
        assert getattr(cls, method)() == "mocked"

    assert vars(cls)[method] is before


@pytest.mark.usefixtures("native")
def test_a_method_replaced_before_the_codec_is_used_stays(
    package: Any, cls: Any
) -> None:
    with mock.patch.object(cls, "from_bytes", return_value="mocked"):
        assert cls._decode(b"\x08\x05") == cls(a=5)
        assert cls.from_bytes(b"") == "mocked"
        seam_of(package).use(None)
        assert cls.from_bytes(b"") == "mocked"

    assert cls.from_bytes(b"\x08\x05") == cls(a=5)


def test_what_the_codec_does_not_support_the_straight_line_codec_does(
    package: Any, set_up: Any
) -> None:
    grouped = package.find_message("old.Grouped")
    value = package.find_message("google.protobuf.Value")

    assert grouped.from_bytes(grouped(part=grouped.Part(x=1)).to_bytes()).part.x == 1
    assert value.from_json("[1.5]").to_json() == "[1.5]"
    assert not {"from_bytes", "to_bytes"} & vars(grouped).keys()
    assert package.codec_fallbacks().keys() == {
        ("old.Grouped", "encode"),
        ("old.Grouped", "decode"),
    }


def test_the_collector_rests_while_much_is_read(
    package: Any, cls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work: list[bool] = []

    def watched(function: Any) -> Any:
        def watch(*arguments: Any) -> Any:
            at_work.append(gc.isenabled())
            return function(*arguments)

        return watch

    changes = {"decoder": watched, "json_decoder": watched}
    install(monkeypatch, fake_native(package, **changes))
    package.codec()
    monkeypatch.setattr(
        import_module(f"{package.__name__}._runtime.native.codec"), "LARGE", 1000
    )
    for size in (10, 2000):
        at_work.clear()
        message = cls(b="x" * size)
        assert cls._decode(message.to_bytes()) == message
        assert cls.from_json(message.to_json()) == message
        assert at_work == [size == 10] * 2
    assert gc.isenabled()
