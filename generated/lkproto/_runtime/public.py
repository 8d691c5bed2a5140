# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The public names that the root of a generated package exports, and their modules."""

EXPORTS = {
    "Message": "message",
    "replace": "message",
    "Enum": "enums",
    "redacted": "redaction",
    "has_unknown": "unknown",
    "unknown_bytes": "unknown",
    "clear_unknown": "unknown",
    "codec": "codec",
    "codec_fallbacks": "codec",
    "Extension": "extensions",
    "get_extension": "extensions",
    "set_extension": "extensions",
    "has_extension": "extensions",
    "clear_extension": "extensions",
    "Field": "table",
    "fields_of": "reflection.members",
    "options_of": "reflection.descriptors",
    "reserved_of": "reflection.members",
    "Reserved": "reflection.members",
    "descriptor_of": "reflection.descriptors",
    "file_descriptor": "reflection.descriptors",
    "write_delimited": "stream",
    "read_delimited": "stream",
    "iter_delimited": "stream",
    "awrite_delimited": "stream",
    "aread_delimited": "stream",
    "aiter_delimited": "stream",
    "find_message": "registry",
    "find_enum": "registry",
    "services": "reflection.services",
    "service_of": "reflection.services",
    "Service": "reflection.services",
    "Method": "reflection.services",
    "ProtoError": "errors",
    "DecodeError": "errors",
    "EncodeError": "errors",
    "ForeignMessageError": "errors",
    "JsonError": "errors",
    "TextError": "errors",
}
