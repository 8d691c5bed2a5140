"""Room configurations: in tokens as ProtoJSON, and checked for credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .area import Area, Note, Policy, each

Config = dict[str, Any]
UPLOADS: dict[str, tuple[str, Config]] = {
    "s3": ("secret", {"accessKey": "", "region": "eu", "bucket": "b"}),
    "gcp": ("credentials", {"bucket": "b"}),
    "azure": ("accountKey", {"accountName": "n", "containerName": "c"}),
    "aliOSS": ("secret", {"region": "r", "bucket": "b"}),
}
"""Kinds of storage: their secret, and what else is in them."""
OUTPUTS: dict[str, Callable[[Config], Config]] = {
    "participant-file": lambda upload: {"participant": {"fileOutputs": [upload]}},
    "participant-segments": lambda upload: {
        "participant": {"segmentOutputs": [upload]}
    },
    "room-file": lambda upload: {"room": {"fileOutputs": [upload]}},
    "room-segments": lambda upload: {"room": {"segmentOutputs": [upload]}},
    "tracks": lambda upload: {"tracks": upload},
}
"""Places of a configuration where the reference looks."""
MISSED: dict[str, Callable[[Config], Config]] = {
    "room-images": lambda upload: {"room": {"imageOutputs": [upload]}},
    "room-deprecated-file": lambda upload: {"room": {"file": upload}},
    "room-deprecated-segments": lambda upload: {"room": {"segments": upload}},
}
"""Places where it does not."""
SECRETS = Policy(
    "sensitive_credentials",
    "policy of lkproto: no field that the schema marks SENSITIVITY_SECRET is put into a token, "
    "wherever it is in the room configuration",
    kind_required=True,
)


def configs() -> Iterator[tuple[str, Config]]:
    """Configurations to mint, by name."""
    yield "empty", {}
    for name, value in each(
        {
            "name": "c",
            "emptyTimeout": 300,
            "departureTimeout": 20,
            "maxParticipants": 4294967295,
            "metadata": "m",
            "egress": {},
            "minPlayoutDelay": 1,
            "maxPlayoutDelay": 2,
            "syncStreams": True,
            "agents": [{}],
            "tags": {"k": "v"},
        }
    ):
        yield f"only-{_NAMES.get(name, name)}", {name: value}
    yield "defaults", {
        "name": "",
        "emptyTimeout": 0,
        "syncStreams": False,
        "agents": [],
    }
    yield "in-order", _EVERYTHING
    yield "out-of-order", dict(reversed(list(_EVERYTHING.items())))
    yield "metadata-before-egress", {
        "egress": {"room": {"roomName": "r"}},
        "metadata": "m",
    }
    yield "snake-case", {
        "max_participants": 3,
        "sync_streams": True,
        "empty_timeout": 1,
    }
    yield "unknown-field", {"name": "c", "fromTheFuture": {"x": [1]}}
    yield "tags-sorted", {"tags": {"b": "1", "a": "2", "é": "3", "Z": "4", "": "5"}}
    yield "escaped-text", {
        "metadata": '<a href="x">&\u2028\u2029\x7f\x01\t\\</a>',
        "name": "😀",
    }
    yield "html-in-tags", {"tags": {"<k>": "&"}}
    agent = {
        "agentName": "a",
        "metadata": "m",
        "restartPolicy": "JRP_NEVER",
        "deployment": "d",
    }
    yield "agent", {
        "agents": [{**agent, "attributes": {"y": "1", "x": "2"}, "threadId": "AT_x"}]
    }
    yield "agents", {"agents": [{"agentName": "b"}, {"agentName": "a"}, {}]}
    yield "agent-default-policy", {"agents": [{"agentName": "a", "restartPolicy": 0}]}
    yield "agent-unknown-policy", {"agents": [{"agentName": "a", "restartPolicy": 99}]}
    yield "agent-policy-by-name-of-the-future", {"agents": [{"restartPolicy": "JRP_X"}]}
    yield "egress-room", {"egress": {"room": _ROOM}}
    yield "egress-participant", {"egress": {"participant": {"preset": "H264_1080P_60"}}}
    yield "egress-preset-default", {
        "egress": {"participant": {"preset": "H264_720P_30"}}
    }
    yield "egress-tracks", {
        "egress": {"tracks": {"filepath": "f", "disableManifest": True}}
    }
    yield "egress-advanced", {"egress": {"room": {"advanced": _ADVANCED}}}
    yield "storage-without-secrets", {"egress": {"tracks": {"s3": {"bucket": "b"}}}}


_NAMES = {
    "emptyTimeout": "empty-timeout",
    "departureTimeout": "departure-timeout",
    "maxParticipants": "max-participants",
    "minPlayoutDelay": "min-playout-delay",
    "maxPlayoutDelay": "max-playout-delay",
    "syncStreams": "sync-streams",
}
_ROOM = {
    "roomName": "r",
    "layout": "grid",
    "audioOnly": True,
    "audioMixing": "DUAL_CHANNEL_AGENT",
    "customBaseUrl": "https://example.com/?a=1&b=2",
    "preset": "PORTRAIT_H264_720P_30",
    "fileOutputs": [{"fileType": "MP4", "filepath": "{room_name}-{time}"}],
    "imageOutputs": [{"captureInterval": 5, "width": 320, "height": -1}],
    "webhooks": [{"url": "https://example.com/hook", "signingKey": "k"}],
}
_ADVANCED = {"width": 1920, "height": 1080, "framerate": 30, "keyFrameInterval": 0.1}
_EVERYTHING: Config = {
    "name": "c",
    "emptyTimeout": 1,
    "departureTimeout": 2,
    "maxParticipants": 3,
    "metadata": "m",
    "egress": {
        "room": {"roomName": "r"},
        "participant": {},
        "tracks": {"filepath": "f"},
    },
    "minPlayoutDelay": 4,
    "maxPlayoutDelay": 5,
    "syncStreams": True,
    "agents": [{"agentName": "a"}],
    "tags": {"t": "v"},
}


def add_room_configs(area: Area) -> None:
    """Cases of minting with a room configuration."""
    for name, config in configs():
        flags = ["HtmlEscaping"] if set("<>&\u2028") & set(str(config)) else []
        area.add(f"room-config-{name}", f"roomConfig: {name}", _minting(config), *flags)
    secret: Config = {"egress": OUTPUTS["room-file"]({"s3": {"secret": "x"}})}
    area.add("credentials", "an S3 secret", _minting(secret), "Credentials")
    allowed = {**_minting(secret), "allow_sensitive_credentials": True}
    area.add("credentials-allowed", "an S3 secret, allowed", allowed, "Credentials")
    stream = {
        "egress": {"room": {"streamOutputs": [{"urls": ["rtmp://example.com/key"]}]}}
    }
    area.add("credentials-stream", "a stream key", _minting(stream), "Credentials")


def _minting(config: Config) -> dict[str, Any]:
    return {"grants": {"identity": "a", "roomConfig": config, "metadata": "after"}}


def areas() -> Iterator[Area]:
    """The area of the check for credentials."""
    area = Area(
        "credentials.check",
        "room_configs",
        "auth.RoomConfiguration.CheckCredentials",
        ("auth/grants.go",),
        notes={
            "MissedCredentials": Note(
                "AUTH_BYPASS",
                "the reference does not look at this place",
                "whoever has the token can read the credentials",
                ("https://github.com/livekit/livekit/issues/3684",),
            )
        },
    )
    for name, config in configs():
        area.add(f"harmless-{name}", f"no credentials: {name}", {"room_config": config})
    for storage, (secret, rest) in UPLOADS.items():
        for place, build in OUTPUTS.items():
            for with_secret in (True, False):
                upload = {**rest, secret: "x"} if with_secret else {**rest, secret: ""}
                name = f"{storage.lower()}-{place}" + (
                    "" if with_secret else "-without"
                )
                config = {"egress": build({storage: upload})}
                area.add(name, f"{storage} in {place}", {"room_config": config})
        for place, build in MISSED.items():
            config = {"egress": build({storage: {**rest, secret: "x"}})}
            _missed(area, f"{storage.lower()}-{place}", f"{storage} in {place}", config)
    _other_secrets(area)
    _streams(area)
    yield area


def _other_secrets(area: Area) -> None:
    tracks = OUTPUTS["tracks"]
    for name, upload in each(
        {
            "s3-access-key": {"s3": {"accessKey": "x"}},
            "s3-session-token": {"s3": {"sessionToken": "x"}},
            "s3-external-id": {"s3": {"assumeRoleExternalId": "x"}},
            "s3-proxy-password": {
                "s3": {"proxy": {"url": "https://p", "password": "x"}}
            },
            "gcp-proxy-password": {
                "gcp": {"proxy": {"url": "https://p", "password": "x"}}
            },
            "alioss-access-key": {"aliOSS": {"accessKey": "x"}},
        }
    ):
        _missed(
            area, name, f"a secret of another name: {name}", {"egress": tracks(upload)}
        )
    for name, upload in each(
        {
            "s3-role": {"s3": {"assumeRoleArn": "arn"}},
            "azure-account-name": {"azure": {"accountName": "n"}},
            "s3-proxy-without-password": {
                "s3": {"proxy": {"url": "https://p", "username": "u"}}
            },
        }
    ):
        area.add(
            name, f"no secret: {name}", {"room_config": {"egress": tracks(upload)}}
        )
    second = {"room": {"fileOutputs": [{"filepath": "f"}, {"s3": {"secret": "x"}}]}}
    area.add(
        "second-output",
        "only the second file has a secret",
        {"room_config": {"egress": second}},
    )


def _streams(area: Area) -> None:
    for name, streams in each(
        {
            "stream": [{"urls": ["rtmp://example.com/live/key"]}],
            "stream-empty": [{}],
            "streams-none": [],
        }
    ):
        config = {"egress": {"room": {"streamOutputs": streams}}}
        area.add(name, f"outputs of a stream: {name}", {"room_config": config})


def _missed(area: Area, name: str, comment: str, config: Config) -> None:
    args = {"room_config": config}
    area.add(name, comment, args, "MissedCredentials", policy=SECRETS)
