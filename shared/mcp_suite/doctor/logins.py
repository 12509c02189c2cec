"""OAuth logins that are stored: whether they last, and whether they allow what the tools that are on need."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import anyio

from connector_kit.credentials import Access
from connector_kit.errors import ServiceError, Unavailable
from connector_kit.oauth import profiles
from connector_kit.oauth.profiles import OAuthProfile
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId, Vault
from mcp_suite.doctor.finding import Finding, fail, ok, warn
from mcp_suite.doctor.patience import in_thread

PATIENCE = 15.0
"""Seconds to renew a login."""

Renew = Callable[[OAuthProfile, CredentialId], Awaitable[TokenSet]]
"""Gets an access token that is valid now and answers what is stored then. Raises ServiceError."""

_ENDING = 14 * 86400.0
_GRANULAR = ":jira"


@dataclass(frozen=True, slots=True)
class Logins:
    """Where the logins of a service are, and how they are renewed; without `renew`, nothing is sent."""

    service: str
    profile: OAuthProfile | None
    access: Access
    vault: Vault = field(repr=False)
    renew: Renew | None = None
    now: Callable[[], float] = time.time


def profile_of(service: str) -> OAuthProfile | None:
    """The vendor's OAuth for a service; None for a service without it."""
    known: Mapping[str, OAuthProfile] = {
        "jira": profiles.JIRA,
        "confluence": profiles.CONFLUENCE,
        "slack": profiles.SLACK_USER,
        "snowflake": profiles.SNOWFLAKE,
    }
    return known.get(service)


def login_variables(service: str) -> set[str]:
    """The variables of a service that are for its login rather than for the server."""
    profile = profile_of(service)
    if profile is None:
        return set()
    names = ("client_id", "client_secret", "refresh_token", "redirect_uri")
    return {*(profile.variable(name) for name in names), profile.site_variable} - {""}


async def check_logins(logins: Logins, *, patience: float = PATIENCE) -> list[Finding]:
    """Look at every stored login of a service; a token that has expired is renewed as its next use would."""
    stored = await in_thread(lambda: logins.vault.list(logins.service))
    return [found for credential, _ in stored for found in await _check(logins, credential, patience)]


async def _check(logins: Logins, credential: CredentialId, patience: float) -> list[Finding]:
    service, whose = logins.service, f"{credential.account} at {credential.host}"
    again = f"Run: mcp-suite auth login {service}"
    try:
        with anyio.fail_after(patience):
            tokens = await in_thread(lambda: logins.vault.load(credential))
            if tokens is None:
                return []
            renewed = ""
            if not tokens.is_alive(logins.now()):
                if not tokens.refresh_token:
                    told = f"the login of {whose} has expired and cannot be renewed"
                    return [fail(service, "login", told, again)]
                if logins.renew is None or logins.profile is None:
                    told = f"the access token of {whose} has expired; its next use renews it"
                    return [ok(service, "login", told), *_scopes(logins, tokens, whose)]
                tokens = await logins.renew(logins.profile, credential)
                renewed = ", renewed just now"
    except TimeoutError:
        return [fail(service, "login", f"the login of {whose}: no answer within {patience:g} s", again)]
    except Unavailable as error:
        fix = f"Run again when the service answers: mcp-suite doctor {service}"
        return [warn(service, "login", f"the login of {whose} cannot be renewed now: {error.message}", fix)]
    except ServiceError as error:
        fix = again if error.kind == "not_authenticated" else error.next_step or again
        return [fail(service, "login", f"the login of {whose}: {error.message}", fix)]
    findings = [ok(service, "login", f"{whose}{renewed}; {_lifetime(tokens, logins.now())}")]
    return [*_end(logins, tokens, whose), *findings, *_scopes(logins, tokens, whose)]


def _scopes(logins: Logins, tokens: TokenSet, whose: str) -> list[Finding]:
    """Scopes that the tools which are on need and the login lacks."""
    profile = logins.profile
    if profile is None or not tokens.scopes:
        return []
    if logins.service == "jira" and any(scope.endswith(_GRANULAR) for scope in tokens.scopes):
        profile = profiles.JIRA_GRANULAR
    missing = profile.missing_scopes(tokens.scopes, logins.access)
    level = logins.access.value
    if missing:
        told = f"the login of {whose} lacks what tools need with access {level}: {', '.join(missing)}"
        wider = f" --access {level}" if level != "read" else ""
        fix = f"Run: mcp-suite auth login {logins.service}{wider} (tick these scopes in the app's settings first)"
        return [fail(logins.service, "scopes", told, fix)]
    return [ok(logins.service, "scopes", f"all that access {level} needs")]


def _end(logins: Logins, tokens: TokenSet, whose: str) -> list[Finding]:
    """A login that ends soon unless it is used."""
    lifetime = logins.profile.refresh_lifetime if logins.profile else None
    if lifetime is None or not tokens.obtained_at:
        return []
    left = tokens.obtained_at + lifetime - logins.now()
    if left > _ENDING:
        return []
    told = f"the login of {whose} ends in {max(0, round(left / 86400))} days unless it is used"
    return [warn(logins.service, "login", told, f"Run: mcp-suite auth login {logins.service}")]


def _lifetime(tokens: TokenSet, now: float) -> str:
    if tokens.expires_at is None:
        return "its token does not expire"
    return f"its token lasts {max(0, round((tokens.expires_at - now) / 60))} min and is renewed by itself"
