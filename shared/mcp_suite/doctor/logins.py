"""The login in the browser that an account uses: whether it lasts, and whether it allows what the tools need."""

import time
from dataclasses import dataclass
from typing import Any

from connector_kit.errors import ServiceError
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import OAuthProfile
from connector_kit.oauth.settings import OAuthSettings, credential_of, manager_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.serving.session import ServerSpec
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.finding import Finding, State, fail, ok, warn
from mcp_suite.doctor.scopes import missing_scopes, too_few, tools_on

_ENDING = 14 * 86400.0
_PASSING = ("unavailable", "timed_out", "rate_limited", "outcome_unknown", "bad_answer")


@dataclass(frozen=True, slots=True)
class Login:
    """A login to look at; without `renewing`, nothing is sent."""

    spec: ServerSpec[Any, Any]
    settings: OAuthSettings
    account: Account
    renewing: bool = True


async def check_login(login: Login) -> list[Finding]:
    """Look at the login that the account uses; a token that has expired is renewed as its next use would.

    A renewal, once begun, is waited for: its tokens must not be lost.
    """
    account, again = login.account, f"Run: {login.account.login} --oauth"
    try:
        manager = manager_of(login.settings)
        tokens = await manager.tokens()
        if tokens is None:
            told = f"nobody is logged in with the app {login.settings.client_id}"
            return [fail(account.subject, "login", told, again)]
        renewed = False
        if not tokens.is_alive(time.time()):
            if not tokens.refresh_token:
                return [fail(account.subject, "login", "the login has expired and cannot be renewed", again)]
            if not login.renewing:
                told = "the access token has expired; its next use renews it"
                return [ok(account.subject, "login", told), *_scopes(login, manager.profile, tokens)]
            await manager.access_token()
            tokens, renewed = await manager.tokens() or tokens, True
    except ServiceError as error:
        return [_failure(login, error, again)]
    told = f"{_whose(manager, tokens)}{', renewed just now' if renewed else ''}; {_lifetime(tokens, time.time())}"
    return [
        *_end(login, manager.profile, tokens),
        ok(account.subject, "login", told),
        *_scopes(login, manager.profile, tokens),
    ]


def check_scopes(login: Login) -> list[Finding]:
    """What the login that is stored lacks for the tools that are on, if it is there. Waits for the keyring."""
    try:
        tokens = Vault.default().load(credential_of(login.settings))
        profile = login.settings.oauth_profile()
    except ServiceError:
        return []  # the account's own check tells why
    found = _scopes(login, profile, tokens) if tokens is not None else []
    return [finding for finding in found if finding.state is State.FAIL]


def _failure(login: Login, error: ServiceError, again: str) -> Finding:
    """Why the login cannot be used: trouble that passes is not mended by logging in again."""
    account = login.account
    if error.kind in _PASSING:
        fix = f"Run again when the service answers: {account.doctor}"
        return warn(account.subject, "login", f"the login cannot be renewed now: {error.message}", fix)
    reasons = "; ".join(f"{name}: {why}" for name, why in error.fields.items())
    told = f"{error.message} ({reasons})" if reasons else error.message
    fix = again if error.kind == "not_authenticated" else error.next_step or again
    return fail(account.subject, "login", told, fix)


def _whose(manager: OAuthManager, tokens: TokenSet) -> str:
    return tokens.extra.get("signed_in") or f"the login is kept for {manager.credential.host}"


def _scopes(login: Login, profile: OAuthProfile, tokens: TokenSet) -> list[Finding]:
    """Whether tools which are on need scopes that the login lacks."""
    account, level = login.account, login.settings.access.value
    if not tokens.scopes:
        return []
    on = tools_on(login.spec, login.settings)
    lacking = {
        entry.name: profile.lacking(tokens.scopes, entry.scopes, destroys=entry.effect == "destroys") for entry in on
    }
    missing = missing_scopes(lacking)
    if not missing:
        return [ok(account.subject, "scopes", f"enough for all {len(on)} tools that are on (access {level})")]
    asked = {scope for entry in on for scope in entry.scopes}
    # Names that no tool asks for are those of the vendor's other family, in which this login was made.
    family = "" if asked.issuperset(missing) else " --granular-scopes"
    wider = f" --access {level}" if level != "read" else ""
    fix = f"Run: {account.login} --oauth{wider}{family} (tick these scopes in the app's settings first)"
    return [too_few(account, lacking, fix)]


def _end(login: Login, profile: OAuthProfile, tokens: TokenSet) -> list[Finding]:
    """A login that ends soon unless it is used."""
    lifetime = profile.refresh_lifetime
    if lifetime is None or not tokens.obtained_at or not tokens.refresh_token:
        return []
    left = tokens.obtained_at + lifetime - time.time()
    if left > _ENDING:
        return []
    told = f"the login ends in {max(0, round(left / 86400))} days unless it is used"
    return [warn(login.account.subject, "login", told, f"Run: {login.account.login} --oauth")]


def _lifetime(tokens: TokenSet, now: float) -> str:
    if tokens.expires_at is None:
        return "its token does not expire"
    return f"its token lasts {max(0, round((tokens.expires_at - now) / 60))} min and is renewed by itself"
