"""Logging in with OAuth in the browser: an app, the consent, a site, one harmless call, and only then storing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import anyio
import typer
from pydantic import SecretStr

from connector_kit import logs
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.guidance import AppRequest
from connector_kit.oauth.failures import WrongClient
from connector_kit.oauth.login import authorize
from connector_kit.oauth.pkce import new_state
from connector_kit.oauth.profiles import OAuthProfile
from connector_kit.oauth.redirect import checked_redirect, listening
from connector_kit.oauth.settings import OAuthSettings, client_of, credential_of, manager_of, token_host
from connector_kit.oauth.sites import Site, accessible_sites, with_site
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from mcp_suite.auth import browser, storing, wizard
from mcp_suite.auth.agreement import agree
from mcp_suite.auth.attempt import ATTEMPTS, NOTHING, Attempt, check
from mcp_suite.auth.choosing import site_by_option, site_by_person
from mcp_suite.auth.closing import told_after
from mcp_suite.auth.forgetting import forget_replaced
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.lifetimes import SIGNED_IN
from mcp_suite.auth.names import SITE, Names
from mcp_suite.auth.trial import trial_vault
from mcp_suite.errors import SuiteError

TIMEOUT = 300.0
"""Seconds for the person to agree in the browser."""

_MUST = ("required",)


@dataclass(frozen=True, slots=True)
class App:
    """The app to log in with; an empty `redirect_uri` means the usual one."""

    client_id: str
    redirect_uri: str
    secret: str = field(repr=False, default="")

    @property
    def settings(self) -> dict[str, Any]:
        """As arguments of the settings class."""
        secret = SecretStr(self.secret) if self.secret else None
        return {"client_id": self.client_id, "redirect_uri": self.redirect_uri or None, "client_secret": secret}


@dataclass(frozen=True, slots=True)
class Plan:
    """What stays the same however often the person tries: the vendor, what is asked for, and where it comes back."""

    profile: OAuthProfile
    scopes: tuple[str, ...]
    family: str
    redirect_uri: str
    url: str
    given: dict[str, Any]

    @property
    def usual_redirect(self) -> str:
        """The redirect URI for the settings: empty for the usual one."""
        return "" if self.redirect_uri == self.profile.redirect_uri else self.redirect_uri


def log_in_in_the_browser(attempt: Attempt) -> None:
    """Log in with OAuth; nothing is stored unless the service accepts it.

    Raises:
        SuiteError: something is missing or wrong, or the person did not agree.
        ServiceError: the person or the vendor said no, or something cannot be stored.
    """
    before = attempt.before()
    given = wizard.plausible(attempt.spec, attempt.wanted.read(attempt.spec, "oauth"))
    if attempt.asking:
        typer.echo(
            f"Log in to {attempt.spec.title} in the browser. Nothing is stored before it has been tried. Ctrl+C leaves."
        )
    plan = _plan(attempt, before, given)
    if plan.url and SITE not in given and urlsplit(plan.profile.authorize_url).netloc == urlsplit(plan.url).netloc:
        typer.echo(f"At {plan.url}, as before; --url names another site.")
    app = _app(attempt, plan, before, given)
    # Asked before the browser opens, so that nobody agrees there for nothing.
    agreed = agree(attempt, [app.secret] if app.secret else [], called="the client secret", login=True)
    for left in reversed(range(ATTEMPTS if attempt.asking else 1)):
        try:
            settings, tokens = _try(attempt, plan, app)
            break
        except WrongClient as error:
            if not left:
                raise
            typer.echo(f"That did not work: {logs.redactor.known(str(error))}\n{NOTHING} Once more:")
            app = _ask_app(attempt, plan, {"client_id": app.client_id}, {})
    else:
        raise AssertionError("the last attempt ends or raises")
    vault = Vault.default(allow_key_file=agreed)
    stored = storing.keep(attempt, settings, found={}, tokens=tokens, vault=vault)
    place = next((place for one, place in vault.list(settings.service) if one == credential_of(settings)), "file")
    key = "the keyring" if place == "keyring" else "a private file"
    forgotten = forget_replaced(attempt.spec, before, settings)
    told = told_after(attempt, settings, stored, forgotten, login=f"the login, encrypted with a key in {key}")
    typer.echo("\n".join(told))


def _plan(attempt: Attempt, before: Any, given: dict[str, str]) -> Plan:
    """What to ask the vendor for. Raises SuiteError or NotConfigured."""
    spec = attempt.spec
    url = given.get(SITE) or attempt.known([SITE]).get(SITE, "")
    names = Names.of(spec, "oauth")
    first = [name for name in names.plain if name not in (SITE, "client_id", "redirect_uri")]
    known = attempt.known(first)
    fill = wizard.ask if attempt.asking else wizard.take
    chosen = {name: text for name, text in given.items() if name in first}
    asked: dict[str, Any] = dict.fromkeys(names.optional)
    asked |= fill(spec, first, known, chosen, optional=names.optional)
    asked |= {name: given[name] for name in names.unasked if name in given}
    settings: OAuthSettings = attempt.settings("oauth", **asked, url=url or None, client_id=None, client_secret=None)
    profile = settings.oauth_profile()
    granular = attempt.wanted.granular
    if granular is None:
        granular = _was_granular(before)
    family = settings.second_family()
    if granular and family is None:
        raise SuiteError(f"{spec.title} has only one family of scopes: leave --granular-scopes out.", status=2)
    if granular and family is not None:
        profile = replace(
            profile,
            read_scopes=family.read_scopes,
            write_scopes=family.write_scopes,
            delete_scopes=family.delete_scopes,
        )
    redirect = given.get("redirect_uri") or _redirect_before(attempt, before, profile) or profile.redirect_uri
    if not redirect and attempt.asking:
        redirect = wizard.ask(spec, ["redirect_uri"], {}, {})["redirect_uri"]
    if not redirect:
        raise SuiteError(f"--redirect-uri is missing: {profile.vendor} takes none on this machine.", status=2)
    anyio.run(_look_at_port, redirect, profile)
    family_name = "Granular" if granular else "Classic"
    return Plan(profile, profile.scopes_for(settings.access), family_name, redirect, url, asked)


def _redirect_before(attempt: Attempt, before: Any, profile: OAuthProfile) -> str:
    """The redirect URI up to now; none if that was for another kind of login."""
    if isinstance(before, OAuthSettings) and _authorize_url(before) not in ("", profile.authorize_url):
        return ""
    return attempt.known(["redirect_uri"]).get("redirect_uri", "")


def _authorize_url(settings: OAuthSettings) -> str:
    """Where the settings let people agree; empty while they do not say which account it is."""
    try:
        return settings.oauth_profile().authorize_url
    except NotConfigured:
        return ""


async def _look_at_port(redirect_uri: str, profile: OAuthProfile) -> None:
    """Raise NotConfigured for a redirect URI that cannot be used, before anybody types anything."""
    variable = profile.variable("redirect_uri")
    parts = checked_redirect(redirect_uri, variable)
    if parts.scheme == "http":
        async with listening(parts, new_state(), variable):
            pass


def _was_granular(before: Any) -> bool:
    """Whether the login up to now has granular scopes: the app has the same ones ticked as then."""
    if not isinstance(before, OAuthSettings) or before.login != "oauth":
        return False
    granular = before.second_family()
    if granular is None:
        return False
    try:
        tokens = anyio.run(manager_of(before).tokens)
    except ServiceError:
        return False
    return tokens is not None and bool(set(tokens.scopes) & set(granular.read_scopes))


def _app(attempt: Attempt, plan: Plan, before: Any, given: dict[str, str]) -> App:
    """The app: from the command line, else as before, else from the person."""
    known = attempt.known(["client_id"])
    client_id = given.get("client_id", "")
    secret = given.get("client_secret", "")
    everybodys = guidance(attempt.spec).ways["oauth"].client_id
    if everybodys and client_id in ("", everybodys) and not secret and _has_no_other(before, everybodys):
        typer.echo(f"With the app {everybodys}, which every account has; --client-id takes another.")
        return App(everybodys, plan.usual_redirect)
    if isinstance(before, OAuthSettings) and before.client_id and client_id in ("", before.client_id) and not secret:
        kept = before.client_secret.get_secret_value() if before.client_secret else ""
        if kept or plan.profile.secret not in _MUST:
            client_id, secret = before.client_id, kept
            typer.echo(f"With the app {client_id}, as before; --client-id takes another.")
            return App(client_id, plan.usual_redirect, secret)
    if attempt.asking:
        return _ask_app(attempt, plan, known, {name: given[name] for name in ("client_id",) if name in given})
    names = ["client_id", *(["client_secret"] if plan.profile.secret in _MUST else [])]
    answers = wizard.take(attempt.spec, names, known, given)
    return App(answers["client_id"], plan.usual_redirect, answers.get("client_secret", secret))


def _has_no_other(before: Any, client_id: str) -> bool:
    """Whether the account up to now is not logged in to with an app of the user's."""
    return not isinstance(before, OAuthSettings) or before.client_id in (None, client_id)


def _ask_app(attempt: Attempt, plan: Plan, known: dict[str, str], given: dict[str, str]) -> App:
    shown = [scope for scope in plan.scopes if scope not in plan.profile.base_scopes]
    typer.echo(
        "\n" + guidance(attempt.spec).app(AppRequest(plan.profile, plan.redirect_uri, tuple(shown), plan.family))
    )
    asks_secret = plan.profile.secret in (*_MUST, "optional")
    names = ["client_id", *(["client_secret"] if asks_secret else [])]
    optional = () if plan.profile.secret in _MUST else ("client_secret",)
    answers = wizard.ask(attempt.spec, names, known, given, optional=optional)
    return App(answers["client_id"], plan.usual_redirect, answers.get("client_secret", ""))


def _try(attempt: Attempt, plan: Plan, app: App) -> tuple[OAuthSettings, TokenSet]:
    """Agree in the browser, choose the site, make the call; answers what is to be stored."""
    settings: OAuthSettings = attempt.settings("oauth", **plan.given, **app.settings, url=plan.url or None)
    tokens, sites = anyio.run(_agree_in_browser, attempt, plan, settings)
    lacking = plan.profile.missing_scopes(tokens.scopes, settings.access)
    if plan.profile.sites_url is not None:
        site = _site(attempt, plan, sites)
        tokens = with_site(tokens, site)
        settings = attempt.settings("oauth", **plan.given, **app.settings, url=site.url)
        if token_host(settings.oauth_profile()) != token_host(plan.profile):
            raise SuiteError(
                f"{site.url} is not a site of {urlsplit(plan.profile.token_url).netloc}, where this login was made."
                f" {NOTHING} Run: {attempt.command} --oauth --url {site.url}"
            )
    with trial_vault(tokens) as vault:
        settings.keep_login_in(vault)
        checked = anyio.run(check, attempt.spec, settings)
        tokens = vault.tokens or tokens
    typer.echo("\n".join((f"{attempt.spec.title}: {checked.who}", *map(logs.redactor.known, checked.elsewhere))))
    _tell_unused(settings, sites)
    if lacking:
        typer.echo(
            f"Attention: {plan.profile.vendor} did not grant {', '.join(lacking)}; tools will say what they lack."
        )
    return settings, replace(tokens, extra={**tokens.extra, SIGNED_IN: checked.who})


def _tell_unused(settings: OAuthSettings, sites: Sequence[Site]) -> None:
    """Say how the tools come to use what else the login opened."""
    known = {urlsplit(address).netloc for address in settings.addresses.values()}
    unused = [site.url for site in sites if urlsplit(site.url).netloc not in known]
    if known and unused:
        sites_now = list(settings.addresses.values())[1:]
        wanted = ",".join((*sites_now, *unused))
        typer.echo(f"The login opened more sites. Tools reach them, too, with {settings.variable('sites')}={wanted}")


async def _agree_in_browser(attempt: Attempt, plan: Plan, settings: OAuthSettings) -> tuple[TokenSet, Sequence[Site]]:
    client = replace(client_of(settings), redirect_uri=plan.redirect_uri)
    if attempt.wanted.no_browser and plan.redirect_uri.startswith("http:"):
        typer.echo(browser.elsewhere(plan.redirect_uri))
    tokens = await authorize(
        plan.profile,
        client,
        scopes=plan.scopes,
        open_browser=None if attempt.wanted.no_browser else browser.open_page,
        show=browser.show,
        paste=browser.pasted_address if attempt.asking else None,
        timeout=TIMEOUT,
    )
    return tokens, await accessible_sites(plan.profile, tokens.access_token)


def _site(attempt: Attempt, plan: Plan, sites: Sequence[Site]) -> Site:
    if attempt.wanted.url or not attempt.asking:
        return site_by_option(plan.profile, sites, plan.url)
    return site_by_person(plan.profile, sites, plan.url)
