"""An application that uses what a package loads by name; frozen and zipped by the tests."""

import asyncio
import contextlib
import copy
import io

import lkproto
from lkproto.google.protobuf import Any, Timestamp
from lkproto.livekit import DataPacket, ParticipantInfo, Room, TrackInfo

room = Room(sid="RM_1", creation_time=5)
packed = Any.pack(room)
for message in (room, DataPacket(), ParticipantInfo(tracks=[TrackInfo()]), packed):
    cls = type(message)
    assert cls.from_bytes(message.to_bytes()) == message
    assert cls.from_bytes(message.to_bytes(deterministic=True), max_depth=9) == message
    assert cls.from_json(message.to_json()) == message
    assert cls.from_dict(message.to_dict()) == message
    assert cls.from_text(message.to_text()) == message
    assert copy.deepcopy(message) == lkproto.redacted(message, pii=False, secrets=False)
    assert lkproto.fields_of(cls)
    assert lkproto.descriptor_of(cls).name
    lkproto.options_of(cls)
assert packed.unpack() == room
assert "sid='RM_1'" in repr(packed)
for name in lkproto._index.TYPES:
    assert lkproto.find_message(name) or lkproto.find_enum(name)
assert all(map(lkproto.service_of, lkproto.services()))
stream = io.BytesIO()
lkproto.write_delimited(room, stream)
stream.seek(0)
assert lkproto.read_delimited(Room, stream) == room
Timestamp.now().to_datetime()
with contextlib.suppress(lkproto.EncodeError):
    Room(name=3).to_bytes()  # type: ignore[arg-type]
    raise AssertionError
asyncio.run(asyncio.sleep(0))

from lkproto.auth import AccessToken, TokenVerifier  # noqa: E402

token = AccessToken("key", "s" * 32).to_jwt()
assert TokenVerifier("key", "s" * 32).verify(token)
print("all is there")
