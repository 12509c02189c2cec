"""A login at the loopback authorization server, as its users see it: profile, client, credential, vault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from connector_kit.oauth.profiles import JIRA, OAuthClient, OAuthProfile
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId, Vault
from connector_kit.testing.token_faults import GrantedTokens

CLIENT = OAuthClient("client-1", SecretStr("client-secret-1"))
"""The client that an `AuthorizationServer` knows by default."""
CREDENTIAL = CredentialId("jira", "me@example.com", "site.invalid")


def loopback_profile(token_url: str, base: OAuthProfile = JIRA, **changes: Any) -> OAuthProfile:
    """The profile of a vendor whose token endpoint is at `token_url`."""
    return replace(base, token_url=token_url, **changes)


def file_vault(folder: Path) -> Vault:
    """A vault without a keyring, whose key is a file."""
    return Vault(folder, find_backend=lambda: None, allow_key_file=True)


def token_set(granted: GrantedTokens, *, age: float = 0.0) -> TokenSet:
    """What a login would have stored `age` seconds ago: the older, the sooner it is due, or expired."""
    return TokenSet(
        access_token=granted.access_token,
        refresh_token=granted.refresh_token,
        expires_at=granted.expires_at - age,
        scopes=granted.scopes,
        obtained_at=granted.expires_at - 3600 - age,
    )
