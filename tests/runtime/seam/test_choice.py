"""Which codec is chosen."""

from __future__ import annotations

import signal
import sys
import threading
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.abc import MetaPathFinder
from typing import Any

import pytest

from .fake_native import fake_native
from .support import Other, chosen, install, seam_of


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "native"),
        ("", "native"),
        ("native", "native"),
        ("python", "python"),
        ("exact", "exact"),
    ],
)
@pytest.mark.usefixtures("native")
def test_the_environment_chooses_the_codec(
    value: str | None, name: str, package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv("LKPROTO_CODEC", value)

    assert chosen(package) == (name, [])


@pytest.mark.usefixtures("native")
def test_a_value_that_names_no_codec_is_warned_of_once(
    package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LKPROTO_CODEC", "fast")

    name, given = chosen(package)

    assert name == "native"
    assert [each.partition(": ")[2] for each in given] == [
        "LKPROTO_CODEC is 'fast', which is none of python, native and exact; it is ignored"
    ]


@pytest.mark.parametrize("value", ["exact", "python"])
def test_a_codec_of_the_package_does_not_look_for_the_extension(
    value: str, package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LKPROTO_CODEC", value)

    chosen(package)

    assert f"{package.__name__}._runtime.native" not in sys.modules


class Fails(MetaPathFinder):
    """The extension is there, and its import fails."""

    def __init__(self, error: ImportError) -> None:
        self.error = error

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "lkproto_native":
            raise self.error


def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, None)


def second_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "lkproto_native", raising=False)
    error = ImportError("PyO3 modules do not yet support subinterpreters")
    monkeypatch.setattr(sys, "meta_path", [Fails(error), *sys.meta_path])


def free_threaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    monkeypatch.delitem(sys.modules, "lkproto_native", raising=False)
    finder = Fails(ImportError("it must not be imported"))
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])


UNUSABLE = {
    not_installed: "lkproto-native is not installed",
    second_interpreter: "PyO3 modules do not yet support subinterpreters",
    free_threaded: "it does not support free-threaded Python",
}


@pytest.mark.parametrize("where", UNUSABLE)
def test_where_it_cannot_work_the_python_codec_does_without_a_word(
    where: Any, package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    where(monkeypatch)

    assert chosen(package) == ("python", [])


def test_without_it_little_of_the_glue_is_imported(
    package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, None)
    chosen(package)

    glue = f"{package.__name__}._runtime.native."
    assert {
        each.removeprefix(glue) for each in sys.modules if each.startswith(glue)
    } == {
        "choice",
        "find",
    }


@pytest.mark.parametrize("where", UNUSABLE)
def test_who_asks_for_the_native_codec_is_warned_once_why_it_is_not_used(
    where: Any, package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    where(monkeypatch)
    monkeypatch.setenv("LKPROTO_CODEC", "native")

    name, given = chosen(package)
    seam_of(package).use(None)

    assert chosen(package) == ("python", [])
    assert name == "python"
    assert given == [
        f"{package.__name__}: the native codec is not used: {UNUSABLE[where]}"
    ]


def test_another_version_of_the_contract_is_warned_of_once(
    package: Any, native: Any
) -> None:
    native.TABLE_CONTRACT += 1

    name, given = chosen(package)

    assert name == "python"
    (warning,) = given
    assert "lkproto-native 1.2.3 has version" in warning
    assert "install the lkproto-native of the lkproto that generated it" in warning


def test_a_warning_that_is_an_error_is_raised_once(package: Any, native: Any) -> None:
    native.TABLE_CONTRACT = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning, match="version None"):
            package.codec()

        assert package.codec() == "python"


class PanicException(BaseException):
    """What PyO3 raises where Rust panics."""


def _raises(error: BaseException) -> Callable[[Any], Any]:
    def changed(function: Any) -> Any:
        def fail(*arguments: Any) -> Any:
            raise error

        return fail

    return changed


def _one_more(function: Any) -> Any:
    """Change what is returned, in one small place."""

    def changed(*arguments: Any) -> Any:
        found = function(*arguments)
        if isinstance(found, bytes):
            return found + b"\x08\x01"
        if isinstance(found, str):
            return found + " "
        if getattr(found, "size", None) == -1:
            found.size = True
        return found

    return changed


@pytest.mark.parametrize(
    ("maker", "change", "warning"),
    [
        ("encoder", _one_more, "to_bytes of lkproto-native 1.2.3 gives another"),
        ("json_encoder", _one_more, "to_json of lkproto-native 1.2.3 gives another"),
        ("decoder", _raises(SystemError()), "from_bytes of .* raises SystemError"),
        ("bounded_decoder", _raises(ValueError()), "from_bytes .* raises ValueError"),
        ("json_decoder", _raises(PanicException()), "from_json .* raises PanicExc"),
    ],
)
def test_a_codec_that_fails_its_test_is_not_used(
    maker: str,
    change: Any,
    warning: str,
    package: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch, fake_native(package, **{maker: change}))

    with pytest.warns(RuntimeWarning, match=f"self-test, {warning}") as given:
        name = package.codec()

    assert name == "python"
    assert len(given) == 1
    assert "please report" in str(given[0].message)
    assert chosen(package) == ("python", [])


def test_a_codec_that_accepts_what_is_broken_is_not_used(
    package: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lenient(function: Any) -> Any:
        return lambda data: function(data.removesuffix(b"\x10"))

    install(monkeypatch, fake_native(package, decoder=lenient))

    with pytest.warns(RuntimeWarning, match="from_bytes of .* gives another result"):
        assert package.codec() == "python"


def test_a_wrong_constructor_is_not_used(
    package: Any, native: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def construct(self: Any, cls: Any) -> None:
        cls.__init__ = lambda message, **values: cls._fill(message)

    monkeypatch.setattr(native.Codec, "construct", construct)

    with pytest.warns(RuntimeWarning, match="construction of .* gives another result"):
        assert package.codec() == "python"


class EndedError(Exception):
    """What a handler raises to end what takes too long."""


def test_what_a_handler_raises_during_the_test_passes_and_the_next_use_chooses(
    package: Any, native: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(native.Codec, "supports", _raises(EndedError())(None))
        with pytest.raises(EndedError):
            package.codec()

    assert chosen(package) == ("native", [])


def test_a_handler_during_the_import_gets_its_message_from_the_exact_codec(
    package: Any, cls: Any, native: Any
) -> None:
    native.__spec__._initializing = True
    assert cls(a=5).to_bytes() == b"\x08\x05"
    assert package.codec() == "exact"
    assert package.codec_fallbacks() == {("m.M", "encode"): 1}

    native.__spec__._initializing = False

    assert chosen(package) == ("native", [])


class Interrupts(MetaPathFinder):
    """A signal arrives during one of the imports: the first, the second, …"""

    def __init__(self, at: int) -> None:
        self.left = at

    def find_spec(self, *_: object) -> None:
        self.left -= 1
        if not self.left:
            signal.raise_signal(signal.SIGUSR1)


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("at", range(1, 21, 2))
def test_handlers_that_interrupt_the_choice_do_not_spoil_it(
    at: int, package: Any, cls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What has to be there for any codec, as in a process that is at work.
    for each in ("construct", "binary.encode"):
        import_module(f"{package.__name__}._runtime.{each}")
    found: list[bytes] = []
    before = signal.signal(signal.SIGUSR1, lambda *_: found.append(cls(a=5).to_bytes()))
    try:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "meta_path", [Interrupts(at), *sys.meta_path])
            package.codec()
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert found == [b"\x08\x05"]
    assert chosen(package) == ("native", [])


@pytest.mark.usefixtures("native")
def test_a_codec_that_was_set_is_called_custom(package: Any, cls: Any) -> None:
    seam_of(package).use(Other(package))
    assert package.codec() == "custom"
    assert cls(a=5).to_bytes() == b"\x08\x05"
    assert package.codec_fallbacks() == {("m.M", "encode"): 1}

    seam_of(package).use(None)

    assert package.codec() == "native"


def test_threads_choose_one_codec(package: Any, cls: Any, native: Any) -> None:
    made: list[Any] = []
    init = native.Codec.__init__

    def counted(self: Any, describe: Any) -> None:
        init(self, describe)
        made.append(self)

    native.Codec.__init__ = counted
    barrier = threading.Barrier(4)
    used: list[Any] = []

    def work() -> None:
        barrier.wait()
        assert cls.from_bytes(cls(a=5).to_bytes()) == cls(a=5)
        used.append(seam_of(package)._current())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(used) == 4
    assert len(set(map(id, used))) == 1
    assert package.codec() == "native"
    assert made
