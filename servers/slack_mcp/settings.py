"""The settings of the Slack server: the variables `SLACK_*`."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import NoDecode
from typing_extensions import override

from connector_kit.credentials import OF_AN_ACCOUNT, required
from connector_kit.errors import NotConfigured
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.setting_types import AbsolutePath, Names, StandInAddress, toolset_names

if TYPE_CHECKING:
    from connector_kit.oauth.profiles import OAuthProfile

TokenKind = Literal["user", "bot"]

_API_HOST = "slack.com"
_ACCESS_TOKEN = re.compile(r"(?:xoxe\.)?xox(?P<letter>[bp])-[A-Za-z0-9-]{10,}")
_CHANNEL = re.compile(r"[#@]?[^\s,#@<>]{1,80}")
# The longest first: xoxe. begins a rotating access token, xoxe- a refresh token.
_WRONG_KINDS = {
    "xapp-": "an app-level token (xapp-), which cannot read or write messages",
    "xoxe-": "a refresh token (xoxe-): it belongs into SLACK_REFRESH_TOKEN, beside SLACK_CLIENT_ID",
    "xoxc-": "a token taken from a browser (xoxc-): Slack ends sessions that use one outside of it",
    "xoxd-": "a browser's cookie (xoxd-), not a token",
    "xoxs-": "a token of a Slack client (xoxs-): Slack ends sessions that use one outside of it",
    "xoxa-": "a workspace token of the old kind (xoxa-), which Slack has retired",
    "xoxr-": "a refresh token of the old kind (xoxr-), which Slack has retired",
    "xwfp-": "a workflow's token (xwfp-), which lives only as long as the workflow runs",
}
_ONLY_FOR = {
    "bookmarks:write": "bookmarks",
    "canvases:write": "canvases",
    "channels:join": "channels",
    "channels:manage": "channels",
}
"""Scopes that only the tools of a toolset need. Of a person, `channels:write` is what marks a channel as read, too."""

Toolsets = Annotated[
    tuple[Literal["bookmarks", "canvases", "channels", "people", "scheduling"], ...],
    NoDecode,
    BeforeValidator(toolset_names),
]


class SlackSettings(OAuthSettings, service="slack"):
    """How to reach a Slack workspace, as whom, and what tools may do there."""

    token: SecretStr | None = required(
        "Token of a Slack app: of a person (xoxp-…) or of its bot (xoxb-…).", login="token"
    )
    token_kind: TokenKind = Field(
        default="user",
        description="For the login in the browser: sign in as user (yourself) or as bot.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    channels: Names = Field(
        default=(),
        description="Comma-separated names or ids of the only channels that tools may write to, people as @name; "
        "unset: all.",
    )
    read_channels: Names = Field(
        default=(),
        description="Comma-separated names or ids of the only channels that tools may read, besides SLACK_CHANNELS; "
        "unset: all.",
    )
    files_dir: AbsolutePath = Field(
        default=None, description="Folder that files are uploaded from and saved to; unset: neither is possible."
    )
    api_url: StandInAddress = Field(
        default=None, description="Address of a stand-in for Slack on this machine, like http://127.0.0.1:8080."
    )
    toolsets: Toolsets = Field(
        default=(),
        description="Comma-separated tools to offer besides the usual ones: bookmarks, canvases, "
        "channels, people, scheduling.",
    )
    timeout: float = Field(default=45.0, gt=0, lt=50, description="Seconds that one call may take, with retries.")

    @field_validator("channels", "read_channels", mode="after")
    @classmethod
    def _plausible_channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _CHANNEL.fullmatch(name) for name in value):
            raise ValueError("is not a list of channels, like #general,C0123456789,@ann")
        return value

    @property
    def kind(self) -> TokenKind:
        """Whether the server is a person or a bot in Slack, by the token or, for a login, by the setting."""
        if self.login == "oauth":
            return self.token_kind
        return kind_of(self.token.get_secret_value()) if self.token else self.token_kind

    @override
    def secret_host(self) -> str:
        return urlsplit(self.api_url).netloc if self.api_url else _API_HOST

    @override
    def require(self) -> None:
        super().require()
        if self.sandbox or self.login != "token":
            return
        assert self.token is not None  # or the line above would have raised
        wrong = token_problem(self.token.get_secret_value())
        if wrong:
            raise NotConfigured(
                "slack's settings are wrong.",
                fields={self.variable("token"): wrong},
                next_step=f"Correct it; see {self.guide}.",
            )

    @override
    def oauth_profile(self) -> "OAuthProfile":
        from connector_kit.oauth.profiles import SLACK_BOT, SLACK_USER

        as_whom = {"user": SLACK_USER, "bot": SLACK_BOT}
        usual = as_whom[self.token_kind]
        needed = tuple(scope for scope in usual.write_scopes if self.switched_on(_ONLY_FOR.get(scope, "")))
        profile = replace(usual, account=self.account, write_scopes=needed)
        if not self.api_url:
            return profile

        def here(url: str) -> str:
            return f"{self.api_url}{urlsplit(url).path}"

        revocation = profile.revocation
        return replace(
            profile,
            authorize_url=here(profile.authorize_url),
            token_url=here(profile.token_url),
            revocation=replace(revocation, url=here(revocation.url)) if revocation else None,
        )


def kind_of(token: str) -> TokenKind:
    """Whether an access token is a bot's or a person's."""
    match = _ACCESS_TOKEN.fullmatch(token)
    return "bot" if match and match.group("letter") == "b" else "user"


def token_problem(token: str) -> str:
    """What is wrong with a token by the look of it, without quoting it; "" if nothing is."""
    for prefix, what in _WRONG_KINDS.items():
        if token.startswith(prefix):
            return f"is {what}. A token that begins with xoxp- or xoxb- is needed"
    if _ACCESS_TOKEN.fullmatch(token):
        return ""
    return "is not a token of Slack: one begins with xoxp-, xoxb-, xoxe.xoxp- or xoxe.xoxb- and has no blanks"
