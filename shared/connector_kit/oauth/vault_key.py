"""The key that stored credentials are encrypted with: in the keyring, or in a private file if the user agreed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from connector_kit.errors import Unavailable
from connector_kit.keyring_access import Keyring, KeyringFailed, is_switched_off
from connector_kit.oauth.failures import KeyUnavailable
from connector_kit.private_files import read_private, write_private

KeyPlace = Literal["keyring", "file"]
KEY_FILE_MEANS = (
    "A key in a file beside the credentials keeps them out of searches, copies and backups of single files;"
    " it does not keep them from programs that run as you."
)
"""What a login tells before it asks whether a key file may be written."""

_BYTES = 32
_NAME = "credentials-key"


@dataclass(frozen=True, slots=True)
class VaultKey:
    """A key of 256 bits, and where it is kept."""

    place: KeyPlace
    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """12 hex digits that tell keys apart and do not give one away."""
        return hashlib.sha256(b"fingerprint of " + self.secret).hexdigest()[:12]


class KeyHolder:
    """Finds the key and makes one where there is none. Blocks while the keyring answers.

    `locked` keeps other processes from making another key meanwhile.
    """

    def __init__(
        self,
        file: Path,
        keyring: Keyring,
        *,
        may_write_file: bool,
        locked: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._file = file
        self._keyring = keyring
        self._may_write_file = may_write_file
        self._locked = locked
        self._known: dict[KeyPlace, VaultKey] = {}

    def find(self, place: KeyPlace, fingerprint: str, service: str) -> VaultKey:
        """The key that a credential names.

        Raises:
            KeyUnavailable: it is locked away, was lost, or another one is in its place.
            NotConfigured: the key file may be read by others.
        """
        known = self._known.get(place)
        if known is not None and known.fingerprint == fingerprint:
            return known
        found: VaultKey | None = None
        try:
            found = self._in_keyring() if place == "keyring" else self._in_file()
        except KeyringFailed as error:
            if not self._keyring.is_there:
                raise KeyUnavailable(
                    "The key of stored credentials is in a keyring, and none can be used here"
                    f"{' (MCP_SUITE_KEYRING=off)' if is_switched_off() else ''}.",
                    next_step=f"{'Unset MCP_SUITE_KEYRING, or ask' if is_switched_off() else 'Ask'} the user to run"
                    f" `mcp-suite auth login {service}` where this program runs.",
                ) from None
            raise KeyUnavailable(
                f"The keyring that holds the key of stored credentials did not do its part ({error}).",
                next_step="Ask the user to unlock the keyring, then try again.",
            ) from None
        if found is None or found.fingerprint != fingerprint:
            where = "the keyring" if place == "keyring" else str(self._file)
            raise KeyUnavailable(
                f"The key that this credential was encrypted with is not in {where} any more.",
                next_step=f"Ask the user to run `mcp-suite auth login {service}`.",
            )
        return self._remember(found)

    def for_writing(self, service: str) -> VaultKey:
        """The key for what is stored now, made if there is none: in the keyring if that keeps it.

        Raises:
            KeyUnavailable: no keyring keeps it, and nobody agreed to a file.
            NotConfigured: the key file may be read by others, or is damaged.
            Unavailable: the folder cannot be written.
        """
        known = self._known.get("keyring") or self._known.get("file")
        if known is not None:
            return known
        found = self._kept_by_keyring() or self._in_file()
        if found is None and self._may_write_file:
            found = self._made_in_file()
        if found is None:
            raise KeyUnavailable(
                "There is no keyring here that can be trusted with the key of stored credentials.",
                next_step=f"Ask the user to run `mcp-suite auth login {service}` in a terminal: it offers a private"
                " file instead. MCP_SUITE_KEYRING=off agrees to that file.",
            )
        return self._remember(found)

    def _remember(self, key: VaultKey) -> VaultKey:
        self._known[key.place] = key
        return key

    def _kept_by_keyring(self) -> VaultKey | None:
        """The keyring's key, made if it has none; None if it does not keep one."""
        if not self._keyring.is_there:
            return None
        try:
            found = self._in_keyring()
            if found is not None:
                return found
            with self._locked():
                found = self._in_keyring()  # another process may have made it meanwhile
                if found is not None:
                    return found
                made = VaultKey("keyring", secrets.token_bytes(_BYTES))
                return made if self._keyring.keep(_NAME, base64.b64encode(made.secret).decode()) else None
        except KeyringFailed:
            return None

    def _made_in_file(self) -> VaultKey:
        with self._locked():
            found = self._in_file()
            if found is not None:
                return found
            made = VaultKey("file", secrets.token_bytes(_BYTES))
            try:
                write_private(self._file, base64.b64encode(made.secret))
                sync_folder(self._file.parent)
            except OSError as error:
                raise Unavailable(f"{self._file} cannot be written: {error.strerror}.") from None
            return made

    def _in_keyring(self) -> VaultKey | None:
        text = self._keyring.read(_NAME)
        return _key("keyring", text.encode()) if text else None

    def _in_file(self) -> VaultKey | None:
        try:
            content = read_private(self._file)
        except FileNotFoundError:
            return None
        key = _key("file", content)
        if key is None:
            raise KeyUnavailable(
                f"{self._file} does not hold a key.",
                next_step=f"Ask the user to delete it (`rm {shlex.quote(str(self._file))}`) and to log in again.",
            )
        return key


def _key(place: KeyPlace, encoded: bytes) -> VaultKey | None:
    try:
        secret = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        return None
    return VaultKey(place, secret) if len(secret) == _BYTES else None


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
