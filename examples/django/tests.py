"""The application, with a mock of LiveKit."""

import base64
from unittest import mock

import views
from django.test import SimpleTestCase
from lkproto.auth import TokenVerifier
from lkproto.mock import MockLiveKit

ANN = {"Authorization": "Basic " + base64.b64encode(b"ann:pass").decode()}


class Rooms(SimpleTestCase):
    def setUp(self) -> None:
        self.livekit = self.enterContext(MockLiveKit())
        api = self.enterContext(self.livekit.api())
        self.enterContext(mock.patch.object(views, "livekit", api))
        self.enterContext(mock.patch.object(views, "visitors", {}))

    def test_a_user_gets_a_token_for_a_room(self) -> None:
        answer = self.client.post(
            "/token", {"room_name": "demo"}, "application/json", headers=ANN
        )

        self.assertEqual(answer.status_code, 201)
        verifier = TokenVerifier(self.livekit.api_key, self.livekit.api_secret)
        claims = verifier.verify(answer.json()["participant_token"])
        self.assertEqual(claims.identity, "ann")
        self.assertIsNotNone(claims.grants.video)
        self.assertEqual(claims.grants.video.room, "demo")

    def test_nobody_gets_a_token_without_a_name_and_the_password(self) -> None:
        self.assertEqual(self.client.post("/token").status_code, 401)
        nobody = {"Authorization": "Basic " + base64.b64encode(b":pass").decode()}
        answer = self.client.post("/token", headers=nobody)
        self.assertEqual(answer.status_code, 401)

    def test_a_participant_is_shown_and_removed(self) -> None:
        self.livekit.join("demo", "bob")
        bob = "/rooms/demo/participants/bob"

        self.assertEqual(self.shown(), {"present": ["bob"], "visitors": []})
        self.assertEqual(self.client.delete(bob, headers=ANN).status_code, 204)
        self.assertEqual(self.shown(), {"present": [], "visitors": []})
        self.assertEqual(self.client.delete(bob, headers=ANN).status_code, 404)

    def test_who_joined_is_remembered(self) -> None:
        self.livekit.join("demo", "bob")
        joined = self.livekit.wait_for("participant_joined")
        sent = self.livekit.sign_webhook(joined)

        answer = self.client.post(
            "/livekit", sent.body, "application/webhook+json", headers=sent.headers
        )

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.shown()["visitors"], ["bob"])

    def test_what_nobody_signed_is_refused(self) -> None:
        answer = self.client.post("/livekit", b"{}", "application/webhook+json")

        self.assertEqual(answer.status_code, 401)

    def shown(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.client.get("/rooms/demo", headers=ANN).json()
        return found
