"""Importing is lazy, cheap and safe from several threads at once."""

from __future__ import annotations

import importlib
import subprocess
import sys

import lkproto
import lkproto.livekit
import pytest
from lkproto import _index

from tests.support import ROOT


def in_fresh_interpreter(code: str) -> str:
    """Run code in a new interpreter; returns its output."""
    command = [sys.executable, "-I", "-S", "-c"]
    code = f"import sys; sys.path[:0] = [{str(ROOT / 'generated')!r}]\n{code}"
    done = subprocess.run([*command, code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_root_imports_nothing_but_itself() -> None:
    loaded = in_fresh_interpreter(
        "before = set(sys.modules)\n"
        "import lkproto\n"
        "print(sorted(set(sys.modules) - before))"
    )

    assert loaded.strip() in ("['__future__', 'lkproto']", "['lkproto']")


def test_one_message_loads_only_the_files_it_needs() -> None:
    loaded = in_fresh_interpreter(
        "from lkproto.livekit import Room\n"
        "print([name for name in sys.modules if name.endswith('_pb')])"
    )

    assert "lkproto.livekit_models_pb" in loaded
    assert "lkproto.livekit_egress_pb" not in loaded


def test_messages_need_no_heavy_modules_to_be_imported() -> None:
    loaded = in_fresh_interpreter(
        "from lkproto.livekit import Room\nprint(sorted(sys.modules))"
    )

    for heavy in ("typing", "dataclasses", "re", "json", "inspect", "datetime"):
        assert f"'{heavy}'" not in loaded


def test_messages_need_nothing_of_twirp_and_http() -> None:
    loaded = in_fresh_interpreter(
        "from lkproto.livekit import CreateRoomRequest, Room\n"
        "room = Room.from_bytes(Room(name=CreateRoomRequest(name='x').name).to_bytes())\n"
        "assert Room.from_json(room.to_json()) == room\n"
        "print([name for name in sys.modules if 'twirp' in name or 'http' in name])"
    )

    assert loaded == "[]\n"


def test_a_client_is_made_without_transports_and_asyncio() -> None:
    loaded = in_fresh_interpreter(
        "from lkproto.livekit import RoomServiceClient\n"
        "RoomServiceClient('http://host')\n"
        "for name in sys.modules: print(name)"
    ).split()

    assert "lkproto._runtime.twirp._client" in loaded
    late = {"asyncio", "socket", "ssl", "logging", "json", "email"}
    late |= {f"lkproto._runtime.twirp.{each}" for each in ("_router", "_asgi")}
    late |= {"lkproto._runtime.http._pool", "lkproto.livekit_models_pb"}
    assert late.isdisjoint(loaded)


@pytest.mark.slow
def test_first_use_is_safe_in_many_threads() -> None:
    printed = in_fresh_interpreter("""
import threading
import lkproto, lkproto.livekit as livekit
sys.setswitchinterval(1e-6)
start = threading.Barrier(8)
errors = []
def work(number):
    try:
        start.wait()
        info = livekit.ParticipantInfo(sid="a", tracks=[livekit.TrackInfo(sid="t")])
        packet = livekit.DataPacket(user=livekit.UserPacket(topic="x"))
        assert packet.which("value")[0] == "user"
        for message in (info, packet):
            cls = type(message)
            assert cls.from_bytes(message.to_bytes()) == message
            assert cls.from_json(message.to_json()) == message
        assert livekit.TrackType(1).name == "VIDEO"
        assert lkproto.find_message("livekit.Room") is livekit.Room
        lkproto.descriptor_of(livekit.Room)
    except BaseException as error:
        errors.append(repr(error))
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(errors)
""")

    assert printed.strip() == "[]"


@pytest.mark.slow
def test_first_use_of_every_class_is_safe_in_many_threads() -> None:
    printed = in_fresh_interpreter("""
import dataclasses, inspect, threading, warnings
import lkproto
from lkproto._index import TYPES
warnings.simplefilter("ignore")
sys.setswitchinterval(1e-6)
names = list(TYPES)
start = threading.Barrier(6)
seen, errors = [], []
def use(name):
    cls = lkproto.find_message(name)
    if cls is None:
        return lkproto.find_enum(name)
    message = cls()
    assert dataclasses.asdict(message).keys() == inspect.signature(cls).parameters.keys()
    assert {field.name for field in lkproto.fields_of(cls)} == set(cls.__annotations__)
    assert cls.from_bytes(b"") == message
    if not name.startswith("google."):
        assert cls.from_dict(message.to_dict()) == message
    return cls
def work(offset):
    try:
        start.wait()
        # All begin at the same few classes, then part: both kinds of race.
        order = names[:40] + names[offset:] + names[:offset]
        seen.append({name: use(name) for name in order})
    except BaseException as error:
        errors.append(repr(error))
threads = [threading.Thread(target=work, args=(n * 120,)) for n in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(errors, len(seen), [each == seen[0] and None not in each.values() for each in seen])
""")

    assert printed.strip() == f"[] 6 {[True] * 6}"


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(
        AttributeError, match=r"'lkproto.livekit' has no attribute 'Rom'"
    ):
        lkproto.livekit.Rom  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match="Nope"):
        importlib.import_module("lkproto._runtime.pb").Nope  # noqa: B018


def test_every_exported_name_exists() -> None:
    for module in (lkproto, lkproto.livekit):
        assert set(module.__all__) <= set(dir(module))
        for name in module.__all__:
            getattr(module, name)


def test_the_schema_version_is_exported() -> None:
    assert lkproto.SCHEMA_VERSION == "v1.54.0"


def test_tables_lead_to_every_type() -> None:
    for name in _index.TYPES:
        found = lkproto.find_message(name) or lkproto.find_enum(name)
        assert found is not None
        assert found.__proto_name__ == name
