"""What a person is told about a service, as its server says it."""

from typing import Any

from connector_kit.guidance import Guidance
from connector_kit.serving.session import ServerSpec


def guidance(spec: ServerSpec[Any, Any]) -> Guidance:
    """What the server says; its settings' own descriptions where it says nothing."""
    if spec.guidance is not None:
        return spec.guidance
    fields = spec.settings.model_fields
    guide = str(spec.settings.guide)
    return Guidance(
        token_page=guide,
        revoking=guide,
        where={name: info.description or "" for name, info in fields.items()},
        labels={name: name.replace("_", " ") for name in fields},
    )
