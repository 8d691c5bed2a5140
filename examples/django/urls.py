"""What is where."""

import views
from django.urls import path
from lkproto.webhook.adapters.django import view

urlpatterns = [
    path("token", views.token),
    path("rooms/<room>", views.show),
    path("rooms/<room>/participants/<identity>", views.remove),
    path("livekit", view(views.webhooks)),
]
