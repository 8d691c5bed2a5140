# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Keys as YAML: files, and the variable LIVEKIT_KEYS, as livekit-server reads them (yaml.v3)."""

# PyYAML comes without types. Arguments are checked, although those of typed code need not be.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# pyright: reportUnnecessaryIsInstance=false

from __future__ import annotations

import re

from ._errors import ArgumentTypeError, KeyFileError
from ._scan import is_broken
from ._secrets import forgetful

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TAG = "tag:yaml.org,2002:"
_NULL, _BINARY, _MERGE = (f"{_TAG}{each}" for each in ("null", "binary", "merge"))
_TYPED = [f"{_TAG}{each}" for each in ("bool", "null", "timestamp")]

# Patterns are compiled on first use, for most programs need none of them.
# Lines of plain pairs, which need no YAML library: what is written means itself.
_PLAIN_LINE = r"""(?xa)[ ]*(?:\#.*)?|
    (?P<key>[A-Za-z][\w-]*)[ ]*:[ ]+
    (?:"(?P<double>[^"\\]*)"|'(?P<single>[^']*)'|(?P<plain>[A-Za-z0-9/+][\w/+=.~-]*))
    [ \t]*(?:[ ]\#.*)?"""
# Scalars without quotes that are not text, to the server or to other readers of YAML.
_NOT_TEXT = r"""(?xia)~|null|true|false|yes|no|on|off|[yn]|
    [-+]?(?:0x[0-9a-f_]+|0o?[0-7_]+|0b[01_]+)|
    [-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:e[-+]?[0-9]+)?|
    [-+]?\.inf|\.nan|
    [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t ].*)?"""


@forgetful
def read_yaml(text: str | bytes) -> dict[str, str]:
    """Secrets by key, from YAML `key: secret` as Go's yaml.v3 reads it into a map of strings.

    Scalars are their text (`0123` stays), null is empty, `!!binary` is the text of its bytes, a
    second document is ignored. Needs the extra `yaml`. Raises KeyFileError.
    """
    if not isinstance(text, str | bytes):
        raise ArgumentTypeError(f"YAML is text or bytes, not {type(text).__name__}")
    return _load(text, text_alone=False)


@forgetful
def environment_yaml(text: str) -> dict[str, str]:
    """Secrets by key of LIVEKIT_KEYS, where the server drops every secret that is not text.

    Needs the extra `yaml` for anything but lines of plain pairs. Raises KeyFileError.
    """
    found = _plain_pairs(text)
    return _load(text, text_alone=True) if found is None else found


def _plain_pairs(text: str) -> dict[str, str] | None:
    """Pairs that mean the same to every reader of YAML; None if something needs a real one."""
    found: dict[str, str] = {}
    for line in re.split(r"\r\n|\r|\n", text):
        match = re.fullmatch(_PLAIN_LINE, line)
        if match is None or match["key"] in found:
            return None
        key, quoted = match["key"], match["double"] or match["single"]
        if key is None:
            continue
        if re.fullmatch(_NOT_TEXT, key) or not (quoted or match["plain"]):
            return None
        if not quoted and re.fullmatch(_NOT_TEXT, match["plain"]):
            return None
        found[key] = quoted or match["plain"]
    return found


def _load(text: str | bytes, *, text_alone: bool) -> dict[str, str]:
    try:
        import yaml
    except ImportError:
        raise KeyFileError(
            "reading keys from YAML needs PyYAML: pip install lkproto[yaml]"
        ) from None
    loader: Any = None
    try:
        loader = _loader(yaml)(text)
        if not loader.check_node():
            if text_alone:
                return {}
            raise KeyFileError("the file has no keys")
        return _secrets_of(yaml, loader.get_node(), text_alone)
    except KeyFileError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        # The library's message may quote a line of the file.
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
    finally:
        if loader is not None:
            loader.dispose()
    raise KeyFileError(f"{line}not YAML")


def _loader(yaml: Any) -> Any:
    """The loader of PyYAML, but it takes a TAB for white space where YAML does.

    And it refuses what yaml.v3 does: the escape of a slash, and versions other than YAML 1.1.
    """

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        def process_directives(self) -> Any:
            processed = super().process_directives()
            if self.yaml_version not in (None, (1, 1)):
                raise yaml.YAMLError("another version of YAML")
            return processed

        def scan_to_next_token(self) -> None:
            super().scan_to_next_token()
            while self.peek() == "\t" and (
                self.flow_level or not self.allow_simple_key
            ):
                self.forward()
                super().scan_to_next_token()

        def scan_plain_spaces(self, indent: int, start_mark: Any) -> list[str]:
            length = 0
            while self.peek(length) in " \t":
                length += 1
            if self.peek(length) in "\r\n\x85\u2028\u2029":
                self.forward(length)
                return list(super().scan_plain_spaces(indent, start_mark) or ())
            spaces = [self.prefix(length)] if length else []
            self.forward(length)
            return spaces

    escapes: dict[str, str] = yaml.SafeLoader.ESCAPE_REPLACEMENTS
    Loader.ESCAPE_REPLACEMENTS = {
        each: escapes[each] for each in escapes if each != "/"
    }
    return Loader


def _secrets_of(yaml: Any, document: Any, text_alone: bool) -> dict[str, str]:
    if isinstance(document, yaml.ScalarNode) and document.tag == _NULL:
        return {}
    if not isinstance(document, yaml.MappingNode):
        line = document.start_mark.line + 1
        raise KeyFileError(
            f"line {line}: expected a mapping, `key: secret` with a space after the colon"
        )
    found: dict[str, str] = {}
    for key, secret in document.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not isinstance(
            secret, yaml.ScalarNode
        ):
            raise KeyFileError(
                f"line {line}: expected `key: secret`, both plain values"
            )
        if key.tag == _NULL and not text_alone:
            continue
        name = _name(key, line)
        if name in found:
            raise KeyFileError(f"line {line}: duplicate key")
        if text_alone and not (_is_text(secret) and secret.value):
            raise KeyFileError(
                f"line {line}: the secret is not text in YAML, and livekit-server would ignore "
                "it; put it in quotes"
            )
        shown = _text(secret, line)
        found[name] = "" if secret.tag == _NULL else shown
    return found


def _name(key: Any, line: int) -> str:
    if key.tag == _MERGE:
        raise KeyFileError(f"line {line}: `<<` is not supported; write each key")
    if key.tag == _NULL:
        raise KeyFileError(f"line {line}: the key is null; put it in quotes")
    return _text(key, line)


def _is_text(node: Any) -> bool:
    """Whether a scalar is text to the server: by quotes, or as nothing else fits it."""
    if node.tag in (f"{_TAG}str", _BINARY):
        return node.style is not None or not re.fullmatch(_NOT_TEXT, node.value)
    return False


def _text(node: Any, line: int) -> str:
    """The text of a scalar; that of its bytes, if it is `!!binary`. Raises KeyFileError."""
    text: str = node.value
    if node.tag in _TYPED and text and not re.fullmatch(_NOT_TEXT, text):
        raise KeyFileError(f"line {line}: a value does not fit its tag")
    if is_broken(text):
        raise KeyFileError(f"line {line}: not valid Unicode")
    if node.tag != _BINARY:
        return text
    from binascii import Error, a2b_base64

    try:
        data = re.sub("[\r\n]", "", text).encode("ascii")
        return a2b_base64(data, strict_mode=True).decode()
    except (Error, UnicodeError):
        pass
    raise KeyFileError(f"line {line}: `!!binary` is not text in base64")
