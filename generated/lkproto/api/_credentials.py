# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Which token or key an API uses: what it is given, or what the environment has."""

from __future__ import annotations

from ..auth import InvalidArgumentError, KeyProvider, MappingKeys, environment_keys
from ..auth._keys import as_keys
from ..auth._secrets import forgetful
from ._tokens import GivenToken, MintedTokens
from ._urls import variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Keys = KeyProvider | Mapping[str, str]


@forgetful
def credentials(
    token: str | None,
    api_key: str | None,
    api_secret: str | None,
    keys: Keys | None,
) -> GivenToken | MintedTokens:
    """What is given beats all of the environment. Raises InvalidArgumentError and KeyFileError."""
    given = (api_key, api_secret, keys) != (None, None, None)
    if token is not None:
        if given:
            raise InvalidArgumentError(
                "give a token, or an API key with its secret or keys, not both"
            )
        return GivenToken(token)
    if not given and variable("LIVEKIT_TOKEN"):
        return GivenToken(variable("LIVEKIT_TOKEN"), "LIVEKIT_TOKEN: ")
    if keys is not None or api_secret is None:
        return _of_keys(api_key, api_secret, keys)
    key = variable("LIVEKIT_API_KEY") if api_key is None else api_key
    if not key and api_key is None and variable("LIVEKIT_KEYS"):
        key = _first(environment_keys())
    return MintedTokens(key, as_keys(key, api_secret, None))


def _of_keys(
    api_key: str | None, api_secret: str | None, keys: Keys | None
) -> MintedTokens:
    """Of several keys, those of the environment by default, one signs and all verify."""
    if api_secret is not None:
        raise InvalidArgumentError("give an API secret or keys, not both")
    if keys is not None:
        found = keys if isinstance(keys, KeyProvider) else MappingKeys(keys)
        key = api_key
    elif api_key is None:
        found, key = environment_keys(), variable("LIVEKIT_API_KEY") or None
    else:
        found, key = as_keys(api_key, None, None), api_key
    if found.__class__.get_secret is KeyProvider.get_secret:
        raise InvalidArgumentError(
            f"an {found.__class__.__name__} has no secrets by API key, and LiveKit knows who "
            "calls by the key; give api_key and api_secret, or a mapping from API key to secret"
        )
    if key is None:
        key = _first(found)
    return MintedTokens(key, found)


def _first(keys: KeyProvider) -> str:
    """The key that signs where none is named: the first one, as of livekit-server."""
    if isinstance(keys, MappingKeys):
        if keys.num_keys:
            return keys.first_key
        raise InvalidArgumentError("there is no key among the keys")
    raise InvalidArgumentError("say which of the keys signs: pass api_key, too")


def check_headers(headers: Mapping[str, str] | None) -> None:
    """Refuse a token among headers, which would be sent instead. Raises InvalidArgumentError."""
    if "authorization" in map(str.lower, headers or ()):
        raise InvalidArgumentError(
            "the header Authorization is made for each call; pass a ready-made token as token"
        )
