"""`mcp-suite auth logout`: forget a login on this machine, and say where it is revoked."""

import os
from contextlib import suppress

import typer

from connector_kit.errors import ServiceError
from connector_kit.secret_store import SecretStore
from mcp_suite.auth.ages import Ages
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.storing import OTHER_SITE, Names
from mcp_suite.errors import SuiteError
from mcp_suite.servers import find, load


def run_logout(service: str) -> None:
    """Remove the secrets of a service from the store, and the account from its env file.

    Settings that say nothing of the account stay in the file.

    Raises:
        SuiteError: the keyring or the file did not let go of it; what is left is still there.
    """
    spec = load(find(service))
    names = Names.of(spec)
    try:
        file = EnvFile.of(spec.service)
        store, ages = SecretStore.default(), Ages.default()
        forgotten = [f"the token of {key.account} at {key.host}" for key, _ in store.list(spec.service)]
        for key, _ in store.list(spec.service):
            store.delete(key)
            with suppress(OSError):
                ages.forget(key)
    except ServiceError as error:
        raise SuiteError(str(error)) from None
    variables = [spec.settings.variable(name) for name in (*names.plain, *names.secret, *OTHER_SITE)]
    gone = [name for name in variables if name in file.values]
    file.write(file.changed({}, without=variables))
    if gone:
        forgotten.append(f"{', '.join(gone)} in {file.path}")
    typer.echo(f"Forgotten: {'; '.join(forgotten)}." if forgotten else f"{spec.title}: there was nothing to forget.")
    if forgotten:
        typer.echo(f"Nobody but you can make the token itself invalid: revoke it at {guidance(spec).revoking}")
        typer.echo("Servers that run now keep it until they end: restart your clients.")
    if left := [name for name in variables if os.environ.get(name, "").strip()]:
        typer.echo(f"Still set in this shell's environment; run: unset {' '.join(left)}")
