"""Documentation: comments of the schema, and what its options say, as docstrings.

The text of a class goes into its docstring, and that of each field both into a list there and
below the field. Each has readers who cannot see the other; DESIGN.md says who they are.
"""

from __future__ import annotations

import re
from textwrap import indent

from .. import ir
from . import names
from .blocks import blocks
from .getters import unset_means
from .rights import granted, limiting

# A sentence that begins with it, or the tag; the word alone may be about something else.
_SAYS_SO = re.compile(
    r"(?:^|[.!?;]\s+|\n\s*\n\s*)deprecated(?:[.:;,!]|\s*$)|@deprecated\b", re.IGNORECASE
)
_SENTENCE_ENDS = (".", "!", "?")
# What parsers of Google-style docstrings take for the beginning of a section.
_SECTION = re.compile(
    r"^((?:(?:keyword|other|type) )?(?:arg(?:ument)?s|param(?:eter)?s)|type aliases|"
    r"attributes|classes|except(?:ions)?|functions|methods|modules|raises|"
    r"receives|returns?|warnings|warns|yields?):[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


def message_doc(message: ir.Message) -> str:
    """The comment of a message, and its oneofs."""
    doc = message.doc or f"The message `{message.full_name}`."
    parts = [_comment(doc, message.deprecated)]
    for oneof in message.oneofs:
        members = ", ".join(names.identifier(each, "member") for each in oneof.fields)
        text = f"At most one of {members} is set (oneof `{oneof.name}`)."
        parts.append(_together(text, _comment(oneof.doc)))
    return "\n\n".join(parts)


def field_docs(message: ir.Message) -> dict[str, str]:
    """What there is to say of each field of a message, by proto name: comment and options."""
    found = {
        field.name: _together(
            granted(field),
            _comment(field.doc, field.deprecated),
            unset_means(field),
            limiting(field, message),
        )
        for field in message.fields
    }
    return {name: text for name, text in found.items() if text}


def enum_doc(enum: ir.Enum) -> str:
    """The comment of an enum, and whether it is deprecated."""
    doc = enum.doc or f"The enum `{enum.full_name}`."
    return _comment(doc, enum.deprecated)


def own_doc(element: ir.EnumValue | ir.Field) -> str:
    """The comment of a value or an extension, and whether it is deprecated."""
    return _comment(element.doc, element.deprecated)


def module_doc(file: ir.File) -> str:
    """The comment of a file, and those of its services if they have no module."""
    services = () if file.requested else file.services
    said = [table_doc(each) for each in services if _is_documented(each)]
    return _paragraphs(_comment(file.doc), *said)


def _is_documented(service: ir.Service) -> bool:
    elements: tuple[ir.Service | ir.Method, ...] = (service, *service.methods)
    return any(each.doc or each.deprecated for each in elements)


def table_doc(service: ir.Service) -> str:
    """A service, and an item for each of its methods, as far as something is said of them."""
    own = _comment(service.doc, service.deprecated)
    title = _together(f"The service `{service.full_name}`.", own)
    return _paragraphs(title, *map(_method, service.methods))


def client_doc(service: ir.Service, about: str = "") -> str:
    """The docstring of a client; `about` says of which kind it is."""
    return _paragraphs(
        f"A client of `{service.full_name}`{about}.",
        _comment(service.doc, service.deprecated),
        "Methods take a message, or the fields of one as keywords.",
    )


def server_doc(service: ir.Service) -> str:
    """The docstring of what servers implement."""
    return _paragraphs(
        f"What a server of `{service.full_name}` implements.",
        _comment(service.doc, service.deprecated),
        "In a derived class, methods that are left out answer `unimplemented`. Any method may be "
        "`async def` where the server is one for ASGI.",
    )


def call_doc(service: ir.Service, method: ir.Method) -> str:
    """The docstring of a client's method."""
    return _paragraphs(
        _comment(method.doc, method.deprecated)
        or f"Calls `{service.full_name}/{method.name}`.",
        _needed_grant(method),
        "Raises:\n    TwirpError: The call failed; its `code` says why.",
    )


def handler_doc(service: ir.Service, method: ir.Method) -> str:
    """The docstring of a method that servers implement."""
    return _paragraphs(
        _comment(method.doc, method.deprecated)
        or f"Answers `{service.full_name}/{method.name}`.",
        _needed_grant(method),
    )


def _needed_grant(method: ir.Method) -> str:
    return f"Needed grant: `{method.grant}`." if method.grant else ""


def _paragraphs(*parts: str) -> str:
    """Parts with a blank line between; a fence that one leaves open is closed after it."""
    said = (each.strip("\n") for each in parts)
    return "\n\n".join(each + _open_fence(each) for each in said if each)


def _open_fence(text: str) -> str:
    fences = sum(line.lstrip().startswith("```") for line in text.splitlines())
    return "\n```" if fences % 2 else ""


def _method(method: ir.Method) -> str:
    text = _comment(method.doc, method.deprecated).strip("\n")
    return indent(f"* `{method.name}`: {text}", "  ")[2:] if text else ""


def _comment(doc: str, deprecated: bool = False) -> str:
    """A comment that begins no section, and says so if its element is deprecated."""
    text = _SECTION.sub(r"**\1:**", doc)
    if not deprecated or _SAYS_SO.search(text):
        return text
    return _together(text, "Deprecated.")


def _together(*parts: str) -> str:
    """Parts as one paragraph, as far as they are sentences; lists, tables and code stay apart."""
    text = ""
    for part in filter(None, (each.strip("\n") for each in parts)):
        goes_on = text.endswith(_SENTENCE_ENDS) and _flows(text, -1) and _flows(part, 0)
        text += (" " if goes_on else "\n\n" if text else "") + part
    return text


def _flows(text: str, end: int) -> bool:
    """Whether the first or the last block of a text is a paragraph that may be refilled."""
    block = blocks(text)[end]
    return not block.fixed and not block.item
