"""Where secrets go, and asking before they go to a file."""

from collections.abc import Sequence
from contextlib import suppress

import typer

from connector_kit.errors import ServiceError
from connector_kit.keyring_access import Keyring, KeyringFailed, is_switched_off, usual_backend
from connector_kit.oauth.vault import Vault
from connector_kit.oauth.vault_key import KEY_FILE_MEANS
from connector_kit.paths import state_dir
from connector_kit.secret_store import SecretStore
from mcp_suite.auth.attempt import NOTHING, Attempt
from mcp_suite.errors import SuiteError

_TRIAL = "login-trial"
_KEY_CHARS = 44
"""Of the vault's key, in base64."""


def keyring_keeps(secret: str) -> bool:
    """Whether the keyring takes something as long as the secret; asks it for real, with a stand-in."""
    if is_switched_off():
        return False
    keyring = Keyring(usual_backend)
    if not keyring.is_there:
        return False
    kept = keyring.keep(_TRIAL, "x" * len(secret))
    with suppress(KeyringFailed):
        keyring.forget(_TRIAL)
    return kept


def what_a_file_means() -> str:
    """The honest sentence about a secret in a file."""
    return (
        f"it would be kept unencrypted in {state_dir() / 'secrets' / 'secrets.json'}, which only you may read. Other "
        "users of this machine cannot read it there; programs that you start, administrators, and whoever gets hold "
        "of the disk or of a backup can."
    )


def what_a_key_file_means() -> str:
    """The honest sentence about a login whose key is a file."""
    folder = state_dir() / "credentials"
    return f"The login would be kept encrypted in {folder}, and the key to it in {folder / 'key'}. {KEY_FILE_MEANS}"


def agree(attempt: Attempt, secrets: Sequence[str], *, called: str, login: bool = False) -> bool:
    """Ask before something goes to a file: the `secrets`, which are `called` so, and the key to a `login`.

    What lies there already was agreed to. True if files were agreed to, False if none is needed. Raises SuiteError
    when that is not wanted.
    """
    told: list[str] = []
    there = _in_file(attempt.spec.service)
    if not all(secret in there or keyring_keeps(secret) for secret in secrets):
        reason = "The keyring is switched off" if is_switched_off() else f"No keyring here keeps {called}"
        told.append(f"{reason}: {what_a_file_means()}")
    has_key_file = any(place == "file" for _, place in Vault.default().list())
    if login and not has_key_file and not keyring_keeps("x" * _KEY_CHARS):
        told.append(what_a_key_file_means())
    if not told:
        return has_key_file
    typer.echo("\n" + "\n".join(told))
    if attempt.wanted.yes or is_switched_off():
        return True
    if not attempt.asking:
        raise SuiteError(f"{NOTHING} To agree to the file, add --yes.")
    if not typer.confirm("Keep it in that file?" if len(told) == 1 else "Keep them in these files?", default=False):
        raise SuiteError(NOTHING)
    return True


def _in_file(service: str) -> set[str]:
    """The secrets of a service that are in the file up to now."""
    store = SecretStore.default()
    try:
        return {store.get(key) or "" for key, place in store.list(service) if place == "file"}
    except ServiceError:
        return set()
