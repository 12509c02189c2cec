"""`mcp-suite auth logout`: revoke a login where that can be done, forget it here, and say what is left to do."""

from collections.abc import Mapping
from typing import Any

import anyio
import typer

from connector_kit import logs
from connector_kit.credentials import ServiceSettings
from connector_kit.env_files import accounts_of
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.oauth.vault import Vault
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.forgetting import forget_login, forget_secrets, keys_elsewhere, logins_of, phrase
from mcp_suite.auth.guidance import guidance, way_of
from mcp_suite.auth.names import Names, is_token, ways
from mcp_suite.auth.storing import keys_of
from mcp_suite.errors import SuiteError
from mcp_suite.servers import find, load


def run_logout(service: str, account: str = "") -> None:
    """Revoke and remove an account's login and secrets, and take the account out of its env file.

    Settings that say nothing of the account stay in the file; other accounts stay as they are.

    Raises:
        SuiteError: there is no such account, or the keyring or a file did not let go of it; what is left is
            still there.
    """
    spec = load(find(service))
    try:
        _log_out(spec, account)
    except ServiceError as error:
        raise SuiteError(logs.redactor.known(str(error))) from None


def _log_out(spec: ServerSpec[Any, Any], account: str) -> None:
    file = EnvFile.of(spec.service, account)
    settings = _settings(spec, account)
    vault = Vault.default()
    credentials = logins_of(vault, spec.service, account)
    if account and not file.path.exists() and not credentials:
        known = ", ".join(accounts_of(spec.service)).lstrip(", ") or "none with a name"
        raise SuiteError(f"{spec.title} has no account {account}. Accounts: {known}.", status=2)
    forgotten: list[str] = []
    to_do: list[str] = []
    keys = _keys(spec, settings, account)  # before the files that say who uses them are changed
    for credential in credentials:
        done = anyio.run(forget_login, spec, settings, credential, vault)
        forgotten.append(done.what)
        to_do += [done.to_do] if done.to_do else []
    gone = forget_secrets(keys)
    forgotten += [phrase(key) for key in gone]
    variables = [spec.settings.variable(name) for name in _names(spec)]
    named = [name for name in variables if name in file.values]
    text = file.changed({}, without=variables)
    left_over = EnvFile(file.path, text).values.keys() - {spec.settings.variable("access")}
    if account and not left_over:
        if file.path.exists():
            file.remove()
            forgotten.append(str(file.path))
    else:
        file.write(text)
        forgotten += [f"{', '.join(named)} in {file.path}"] if named else []
    typer.echo(f"Forgotten: {'; '.join(forgotten)}." if forgotten else f"{spec.title}: there was nothing to forget.")
    for line in to_do:
        typer.echo(line)
    tokens = [name for way in ways(spec) for name in Names.of(spec, way).secret if is_token(name)]
    if any(is_token(key.field) for key in gone) or any(spec.settings.variable(name) in named for name in tokens):
        typer.echo(f"Nobody but you can make the token itself invalid: revoke it at {guidance(spec).revoking}")
    way = way_of(spec, settings) if forgotten and settings is not None else None
    if way is not None and way.login == "token" and way.revoking:
        typer.echo(way.revoking)
    if forgotten:
        typer.echo("Servers that run now keep it until they end: restart your clients.")
    given: Mapping[str, str] = spec.settings.environment(account)
    if left := [name for name in variables if given.get(name, "").strip()]:
        typer.echo(f"Still set in this shell's environment; run: unset {' '.join(left)}")


def _settings(spec: ServerSpec[Any, Any], account: str) -> ServiceSettings | None:
    """The account's settings; None if they cannot be read."""
    try:
        settings: ServiceSettings = spec.settings.load(account=account, sandbox=False)
    except NotConfigured:
        return None
    return settings


def _keys(spec: ServerSpec[Any, Any], settings: ServiceSettings | None, account: str) -> list[SecretKey]:
    """The secrets to forget: the account's own; for the usual one also those that no account uses any more."""
    elsewhere = keys_elsewhere(spec, account)
    if not account:
        return [key for key, _ in SecretStore.default().list(spec.service) if key.text not in elsewhere]
    own = keys_of(settings, Names.of(spec, settings.way)) if settings else {}
    return [key for key in own.values() if key.text not in elsewhere]


def _names(spec: ServerSpec[Any, Any]) -> list[str]:
    """Every setting that belongs to an account, for whichever way of signing in."""
    return list(dict.fromkeys(name for way in ways(spec) for name in Names.of(spec, way).all))
