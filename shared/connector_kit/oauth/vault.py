"""Credentials at rest: one encrypted file each (AES-256-GCM), whose key the keyring holds.

The tokens themselves do not fit into every keyring: Windows caps an entry at 1,280 characters. What a file says
openly is whose credential it is; that, and where its key lies, is authenticated with the rest, so that a file
which was renamed or changed is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from connector_kit.errors import InvalidInput, NotConfigured, ServiceError, Unavailable
from connector_kit.keyring_access import KEYRING_SECONDS, Backend, Keyring, is_switched_off, usual_backend
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault_key import KeyHolder, KeyPlace, sync_folder
from connector_kit.paths import private_dir, state_dir
from connector_kit.private_files import read_private, write_private

if TYPE_CHECKING:
    from filelock import FileLock

_FORMAT = 1
_NONCE_BYTES = 12
_LEFTOVER_SECONDS = 60.0
_LOCK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class CredentialId:
    """Whose credential it is: of `account` at `service` ("jira"), for use at `host` and nowhere else.

    Hosts compare without case or a final dot. Several servers that share one login share one of these.
    """

    service: str
    account: str
    host: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", self.host.strip().rstrip(".").lower())
        if not self.service or not self.host:
            raise InvalidInput("A credential needs a service and the host it is for; one of them is empty.")

    @property
    def file_name(self) -> str:
        """A name that says the service, differs for each credential, and fits every file system."""
        text = json.dumps([self.service, self.account, self.host])
        readable = re.sub(r"[^a-z0-9]+", "-", self.service.lower())[:32].strip("-")
        return f"{readable}-{hashlib.sha256(text.encode()).hexdigest()[:20]}.credential"


@dataclass(frozen=True, slots=True)
class _Header:
    credential: CredentialId
    place: KeyPlace
    key: str

    def line(self) -> bytes:
        names = self.credential
        fields = {"format": _FORMAT, "service": names.service, "account": names.account, "host": names.host}
        return json.dumps({**fields, "key_place": self.place, "key": self.key}).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> _Header:
        """Raises ValueError."""
        data: object = json.loads(line)
        if not isinstance(data, dict):
            raise ValueError("not a mapping")
        fields = cast("dict[str, object]", data)
        service, account, host, place, key = (
            fields.get(name) for name in ("service", "account", "host", "key_place", "key")
        )
        if fields.get("format") != _FORMAT or not (
            isinstance(service, str) and isinstance(account, str) and isinstance(host, str) and isinstance(key, str)
        ):
            raise ValueError("not a credential")
        try:
            return cls(CredentialId(service, account, host), "keyring" if place == "keyring" else "file", key)
        except InvalidInput as error:
            raise ValueError("not a credential") from error


class Vault:
    """Keeps credentials in `folder` (0700), each in a file of its own (0600).

    Every call may block for seconds, while the keyring answers: call it in a thread. `allow_key_file` says that
    the user agreed to keep the key in a file where no keyring can be trusted.
    """

    def __init__(
        self,
        folder: Path,
        *,
        find_backend: Callable[[], Backend | None] = usual_backend,
        allow_key_file: bool = False,
        patience: float = KEYRING_SECONDS,
    ) -> None:
        """Nothing is read or created yet. `patience` is in seconds."""
        self._folder = folder
        self._keyring = Keyring(find_backend, patience)
        self._keys = KeyHolder(
            folder / "key", self._keyring, may_write_file=allow_key_file, locked=lambda: self._held(folder / "key.lock")
        )

    @classmethod
    def default(cls, *, allow_key_file: bool = False) -> Vault:
        """The user's vault; `MCP_SUITE_KEYRING=off` keeps off the keyring and agrees to a key file."""
        return cls(state_dir() / "credentials", allow_key_file=allow_key_file or is_switched_off())

    @property
    def has_keyring(self) -> bool:
        """Whether a keyring is here that can be trusted; if not, ask before allowing a key file."""
        return self._keyring.is_there

    def path(self, credential: CredentialId) -> Path:
        """The file of a credential, there or not."""
        return self._folder / credential.file_name

    def load(self, credential: CredentialId) -> TokenSet | None:
        """The tokens of a credential, None if there are none.

        Raises:
            KeyUnavailable: the key is locked away or lost; says what to do.
            NotConfigured: the file may be read by others, or is damaged.
        """
        found = self._read(self.path(credential), credential.service)
        if found is None:
            return None
        header, line, sealed = found
        if header.credential != credential:
            raise _damaged(self.path(credential), credential.service)
        key = self._keys.find(header.place, header.key, credential.service)
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            plain = AESGCM(key.secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], line)
            return TokenSet.from_json(plain)
        except (InvalidTag, ValueError):
            raise _damaged(self.path(credential), credential.service) from None

    def save(self, credential: CredentialId, tokens: TokenSet) -> None:
        """Store tokens so that they survive a loss of power, and read them back.

        Raises:
            KeyUnavailable: there is no key, and no place for one that the user agreed to.
            Unavailable: the file cannot be written; the one before it is still there.
        """
        sealed = self._sealed(credential, tokens)
        path = self.path(credential)
        with self._writing(path):
            self._remove_leftovers(path)
            write_private(path, sealed)
            sync_folder(self._folder)
            kept = path.read_bytes()
        if kept != sealed:
            raise Unavailable(f"{path} does not keep what is written to it.", next_step="Check the disk.")

    def rehearse(self, credential: CredentialId, tokens: TokenSet) -> None:
        """Do all of a save but the replacing: what would fail fails now, before anything is at stake.

        Raises as `save`.
        """
        sealed = self._sealed(credential, tokens)
        trial = self._folder / f"{credential.file_name}.trial"
        with self._writing(trial):
            write_private(trial, sealed)
            trial.unlink()

    def delete(self, credential: CredentialId) -> bool:
        """Forget a credential; False if there was none. Raises Unavailable."""
        path = self.path(credential)
        with self._writing(path):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            sync_folder(self._folder)
        return True

    def list(self, service: str | None = None) -> list[tuple[CredentialId, KeyPlace]]:
        """Whose credentials are stored and where the key of each lies; of one service or of all.

        Works without the key; passes over files that cannot be read.
        """
        found: list[tuple[CredentialId, KeyPlace]] = []
        for path in sorted(self._folder.glob("*.credential")):
            try:
                content = self._read(path, "")
            except ServiceError:
                continue
            if content is not None and service in (None, content[0].credential.service):
                found.append((content[0].credential, content[0].place))
        return found

    def lock(self, credential: CredentialId) -> FileLock:
        """The lock that whoever changes a credential holds from before reading it until after writing it.

        Not acquired yet; may be released in another thread. A process that dies sets it free.
        Raises Unavailable when the folder cannot be used.
        """
        return self._lock(self.path(credential).with_suffix(".lock"))

    def _lock(self, path: Path) -> FileLock:
        from filelock import FileLock

        with self._writing(path):
            private_dir(self._folder)
        return FileLock(path, mode=0o600, thread_local=False)

    @contextmanager
    def _held(self, path: Path) -> Generator[None]:
        from filelock import Timeout

        lock = self._lock(path)
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout:
            raise Unavailable("Another process is making a key for credentials.", next_step="Try again.") from None
        except OSError as error:
            raise _unusable(path, error) from None
        try:
            yield
        finally:
            lock.release()

    def _sealed(self, credential: CredentialId, tokens: TokenSet) -> bytes:
        with self._writing(self._folder):
            private_dir(self._folder)
        key = self._keys.for_writing(credential.service)
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        line = _Header(credential, key.place, key.fingerprint).line()
        nonce = os.urandom(_NONCE_BYTES)
        return line + nonce + AESGCM(key.secret).encrypt(nonce, tokens.to_json().encode(), line)

    def _read(self, path: Path, service: str) -> tuple[_Header, bytes, bytes] | None:
        """The header of a file, the same as it stands there, and what is encrypted; None if there is no file."""
        try:
            content = read_private(path)
        except FileNotFoundError:
            return None
        line, newline, sealed = content.partition(b"\n")
        try:
            return _Header.parse(line), line + newline, sealed
        except ValueError:
            raise _damaged(path, service) from None

    def _remove_leftovers(self, path: Path) -> None:
        """Remove what processes left behind that died while they wrote this file."""
        for leftover in self._folder.glob(f".{path.name}.*"):
            with suppress(FileNotFoundError):
                if leftover.stat().st_mtime < time.time() - _LEFTOVER_SECONDS:
                    leftover.unlink()

    @contextmanager
    def _writing(self, path: Path) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise _unusable(path, error) from None


def _unusable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        f"{path} cannot be written: {error.strerror}.",
        next_step="Credentials are kept there: make room, or make the folder yours.",
    )


def _damaged(path: Path, service: str) -> NotConfigured:
    return NotConfigured(
        f"{path} is damaged, or is not the credential that its name says.",
        next_step=f"Ask the user to run `mcp-suite auth login {service}`." if service else "",
    )
