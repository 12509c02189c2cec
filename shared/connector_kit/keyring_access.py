"""The desktop's keyring, used with suspicion: known backends only, bounded in time, read back after a write."""

import os
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar, cast

KEYRING_CHARS = 1280
"""Windows keeps 2,560 bytes of UTF-16 in a credential; longer secrets are refused everywhere."""
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


class KeyringFailed(Exception):  # noqa: N818 - says what happened
    """Whatever a keyring raised, by the name of its type only: its text may hold the secret."""


class Keyring:
    """Our collection in the keyring. Every call may block for `patience` seconds: call it in a thread."""

    def __init__(self, find_backend: Callable[[], Backend | None], patience: float = KEYRING_SECONDS) -> None:
        self._find_backend = find_backend
        self._patience = patience
        self._backend: Backend | None = None
        self._looked = False

    @property
    def is_there(self) -> bool:
        """Whether there is a keyring that can be trusted; it may be locked all the same."""
        return self._found() is not None

    def read(self, name: str) -> str | None:
        """The secret of that name, or None. Raises KeyringFailed."""
        return self._ask(lambda backend: backend.get_password(_COLLECTION, name))

    def keep(self, name: str, secret: str) -> bool:
        """Store a secret and read it back; False if it is not there then, or too long, or nothing can keep it."""
        if len(secret) > KEYRING_CHARS:
            return False

        def store(backend: Backend) -> bool:
            backend.set_password(_COLLECTION, name, secret)
            return backend.get_password(_COLLECTION, name) == secret

        try:
            return self._ask(store)
        except KeyringFailed:
            return False

    def forget(self, name: str) -> None:
        """Remove a secret if it is there. Raises KeyringFailed."""

        def remove(backend: Backend) -> None:
            if backend.get_password(_COLLECTION, name) is not None:
                backend.delete_password(_COLLECTION, name)

        self._ask(remove)

    def _found(self) -> Backend | None:
        if not self._looked:
            self._looked = True
            try:
                self._backend = _bounded(self._find_backend, self._patience)
            except KeyringFailed:
                self._backend = None
        return self._backend

    def _ask(self, question: Callable[[Backend], _T]) -> _T:
        backend = self._found()
        if backend is None:
            raise KeyringFailed("no keyring")
        return _bounded(lambda: question(backend), self._patience)


def is_switched_off() -> bool:
    """Whether `MCP_SUITE_KEYRING=off` says that secrets go to private files instead."""
    return os.environ.get("MCP_SUITE_KEYRING", "").strip().lower() in ("off", "0", "false", "no")


def usual_backend() -> Backend | None:
    """The backend to use by default: a trusted one, unless the keyring is switched off."""
    return None if is_switched_off() else trusted_backend()


def trusted_backend() -> Backend | None:
    """The first keyring backend here that is known to keep secrets, or None."""
    import keyring
    from keyring.backends import chainer

    found = keyring.get_keyring()
    candidates = found.backends if isinstance(found, chainer.ChainerBackend) else [found]
    return next((cast("Backend", one) for one in candidates if type(one).__module__.startswith(_TRUSTED)), None)


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
    raise KeyringFailed(failures[0] if failures else "no answer; an unlock prompt may be open")
