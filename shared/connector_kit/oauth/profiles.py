"""What each vendor does differently, as data: addresses, scopes, lifetimes, and what its errors mean.

Nothing else in this package knows a vendor by name. A further vendor is one more `OAuthProfile`.
"""

# ruff: noqa: S105, S106 - addresses of token endpoints and kinds of secrets, not secrets
from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import SecretStr

from connector_kit.credentials import Access
from connector_kit.errors import NotConfigured

ClientAuth = Literal["body", "basic", "none"]
"""How the client proves who it is: id and secret in the body, by HTTP Basic, or the id alone."""

Meaning = Literal[
    "dead_grant",
    "withdrawn",
    "wrong_client",
    "client_setup",
    "denied",
    "scopes",
    "pending",
    "slow_down",
    "expired",
    "later",
]
"""What an error of the token endpoint says: the refresh token or code is of no use; consent was taken back; the
client's id or secret is wrong; the app is set up wrongly; the user said no; the scopes are not allowed; the user has
not answered yet; ask less often; the time is up; the vendor cannot answer now."""

STANDARD_ERRORS: Mapping[str, Meaning] = {
    "invalid_grant": "dead_grant",
    "invalid_client": "wrong_client",
    "unauthorized_client": "client_setup",
    "unsupported_grant_type": "client_setup",
    "invalid_request": "client_setup",
    "redirect_uri_mismatch": "client_setup",
    "invalid_scope": "scopes",
    "access_denied": "denied",
    "authorization_pending": "pending",
    "slow_down": "slow_down",
    "expired_token": "expired",
    "server_error": "later",
    "temporarily_unavailable": "later",
}
"""RFC 6749 (4.1.2.1, 5.2) and RFC 8628 (3.5)."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """How a token is revoked: `form` as RFC 7009 says, `bearer` with the access token as the credential."""

    url: str
    style: Literal["form", "bearer"] = "form"


@dataclass(frozen=True, slots=True)
class OAuthProfile:
    """One vendor's OAuth, for one service; times in seconds.

    `name` is the service as the user writes it: in commands, and in capitals before its variables.
    `secret` says whether the client has one. `base_scopes` are asked for always, the others by access level.
    `token_path` is where a new login's tokens stand in the answer, if not at the top; a refresh's stand at the top
    or there. `extra` says which other values of an answer are kept: dotted path -> name. `rotates` means that a
    refresh ends the refresh token; within `reuse_leeway` the old one is served once more all the same, so that a
    refresh whose answer was lost may be repeated. `lifetime` is assumed for an access token whose answer tells
    none (None: it does not expire); it is renewed `margin` before its end.
    `redirect_uri` without a port means any free one. `sites_url` lists what the login opened; `consent_page` is
    where the user takes consent back by hand.
    """

    name: str
    vendor: str
    authorize_url: str
    token_url: str
    client_auth: ClientAuth = "body"
    secret: Literal["required", "optional", "never"] = "required"
    token_body: Literal["form", "json"] = "form"
    pkce: bool = True
    authorize_params: Mapping[str, str] = field(default_factory=dict[str, str])
    token_params: Mapping[str, str] = field(default_factory=dict[str, str])
    scope_parameter: str = "scope"
    scope_separator: str = " "
    base_scopes: tuple[str, ...] = ()
    read_scopes: tuple[str, ...] = ()
    write_scopes: tuple[str, ...] = ()
    delete_scopes: tuple[str, ...] = ()
    token_path: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    rotates: bool = False
    reuse_leeway: float = 0.0
    lifetime: float | None = 3600.0
    margin: float = 600.0
    refresh_lifetime: float | None = None
    errors: Mapping[str, Meaning] = field(default_factory=dict[str, Meaning])
    redirect_uri: str = "http://127.0.0.1:8765/callback"
    device_url: str | None = None
    revocation: Revocation | None = None
    sites_url: str | None = None
    site_variable: str = ""
    consent_page: str = ""

    def scopes_for(self, access: Access = Access.READ) -> tuple[str, ...]:
        """The scopes that a login asks for: those for reading, and more only for more access."""
        levels = [self.base_scopes, self.read_scopes]
        if access.allows("changes"):
            levels.append(self.write_scopes)
        if access.allows("destroys"):
            levels.append(self.delete_scopes)
        return tuple(dict.fromkeys(scope for level in levels for scope in level))

    def missing_scopes(self, granted: Collection[str], access: Access = Access.READ) -> tuple[str, ...]:
        """The scopes that `access` needs and that `granted` lacks; none where the vendor grants without naming.

        Scopes that only shape the login (`base_scopes`) are not needed by any tool.
        """
        if not granted:
            return ()
        needed = self.scopes_for(access)
        return tuple(scope for scope in needed if scope not in granted and scope not in self.base_scopes)

    def meaning(self, error: str) -> Meaning | None:
        """What an error code of the token endpoint means; None for one that nobody described."""
        return self.errors.get(error) or STANDARD_ERRORS.get(error)

    def at(self, host: str) -> OAuthProfile:
        """The profile with `host` in the place of {host} in its addresses, for vendors with a host per customer."""
        return replace(
            self,
            authorize_url=self.authorize_url.replace("{host}", host),
            token_url=self.token_url.replace("{host}", host),
        )

    @property
    def command(self) -> str:
        """The command that logs in."""
        return f"mcp-suite auth login {self.name}"

    def variable(self, setting: str) -> str:
        """The environment variable of a setting: `client_secret` -> `JIRA_CLIENT_SECRET`."""
        return f"{self.name.upper()}_{setting.upper()}"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The app that the user registered with the vendor. An empty `redirect_uri` means the profile's."""

    client_id: str
    client_secret: SecretStr | None = None
    redirect_uri: str = ""

    def require(self, profile: OAuthProfile) -> None:
        """Raise NotConfigured naming all that the vendor asks of the app and that has no value."""
        lacking: dict[str, str] = {}
        if not self.client_id:
            lacking[profile.variable("client_id")] = "Client id of the app (not set)"
        if profile.secret == "required" and not self.secret():
            lacking[profile.variable("client_secret")] = "Client secret of the app (not set)"
        if lacking:
            raise NotConfigured(
                f"Logging in to {profile.vendor} needs an app of yours.",
                fields=lacking,
                next_step=f"Set these variables as setup_guides/{profile.name}.md explains, then run"
                f" `{profile.command}`.",
            )

    def secret(self) -> str:
        """The secret as plain text, empty if there is none."""
        return self.client_secret.get_secret_value() if self.client_secret else ""


# Atlassian. https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
# A refresh token that is unknown or was rotated away is answered 403 with either of two codes, a wrong client
# secret 401 access_denied: as seen on auth.atlassian.com, which the documentation tells only in part.
ATLASSIAN = OAuthProfile(
    name="atlassian",
    vendor="Atlassian",
    authorize_url="https://auth.atlassian.com/authorize",
    token_url="https://auth.atlassian.com/oauth/token",
    token_body="json",
    authorize_params={"audience": "api.atlassian.com", "prompt": "consent"},
    base_scopes=("offline_access",),
    rotates=True,
    reuse_leeway=600.0,
    refresh_lifetime=90 * 86400.0,
    errors={"unauthorized_client": "dead_grant", "access_denied": "wrong_client"},
    redirect_uri="http://localhost:8765/callback",
    sites_url="https://api.atlassian.com/oauth/token/accessible-resources",
    consent_page="https://id.atlassian.com/manage-profile/apps",
)
JIRA = replace(
    ATLASSIAN,
    name="jira",
    read_scopes=("read:jira-work", "read:jira-user"),
    write_scopes=("write:jira-work",),
    delete_scopes=("write:jira-work",),
    site_variable="JIRA_CLOUD_URL",
)
"""Jira with the classic scopes, which Atlassian recommends."""
JIRA_GRANULAR = replace(
    JIRA,
    read_scopes=(
        "read:application-role:jira",
        "read:avatar:jira",
        "read:comment.property:jira",
        "read:comment:jira",
        "read:field-configuration:jira",
        "read:field.default-value:jira",
        "read:field.option:jira",
        "read:field:jira",
        "read:group:jira",
        "read:issue-details:jira",
        "read:issue-link-type:jira",
        "read:issue-meta:jira",
        "read:issue-security-level:jira",
        "read:issue-type-hierarchy:jira",
        "read:issue-type:jira",
        "read:issue-worklog.property:jira",
        "read:issue-worklog:jira",
        "read:issue.changelog:jira",
        "read:issue.transition:jira",
        "read:issue.vote:jira",
        "read:issue:jira",
        "read:project-category:jira",
        "read:project-role:jira",
        "read:project-version:jira",
        "read:project.component:jira",
        "read:project.property:jira",
        "read:project:jira",
        "read:status:jira",
        "read:user.property:jira",
        "read:user:jira",
    ),
    write_scopes=(
        "write:attachment:jira",
        "write:comment.property:jira",
        "write:comment:jira",
        "write:issue-link:jira",
        "write:issue-worklog.property:jira",
        "write:issue-worklog:jira",
        "write:issue.property:jira",
        "write:issue:jira",
    ),
    delete_scopes=("delete:issue:jira",),
)
"""Jira with granular scopes: what the operations that our tools use are described with."""
CONFLUENCE = replace(
    ATLASSIAN,
    name="confluence",
    read_scopes=(
        "read:page:confluence",
        "read:space:confluence",
        "read:comment:confluence",
        "read:attachment:confluence",
        "read:task:confluence",
        "search:confluence",
        "read:confluence-content.all",
    ),
    write_scopes=(
        "write:page:confluence",
        "write:comment:confluence",
        "write:confluence-content",
        "write:confluence-file",
    ),
    delete_scopes=("delete:page:confluence", "delete:comment:confluence", "delete:attachment:confluence"),
    site_variable="CONFLUENCE_CLOUD_URL",
)
"""Confluence needs both families: its second API knows granular scopes, its first (search, labels) classic ones."""

# Slack. https://docs.slack.dev/authentication/installing-with-oauth, /using-token-rotation, /using-pkce
_SLACK_READ = (
    "channels:read",
    "channels:history",
    "groups:read",
    "groups:history",
    "im:read",
    "im:history",
    "mpim:read",
    "mpim:history",
    "users:read",
    "reactions:read",
    "pins:read",
    "bookmarks:read",
    "files:read",
    "usergroups:read",
    "team:read",
)
_SLACK_WRITE = ("chat:write", "reactions:write", "pins:write", "bookmarks:write", "files:write")
SLACK_BOT = OAuthProfile(
    name="slack",
    vendor="Slack",
    authorize_url="https://slack.com/oauth/v2/authorize",
    token_url="https://slack.com/api/oauth.v2.access",
    client_auth="basic",
    pkce=False,
    scope_separator=",",
    read_scopes=_SLACK_READ,
    write_scopes=_SLACK_WRITE,
    extra={"team.id": "team_id", "team.name": "team", "bot_user_id": "account", "enterprise.id": "enterprise_id"},
    rotates=True,
    lifetime=None,
    errors={
        "invalid_refresh_token": "dead_grant",
        "token_revoked": "withdrawn",
        "token_expired": "dead_grant",
        "invalid_code": "dead_grant",
        "code_expired": "dead_grant",
        "code_already_used": "dead_grant",
        "invalid_auth": "dead_grant",
        "account_inactive": "withdrawn",
        "bad_client_secret": "wrong_client",
        "invalid_client_id": "wrong_client",
        "bad_redirect_uri": "client_setup",
        "invalid_arguments": "client_setup",
        "invalid_grant_type": "client_setup",
        "oauth_authorization_url_mismatch": "client_setup",
        "invalid_scope": "scopes",
        "no_scopes": "scopes",
        "ratelimited": "later",
        "internal_error": "later",
        "fatal_error": "later",
        "service_unavailable": "later",
        "request_timeout": "later",
    },
    redirect_uri="",
    revocation=Revocation("https://slack.com/api/auth.revoke", "bearer"),
)
"""A bot's token. Slack gives none over a loopback redirect: the redirect URI is an https address of the app's, whose
answer the user pastes."""
SLACK_USER = replace(
    SLACK_BOT,
    authorize_url="https://slack.com/oauth/v2_user/authorize",
    token_url="https://slack.com/api/oauth.v2.user.access",
    client_auth="body",
    secret="optional",
    pkce=True,
    read_scopes=(*_SLACK_READ, "search:read"),
    token_path=("authed_user",),
    extra={"team.id": "team_id", "team.name": "team", "authed_user.id": "account", "enterprise.id": "enterprise_id"},
    refresh_lifetime=30 * 86400.0,
    redirect_uri="http://localhost:8765/callback",
)
"""A person's token. An app with PKCE has no secret; its refresh tokens last 30 days."""

# Snowflake. https://docs.snowflake.com/en/user-guide/oauth-local-applications, /oauth-custom
SNOWFLAKE = OAuthProfile(
    name="snowflake",
    vendor="Snowflake",
    authorize_url="https://{host}/oauth/authorize",
    token_url="https://{host}/oauth/token-request",
    client_auth="basic",
    secret="optional",
    base_scopes=("refresh_token",),
    extra={"username": "account"},
    lifetime=600.0,
    margin=120.0,
    refresh_lifetime=90 * 86400.0,
    redirect_uri="http://127.0.0.1",
)
"""What all accounts have in common; `snowflake(account)` has the addresses."""
SNOWFLAKE_LOCAL_APPLICATION = OAuthClient("LOCAL_APPLICATION", SecretStr("LOCAL_APPLICATION"))
"""The client of the integration that every account has; its "secret" is public."""
_HOST = r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"


def snowflake(account: str, role: str = "") -> OAuthProfile:
    """The profile of one Snowflake account, given as an identifier (`ORG-ACCOUNT`) or a host.

    `role` limits the session to one role; without it the user's default role holds. The access token lasts
    10 minutes, the refresh token as long as the integration says (90 days at most).

    Raises NotConfigured for something that is no account, or no plain role name.
    """
    # An underscore is not allowed in a host name; Snowflake takes a hyphen in its place.
    host = account.strip().lower().removeprefix("https://").rstrip("/").replace("_", "-")
    if not host.endswith((".snowflakecomputing.com", ".snowflakecomputing.cn")):
        host = f"{host}.snowflakecomputing.com"
    if not re.fullmatch(_HOST, host):
        raise NotConfigured(
            "SNOWFLAKE_ACCOUNT is not a Snowflake account.",
            next_step="Expected ORGANISATION-ACCOUNT, or the host ORGANISATION-ACCOUNT.snowflakecomputing.com.",
        )
    if role and not re.fullmatch(r"[A-Za-z0-9_$-]{1,255}", role):
        raise NotConfigured(
            "SNOWFLAKE_ROLE is not the plain name of a role.", next_step="Expected letters, digits and _."
        )
    scopes = (*SNOWFLAKE.base_scopes, *([f"session:role:{role}"] if role else []))
    return replace(SNOWFLAKE.at(host), base_scopes=scopes)
