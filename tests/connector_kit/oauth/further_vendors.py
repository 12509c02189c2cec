"""Vendors that have no server yet: their profiles, and the dialects in which they answer.

What is known of them is in their own documentation, named at each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.oauth.profiles import OAuthClient, OAuthProfile, Revocation
from connector_kit.testing.authorization_server import STANDARD, Dialect

HOUR, DAY = 3600.0, 86400.0
APP = OAuthClient("client-1", SecretStr("client-secret-1"))
PUBLIC_APP = OAuthClient("client-1")

# https://developers.google.com/identity/protocols/oauth2/native-app: a desktop app has a secret that is none; without
# access_type and prompt there is no refresh token the second time. A refresh token stays as it is.
GOOGLE = OAuthProfile(
    name="google",
    vendor="Google",
    authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
    token_url="https://oauth2.googleapis.com/token",
    authorize_params={"access_type": "offline", "prompt": "consent"},
    read_scopes=("https://www.googleapis.com/auth/drive.readonly",),
    write_scopes=("https://www.googleapis.com/auth/drive.file",),
    redirect_uri="http://127.0.0.1",
    device_url="https://oauth2.googleapis.com/device/code",
    revocation=Revocation("https://oauth2.googleapis.com/revoke"),
    consent_page="https://myaccount.google.com/connections",
)

# https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow, /v2-oauth2-device-code: an
# address for each tenant, public clients, a new refresh token each time while the old one goes on working.
MICROSOFT = OAuthProfile(
    name="microsoft",
    vendor="Microsoft",
    authorize_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    secret="optional",
    base_scopes=("offline_access",),
    read_scopes=("https://graph.microsoft.com/Mail.Read",),
    write_scopes=("https://graph.microsoft.com/Mail.Send",),
    refresh_lifetime=90 * DAY,
    errors={
        "interaction_required": "dead_grant",
        "consent_required": "withdrawn",
        "authorization_declined": "denied",
        "bad_verification_code": "dead_grant",
    },
    redirect_uri="http://localhost",
    device_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
    consent_page="https://myapps.microsoft.com",
)

# https://linear.app/developers/oauth-2-0-authentication: commas between scopes, a day's tokens that rotate.
LINEAR = OAuthProfile(
    name="linear",
    vendor="Linear",
    authorize_url="https://linear.app/oauth/authorize",
    token_url="https://api.linear.app/oauth/token",
    authorize_params={"prompt": "consent"},
    scope_separator=",",
    read_scopes=("read",),
    write_scopes=("issues:create", "comments:create", "write"),
    rotates=True,
    lifetime=DAY,
    redirect_uri="http://localhost:8765/callback",
    revocation=Revocation("https://api.linear.app/oauth/revoke"),
)

# https://developers.notion.com/reference/create-a-token, /refresh-a-token, /revoke-token: JSON with HTTP Basic, a
# version in each request, neither scopes nor lifetimes; what is revoked is the access token.
NOTION = OAuthProfile(
    name="notion",
    vendor="Notion",
    authorize_url="https://api.notion.com/v1/oauth/authorize",
    token_url="https://api.notion.com/v1/oauth/token",
    client_auth="basic",
    token_body="json",
    pkce=False,
    authorize_params={"owner": "user"},
    headers={"Notion-Version": "2026-03-11"},
    extra={"workspace_id": "workspace_id", "workspace_name": "workspace", "bot_id": "account"},
    rotates=True,
    lifetime=None,
    redirect_uri="http://localhost:8765/callback",
    revocation=Revocation("https://api.notion.com/v1/oauth/revoke", token="access"),
)

# https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app,
# https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors:
# refusals with status 200, commas between the scopes granted, tokens of eight hours that rotate, or of any age that
# do not. A login is revoked by deleting it, with HTTP Basic, while everything else has the secret in the body.
GITHUB = OAuthProfile(
    name="github",
    vendor="GitHub",
    authorize_url="https://github.com/login/oauth/authorize",
    token_url="https://github.com/login/oauth/access_token",
    secret="optional",
    read_scopes=("read:org",),
    write_scopes=("repo",),
    rotates=True,
    lifetime=None,
    refresh_lifetime=184 * DAY,
    errors={
        "bad_refresh_token": "dead_grant",
        "bad_verification_code": "dead_grant",
        "incorrect_device_code": "dead_grant",
        "incorrect_client_credentials": "wrong_client",
        "device_flow_disabled": "client_setup",
    },
    redirect_uri="http://127.0.0.1/callback",
    device_url="https://github.com/login/device/code",
    revocation=Revocation(
        "https://api.github.com/applications/{client_id}/grant",
        token="access",
        field="access_token",
        method="DELETE",
        client_auth="basic",
        token_body="json",
    ),
)

# https://docs.sentry.io/api/auth, and for the device flow the vendor's own command-line client: tokens of thirty days
# that rotate; a host of one's own is possible.
SENTRY = OAuthProfile(
    name="sentry",
    vendor="Sentry",
    authorize_url="https://{host}/oauth/authorize/",
    token_url="https://{host}/oauth/token/",
    secret="optional",
    read_scopes=("org:read", "project:read", "event:read"),
    write_scopes=("event:write",),
    extra={"user.id": "account_id", "user.email": "account"},
    rotates=True,
    lifetime=30 * DAY,
    device_url="https://{host}/oauth/device/code/",
)

# https://developers.zoom.us/docs/integrations/oauth/: HTTP Basic, scopes that are part of the app, the reason of an
# error in a field of its own; an app of the account itself has a grant of its own.
ZOOM = OAuthProfile(
    name="zoom",
    vendor="Zoom",
    authorize_url="https://zoom.us/oauth/authorize",
    token_url="https://zoom.us/oauth/token",
    client_auth="basic",
    scope_parameter="",
    read_scopes=("meeting:read:meeting", "user:read:user"),
    write_scopes=("meeting:write:meeting",),
    rotates=True,
    refresh_lifetime=90 * DAY,
    error_text="reason",
    redirect_uri="http://localhost:8765/callback",
    device_url="https://zoom.us/oauth/devicecode",
    revocation=Revocation("https://zoom.us/oauth/revoke", token="access"),
)
ZOOM_ACCOUNT = replace(ZOOM, app_grant="account_credentials", token_params={"account_id": "account-1"})

GITHUB_DIALECT = Dialect(
    {
        **{reason: (200, error, text) for reason, (_, error, text) in STANDARD.refusals.items()},
        "wrong_client": (200, "incorrect_client_credentials", "The client_id and/or client_secret are incorrect."),
        "dead_token": (200, "bad_refresh_token", "The refresh token passed is incorrect or expired."),
        "bad_code": (200, "bad_verification_code", "The code passed is incorrect or expired."),
    },
    separator=",",
    asked_separator=" ",
)
MICROSOFT_DIALECT = Dialect({**STANDARD.refusals, "denied": (400, "authorization_declined", "AADSTS70000")})
NOTION_DIALECT = Dialect(
    STANDARD.refusals,
    untold=frozenset({"expires_in", "scope"}),
    besides={"workspace_id": "ws-1", "workspace_name": "Sample", "bot_id": "bot-1", "duplicated_template_id": None},
)
SENTRY_DIALECT = Dialect(STANDARD.refusals, besides={"user": {"id": "7", "email": "someone@example.org"}})
ZOOM_DIALECT = Dialect(
    {
        **STANDARD.refusals,
        "dead_token": (400, "invalid_grant", "Invalid Token!"),
        "wrong_client": (400, "invalid_client", "Invalid client_id or client_secret"),
    },
    error_text="reason",
)


@dataclass(frozen=True)
class Vendor:
    """A profile, how its vendor answers, and what its requests must look like."""

    profile: OAuthProfile
    dialect: Dialect = STANDARD
    server: Mapping[str, Any] = field(default_factory=dict[str, Any])
    app: OAuthClient = APP
    asks: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the address that the browser opens holds; empty: not there."""
    granted: tuple[str, ...] | None = None
    """The scopes of the app's settings, where logins do not ask for any; empty where answers do not tell."""

    def __str__(self) -> str:
        return self.profile.name

    @property
    def scopes(self) -> tuple[str, ...]:
        """What is known to be granted to a login for writing."""
        return self.profile.scopes_for(Access.WRITE) if self.granted is None else self.granted


VENDORS = (
    Vendor(
        GOOGLE,
        server={"rotates": False},
        asks={"access_type": "offline", "prompt": "consent", "code_challenge_method": "S256"},
    ),
    Vendor(
        MICROSOFT.at(tenant="organizations"),
        MICROSOFT_DIALECT,
        server={"client_secret": None, "reuse_leeway": 90 * DAY},
        app=PUBLIC_APP,
        asks={"scope": "offline_access https://graph.microsoft.com/Mail.Read https://graph.microsoft.com/Mail.Send"},
    ),
    Vendor(
        LINEAR,
        Dialect(STANDARD.refusals, separator=","),
        server={"lifetime": DAY},
        asks={"scope": "read,issues:create,comments:create,write"},
    ),
    Vendor(NOTION, NOTION_DIALECT, asks={"owner": "user", "scope": "", "code_challenge": ""}, granted=()),
    Vendor(GITHUB, GITHUB_DIALECT, server={"lifetime": 8 * HOUR}, asks={"scope": "read:org repo"}),
    Vendor(
        SENTRY.at(host="sentry.io"),
        SENTRY_DIALECT,
        server={"lifetime": 30 * DAY, "client_secret": None},
        app=PUBLIC_APP,
        asks={"scope": "org:read project:read event:read event:write"},
    ),
    Vendor(ZOOM, ZOOM_DIALECT, asks={"scope": ""}, granted=("meeting:read:meeting", "user:read:user")),
)
