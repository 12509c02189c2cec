"""Slack: https://docs.slack.dev/authentication/installing-with-oauth, /using-token-rotation, /using-pkce

Scopes are those that the tools come to need: https://docs.slack.dev/reference/scopes. The same right may have another
name for a bot (channels:manage, channels:join) than for a person (channels:write); a bot cannot search by itself.
"""

# ruff: noqa: S106 - addresses of token endpoints, not secrets
from __future__ import annotations

from dataclasses import replace

from connector_kit.oauth.profiles.profile import OAuthProfile, Revocation

_READ = (
    "channels:read",
    "channels:history",
    "groups:read",
    "groups:history",
    "im:read",
    "im:history",
    "mpim:read",
    "mpim:history",
    "users:read",
    "users:read.email",
    "usergroups:read",
    "pins:read",
    "bookmarks:read",
    "files:read",
    "canvases:read",
)
_WRITE = (
    "chat:write",
    "reactions:write",
    "pins:write",
    "bookmarks:write",
    "files:write",
    "canvases:write",
    "groups:write",
    "im:write",
    "mpim:write",
)
_SEARCH = ("search:read", "search:read.public", "search:read.private", "search:read.im", "search:read.mpim")
SLACK_BOT = OAuthProfile(
    name="slack",
    vendor="Slack",
    authorize_url="https://slack.com/oauth/v2/authorize",
    token_url="https://slack.com/api/oauth.v2.access",
    client_auth="basic",
    pkce=False,
    scope_separator=",",
    read_scopes=_READ,
    write_scopes=(*_WRITE, "channels:manage", "channels:join"),
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
    read_scopes=(*_READ, *_SEARCH),
    write_scopes=(*_WRITE, "channels:write"),
    token_path=("authed_user",),
    extra={"team.id": "team_id", "team.name": "team", "authed_user.id": "account", "enterprise.id": "enterprise_id"},
    refresh_lifetime=30 * 86400.0,
    redirect_uri="http://localhost:8765/callback",
)
"""A person's token. An app with PKCE has no secret; its refresh tokens last 30 days."""
