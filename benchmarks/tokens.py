"""Making and verifying access tokens: lkproto and livekit-api, and hostile tokens."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any

from .libraries import confirm_environment
from .timing import BATCH, compare

KEY, SECRET = "APIbenchmark", "a secret of at least thirty-two bytes"
PEER = "livekit-api"
Calls = dict[str, Callable[[], Any]]


def ours() -> Calls:
    """What lkproto does, by row."""
    auth, room = import_module("lkproto.auth"), import_module("lkproto.livekit")
    verifier = auth.TokenVerifier(KEY, SECRET)
    return calls(auth, room.RoomConfiguration, room.RoomAgentDispatch, verifier)


def theirs() -> Calls:
    """What livekit-api does, by row."""
    api = import_module("livekit.api")
    verifier = api.TokenVerifier(KEY, SECRET)
    return calls(api, api.RoomConfiguration, api.RoomAgentDispatch, verifier)


def calls(library: Any, config: Any, dispatch: Any, verifier: Any) -> Calls:
    """The same calls on either: the fluent methods have the same names."""

    def join() -> Any:
        grants = library.VideoGrants(room_join=True, room="lobby", can_publish=True)
        token = library.AccessToken(KEY, SECRET).with_identity("ann").with_name("Ann")
        return token.with_grants(grants).with_attributes({"team": "blue"})

    def with_agents() -> str:
        agents = [dispatch(agent_name="helper", metadata="{}")]
        text: str = join().with_room_config(config(agents=agents)).to_jwt()
        return text

    token = join().to_jwt()
    agents = with_agents()
    return {
        "mint": lambda: join().to_jwt(),
        "mint, with a room's agents": with_agents,
        "verify": lambda: verifier.verify(token),
        "verify, with a room's agents": lambda: verifier.verify(agents),
    }


def hostile() -> dict[str, str]:
    """Tokens that are refused, by name, each as long as a good one."""
    auth = import_module("lkproto.auth")
    good = auth.AccessToken(KEY, SECRET).with_metadata("m" * 400).to_jwt()
    signed, _, signature = good.rpartition(".")
    header = signed.partition(".")[0]
    deep = b64encode(b"[" * ((len(signed) - len(header)) // 4 * 3)).decode()
    return {
        "good": good,
        "wrong signature": f"{signed}.{signature[::-1]}",
        "not base64": "!" * len(good),
        "no segments": "a" * len(good),
        "deep": f"{header}.{deep}.{signature}",
    }


def refusals(rounds: int, batch: float) -> dict[str, Any]:
    """Seconds to refuse each hostile token, and the ratio to taking a good one."""
    auth = import_module("lkproto.auth")
    verifier = auth.TokenVerifier(KEY, SECRET)

    def attempt(token: str) -> bool:
        try:
            verifier.verify(token)
        except auth.TokenError:
            return False
        return True

    tokens = hostile()
    taken = tokens.pop("good")
    good = {"attempt": attempt, "token": taken}
    if not attempt(taken) or any(map(attempt, tokens.values())):
        raise ValueError("the verifier takes and refuses the wrong tokens")
    return {
        name: asdict(
            compare("attempt(token)", good | {"token": token}, good, rounds, batch)
        )
        for name, token in tokens.items()
    }


def measure(rounds: int, batch: float = BATCH) -> dict[str, Any]:
    """Seconds and ratios to livekit-api by row, and of refusals to acceptance."""
    pairs = zip(ours().items(), theirs().values(), strict=True)
    return {
        "rows": {
            row: asdict(
                compare("call()", {"call": one}, {"call": other}, rounds, batch)
            )
            for (row, one), other in pairs
        },
        "refusals": refusals(rounds, batch),
    }


if __name__ == "__main__":
    confirm_environment()
    print(json.dumps(measure(int(sys.argv[1]))))
