"""The settings of the Jira server: the variables `JIRA_*`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import NoDecode
from typing_extensions import override

from connector_kit.credentials import OF_AN_ACCOUNT, required
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.setting_types import Names, toolset_names
from jira_mcp.toolset_scopes import CLASSIC, EQUIVALENTS, GRANULAR, Needs

if TYPE_CHECKING:
    from connector_kit.oauth.profiles import OAuthProfile

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,30}")
_CLOUD_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


Toolsets = Annotated[
    tuple[
        Literal["core", "agile", "bulk", "development", "filters", "history", "links", "people", "releases", "time"],
        ...,
    ],
    NoDecode,
    BeforeValidator(toolset_names),
]
"""`core` is what is always offered; it may be named besides the others."""


class JiraSettings(OAuthSettings, service="jira"):
    """How to reach a Jira Cloud site, as whom, and what tools may do there."""

    url: str | None = required("Address of the site, like https://example.atlassian.net.")
    email: str | None = required("E-mail address of the Atlassian account that the token belongs to.", login="token")
    api_token: SecretStr | None = required("API token of that account, classic or with scopes.", login="token")
    cloud_url: str | None = Field(
        default=None, description="Another name for JIRA_URL.", json_schema_extra=OF_AN_ACCOUNT
    )
    cloud_id: str | None = Field(
        default=None,
        description="Id of the site, for tokens with scopes and logins only; found by itself when unset.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    projects: Names = Field(
        default=(),
        description="Comma-separated keys of the only projects that tools may touch; unset: all.",
    )
    toolsets: Toolsets = Field(
        default=(),
        description="Comma-separated tools to offer besides the usual ones: agile, bulk, development, filters, "
        "history, links, people, releases, time.",
    )
    requests_per_minute: float = Field(default=100.0, gt=0, le=6_000, description="Requests a minute, at most.")
    timeout: float = Field(default=45.0, gt=0, lt=50, description="Seconds that one call may take, with retries.")

    @field_validator("url", "cloud_url", mode="after")
    @classmethod
    def _site_address(cls, value: str | None) -> str | None:
        return None if value is None else site_address(value)

    @field_validator("cloud_id", mode="after")
    @classmethod
    def _plausible_cloud_id(cls, value: str | None) -> str | None:
        if value and not _CLOUD_ID.fullmatch(value):
            raise ValueError("is not a cloud id: letters, digits and hyphens, as in https://SITE/_edge/tenant_info")
        return value or None

    @field_validator("cloud_url", mode="after")
    @classmethod
    def _one_site(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("url") not in (None, value):
            raise ValueError("names another site than JIRA_URL: set one of them")
        return value

    @model_validator(mode="after")
    def _by_either_name(self) -> Self:
        self.url = self.url or self.cloud_url
        return self

    @override
    def oauth_profile(self) -> "OAuthProfile":
        from atlassian_kit.login import profile_at
        from connector_kit.oauth.profiles import JIRA

        return self._with_toolsets(replace(profile_at(JIRA, self.url or ""), account=self.account), CLASSIC)

    @override
    def second_family(self) -> "OAuthProfile":
        from connector_kit.oauth.profiles import JIRA_GRANULAR

        return self._with_toolsets(JIRA_GRANULAR, GRANULAR)

    def _with_toolsets(self, profile: "OAuthProfile", family: Mapping[str, Needs]) -> "OAuthProfile":
        """The profile with the scopes that the toolsets need besides."""
        needed = [needs for name, needs in family.items() if self.switched_on(name)]
        equivalents = dict(profile.equivalents)
        for name, more in EQUIVALENTS.items():
            if self.switched_on(name):
                equivalents.update(more)
        return replace(
            profile,
            read_scopes=(*profile.read_scopes, *(scope for needs in needed for scope in needs.reading)),
            write_scopes=(*profile.write_scopes, *(scope for needs in needed for scope in needs.writing)),
            delete_scopes=(*profile.delete_scopes, *(scope for needs in needed for scope in needs.deleting)),
            equivalents=equivalents,
        )

    @field_validator("projects", mode="after")
    @classmethod
    def _plausible_projects(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        keys = tuple(key.upper() for key in value)
        if any(not _PROJECT_KEY.fullmatch(key) for key in keys):
            raise ValueError("is not a list of project keys, like PROJ,OPS")
        return keys


def site_address(text: str) -> str:
    """`https://HOST` of a site's address, of a host alone, or of a link into the site.

    Raises ValueError for anything that is no site, or that would send a token unencrypted.
    """
    text = text.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port = "", None
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password")
    if host == "api.atlassian.com":
        raise ValueError(
            "is the gateway: set the site, like https://example.atlassian.net, and the id as JIRA_CLOUD_ID"
        )
    if host in _LOOPBACK and parts.scheme in ("http", "https"):
        shown = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
    if parts.scheme != "https":
        raise ValueError("must begin with https://: the token would be sent unencrypted")
    if not _HOST.fullmatch(host) or "." not in host:
        raise ValueError("is not the address of a site, like https://example.atlassian.net")
    return f"https://{host}" + (f":{port}" if port and port != 443 else "")
