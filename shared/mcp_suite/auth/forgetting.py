"""Forgetting logins and secrets of one account, without touching what another account uses."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread
from pydantic import SecretStr

from connector_kit.credentials import ServiceSettings
from connector_kit.env_files import accounts_of
from connector_kit.errors import ServiceError
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import OAuthClient, OAuthProfile
from connector_kit.oauth.settings import OAuthSettings, credential_of, token_host
from connector_kit.oauth.vault import CredentialId, Vault
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.ages import Ages
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.names import Names, is_token

_USUAL = "default"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten, as a noun phrase, and what is left to do by hand."""

    what: str
    to_do: str = ""


def logins_of(vault: Vault, service: str, account: str) -> list[CredentialId]:
    """The stored logins of one account by name: one for each app that it was logged in with."""
    wanted = account or _USUAL
    return [credential for credential, _ in vault.list(service) if credential.account.partition(" ")[0] == wanted]


def app_of(credential: CredentialId) -> str:
    """The client id of the app that a stored login was made with."""
    return credential.account.partition(" ")[2]


async def forget_login(
    spec: ServerSpec[Any, Any], settings: ServiceSettings | None, credential: CredentialId, vault: Vault
) -> Forgotten:
    """Revoke a login where the vendor can, and delete it here in any case.

    Raises ServiceError when it cannot be deleted.
    """
    what = f"the login with the app {app_of(credential)} at {credential.host}"
    profile = settings.oauth_profile() if isinstance(settings, OAuthSettings) else None
    if profile is None or token_host(profile) != credential.host:
        await anyio.to_thread.run_sync(vault.delete, credential)
        return Forgotten(what, f"{credential.host} was not told: take the consent back there by hand.")
    secret = await anyio.to_thread.run_sync(_client_secret, credential)
    manager = OAuthManager(profile, OAuthClient(app_of(credential), secret), credential, vault)
    try:
        if await manager.forget():
            return Forgotten(f"{what} (revoked)")
        reason = "cannot be told to end a login" if profile.revocation is None else "was not told"
    except ServiceError as error:
        if await anyio.to_thread.run_sync(vault.path(credential).exists):
            raise
        reason = f"did not revoke it ({error.message.rstrip('.')})"
    by_hand = guidance(spec).ways["oauth"].revoking or f"take the consent back at {_consent_page(spec, profile)}"
    return Forgotten(what, f"{profile.vendor} {reason}: {by_hand}")


def forget_secrets(keys: Iterable[SecretKey]) -> list[SecretKey]:
    """Delete secrets and their dates; answers those that there were. Raises ServiceError."""
    store, ages = SecretStore.default(), Ages.default()
    gone = [key for key in keys if store.delete(key)]
    for key in gone:
        with suppress(OSError):
            ages.forget(key)
    return gone


def forget_replaced(spec: ServerSpec[Any, Any], before: ServiceSettings | None, now: ServiceSettings) -> list[str]:
    """Forget what an account had stored for another way of signing in, or for another app; tells what became of it."""
    if before is None or (before.login == "token" and now.way == before.way):
        return []
    told: list[str] = []
    try:
        if isinstance(before, OAuthSettings) and before.login == "oauth":
            vault, credential = Vault.default(), credential_of(before)
            same = isinstance(now, OAuthSettings) and now.login == "oauth" and credential_of(now) == credential
            if not same and vault.path(credential).exists():
                forgotten = anyio.run(forget_login, spec, before, credential, vault)
                told.append(f"Forgotten: {forgotten.what}. {forgotten.to_do}".rstrip())
        elsewhere = keys_elsewhere(spec, before.account)
        kept = {*elsewhere, *(key.text for key in _keys(spec, now))}
        keys = [key for key in _keys(spec, before) if key.text not in kept]
        told += [f"Forgotten: {phrase(key)}. {_revoke(spec, key)}".rstrip() for key in forget_secrets(keys)]
    except ServiceError as error:
        told.append(f"What was stored before is still there: {error}")
    return told


def phrase(key: SecretKey) -> str:
    """A stored secret in words."""
    if key.field == "client_secret":
        return f"the client secret of {key.account} at {key.host}"
    called = "token" if is_token(key.field) else key.field.replace("_", " ")
    return f"the {called} of {key.account} at {key.host}"


def keys_elsewhere(spec: ServerSpec[Any, Any], account: str) -> set[str]:
    """The secrets that the other accounts use, by the text of their keys.

    Raises NotConfigured for an account whose file cannot be read: what it uses is not known.
    """
    # Only what stands in their files: this shell's variables would make all of them look the same.
    named = os.environ.get("MCP_SUITE_ENV_DIR", "")
    environ = {"MCP_SUITE_ENV_DIR": named} if named else {}
    found: set[str] = set()
    for other in accounts_of(spec.service):
        if other != account:
            settings: ServiceSettings = spec.settings.load(account=other, environ=environ)
            found.update(key.text for key in _keys(spec, settings))
    return found


def _keys(spec: ServerSpec[Any, Any], settings: ServiceSettings) -> list[SecretKey]:
    names: Sequence[str] = Names.of(spec, settings.way).secret
    return [key for name in names if (key := settings.secret_key(name)) is not None]


def _client_secret(credential: CredentialId) -> SecretStr | None:
    key = SecretKey(credential.service, app_of(credential), credential.host, "client_secret")
    with suppress(ServiceError):
        secret = SecretStore.default().get(key)
        return SecretStr(secret) if secret else None
    return None


def _revoke(spec: ServerSpec[Any, Any], key: SecretKey) -> str:
    return f"Revoke it at {guidance(spec).revoking}" if is_token(key.field) else ""


def _consent_page(spec: ServerSpec[Any, Any], profile: OAuthProfile) -> str:
    return profile.consent_page or guidance(spec).revoking
