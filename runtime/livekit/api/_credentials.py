# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Which token or key an API uses: what it is given, or what the environment has."""

from __future__ import annotations

from ..auth import InvalidArgumentError, KeyProvider, MappingKeys
from ..auth._keys import as_keys
from ..auth._secrets import forgetful
from ._tokens import GivenToken, MintedTokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


@forgetful
def credentials(
    token: str | None,
    api_key: str | None,
    api_secret: str | None,
    keys: KeyProvider | Mapping[str, str] | None,
) -> GivenToken | MintedTokens:
    """What is given beats all of the environment. Raises InvalidArgumentError."""
    given = api_key is not None or api_secret is not None or keys is not None
    if token is not None:
        if given:
            raise InvalidArgumentError(
                "give a token, or an API key with its secret or keys, not both"
            )
        return GivenToken(token)
    if not given and (found := _variable("LIVEKIT_TOKEN")):
        return GivenToken(found)
    if keys is not None:
        return _of_keys(api_key, api_secret, keys)
    key = api_key or _variable("LIVEKIT_API_KEY") or _first_of_environment()
    return MintedTokens(key, as_keys(key or None, api_secret, None))


def _of_keys(
    api_key: str | None,
    api_secret: str | None,
    keys: KeyProvider | Mapping[str, str],
) -> MintedTokens:
    if api_secret is not None:
        raise InvalidArgumentError("give an API secret or keys, not both")
    found = keys if isinstance(keys, KeyProvider) else MappingKeys(keys)
    key = api_key or _first(found)
    if not found.get_secret(key):
        raise InvalidArgumentError(f"there is no secret for the API key {key!a}")
    return MintedTokens(key, found)


def _first(keys: KeyProvider) -> str:
    """The key that signs where none is named: the first one, as of livekit-server."""
    if isinstance(keys, MappingKeys) and keys.num_keys:
        return keys.first_key
    raise InvalidArgumentError("say which of the keys signs: pass api_key, too")


def _first_of_environment() -> str:
    if not _variable("LIVEKIT_KEYS"):
        return ""
    from ..auth import environment_keys

    return _first(environment_keys())


def _variable(name: str) -> str:
    from os import environ

    return environ.get(name) or ""
