"""Whether a service accepts the credentials, and as whom."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

import anyio

from connector_kit.credentials import ServiceSettings, needed_for
from connector_kit.errors import ServiceError
from connector_kit.guidance import Advice
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.serving.session import ServerSpec, ServiceClient
from mcp_suite.auth.guidance import way_of
from mcp_suite.auth.names import Names, is_secret
from mcp_suite.doctor.finding import Finding, State, fail, ok, skip
from mcp_suite.doctor.network import Address, Way, portal
from mcp_suite.doctor.scopes import missing_scopes, too_few, tools_on
from mcp_suite.doctor.variables import Origins

PATIENCE = 15.0
"""Seconds for the one harmless call, and for the advice after it."""
ADVICE_PATIENCE = 8.0


@runtime_checkable
class Advising(Protocol):
    """A client that judges the login, beyond whether it works."""

    async def advice(self) -> Sequence[Advice]:
        """What there is to say. Raises ServiceError."""
        ...


async def check_credential(
    spec: ServerSpec[Any, Any],
    settings: ServiceSettings,
    origins: Origins,
    way: Way,
    *,
    patience: float = PATIENCE,
) -> list[Finding]:
    """Sign in with one harmless call, and see what a token may do if that tells; `way` is what a request
    without credentials met.
    """
    subject = origins.account.subject
    try:
        with anyio.fail_after(patience):
            client = await spec.connect(settings)
            try:
                found = [ok(subject, "credential", await client.check())]
                found += await _token_scopes(spec, settings, origins, client)
                return [*found, *await _advice(subject, client)]
            finally:
                with anyio.CancelScope(shield=True):
                    await client.aclose()
    except TimeoutError:
        told = f"{spec.title} did not finish one call within {patience:g} s"
        return [fail(subject, "credential", told, f"Run again in a minute: {origins.account.doctor}")]
    except ServiceError as error:
        return [_refusal(spec, settings, origins, way, error)]


async def _advice(subject: str, client: object) -> list[Finding]:
    """What a client that can judge the login has to say about it."""
    if not isinstance(client, Advising):
        return []
    try:
        with anyio.fail_after(ADVICE_PATIENCE):
            told = await client.advice()
    except (TimeoutError, ServiceError) as error:
        why = error.message if isinstance(error, ServiceError) else f"no answer within {ADVICE_PATIENCE:g} s"
        return [skip(subject, "permissions", f"not known: {why}")]
    states = {"ok": State.OK, "warn": State.WARN, "unknown": State.SKIP}
    return [Finding(states[one.state], subject, "permissions", one.told, one.fix) for one in told]


async def _token_scopes(
    spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins, client: ServiceClient
) -> list[Finding]:
    """Scopes that tools which are on need and the token lacks, of a service that names a token's scopes."""
    if settings.login != "token":
        return []
    lacking = {entry.name: await client.lacking_scopes(entry.scopes) for entry in tools_on(spec, settings)}
    if not missing_scopes(lacking):
        return []
    fix = f"Add these scopes in the app's settings and get a new token, then run: {origins.account.login}"
    return [too_few(origins.account, lacking, fix)]


def address_of(spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins) -> Address | None:
    """Where the service of these settings is; None if they do not say."""
    stand_in: object = getattr(settings, "api_url", None)
    url: object = getattr(settings, "url", None) or stand_in
    host = settings.secret_host()
    if not url and not host:
        return None
    fields = spec.settings.model_fields
    always = [name for name in fields if needed_for(fields[name]) == "always" and not is_secret(spec, name)]
    is_further = url and url in list(settings.addresses.values())[1:]
    variable = "api_url" if stand_in else "sites" if is_further else next(iter(always), "")
    edit = origins.edit(spec.settings.variable(variable), "the right address") if variable else f"See {settings.guide}"
    return Address(origins.account, str(url) if url else f"https://{host}", edit)


def addresses_of(spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins) -> list[Address]:
    """Where the service is, and where its logins are renewed if that is another host."""
    service = address_of(spec, settings, origins)
    found = [service] if service else []
    if isinstance(settings, OAuthSettings) and settings.login == "oauth" and not settings.missing():
        tokens = urlsplit(settings.oauth_profile().token_url)
        url = f"{tokens.scheme}://{tokens.netloc}"
        if not service or urlsplit(service.url).netloc != tokens.netloc:
            found.append(Address(origins.account, url, f"See {settings.guide}"))
    return found


def _refusal(
    spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins, way: Way, error: ServiceError
) -> Finding:
    subject, title = origins.account.subject, spec.title
    address = address_of(spec, settings, origins)
    match error.kind:
        case "not_authenticated":
            told = f"{title} refuses these credentials: {error.message}"
            return fail(subject, "credential", told, _renewal(spec, settings, origins))
        case "not_permitted":
            fix = error.next_step or f"Give the account or its token the permission; see {settings.guide}"
            return fail(subject, "credential", f"signed in, but without permission: {error.message}", fix)
        case "not_configured":
            return fail(subject, "credential", str(error), error.next_step or f"See {settings.guide}")
        case "not_found" | "bad_answer" | "invalid_input" if address is not None:
            if way.redirect and error.kind == "bad_answer":
                return portal(address, way.redirect)
            told = f"{address.host} answers, but not as {title} does ({error.message})"
            return fail(subject, "credential", told, address.edit)
        case _:
            fix = error.next_step or f"Run again in a minute: {origins.account.doctor}"
            return fail(subject, "credential", error.message, fix)


def _renewal(spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins) -> str:
    """How to put another secret in the place of the one that is refused."""
    login = f"run: {origins.account.login}"
    if settings.login == "oauth":
        return f"{login.capitalize()} --oauth"
    page = way_of(spec, settings).page
    get = f"Create a token at {page}, then " if page else ""
    given = origins.merged()
    secret = next(
        (name for name in Names.of(spec, settings.way).secret if given.get(spec.settings.variable(name), "").strip()),
        "",
    )
    if not secret:
        return f"{get}{login}" if settings.secrets() else login.capitalize()
    account = spec.settings.variable("email") if "email" in spec.settings.model_fields else ""
    also = f" (and check {account}, {origins.place(account)})" if account else ""
    edit = origins.edit(spec.settings.variable(secret), "the new token")
    return f"{get}{login}; or by hand: {edit}{also}"
