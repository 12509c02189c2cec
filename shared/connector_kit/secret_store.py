"""Secrets at rest: the desktop's keyring, or a private file where there is none.

A secret is stored for one host and is never answered for another, so that an address that was
changed in a setting cannot draw it elsewhere.
"""

import json
import shlex
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from connector_kit.errors import InvalidInput, NotConfigured, Unavailable
from connector_kit.keyring_access import KEYRING_SECONDS, Backend, Keyring, KeyringFailed, usual_backend
from connector_kit.paths import private_dir, state_dir
from connector_kit.private_files import read_private, write_private

Place = Literal["keyring", "file"]


@dataclass(frozen=True, slots=True)
class SecretKey:
    """Whose secret it is: `service` ("jira"), `account`, the `host` it is bound to, and the `field`."""

    service: str
    account: str
    host: str
    field: str

    @property
    def text(self) -> str:
        """One unambiguous line; hosts compare without case or a final dot."""
        host = self.host.strip().rstrip(".").lower()
        return json.dumps([self.service, self.account, host, self.field], ensure_ascii=True)

    @classmethod
    def parse(cls, text: str) -> "SecretKey | None":
        """The key that `text` says, or None for text of another origin."""
        try:
            parts: object = json.loads(text)
        except ValueError:
            return None
        if not isinstance(parts, list):
            return None
        items = cast("list[object]", parts)
        if len(items) != 4 or not all(isinstance(item, str) for item in items):
            return None
        return cls(*cast("list[str]", items))


class SecretStore:
    """Keeps secrets in the keyring, or in `folder/secrets.json` (0600) where no keyring can be trusted.

    Every call may block for seconds: call it in a thread. Names of secrets, which are not secret,
    are kept in the file in both cases, because a keyring cannot list.
    """

    def __init__(
        self, folder: Path, *, find_backend: Callable[[], Backend | None], patience: float = KEYRING_SECONDS
    ) -> None:
        self._folder = folder
        self._file = folder / "secrets.json"
        self._keyring = Keyring(find_backend, patience)
        self._patience = patience

    @classmethod
    def default(cls) -> "SecretStore":
        """The user's store; `MCP_SUITE_KEYRING=off` keeps it off the keyring."""
        return cls(state_dir() / "secrets", find_backend=usual_backend)

    def get(self, key: SecretKey) -> str | None:
        """The secret stored under exactly this key, host included; None if there is none.

        Raises:
            NotConfigured: the file may be read by others, or is damaged.
            Unavailable: the keyring that holds the secret is locked or cannot be reached.
        """
        kept = self._read().get(key.text)
        if kept is None:
            return None
        if kept["place"] == "file":
            return kept["secret"]
        with self._needed():
            return self._keyring.read(key.text)

    def set(self, key: SecretKey, secret: str) -> Place:
        """Store a secret and answer where it went. It is read back before it counts as stored.

        Raises:
            InvalidInput: the secret is empty, or the key names no host.
            Unavailable: neither the keyring nor the file could keep it.
        """
        if not secret or not key.host.strip():
            raise InvalidInput("A secret and the host it is for are needed; one of them is empty.")
        with self._locked():
            entries = self._read()
            place: Place = "keyring" if self._keyring.keep(key.text, secret) else "file"
            if place == "file" and entries.get(key.text, {}).get("place") == "keyring":
                # An older value in a keyring that is out of reach is not in use any more.
                with suppress(KeyringFailed):
                    self._keyring.forget(key.text)
            entries[key.text] = {"place": place, "secret": "" if place == "keyring" else secret}
            self._write(entries)
        return place

    def delete(self, key: SecretKey) -> bool:
        """Remove a secret; False if there was none.

        Raises:
            Unavailable: the keyring refused, so that the secret is still there.
        """
        with self._locked():
            entries = self._read()
            kept = entries.pop(key.text, None)
            if kept is None:
                return False
            if kept["place"] == "keyring":
                with self._needed():
                    self._keyring.forget(key.text)
            self._write(entries)
        return True

    def list(self, service: str | None = None) -> "list[tuple[SecretKey, Place]]":
        """What is stored and where, without the secrets; of one service, or of all."""
        found: list[tuple[SecretKey, Place]] = []
        for text, kept in sorted(self._read().items()):
            key = SecretKey.parse(text)
            if key is not None and service in (None, key.service):
                found.append((key, "keyring" if kept["place"] == "keyring" else "file"))
        return found

    @contextmanager
    def _needed(self) -> Generator[None]:
        """Say what to do when the keyring, which holds the secret, does not do its part."""
        try:
            yield
        except KeyringFailed as error:
            if not self._keyring.is_there:
                raise Unavailable(
                    "The keyring that holds this secret cannot be reached.",
                    next_step="Unlock it, unset MCP_SUITE_KEYRING, or store the secret again.",
                ) from None
            raise Unavailable(
                f"The keyring that holds this secret did not do its part ({error}).",
                next_step="Unlock it and try again.",
            ) from None

    @contextmanager
    def _locked(self) -> Generator[None]:
        from filelock import FileLock, Timeout

        try:
            private_dir(self._folder)
            lock = FileLock(self._folder / "secrets.lock", timeout=self._patience * 3, mode=0o600)
            lock.acquire()
        except Timeout:
            raise Unavailable("Another process is changing the secrets.", next_step="Try again.") from None
        except OSError as error:
            raise Unavailable(f"{self._folder} cannot be used: {error.strerror}.") from None
        try:
            yield
        finally:
            lock.release()

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            content = read_private(self._file)
        except FileNotFoundError:
            return {}
        try:
            return _entries(json.loads(content))
        except ValueError:
            quoted = shlex.quote(str(self._file))
            raise NotConfigured(
                f"{self._file} is damaged.",
                next_step=f"Move it away (`mv {quoted} {quoted}.damaged`) and log in again.",
            ) from None

    def _write(self, entries: dict[str, dict[str, str]]) -> None:
        try:
            write_private(self._file, json.dumps(entries, indent=1).encode())
        except OSError as error:
            raise Unavailable(f"{self._file} cannot be written: {error.strerror}.") from None


def _entries(data: object) -> dict[str, dict[str, str]]:
    if not isinstance(data, dict):
        raise ValueError("not a mapping")
    checked: dict[str, dict[str, str]] = {}
    for name, entry in cast("dict[str, object]", data).items():
        if not isinstance(entry, dict):
            raise ValueError("not an entry")
        texts = cast("dict[str, object]", entry)
        place, secret = texts.get("place"), texts.get("secret")
        if not isinstance(place, str) or not isinstance(secret, str):
            raise ValueError("not an entry")
        checked[name] = {"place": place, "secret": secret}
    return checked
