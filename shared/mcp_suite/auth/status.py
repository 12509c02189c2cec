"""`mcp-suite auth status`: which logins there are and where their secrets lie. Sends nothing."""

import os
from dataclasses import asdict, dataclass
from typing import Any, Literal

import typer

from connector_kit.errors import ServiceError
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.ages import OLD_DAYS, Ages
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.storing import Names, keys_of
from mcp_suite.errors import SuiteError
from mcp_suite.servers import find, load, scripts
from mcp_suite.terminal import to_json

State = Literal["logged in", "incomplete", "not logged in", "sandbox", "unreadable"]
Where = Literal["environment", "env file", "keyring", "file"]


@dataclass(frozen=True, slots=True)
class Status:
    """One service's login."""

    service: str
    state: State
    account: str = ""
    host: str = ""
    access: str = ""
    secret_in: Where | None = None
    stored_on: str | None = None
    age_days: int | None = None
    missing: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Further accounts whose secrets are stored, as `account at host`."""
    told: str = ""
    """What to do, if something is to be done."""


def show_status(service: str | None, *, as_json: bool) -> None:
    """Print the logins: of one service, or of all.

    Raises:
        SuiteError: the service that was named is not logged in; exit status 1.
    """
    wanted = [find(service)] if service else scripts()
    found = [status(load(script)) for script in wanted]
    if as_json:
        typer.echo(to_json([asdict(one) for one in found]))
    else:
        typer.echo("\n\n".join("\n".join(_lines(one)) for one in found))
    if service and found[0].state not in ("logged in", "sandbox"):
        raise typer.Exit(1)


def status(spec: ServerSpec[Any, Any]) -> Status:
    """What is known of a service's login on this machine."""
    again = f"Run: mcp-suite auth login {spec.service}"
    try:
        file = EnvFile.of(spec.service)
        settings = spec.settings.load()
        stored = dict(SecretStore.default().list(spec.service))
    except (ServiceError, SuiteError) as error:
        return Status(spec.service, "unreadable", told=str(error))
    names = Names.of(spec)
    keys = keys_of(settings, names)
    places: dict[str, Where | None] = {
        name: _where(spec.settings.variable(name), file, keys.get(name), stored) for name in names.secret
    }
    missing = [item.variable for item in settings.missing()]
    missing = [
        name for name in missing if not any(places[one] and spec.settings.variable(one) == name for one in places)
    ]
    place: Where | None = next((where for where in places.values() if where is not None), None)
    key = next((keys[name] for name, where in places.items() if where in ("keyring", "file")), None)
    ages = Ages.default()
    day, age = (ages.stored_on(key), ages.days(key)) if key else (None, None)
    here = set(keys.values())
    others = tuple(dict.fromkeys(f"{other.account} at {other.host}" for other in stored if other not in here))
    state: State = "logged in"
    told = ""
    if settings.sandbox:
        state, told = "sandbox", f"{spec.settings.variable('sandbox')}=1: the sandbox is used, not an account"
    elif missing:
        state = "not logged in" if not place and not settings.secret_host() else "incomplete"
        told = again
    elif age is not None and age >= OLD_DAYS:
        told = f"The token was stored {age} days ago: make a new one and replace it. {again}"
    return Status(
        spec.service,
        state,
        settings.secret_account() if settings.secret_host() else "",
        settings.secret_host(),
        settings.access.value,
        place,
        day.isoformat() if day else None,
        age,
        tuple(missing),
        others,
        told,
    )


def _where(
    variable: str, file: EnvFile, key: SecretKey | None, stored: "dict[SecretKey, Literal['keyring', 'file']]"
) -> Where | None:
    if os.environ.get(variable, "").strip():
        return "environment"
    if variable in file.values:
        return "env file"
    wanted = key.text if key else ""
    return next((place for one, place in stored.items() if one.text == wanted), None)


def _lines(one: Status) -> list[str]:
    rows = {
        "account": one.account,
        "host": one.host,
        "access": one.access,
        "secret in": {"file": "a private file", "env file": "the env file"}.get(
            one.secret_in or "", one.secret_in or ""
        ),
        "stored": "" if one.stored_on is None else f"{one.stored_on} ({one.age_days} days ago)",
        "missing": ", ".join(one.missing),
        "also stored": ", ".join(one.others),
    }
    shown = [f"  {name:<12}{value}" for name, value in rows.items() if value]
    return [f"{one.service}: {one.state}", *shown, *([f"  {one.told}"] if one.told else [])]
