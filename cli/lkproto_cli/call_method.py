"""The methods that `lkproto call` calls, and the names that people give them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from lkproto import Field, Message, Method, fields_of, service_of, services
from lkproto.api import LiveKitAPI

from .usage import LONGEST, UsageError, bare, nearest

# Full proto name of a service: the attribute of LiveKitAPI with its client.
ATTRIBUTES = LiveKitAPI.services


def called_services() -> list[str]:
    """The full names of the services that can be called, sorted."""
    return sorted(ATTRIBUTES)


def method_names(beginning: str) -> list[str]:
    """The names of all methods that can be called, with the package if that is begun."""
    paths = [method.path for name in called_services() for method in service_of(name)]
    if beginning.startswith("l"):
        return paths
    return [path.partition(".")[2] for path in paths]


def method_of(words: str) -> Method:
    """The method of a name, in full or as short as it is clear. Raises UsageError."""
    slash = "/" if "/" in words else "."
    of_service, _, name = words.strip("/").rpartition(slash)
    names = services_named(of_service) if of_service else called_services()
    for each in names:
        for method in service_of(each):
            if bare(name) == bare(method.name):
                return method
    raise UsageError(f"there is no method {words!r}{_near_method(name, names)}")


def _near_method(name: str, names: list[str]) -> str:
    known = {bare(m.name): m.path for each in names for m in service_of(each)}
    found = get_close_matches(bare(name)[:LONGEST], known, n=1)
    if found:
        return f"\n  hint: did you mean {known[found[0]]}?"
    if len(names) == 1:
        return f"\n  hint: {names[0]} has {', '.join(m.name for m in service_of(names[0]))}"
    return "\n  hint: lkproto services lists them"


def services_named(words: str) -> list[str]:
    """The service of a name, in full, without its package, or as LiveKitAPI calls it.

    Raises UsageError.
    """
    wanted = bare(words)
    for full, attribute in ATTRIBUTES.items():
        simple = bare(full.rpartition(".")[2])
        spellings = bare(full), simple, simple.removesuffix("service"), bare(attribute)
        if wanted in spellings:
            return [full]
    for full in services():
        if wanted in (bare(full), bare(full.rpartition(".")[2])):
            how = service_of(full).transport
            raise UsageError(
                f"{full} is called over {how}, and by servers or in rooms, not from here"
            )
    simple_names = [each.rpartition(".")[2] for each in ATTRIBUTES]
    raise UsageError(f"there is no service {words!r}{nearest(words, simple_names)}")


def about(method: Method) -> str:
    """What a method does, in a paragraph: the comments of the schema."""
    from inspect import cleandoc

    from lkproto import livekit

    cls: Any = getattr(livekit, f"{method.service.rpartition('.')[2]}Client")
    documented = getattr(cls, method.python_name).__doc__ or ""
    return cleandoc(documented).partition("\n\n")[0].replace("\n", " ")


def about_fields(cls: type[Message]) -> Iterator[tuple[Field, str]]:
    """The fields of a message, each with its comment in the schema."""
    from inspect import cleandoc

    found: dict[str, list[str]] = {}
    lines = cleandoc(cls.__doc__ or "").partition("Attributes:\n")[2]
    own: list[str] = []
    for line in lines.split("\n"):
        name, colon, words = line.partition(": ")
        if line.startswith("    ") and line[4:5].strip() and colon:
            own = found[name.strip()] = [words]
        else:
            own.append(line.strip())
    for field in fields_of(cls):
        words = "\n".join(found.get(field.name, []))
        yield field, words.partition("\n\n")[0].replace("\n", " ")
