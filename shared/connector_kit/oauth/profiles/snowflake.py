"""Snowflake: https://docs.snowflake.com/en/user-guide/oauth-local-applications, /oauth-custom"""

# ruff: noqa: S106 - addresses of token endpoints, not secrets
from __future__ import annotations

import re
from dataclasses import replace

from pydantic import SecretStr

from connector_kit.errors import NotConfigured
from connector_kit.oauth.profiles.profile import OAuthClient, OAuthProfile

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
    return replace(SNOWFLAKE.at(host=host), base_scopes=scopes)
