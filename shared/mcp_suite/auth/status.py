"""`mcp-suite auth status`: which logins there are, where their secrets lie, when they end. Sends nothing."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import typer

from connector_kit.credentials import Login, ServiceSettings
from connector_kit.env_files import accounts_of
from connector_kit.errors import ServiceError
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.ages import OLD_DAYS, Ages
from mcp_suite.auth.attempt import login_command
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.forgetting import keys_elsewhere
from mcp_suite.auth.guidance import way_of
from mcp_suite.auth.lifetimes import Lifetimes, lifetimes
from mcp_suite.auth.names import Names, wears_out
from mcp_suite.auth.storing import keys_of
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script, find, load, scripts
from mcp_suite.terminal import to_json

State = Literal["logged in", "incomplete", "not logged in", "expired", "sandbox", "unreadable"]
Where = Literal["environment", "env file", "keyring", "file"]

_PLACES = {"file": "a private file", "env file": "the env file", "keyring": "the keyring"}


@dataclass(frozen=True, slots=True)
class Status:
    """One account's login. Times are ISO 8601 in UTC."""

    service: str
    name: str
    """The account's name in commands; empty for the usual one."""
    state: State
    login: Login | None = None
    """The way of signing in."""
    way: str = ""
    """The same in words."""
    account: str = ""
    """E-mail address of a token, client id of an app."""
    host: str = ""
    site: str = ""
    sites: tuple[str, ...] = ()
    """Further sites that the same login is used for."""
    access: str = ""
    signed_in: str = ""
    """Who and where, as the service said when the login was made."""
    scopes: tuple[str, ...] = ()
    lacking_scopes: tuple[str, ...] = ()
    """Those that the tools need which are on."""
    token_ends: str | None = None
    login_ends: str | None = None
    """When the login ends unless it is used before; None where that is not known."""
    secret_in: Where | None = None
    key_in: Where | None = None
    """Where the key lies that the stored login is encrypted with."""
    stored_on: str | None = None
    age_days: int | None = None
    missing: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Further accounts whose secrets are stored and that no env file names, as `account at host`."""
    told: str = ""
    """What to do, if something is to be done."""


def show_status(service: str | None, account: str | None = None, *, as_json: bool) -> None:
    """Print the logins: of one account, of all accounts of a service, or of all services.

    Raises:
        SuiteError: an account was named without its service.
        Exit: an account of the service that was named is not logged in; exit status 1.
    """
    if account is not None and service is None:
        raise SuiteError("Name the service, too: mcp-suite auth status SERVICE --account NAME", status=2)
    found = _service(load(find(service)), account) if service else [one for script in scripts() for one in _any(script)]
    if as_json:
        typer.echo(to_json([asdict(one) for one in found]))
    else:
        typer.echo("\n\n".join("\n".join(_lines(one)) for one in found))
    if service and any(one.state not in ("logged in", "sandbox") for one in found):
        raise typer.Exit(1)


def status(spec: ServerSpec[Any, Any], account: str = "") -> Status:
    """What is known of an account's login on this machine."""
    unread = Status(spec.service, account, "unreadable")
    again = f"Run: {login_command(spec.service, account)}"
    try:
        file = EnvFile.of(spec.service, account)
        if account and not file.path.exists():
            return replace(unread, state="not logged in", told=again)
        settings: ServiceSettings = spec.settings.load(account=account)
        stored = dict(SecretStore.default().list(spec.service))
        elsewhere = keys_elsewhere(spec, account) if not account else set[str]()
    except (ServiceError, SuiteError) as error:
        return replace(unread, told=str(error))
    names = Names.of(spec, settings.way)
    keys = keys_of(settings, names)
    given: Mapping[str, str] = spec.settings.environment(account)
    places: dict[str, Where | None] = {
        name: _where(given, spec.settings.variable(name), file, keys.get(name), stored) for name in names.secret
    }
    kept = {spec.settings.variable(name) for name, place in places.items() if place}
    missing = [item.variable for item in settings.missing() if item.variable not in kept]
    key = next((keys[name] for name, where in places.items() if where in ("keyring", "file")), None)
    ages = Ages.default()
    day, age = (ages.stored_on(key), ages.days(key)) if key and wears_out(key.field) else (None, None)
    here = {one.text for one in keys.values()}
    others = [] if account else [one for one in stored if one.text not in here and one.text not in elsewhere]
    host = settings.secret_host()
    one = Status(
        spec.service,
        account,
        "logged in",
        login=settings.login,
        way=way_of(spec, settings).name,
        account=settings.secret_account() if host else "",
        host=host,
        site=str(getattr(settings, "url", None) or ""),
        sites=tuple(settings.addresses.values())[1:],
        access=settings.access.value,
        secret_in=next((where for where in places.values() if where is not None), None),
        stored_on=day.isoformat() if day else None,
        age_days=age,
        missing=tuple(missing),
        others=tuple(dict.fromkeys(f"{other.account} at {other.host}" for other in others)),
    )
    life = None
    if isinstance(settings, OAuthSettings) and settings.login == "oauth" and not settings.sandbox:
        life = lifetimes(settings)
        one = replace(
            one,
            account=settings.client_id or "",
            signed_in=life.signed_in,
            scopes=life.scopes,
            lacking_scopes=life.lacking,
            token_ends=life.token_ends,
            login_ends=life.login_ends,
            key_in=life.key_in,
        )
    return _judged(spec, settings, one, life)


def _judged(spec: ServerSpec[Any, Any], settings: ServiceSettings, one: Status, life: Lifetimes | None) -> Status:
    """The same with its state, and what to do about it."""
    again = f"Run: {login_command(spec.service, one.name)}"
    if settings.sandbox:
        told = f"{spec.settings.variable('sandbox')}=1: the sandbox is used, not an account"
        return replace(one, state="sandbox", told=told)
    if one.missing or (life is not None and life.state == "none"):
        none = life is None and {*_needed(spec, settings)} <= {*one.missing}
        if none:
            return replace(one, state="not logged in", account="", host="", site="", sites=(), told=again)
        return replace(one, state="incomplete", told=again)
    if life is not None and life.state == "unreadable":
        return replace(one, state="unreadable", told=life.told)
    if life is not None and life.state == "expired":
        return replace(one, state="expired", told=f"The login was not used for too long, or cannot be renewed. {again}")
    if life is not None and life.state == "given":
        variable = spec.settings.variable("refresh_token")
        named = f" --account {one.name}" if one.name else ""
        told = f"Not tried yet: the first use takes up {variable}. Run: mcp-suite doctor {spec.service}{named}"
        return replace(one, told=told)
    if one.lacking_scopes:
        told = f"Tools that are on lack {', '.join(one.lacking_scopes)}. {again} --access {one.access}"
        return replace(one, told=told)
    if one.age_days is not None and one.age_days >= OLD_DAYS:
        secret = way_of(spec, settings).secret
        renew = again if one.login == "token" else f"{again} --oauth --client-id {one.account} --secret-stdin"
        told = f"The {secret} was stored {one.age_days} days ago: make a new one and replace it. {renew}"
        return replace(one, told=told)
    return one


def _needed(spec: ServerSpec[Any, Any], settings: ServiceSettings) -> list[str]:
    """The variables without which an account cannot be signed in to."""
    return [spec.settings.variable(name) for name in spec.settings.needed(settings.way)]


def _service(spec: ServerSpec[Any, Any], account: str | None = None) -> list[Status]:
    return [status(spec, name) for name in _accounts(spec, account)]


def _any(script: Script) -> list[Status]:
    """The accounts of a service; a server that is broken does not hide the others."""
    try:
        return _service(load(script))
    except SuiteError as error:
        return [Status(script.extra, "", "unreadable", told=str(error))]


def _accounts(spec: ServerSpec[Any, Any], wanted: str | None) -> list[str]:
    """The accounts to show: the usual one always, unless there are only others."""
    if wanted is not None:
        return [wanted]
    named = [name for name in accounts_of(spec.service) if name]
    prefix = f"{spec.service.upper()}_"
    try:
        usual = bool(EnvFile.of(spec.service).values)
        elsewhere = keys_elsewhere(spec, "")
        usual = usual or any(key.text not in elsewhere for key, _ in SecretStore.default().list(spec.service))
    except ServiceError:
        usual = True
    usual = usual or not named or any(name.startswith(prefix) for name in os.environ)
    return [*([""] if usual else []), *named]


def _where(
    given: Mapping[str, str],
    variable: str,
    file: EnvFile,
    key: SecretKey | None,
    stored: "Mapping[SecretKey, Literal['keyring', 'file']]",
) -> Where | None:
    if given.get(variable, "").strip():
        return "environment"
    if variable in file.values:
        return "env file"
    wanted = key.text if key else ""
    return next((place for one, place in stored.items() if one.text == wanted), None)


def _lines(one: Status) -> list[str]:
    secret = "client secret" if one.login == "oauth" else "secret in"
    rows = {
        "way": one.way if one.login == "oauth" or one.secret_in or one.state == "logged in" else "",
        "signed in": one.signed_in.removeprefix("signed in "),
        "app" if one.login == "oauth" else "account": one.account,
        "site": one.site,
        "further sites": ", ".join(one.sites),
        "host": one.host,
        "access": one.access,
        "scopes": " ".join(one.scopes),
        "token ends": f"{one.token_ends}, renewed by itself" if one.token_ends and one.login_ends else one.token_ends,
        "login ends": "" if one.login_ends is None else f"{one.login_ends} unless it is used before",
        "key in": _PLACES.get(one.key_in or "", one.key_in or ""),
        secret: _PLACES.get(one.secret_in or "", one.secret_in or ""),
        "stored": "" if one.stored_on is None else f"{one.stored_on} ({one.age_days} days ago)",
        "missing": ", ".join(one.missing),
        "also stored": ", ".join(one.others),
    }
    shown = [f"  {name:<15}{value}" for name, value in rows.items() if value]
    named = f"{one.service} ({one.name})" if one.name else one.service
    return [f"{named}: {one.state}", *shown, *([f"  {one.told}"] if one.told else [])]
