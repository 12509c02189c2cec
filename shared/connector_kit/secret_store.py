"""Secrets at rest: the desktop's keyring, or a private file where there is none.

A secret is stored for one host and is never answered for another, so that an address that was
changed in a setting cannot draw it elsewhere.
"""

import json
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar, cast

from connector_kit.errors import InvalidInput, NotConfigured, Unavailable
from connector_kit.paths import private_dir, state_dir
from connector_kit.private_files import read_private, write_private

Place = Literal["keyring", "file"]

KEYRING_CHARS = 1280
"""Windows keeps 2,560 bytes of UTF-16 in a credential; longer secrets go to the file everywhere."""
KEYRING_SECONDS = 10.0
"""A keyring may wait for an unlock prompt that nobody sees."""

# Others exist that ask on standard input, keep plain text, or forget in silence.
_TRUSTED = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
_COLLECTION = "mcp-integration-suite"
_T = TypeVar("_T")


class Backend(Protocol):
    """What is used of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """The stored secret, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret."""
        ...


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
        self._find_backend = find_backend
        self._patience = patience
        self._backend: Backend | None = None
        self._looked = False

    @classmethod
    def default(cls) -> "SecretStore":
        """The user's store; `MCP_SUITE_KEYRING=off` keeps it off the keyring."""
        off = os.environ.get("MCP_SUITE_KEYRING", "").strip().lower() in ("off", "0", "false", "no")
        return cls(state_dir() / "secrets", find_backend=_no_backend if off else trusted_backend)

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
        return self._asked(lambda backend: backend.get_password(_COLLECTION, key.text))

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
            place: Place = "keyring" if self._kept_by_keyring(key, secret) else "file"
            if place == "file" and entries.get(key.text, {}).get("place") == "keyring":
                # An older value in a keyring that is out of reach is not in use any more.
                with suppress(Unavailable):
                    self._asked(lambda backend: _remove(backend, key))
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
                self._asked(lambda backend: _remove(backend, key))
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

    def _keyring(self) -> Backend | None:
        if not self._looked:
            self._looked = True
            try:
                self._backend = _bounded(self._find_backend, self._patience)
            except _KeyringError:
                self._backend = None
        return self._backend

    def _kept_by_keyring(self, key: SecretKey, secret: str) -> bool:
        if len(secret) > KEYRING_CHARS:
            return False
        backend = self._keyring()
        if backend is None:
            return False

        def store() -> bool:
            backend.set_password(_COLLECTION, key.text, secret)
            return backend.get_password(_COLLECTION, key.text) == secret

        try:
            return _bounded(store, self._patience)
        except _KeyringError:
            return False

    def _asked(self, question: Callable[[Backend], _T]) -> _T:
        backend = self._keyring()
        if backend is None:
            raise Unavailable(
                "The keyring that holds this secret cannot be reached.",
                next_step="Unlock it, unset MCP_SUITE_KEYRING, or store the secret again.",
            )
        try:
            return _bounded(lambda: question(backend), self._patience)
        except _KeyringError as error:
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
            raise NotConfigured(
                f"{self._file} is damaged.", next_step="Move it away and store the secrets again."
            ) from None

    def _write(self, entries: dict[str, dict[str, str]]) -> None:
        try:
            write_private(self._file, json.dumps(entries, indent=1).encode())
        except OSError as error:
            raise Unavailable(f"{self._file} cannot be written: {error.strerror}.") from None


def trusted_backend() -> Backend | None:
    """The first keyring backend here that is known to keep secrets, or None."""
    import keyring
    from keyring.backends import chainer

    found = keyring.get_keyring()
    candidates = found.backends if isinstance(found, chainer.ChainerBackend) else [found]
    return next((cast("Backend", one) for one in candidates if type(one).__module__.startswith(_TRUSTED)), None)


class _KeyringError(Exception):
    """Whatever a keyring raised, by the name of its type only: its text may hold the secret."""


def _no_backend() -> None:
    return None


def _remove(backend: Backend, key: SecretKey) -> None:
    if backend.get_password(_COLLECTION, key.text) is not None:
        backend.delete_password(_COLLECTION, key.text)


def _bounded(call: Callable[[], _T], seconds: float) -> _T:
    answers: list[_T] = []
    failures: list[str] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as error:  # noqa: BLE001 - backends raise what their platform raises
            failures.append(type(error).__name__)

    # A daemon: a prompt that nobody answers must not keep the process from ending.
    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(seconds)
    if answers:
        return answers[0]
    raise _KeyringError(failures[0] if failures else "no answer; an unlock prompt may be open")


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
