"""The settings of the Confluence server: the variables `CONFLUENCE_*`."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode
from typing_extensions import override

from atlassian_kit.settings import AtlassianSettings, limits_by_site
from confluence_mcp.scopes import TOOLSETS
from connector_kit.setting_types import AbsolutePath, Names, toolset_names

if TYPE_CHECKING:
    from connector_kit.oauth.profiles import OAuthProfile

SPACE_KEY = re.compile(r"~?[A-Za-z0-9][A-Za-z0-9_.:-]{0,254}")
"""A space's key; that of somebody's own space begins with ~."""

Toolsets = Annotated[
    tuple[
        Literal["core", "access", "admin", "blog", "history", "people", "spaces", "tasks", "templates"],
        ...,
    ],
    NoDecode,
    BeforeValidator(toolset_names),
]
"""`core` is what is always offered; it may be named besides the others."""


class ConfluenceSettings(AtlassianSettings, service="confluence"):
    """How to reach sites of Confluence Cloud, as whom, and what tools may do there."""

    sandbox_sites = ("https://pm-os.sandbox.invalid", "https://ops.sandbox.invalid")

    spaces: Names = Field(
        default=(),
        description="Comma-separated keys of the only spaces that tools may touch; unset: all. Those of a further "
        "site as SITE/KEY.",
    )
    toolsets: Toolsets = Field(
        default=(),
        description="Comma-separated tools to offer besides the usual ones: access, admin, blog, history, people, "
        "spaces, tasks, templates.",
    )
    files_dir: AbsolutePath = Field(
        default=None,
        description="Folder that files are attached and published from and saved to; unset: neither is possible.",
    )

    @override
    def oauth_profile(self) -> "OAuthProfile":
        from connector_kit.oauth.profiles import CONFLUENCE

        return self._with_toolsets(self._at_home(CONFLUENCE), TOOLSETS)

    @field_validator("spaces", mode="after")
    @classmethod
    def _plausible_spaces(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        places = cls.places_in(info.data)
        if len(places) > 1 and value:
            limits_by_site(value, places, SPACE_KEY)
            return value
        if any(not SPACE_KEY.fullmatch(key) for key in value):
            raise ValueError("is not a list of space keys, like DOCS,OPS")
        return tuple(key.upper() for key in value)

    @override
    def limits_at(self, name: str) -> Mapping[str, Any]:
        if not self.spaces:
            return {}
        return {"spaces": limits_by_site(self.spaces, self.addresses, SPACE_KEY)[name]}
