"""Settings of Django, which a process can be given only once."""

from __future__ import annotations

import django
from django.conf import settings


def configure_django() -> None:
    """Give Django the settings that all tests have."""
    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=["*"],
            SECRET_KEY="-",
            INSTALLED_APPS=["rest_framework"],
            REST_FRAMEWORK={"UNAUTHENTICATED_USER": None},
            LOGGING_CONFIG=None,
        )
        django.setup()
