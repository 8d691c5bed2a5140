"""Laws of wire data: round trips, merging, and fields that are not known."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import Message

from ..judging.messages import compare as compare_messages
from ..message_types import message_types
from ..strategies import from_message, hostile_wire, unknown_fields
from ..strategies.wire import field_bytes
from .law import Law
from .session import Session

OP = "wire.roundtrip"


@dataclass(frozen=True, slots=True)
class Wire:
    """The bytes of a message, and more of them."""

    message: str
    data: bytes
    more: bytes = b""


def classes() -> SearchStrategy[type[Message]]:
    """Every message class of the schema: half of the time one that users meet often."""
    found = message_types()
    usual = [cls for name, cls in found.items() if name in USUAL]
    return st.sampled_from(usual) | st.sampled_from([*found.values()])


USUAL = frozenset(
    "livekit." + name
    for name in (
        *("Room", "ParticipantInfo", "TrackInfo", "WebhookEvent", "EgressInfo"),
        *("IngressInfo", "SIPParticipantInfo", "CreateRoomRequest", "DataPacket"),
    )
)


def _valid() -> SearchStrategy[Wire]:
    return classes().flatmap(
        lambda cls: st.builds(
            Wire, st.just(cls.__proto_name__), from_message(cls, "boundary").map(_bytes)
        )
    )


def _hostile() -> SearchStrategy[Wire]:
    return classes().flatmap(
        lambda cls: st.builds(Wire, st.just(cls.__proto_name__), hostile_wire(cls))
    )


def _pairs() -> SearchStrategy[Wire]:
    return classes().flatmap(
        lambda cls: st.builds(
            Wire,
            st.just(cls.__proto_name__),
            from_message(cls, "boundary").map(_bytes),
            from_message(cls, "boundary").map(_bytes),
        )
    )


def _extended() -> SearchStrategy[Wire]:
    return classes().flatmap(
        lambda cls: st.builds(
            Wire,
            st.just(cls.__proto_name__),
            from_message(cls).map(_bytes),
            unknown_fields(cls),
        )
    )


def _bytes(message: Message) -> bytes:
    return message.to_bytes()


def _roundtrip(session: Session, message: str, data: bytes) -> str:
    output: str = session.member(
        session.result(OP, message=message, input=data.hex()), "output", str
    )
    return output


def round_trip(session: Session, given: Wire) -> None:
    """A message is the same after a round trip."""
    output = _roundtrip(session, given.message, given.data)
    session.check(
        compare_messages(
            given.message, {"output": given.data.hex()}, {"output": output}
        ),
        "round trip",
    )


def stable(session: Session, given: Wire) -> None:
    """What was accepted once is accepted again, and is the same."""
    reply = session.ask(OP, message=given.message, input=given.data.hex())
    if reply.outcome != "ok":
        return
    once = session.member(reply.body, "output", str)
    again = session.result(OP, message=given.message, input=once)
    session.check(
        compare_messages(given.message, {"output": once}, again), "second round trip"
    )


def merge(session: Session, given: Wire) -> None:
    """Joined bytes are merged messages, whether joined before or after a round trip."""
    joined = _roundtrip(session, given.message, given.data + given.more)
    parts = [
        _roundtrip(session, given.message, each) for each in (given.data, given.more)
    ]
    again = _roundtrip(session, given.message, bytes.fromhex("".join(parts)))
    session.check(
        compare_messages(given.message, {"output": joined}, {"output": again}),
        "joined afterwards",
    )


def unknown(session: Session, given: Wire) -> None:
    """Fields that the schema does not have are kept."""
    output = _roundtrip(session, given.message, given.data + given.more)
    expected = (given.data + given.more).hex()
    session.check(
        compare_messages(given.message, {"output": expected}, {"output": output}),
        "unknown fields",
    )


def incomplete(session: Session, given: Wire) -> None:
    """Data that ends inside of a field is refused."""
    cut = given.data + field_bytes(1_000, 2, b"four")[:-1]
    session.refusal(
        OP,
        "malformed",
        why="its last field is cut off",
        message=given.message,
        input=cut.hex(),
    )


LAWS = (
    Law(
        "wire/round-trip",
        "a message that is decoded and encoded again is the same message",
        (OP,),
        _valid,
        round_trip,
    ),
    Law(
        "wire/stable",
        "what a testee wrote it also reads, as the same message, whatever it was made of",
        (OP,),
        _hostile,
        stable,
    ),
    Law(
        "wire/merge",
        "the bytes of two messages, joined, are the merged message: it is the same whether they "
        "are joined as they are or after a round trip",
        (OP,),
        _pairs,
        merge,
    ),
    Law(
        "wire/unknown",
        "fields that the schema does not have survive a round trip",
        (OP,),
        _extended,
        unknown,
    ),
    Law(
        "wire/incomplete",
        "data that ends inside of a field is refused",
        (OP,),
        _valid,
        incomplete,
    ),
)
