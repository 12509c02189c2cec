"""What a person is told about a service, as its server says it."""

from typing import Any

from connector_kit.credentials import ServiceSettings
from connector_kit.guidance import Guidance, Way, oauth_way, token_way
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.serving.session import ServerSpec


def guidance(spec: ServerSpec[Any, Any]) -> Guidance:
    """What the server says; its settings' own descriptions where it says nothing."""
    if spec.guidance is not None:
        return spec.guidance
    fields = spec.settings.model_fields
    guide = str(spec.settings.guide)
    ways = {"token": token_way(guide)}
    if issubclass(spec.settings, OAuthSettings):
        ways["oauth"] = oauth_way()
    return Guidance(
        ways=ways,
        revoking=guide,
        where={name: info.description or "" for name, info in fields.items()},
        labels={name: name.replace("_", " ") for name in fields},
    )


def way_of(spec: ServerSpec[Any, Any], settings: ServiceSettings) -> Way:
    """How these settings sign in."""
    return guidance(spec).ways[settings.way]
