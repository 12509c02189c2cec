"""Where secrets and state are kept: the keyring, the state folder, the audit log, the sandboxes."""

import errno
import os
import platform
import shlex
import sqlite3
import tempfile
from pathlib import Path
from typing import Literal

from connector_kit.errors import ServiceError
from connector_kit.keyring_access import Keyring, KeyringFailed, is_switched_off, usual_backend
from connector_kit.paths import state_dir
from connector_kit.secret_store import SecretStore
from mcp_suite.doctor.finding import Finding, fail, ok, skip, warn
from mcp_suite.doctor.requirements import MACHINE

PATIENCE = 5.0
"""Seconds for the keyring to answer; it may be waiting for its password."""

_BLOCK = 64 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT)
_INSTALL = {
    "Linux": "Run: sudo apt install gnome-keyring, and sign in to the desktop again",
    "Darwin": "Open Keychain Access and unlock the login keychain",
    "Windows": "Start the service Credential Manager (VaultSvc)",
}


def check_keyring(*, patience: float = PATIENCE) -> Finding:
    """Whether secrets can go to the desktop's keyring, and what happens without it."""
    stored = _stored_places()
    if is_switched_off():
        if "keyring" in stored:
            told = "it is switched off (MCP_SUITE_KEYRING=off), but secrets are stored in it"
            return fail(MACHINE, "keyring", told, "Run: unset MCP_SUITE_KEYRING (where your shell sets it)")
        told = "switched off (MCP_SUITE_KEYRING=off): secrets go to private files"
        return ok(MACHINE, "keyring", told)
    keyring = Keyring(usual_backend, patience)
    if not keyring.is_there:
        install = _INSTALL.get(platform.system(), "Install a keyring")
        if "keyring" in stored:
            told = "no keyring that can be trusted is here, but secrets are stored in one"
            return fail(MACHINE, "keyring", told, f"{install}; or store them again")
        told = "no keyring that can be trusted is here: secrets go to private files"
        return warn(MACHINE, "keyring", told, f"{install}; or agree to files: export MCP_SUITE_KEYRING=off")
    try:
        keyring.read("doctor")
    except KeyringFailed as error:
        told = f"the keyring does not answer within {patience:g} s ({error})"
        return fail(MACHINE, "keyring", told, "Unlock the keyring, or run: export MCP_SUITE_KEYRING=off")
    return ok(MACHINE, "keyring", "it answers")


def check_state() -> list[Finding]:
    """Whether the state folder and the audit log in it can be written."""
    folder = state_dir()
    findings = [_writable("state folder", folder)]
    switch = os.environ.get("MCP_SUITE_AUDIT", "").strip().lower()
    if switch in ("off", "0", "false", "no"):
        findings.append(skip(MACHINE, "audit log", "switched off (MCP_SUITE_AUDIT=off)"))
    else:
        findings.append(_writable("audit log", folder / "audit"))
    return findings


def check_sandbox(service: str) -> Finding:
    """Whether the database of a sandbox can be read, if the sandbox was ever used."""
    folder = state_dir() / "sandbox" / service
    if folder.is_dir():
        return ok(service, "sandbox", f"{folder} holds its data")  # in a form that only its own process reads
    path = folder.with_name(f"{service}.sqlite3")
    if not path.exists():
        return skip(service, "sandbox", "not used yet; its first use makes it")
    try:
        # Reading only: a server may have it open.
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)
        try:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        verdict = (str(error),)
    if verdict == ("ok",):
        return ok(service, "sandbox", f"{path} is sound")
    told = f"{path} cannot be read: {verdict[0] if verdict else 'no answer'}"
    quoted = shlex.quote(str(path))
    return fail(service, "sandbox", told, f"Run: mv {quoted} {quoted}.broken && mcp-suite sandbox reset {service}")


def _writable(check: Literal["state folder", "audit log"], folder: Path) -> Finding:
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    quoted = shlex.quote(str(nearest))
    if not nearest.is_dir():
        told = f"{nearest} is in the way: it is no folder"
        return fail(MACHINE, check, told, f"Run: mv {quoted} {quoted}.old")
    try:
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(bytes(_BLOCK))  # a disk that is full takes a file, as long as it is empty
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        told = f"{nearest} cannot be written: {error.strerror}"
        return fail(MACHINE, check, told, _mended(error, quoted))
    state = "is writable" if nearest == folder else "will be made when it is needed"
    return ok(MACHINE, check, f"{folder} {state}")


def _mended(error: OSError, quoted: str) -> str:
    """What makes a folder writable again."""
    if error.errno in _FULL:
        return f"Make room on its disk; see: df -h {quoted}"
    if error.errno == errno.EROFS:
        return "Choose a folder that can be written: export MCP_SUITE_STATE_DIR=…"
    return f'Run: sudo chown -R "$USER" {quoted} && chmod u+rwx {quoted}'


def _stored_places() -> set[str]:
    try:
        return {place for _, place in SecretStore.default().list()}
    except (ServiceError, OSError):
        return set()
