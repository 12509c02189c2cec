"""The settings of the Jira server: the variables `JIRA_*`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode
from typing_extensions import override

from atlassian_kit.settings import AtlassianSettings, limits_by_site
from connector_kit.setting_types import AbsolutePath, Names, toolset_names
from jira_mcp.toolset_scopes import CLASSIC, EQUIVALENTS, GRANULAR

if TYPE_CHECKING:
    from connector_kit.oauth.profiles import OAuthProfile

_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,30}")


Toolsets = Annotated[
    tuple[
        Literal["core", "agile", "bulk", "development", "filters", "history", "links", "people", "releases", "time"],
        ...,
    ],
    NoDecode,
    BeforeValidator(toolset_names),
]
"""`core` is what is always offered; it may be named besides the others."""


class JiraSettings(AtlassianSettings, service="jira"):
    """How to reach sites of Jira Cloud, as whom, and what tools may do there."""

    sandbox_sites = ("https://pm-os.sandbox.invalid", "https://ops.sandbox.invalid")

    projects: Names = Field(
        default=(),
        description="Comma-separated keys of the only projects that tools may touch; unset: all. Those of a further "
        "site as SITE/KEY.",
    )
    toolsets: Toolsets = Field(
        default=(),
        description="Comma-separated tools to offer besides the usual ones: agile, bulk, development, filters, "
        "history, links, people, releases, time.",
    )
    files_dir: AbsolutePath = Field(
        default=None, description="Folder that files are attached from and saved to; unset: neither is possible."
    )

    @override
    def oauth_profile(self) -> "OAuthProfile":
        from connector_kit.oauth.profiles import JIRA

        return self._with_equivalents(self._with_toolsets(self._at_home(JIRA), CLASSIC))

    @override
    def second_family(self) -> "OAuthProfile":
        from connector_kit.oauth.profiles import JIRA_GRANULAR

        return self._with_equivalents(self._with_toolsets(JIRA_GRANULAR, GRANULAR))

    def _with_equivalents(self, profile: "OAuthProfile") -> "OAuthProfile":
        """The profile with what stands for the classic scopes that the toolsets need."""
        equivalents = dict(profile.equivalents)
        for name, more in EQUIVALENTS.items():
            if self.switched_on(name):
                equivalents.update(more)
        return replace(profile, equivalents=equivalents)

    @field_validator("projects", mode="after")
    @classmethod
    def _plausible_projects(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        places = cls.places_in(info.data)
        if len(places) > 1 and value:
            limits_by_site(value, places, _PROJECT_KEY)
            return value
        keys = tuple(key.upper() for key in value)
        if any(not _PROJECT_KEY.fullmatch(key) for key in keys):
            raise ValueError("is not a list of project keys, like PROJ,OPS")
        return keys

    @override
    def limits_at(self, name: str) -> Mapping[str, Any]:
        if not self.projects:
            return {}
        return {"projects": limits_by_site(self.projects, self.addresses, _PROJECT_KEY)[name]}
