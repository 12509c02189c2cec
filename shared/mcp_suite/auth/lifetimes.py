"""How long a stored login lasts, and what it allows. Sends nothing."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from connector_kit.errors import ServiceError
from connector_kit.oauth.settings import OAuthSettings, credential_of
from connector_kit.oauth.vault import CredentialId, Vault
from connector_kit.oauth.vault_key import KeyPlace

SIGNED_IN = "signed_in"
"""Under which name a stored login keeps who it is, as the service said it when it was made."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """What the vault says of a login; times are ISO 8601 in UTC. `told` is why it cannot be read."""

    state: Literal["there", "given", "expired", "none", "unreadable"]
    signed_in: str = ""
    scopes: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    token_ends: str | None = None
    login_ends: str | None = None
    key_in: KeyPlace | None = None
    told: str = ""


def lifetimes(settings: OAuthSettings, *, now: float | None = None) -> Lifetimes:
    """Look at an account's stored login; `now` is in epoch seconds."""
    given = bool(settings.refresh_token and settings.refresh_token.get_secret_value())
    try:
        profile, credential = settings.oauth_profile(), credential_of(settings)
        vault = Vault.default()
        tokens = vault.load(credential)
        places: dict[CredentialId, KeyPlace] = dict(vault.list(settings.service))
    except ServiceError as error:
        return Lifetimes("unreadable", told=str(error))
    if tokens is None:
        return Lifetimes("given" if given else "none")
    moment = time.time() if now is None else now
    last = tokens.obtained_at + profile.refresh_lifetime if profile.refresh_lifetime and tokens.obtained_at else None
    over = last is not None and last <= moment
    return Lifetimes(
        "expired" if not tokens.is_alive(moment) and (over or not tokens.refresh_token) and not given else "there",
        signed_in=tokens.extra.get(SIGNED_IN, ""),
        scopes=tokens.scopes,
        lacking=profile.missing_scopes(tokens.scopes, settings.access),
        token_ends=_moment(tokens.expires_at),
        login_ends=_moment(last) if tokens.refresh_token else None,
        key_in=places.get(credential),
    )


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
