"""What a person is told about each service: where to find what is asked for, and where to revoke it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector_kit.serving.session import ServerSpec
from mcp_suite.connect import TOKEN_PAGES

_ATLASSIAN_TOKENS = TOKEN_PAGES["jira"]


@dataclass(frozen=True, slots=True)
class Guidance:
    """One service's: `where` each setting is found, by field, `labels` of its prompts, and the page for `revoking`."""

    where: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    revoking: str = ""


_GUIDANCE = {
    "jira": Guidance(
        where={
            "url": "The site is what the browser's address bar shows in Jira, like https://example.atlassian.net.",
            "email": (
                "The e-mail address is that of your Atlassian account:"
                " https://id.atlassian.com/manage-profile/email shows it."
            ),
            "api_token": (
                f"The API token is made at {_ATLASSIAN_TOKENS}\n"
                "  Create API token: it can do what your account can do. Or Create API token with scopes, app Jira:\n"
                "  read:jira-work and read:jira-user, for writing also write:jira-work."
            ),
        },
        labels={"url": "Site", "email": "E-mail", "api_token": "API token"},
        revoking=_ATLASSIAN_TOKENS,
    )
}


def guidance(spec: ServerSpec[Any, Any]) -> Guidance:
    """What is known about a service; its settings' own descriptions for one that is not in the table."""
    known = _GUIDANCE.get(spec.service)
    if known is not None:
        return known
    fields = spec.settings.model_fields
    return Guidance(
        where={name: info.description or "" for name, info in fields.items()},
        labels={name: name.replace("_", " ") for name in fields},
        revoking=TOKEN_PAGES.get(spec.service) or str(spec.settings.guide),
    )
