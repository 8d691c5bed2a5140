"""Laws of ProtoJSON: printing and reading are inverse, and there is one meaning for each text."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hypothesis.strategies import SearchStrategy

from ..judging.equality import difference
from ..judging.messages import compare as compare_messages
from ..strategies import from_message, hostile_json
from .law import Law
from .messages import classes
from .session import Session

PRINT, PARSE = "json.print", "json.parse"


@dataclass(frozen=True, slots=True)
class Form:
    """A message as wire data, or as a text."""

    message: str
    data: bytes = b""
    text: str = ""


def _forms() -> SearchStrategy[Form]:
    return classes().flatmap(
        lambda cls: from_message(cls).map(
            lambda made: Form(
                cls.__proto_name__, made.to_bytes(), made.to_json(preserving_names=True)
            )
        )
    )


def _hostile() -> SearchStrategy[Form]:
    return classes().flatmap(
        lambda cls: hostile_json(cls).map(
            lambda text: Form(cls.__proto_name__, text=text)
        )
    )


def _printed(session: Session, given: Form, data: str) -> str:
    text: str = session.member(
        session.result(PRINT, message=given.message, input=data), "json", str
    )
    return text


def _parsed(session: Session, given: Form, text: str, ignore: bool = False) -> str:
    result = session.result(
        PARSE, message=given.message, json=text, ignore_unknown=ignore
    )
    output: str = session.member(result, "output", str)
    return output


def inverse(session: Session, given: Form) -> None:
    """What was printed is read as the same message."""
    output = _parsed(session, given, _printed(session, given, given.data.hex()))
    expected = {"output": given.data.hex()}
    session.check(
        compare_messages(given.message, expected, {"output": output}),
        "printed and read",
    )


def canonical(session: Session, given: Form) -> None:
    """Printing what was read gives the same JSON, whatever text it was."""
    reply = session.ask(
        PARSE, message=given.message, json=given.text, ignore_unknown=True
    )
    if reply.outcome != "ok":
        return
    output = session.member(reply.body, "output", str)
    first = session.ask(PRINT, message=given.message, input=output)
    if first.outcome != "ok":
        return
    text = session.member(first.body, "json", str)
    second = _printed(session, given, _parsed(session, given, text))
    session.check(
        difference(_read(session, text), _read(session, second)), "printed again"
    )


def names(session: Session, given: Form) -> None:
    """Fields may have the names of the schema."""
    output = _parsed(session, given, given.text)
    expected = {"output": given.data.hex()}
    session.check(
        compare_messages(given.message, expected, {"output": output}),
        "names of the schema",
    )


def unknown(session: Session, given: Form) -> None:
    """A member that is not known is refused, or skipped if that is asked for."""
    text = (
        given.text[:-1] + (", " if len(given.text) > 2 else "") + '"noSuchField": [1]}'
    )
    if _own_form(given.message):
        return
    session.refusal(
        PARSE,
        "unknown_field",
        "malformed",
        why="noSuchField is not a field",
        message=given.message,
        json=text,
        ignore_unknown=False,
    )
    output = _parsed(session, given, text, ignore=True)
    expected = {"output": given.data.hex()}
    session.check(
        compare_messages(given.message, expected, {"output": output}), "skipped"
    )


def _own_form(name: str) -> bool:
    """Whether a type is written in JSON otherwise than as an object of its fields."""
    return name.startswith("google.protobuf.")


def _read(session: Session, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        session.fail(f"printed what is not JSON: {error}")


LAWS = (
    Law(
        "json/inverse",
        "a message that is printed and read again is the same message",
        (PRINT, PARSE),
        _forms,
        inverse,
    ),
    Law(
        "json/canonical",
        "what was read, from any text, is printed in one form: printing it, reading that and "
        "printing again gives the same JSON",
        (PRINT, PARSE),
        _hostile,
        canonical,
    ),
    Law(
        "json/names",
        "fields are read by the names of the schema as well as by those of JSON",
        (PARSE,),
        _forms,
        names,
    ),
    Law(
        "json/unknown",
        "a member that the schema does not have is refused, and skipped if that is asked for",
        (PARSE,),
        _forms,
        unknown,
    ),
)
