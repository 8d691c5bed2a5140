# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Where secrets come from: a pair, a mapping, a YAML file, the environment.

As in livekit/protocol, auth/provider_file.go, and in the configuration of livekit-server: a file
of lines `key: secret` that others on the machine cannot read.
"""

# Arguments are checked, although those of typed code need not be.
# pyright: reportUnnecessaryIsInstance=false

from __future__ import annotations

from collections.abc import Mapping

from ._errors import (
    ArgumentTypeError,
    InvalidArgumentError,
    KeyFileError,
    UnknownKeyError,
)
from ._secrets import Secret, TextSecret, forgetful, warn_if_odd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any


class KeyProvider:
    """Secrets by API key. Subclasses implement `get_secret` and `num_keys`."""

    __slots__ = ()

    algorithm = "HS256"
    """The only algorithm that tokens may be signed by."""

    def get_secret(self, api_key: str) -> str:
        """The secret of a key; empty if there is none."""
        raise NotImplementedError

    @property
    def num_keys(self) -> int:
        """How many keys there are."""
        raise NotImplementedError

    def verification_key(self, issuer: str, header: Mapping[str, Any]) -> bytes:
        """The key of a token, by claims that are not verified yet. Raises UnknownKeyError."""
        secret = TextSecret(self.get_secret(issuer)).checked()
        if not secret:
            raise UnknownKeyError(
                f"there is no secret for the API key of the token, {named(issuer)}"
            )
        return secret.reveal()

    def __repr__(self) -> str:
        name = type(self).__name__
        try:
            return f"<{name} of {self.num_keys}>"
        except Exception:  # noqa: BLE001 - of a subclass, which may not implement it
            return f"<{name}>"


def named(api_key: str) -> str:
    """The API key of a token, which anyone may have written, for a message."""
    shown = api_key if len(api_key) <= 40 else f"{api_key[:40]}…"
    return f"{shown!a}"


class MappingKeys(KeyProvider):
    """Secrets copied from a mapping. Raises InvalidArgumentError."""

    __slots__ = ("_secrets",)

    @forgetful
    def __init__(self, secrets: Mapping[str, str]) -> None:
        if not isinstance(secrets, Mapping):
            raise ArgumentTypeError(
                "keys are a KeyProvider or a mapping from API key to secret, not "
                f"{type(secrets).__name__}"
            )
        self._secrets = {key: TextSecret(each) for key, each in secrets.items()}
        for key, secret in self._secrets.items():
            if not isinstance(key, str):
                raise ArgumentTypeError(f"an API key is text, not {type(key).__name__}")
            warn_if_odd(key, secret.checked())

    def get_secret(self, api_key: str) -> str:
        """The secret of a key; empty if there is none."""
        found = self._secrets.get(api_key)
        return found.reveal().decode() if found else ""

    def verification_key(self, issuer: str, header: Mapping[str, Any]) -> bytes:
        """The key of a token, by claims that are not verified yet. Raises UnknownKeyError."""
        secret = self._secrets.get(issuer)
        if not secret:
            raise UnknownKeyError(
                f"there is no secret for the API key of the token, {named(issuer)}"
            )
        return secret.reveal()

    @property
    def num_keys(self) -> int:
        """How many keys there are, those with an empty secret included."""
        return len(self._secrets)

    @property
    def first_key(self) -> str:
        """The first API key: the one that signs where none is named; empty if there is none."""
        return next(iter(self._secrets), "")


class StaticKeys(MappingKeys):
    """One pair of key and secret. Raises InvalidArgumentError if one is empty."""

    __slots__ = ()

    @forgetful
    def __init__(self, api_key: str, api_secret: str) -> None:
        if not api_key or not api_secret:
            raise InvalidArgumentError(
                "an API key and its secret are needed; pass them, or set LIVEKIT_API_KEY and "
                "LIVEKIT_API_SECRET in the environment"
            )
        super().__init__({api_key: api_secret})


class FileKeys(KeyProvider):
    """Secrets of a YAML file `key: secret`, read for each token, so that every change counts.

    Only its owner and group may have access to the file. Needs the extra `yaml`. Raises
    KeyFileError, also when a changed file cannot be read: keys that were removed must not live on.
    """

    __slots__ = ("_loaded", "_path")

    def __init__(self, path: str | PathLike[str]) -> None:
        from pathlib import Path

        self._path = Path(path)
        # The digest of the file and its keys: one attribute, for threads may load at once, and
        # whoever is last with an old file must not leave its keys under the new one's digest.
        self._loaded: tuple[bytes, MappingKeys] = (b"", MappingKeys({}))
        self._current()

    def get_secret(self, api_key: str) -> str:
        """The secret of a key; empty if there is none. Raises KeyFileError."""
        return self._current().get_secret(api_key)

    @property
    def num_keys(self) -> int:
        """How many keys there are, those with an empty secret included."""
        return self._loaded[1].num_keys

    def _current(self) -> MappingKeys:
        from hashlib import sha256

        from ._yaml_keys import read_yaml

        content = self._content()
        digest, keys = sha256(content.reveal()).digest(), self._loaded
        if digest == keys[0]:
            return keys[1]
        try:
            loaded = MappingKeys(read_yaml(content.reveal()))
        except KeyFileError as error:
            problem = str(error)
        else:
            self._loaded = digest, loaded
            return loaded
        raise KeyFileError(f"{self._path}: {problem}")

    def _content(self) -> Secret:
        """The content of the file, once it is certain that others cannot read it."""
        from os import fstat

        try:
            with self._path.open("rb") as file:
                self._check_mode(fstat(file.fileno()).st_mode)
                return Secret(file.read())
        except OSError as error:
            reason = error.strerror or "the system reports an error"
        raise KeyFileError(f"{self._path}: {reason}")

    def _check_mode(self, mode: int) -> None:
        if mode & 0o007:
            raise KeyFileError(
                f"{self._path}: others may read, write or run the file (mode "
                f"{mode & 0o777:03o}); forbid that with chmod o-rwx"
            )


@forgetful
def environment_keys(environ: Mapping[str, str] | None = None) -> KeyProvider:
    """Keys from LIVEKIT_API_KEY and LIVEKIT_API_SECRET, and from LIVEKIT_KEYS.

    LIVEKIT_KEYS is YAML, a line `key: secret` for each key, as for livekit-server. Raises
    InvalidArgumentError if there is no key.
    """
    found = _several(environ)
    pair = _variable("LIVEKIT_API_KEY", environ), _variable(_SECRET, environ)
    if all(pair):
        found[pair[0]] = pair[1]
    if not found:
        StaticKeys("", "")
    return MappingKeys(found)


_SECRET = "LIVEKIT_API_SECRET"  # noqa: S105 - the name of a variable


def _variable(name: str, environ: Mapping[str, str] | None) -> str:
    import os

    return (os.environ if environ is None else environ).get(name) or ""


def _several(environ: Mapping[str, str] | None) -> dict[str, str]:
    """The secrets by key of LIVEKIT_KEYS. Raises InvalidArgumentError."""
    text = _variable("LIVEKIT_KEYS", environ)
    if not text:
        return {}
    from ._yaml_keys import environment_yaml

    try:
        return environment_yaml(text)
    except KeyFileError as error:
        problem = str(error)
    raise InvalidArgumentError(
        f"LIVEKIT_KEYS, {problem}; write YAML of lines `key: secret`, each key once"
    )


def as_keys(
    api_key: str | None,
    api_secret: str | None,
    keys: KeyProvider | Mapping[str, str] | None,
) -> KeyProvider:
    """Keys in any form that a verifier accepts. Raises InvalidArgumentError."""
    if keys is not None:
        if api_key is not None or api_secret is not None:
            raise InvalidArgumentError("give an API key and secret, or keys, not both")
        return keys if isinstance(keys, KeyProvider) else MappingKeys(keys)
    if api_key is None and api_secret is None:
        return environment_keys()
    if api_key is None:
        api_key = _variable("LIVEKIT_API_KEY", None)
    if api_secret is None:
        secret = _several(None).get(api_key) or _variable(_SECRET, None)
        return StaticKeys(api_key, secret)
    return StaticKeys(api_key, api_secret)
