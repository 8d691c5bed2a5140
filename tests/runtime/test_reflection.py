"""The schema at run time: fields, options, reserved numbers, descriptors, services."""

from __future__ import annotations

import dataclasses
import typing
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from lkproto import (
    Enum,
    Message,
    Method,
    clear_unknown,
    descriptor_of,
    fields_of,
    file_descriptor,
    find_enum,
    find_message,
    get_extension,
    options_of,
    replace,
    reserved_of,
    service_of,
    services,
    unknown_bytes,
)
from lkproto._index import FILES
from lkproto.livekit import JobType, ParticipantInfo, Room, S3Upload, SimulationRun
from lkproto.logger import Sensitivity, redact_format, sensitivity
from lkproto.psrpc import options as psrpc_options

from tests.support import module_of, package_of

SET = Path(__file__).parents[1] / "schema" / "livekit-protocol-v1.54.0.fds"


def test_fields_describe_all_that_the_schema_declares() -> None:
    sid, name, empty_timeout, *_ = fields_of(Room)

    assert (sid.name, sid.number, sid.kind, sid.presence) == (
        "sid",
        1,
        "string",
        "implicit",
    )
    assert (empty_timeout.json_name, empty_timeout.default) == ("emptyTimeout", 0)
    assert fields_of(Room()) == fields_of(Room)
    assert repr(name) == "<Field name = 2: string, implicit>"


def test_options_of_fields_include_custom_ones() -> None:
    secret = next(field for field in fields_of(S3Upload) if field.name == "secret")
    name = next(
        field for field in fields_of(ParticipantInfo) if field.name == "metadata"
    )

    assert get_extension(secret.options, sensitivity) is Sensitivity.SENSITIVITY_SECRET
    assert (
        get_extension(name.options, redact_format) == "<redacted ({{ .Size }} bytes)>"
    )
    assert get_extension(fields_of(Room)[0].options, sensitivity) is None


def test_options_of_messages_and_enums() -> None:
    deprecated = find_message("livekit.ActiveSpeakerUpdate")
    assert deprecated is not None

    assert options_of(deprecated).deprecated is True
    assert options_of(Room).deprecated is None
    assert options_of(JobType).deprecated is None


def test_reserved_numbers_and_names() -> None:
    reserved = reserved_of(SimulationRun)
    query = find_enum("livekit.AgentDB.Wire.QueryLang")
    assert query is not None

    assert 8 in reserved
    assert "summary" in reserved
    assert 9 not in reserved
    assert None not in reserved
    assert repr(reserved) == "Reserved(ranges=((8, 8),), names=('summary',))"
    assert 1 in reserved_of(query)


@pytest.mark.parametrize(
    "path", [path for path in FILES if not path.startswith(("google/", "lkproto/"))]
)
def test_descriptors_are_upstreams(path: str) -> None:
    files = FileDescriptorSet.FromString(SET.read_bytes()).file
    expected = next(file for file in files if file.name == path)

    assert file_descriptor(path) == expected.SerializeToString()


def test_descriptors_of_nested_types_are_found() -> None:
    state = find_enum("livekit.ParticipantInfo.State")
    assert state is not None

    assert descriptor_of(state).name == "State"
    assert descriptor_of(Room).name == "Room"
    assert file_descriptor(Room) == file_descriptor("livekit_models.proto")


def test_services_describe_their_methods() -> None:
    assert len(services()) == 30
    room = service_of("livekit.RoomService")
    create = room.methods[0]

    assert repr(room) == "<Service livekit.RoomService: 14 methods>"
    assert room.file == "livekit_room.proto"
    assert (create.name, create.input_type, create.output_type) == (
        "CreateRoom",
        find_message("livekit.CreateRoomRequest"),
        Room,
    )
    assert (
        repr(create) == "<Method CreateRoom(livekit.CreateRoomRequest) -> livekit.Room>"
    )
    with pytest.raises(KeyError):
        service_of("livekit.Nope")


def test_services_are_called_in_four_ways() -> None:
    found: dict[str, list[int]] = {}
    for each in map(service_of, services()):
        found.setdefault(each.transport, []).append(len(each.methods))

    counts = {name: (len(each), sum(each)) for name, each in found.items()}
    assert counts == {
        "twirp": (10, 89),
        "psrpc": (17, 56),
        "grpc": (2, 5),
        "in-room": (1, 2),
    }


def test_every_method_of_twirp_says_what_is_known_of_it() -> None:
    methods = [
        method
        for service in map(service_of, services())
        for method in service
        if service.transport == "twirp"
    ]
    sources = [method.source for method in methods]

    assert sources.count("server 1.13.5, executed") == 47
    assert sources.count("test-server") == 5
    assert sources.count("server-sdk-go") == 6 + 18 + 7
    assert sources.count("unknown") == 6
    for method in methods:
        assert bool(method.grant) == (method.source != "unknown")
        if method.idempotent:
            reads = method.name.startswith(("List", "Get", "Search", "Count"))
            assert reads or method.name.startswith("Update")


def test_a_method_is_found_by_its_name() -> None:
    room = service_of("livekit.RoomService")

    assert room["CreateRoom"] is room.methods[0]
    assert list(room) == list(room.methods)
    assert room["CreateRoom"].path == "livekit.RoomService/CreateRoom"
    assert room["CreateRoom"].python_name == "create_room"
    assert room["CreateRoom"].grant == "video.roomCreate"
    assert "CreateRoom" in room
    assert "create_room" not in room
    with pytest.raises(KeyError, match="no method 'create_room'; did you mean 'Cre"):
        room["create_room"]


def test_a_method_of_another_package_has_no_types_here() -> None:
    method = Method("Do", "do", "acme.In", "acme.Out")

    with pytest.raises(LookupError, match="this package has no message acme.In"):
        method.input_type  # noqa: B018


def test_method_options_are_readable() -> None:
    start = service_of("rpc.EgressInternal").methods[0]
    options = get_extension(start.options, psrpc_options)

    assert options is not None
    assert options.topics
    assert options.which("routing") == ("affinity_func", True)


def test_methods_say_whether_they_stream() -> None:
    watch = {m.name: m for m in service_of("rpc.Link").methods}["WatchLocalLinks"]

    assert (watch.client_streaming, watch.server_streaming) == (False, True)


def test_types_are_found_by_full_name_only() -> None:
    assert find_message("livekit.Room") is Room
    assert find_message("livekit.TrackType") is None
    assert find_enum("livekit.Room") is None
    assert find_message("os.path") is None


def test_unknown_fields_can_be_read_and_cleared() -> None:
    room = Room.from_bytes(b"\xf8\x7f\x01" + b"\x6a\x03\xf8\x7f\x01")

    assert unknown_bytes(room) == b"\xf8\x7f\x01"
    clear_unknown(room)
    assert room.to_bytes() == b"\x6a\x00"


def test_fields_of_takes_messages_of_its_own_package_only(legacy: Any) -> None:
    for other in (legacy.Legacy, legacy.Legacy(), int, 3):
        with pytest.raises(TypeError, match="is not a message of this package"):
            fields_of(other)


def test_reflection_takes_classes_of_its_own_package_only(legacy: Any) -> None:
    asked: list[Any] = [options_of, descriptor_of, reserved_of, file_descriptor]
    for ask in asked:
        for other in (legacy.Legacy, legacy.Color, int, 3, Room(), Message, Enum):
            with pytest.raises(
                TypeError, match="is not a message or enum class of this p"
            ):
                ask(other)


def test_replace_takes_messages_of_its_own_package_only(legacy: Any) -> None:
    for other in (legacy.Inner(a=1), 3):
        with pytest.raises(TypeError, match="is not a message of this package"):
            replace(other, a=2)


def test_options_of_a_method_without_any_are_empty() -> None:
    options = service_of("livekit.RoomService").methods[0].options

    assert options == find_message("google.protobuf.MethodOptions")()  # type: ignore[misc]


def test_legacy_fields_have_their_declared_defaults(
    legacy: Any, legacy_root: Any
) -> None:
    fields = {field.name: field for field in legacy_root.fields_of(legacy.Legacy)}

    assert legacy.Legacy().text is None
    assert fields["text"].declared == 'say "hi"'
    assert fields["color"].declared is legacy.Color.GREEN
    assert fields["ratio"].declared == float("-inf")
    assert fields["raw"].declared == b"\x01\xff"
    assert fields["id"].presence == "required"
    assert fields["fixed"].packed is False
    assert fields["zigzags"].packed is True


def test_extensions_are_read_written_and_removed(legacy: Any, legacy_root: Any) -> None:
    message = legacy.Legacy(id=1)
    note, marks, more = legacy.note, legacy.marks, legacy.more
    tint = legacy.Scope.tint

    legacy_root.set_extension(message, note, "n")
    legacy_root.set_extension(message, marks, [1, 2])
    legacy_root.set_extension(message, tint, legacy.Color.RED)
    legacy_root.set_extension(message, more, legacy.Inner(a=1))
    read = legacy.Legacy.from_bytes(message.to_bytes())

    assert legacy_root.get_extension(read, note) == "n"
    assert legacy_root.get_extension(read, marks) == [1, 2]
    assert legacy_root.get_extension(read, tint) is legacy.Color.RED
    assert legacy_root.get_extension(read, more) == legacy.Inner(a=1)
    assert legacy.Legacy.from_dict(read.to_dict()) == read
    legacy_root.clear_extension(read, note)
    assert not legacy_root.has_extension(read, note)
    assert legacy_root.has_extension(read, marks)
    assert legacy_root.get_extension(legacy.Legacy(id=1), marks) == []
    assert repr(note) == "<Extension legacy.note = 100 of legacy.Legacy>"
    with pytest.raises(TypeError, match=r"extends legacy.Legacy, not legacy.Inner"):
        legacy_root.get_extension(legacy.Inner(), note)


def test_hints_of_nested_extensions_are_class_variables(legacy: Any) -> None:
    hints = typing.get_type_hints(legacy.Scope)

    assert typing.get_origin(hints["tint"]) is typing.ClassVar
    assert dataclasses.fields(legacy.Scope) == ()


def test_the_base_of_all_messages_has_no_fields(legacy_root: Any) -> None:
    assert dataclasses.fields(legacy_root.Message) == ()


def test_an_extensions_field_has_no_options_of_its_own(legacy: Any) -> None:
    assert type(legacy.note.field.options).__name__ == "FieldOptions"
    assert legacy.note.field.options == type(legacy.note.field.options)()


def test_tables_mark_message_sets(tmp_path: Path) -> None:
    text = (
        'syntax = "proto2"; message Set { option message_set_wire_format = true;'
        " extensions 4 to max; } message Plain { }"
    )
    package = package_of(tmp_path, {"a.proto": text})
    table_of = module_of(package, "_runtime.table").table_of

    assert [table_of(cls).message_set for cls in (package.Set, package.Plain)] == [
        True,
        False,
    ]
