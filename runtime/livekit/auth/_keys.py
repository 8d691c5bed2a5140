"""Where secrets come from: a pair, a mapping, a YAML file, the environment.

As in livekit/protocol, auth/provider_file.go, and in the configuration of livekit-server: a file
of lines `key: secret` that others on the machine cannot read.
"""

from __future__ import annotations

from ._errors import InvalidArgumentError, KeyFileError, UnknownKeyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any, ClassVar

STRONG = 32
"""Bytes a secret should have at least: those of the hash of HS256 (RFC 7518, section 3.2)."""


class WeakSecretWarning(UserWarning):
    """A secret so short that it can be guessed."""

    given: ClassVar[bool] = False
    """Whether this process has been warned already."""


def warn_if_weak(secret: bytes) -> None:
    """Warn about a secret of fewer than 32 bytes, once in a process."""
    if 0 < len(secret) < STRONG and not WeakSecretWarning.given:
        from warnings import warn

        WeakSecretWarning.given = True
        warn(
            f"an API secret has fewer than {STRONG} bytes and can be guessed; make one "
            "with secrets.token_urlsafe(32)",
            WeakSecretWarning,
            stacklevel=4,
        )


def secret_bytes(secret: str) -> bytes:
    """The bytes of a secret, which are the key. Raises InvalidArgumentError."""
    try:
        return secret.encode()
    except UnicodeEncodeError:
        raise InvalidArgumentError("an API secret is not valid Unicode") from None


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
        secret = self.get_secret(issuer)
        if not secret:
            raise UnknownKeyError("there is no secret for the API key of the token")
        return secret_bytes(secret)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.num_keys}>"


class MappingKeys(KeyProvider):
    """Secrets copied from a mapping. Raises InvalidArgumentError."""

    __slots__ = ("_keys", "_secrets")

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = dict(secrets)
        self._keys = {key: secret_bytes(each) for key, each in self._secrets.items()}
        for key in self._keys.values():
            warn_if_weak(key)

    def get_secret(self, api_key: str) -> str:
        """The secret of a key; empty if there is none."""
        return self._secrets.get(api_key, "")

    def verification_key(self, issuer: str, header: Mapping[str, Any]) -> bytes:
        """The key of a token, by claims that are not verified yet. Raises UnknownKeyError."""
        return self._keys.get(issuer) or super().verification_key(issuer, header)

    @property
    def num_keys(self) -> int:
        """How many keys there are, those with an empty secret included."""
        return len(self._secrets)


class StaticKeys(MappingKeys):
    """One pair of key and secret. Raises InvalidArgumentError if one is empty."""

    __slots__ = ()

    def __init__(self, api_key: str, api_secret: str) -> None:
        if not api_key or not api_secret:
            raise InvalidArgumentError(
                "an API key and its secret are needed; pass them, or set LIVEKIT_API_KEY and "
                "LIVEKIT_API_SECRET in the environment"
            )
        super().__init__({api_key: api_secret})


class FileKeys(KeyProvider):
    """Secrets of a YAML file `key: secret`, read again whenever the file changes.

    Only its owner and group may have access to the file. Needs the extra `yaml`. Raises
    KeyFileError, also when a changed file cannot be read: keys that were removed must not live on.
    """

    __slots__ = ("_path", "_secrets", "_state")

    def __init__(self, path: str | PathLike[str]) -> None:
        from pathlib import Path

        self._path = Path(path)
        self._state: tuple[int, int, int] | None = None
        self._secrets = self._current()

    def get_secret(self, api_key: str) -> str:
        """The secret of a key; empty if there is none. Raises KeyFileError."""
        return self._current().get_secret(api_key)

    @property
    def num_keys(self) -> int:
        """How many keys there are, those with an empty secret included."""
        return self._secrets.num_keys

    def _current(self) -> MappingKeys:
        from os import fstat

        try:
            if _state(self._path.stat()) == self._state:
                return self._secrets
            with self._path.open("rb") as file:
                status = fstat(file.fileno())
                data = file.read()
        except OSError as error:
            reason = error.strerror or "the system reports an error"
            raise KeyFileError(f"{self._path}: {reason}") from None
        self._check_mode(status.st_mode)
        try:
            self._secrets = MappingKeys(read_yaml(data))
        except KeyFileError as error:
            raise KeyFileError(f"{self._path}: {error}") from None
        self._state = _state(status)
        return self._secrets

    def _check_mode(self, mode: int) -> None:
        if mode & 0o007:
            raise KeyFileError(
                f"{self._path}: others may read, write or run the file (mode "
                f"{mode & 0o777:03o}); forbid that with chmod o-rwx"
            )


def _state(status: Any) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_size, status.st_ino


def environment_keys(environ: Mapping[str, str] | None = None) -> KeyProvider:
    """Keys from LIVEKIT_API_KEY and LIVEKIT_API_SECRET, and from LIVEKIT_KEYS.

    LIVEKIT_KEYS has a line `key: secret` for each key, as for livekit-server. Raises
    InvalidArgumentError if there is no key.
    """
    import os

    given = os.environ if environ is None else environ
    found = _pairs(given.get("LIVEKIT_KEYS", ""))
    key, secret = given.get("LIVEKIT_API_KEY"), given.get("LIVEKIT_API_SECRET")
    if key and secret:
        found[key] = secret
    if not found:
        StaticKeys("", "")
    return MappingKeys(found)


def _pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        key, colon, secret = (part.strip() for part in line.partition(":"))
        if not (key and colon and secret) or key in found:
            raise InvalidArgumentError(
                f"LIVEKIT_KEYS, line {number}: expected `key: secret`, each key once"
            )
        found[key] = secret
    return found


def as_keys(
    api_key: str | None,
    api_secret: str | None,
    keys: KeyProvider | Mapping[str, str] | None,
) -> KeyProvider:
    """Keys in any form that a verifier accepts. Raises InvalidArgumentError."""
    if keys is None:
        if api_key is None and api_secret is None:
            return environment_keys()
        return StaticKeys(api_key or "", api_secret or "")
    if api_key is not None or api_secret is not None:
        raise InvalidArgumentError("give an API key and secret, or keys, not both")
    return keys if isinstance(keys, KeyProvider) else MappingKeys(keys)


def read_yaml(text: str | bytes) -> dict[str, str]:
    """Secrets by key, from YAML `key: secret` as Go's yaml.v3 reads it into a map of strings.

    Scalars are their text (`0123` stays), null is empty, a second document is ignored.
    Needs the extra `yaml`. Raises KeyFileError.
    """
    try:
        import yaml
    except ImportError:
        raise KeyFileError(
            "reading keys from YAML needs PyYAML: pip install lkproto[yaml]"
        ) from None
    loader: Any = None
    try:
        loader = yaml.SafeLoader(text)
        if not loader.check_node():
            raise KeyFileError("the file has no keys")
        return _secrets_of(yaml, loader.get_node())
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        # The library's message may quote a line of the file.
        raise KeyFileError("not YAML") from None
    finally:
        if loader is not None:
            loader.dispose()


def _secrets_of(yaml: Any, document: Any) -> dict[str, str]:
    if isinstance(document, yaml.ScalarNode) and document.tag == _NULL:
        return {}
    if not isinstance(document, yaml.MappingNode):
        raise KeyFileError("expected a mapping, `key: secret` on each line")
    found: dict[str, str] = {}
    for key, secret in document.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not isinstance(
            secret, yaml.ScalarNode
        ):
            raise KeyFileError(
                f"line {line}: expected `key: secret`, both plain values"
            )
        if key.value in found:
            raise KeyFileError(f"line {line}: duplicate key")
        found[key.value] = "" if secret.tag == _NULL else secret.value
    return found


_NULL = "tag:yaml.org,2002:null"
