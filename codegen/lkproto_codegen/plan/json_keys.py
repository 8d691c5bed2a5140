"""The keys of fields in JSON, of which each has one of its own."""

from __future__ import annotations

from .. import ir


def json_keys(message: ir.Message) -> dict[str, str]:
    """The key of each field, by proto name: its json_name, as far as that is free.

    protoc lets two fields have one name (in proto2, and with
    `deprecated_legacy_json_field_conflicts`). Then it goes to the field whose proto name it is,
    or else to the first, and the others print their proto names, which every reader takes.
    """
    fields = message.fields
    holders: dict[str, str] = {}
    for each in fields:
        holders.setdefault(each.json_name, each.name)
    for each in fields:
        if each.name == each.json_name:
            holders[each.name] = each.name
    keys = {name: key for key, name in holders.items()}
    for each in fields:
        key = keys.get(each.name, each.name)
        while holders.setdefault(key, each.name) != each.name:
            key += "_"  # its proto name is a key as well, so no reader has one for it
        keys[each.name] = key
    return keys
