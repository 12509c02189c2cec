"""When a long-lived key was stored, so that it is replaced before it is forgotten about."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

from connector_kit.errors import NotConfigured
from connector_kit.paths import private_dir, state_dir
from connector_kit.private_files import read_private, write_private
from connector_kit.secret_store import SecretKey

OLD_DAYS = 80
"""From this age on a key should be replaced: many companies ask for it at 90 days."""


def today() -> date:
    """The date in UTC."""
    return datetime.now(UTC).date()


class Ages:
    """Dates of stored secrets, in a file beside them. A lost file loses dates only."""

    def __init__(self, path: Path, *, clock: Callable[[], date] = today) -> None:
        """Nothing is read yet."""
        self._path = path
        self._clock = clock

    @classmethod
    def default(cls) -> "Ages":
        """The user's."""
        return cls(state_dir() / "secrets" / "stored.json")

    def note(self, key: SecretKey) -> None:
        """Remember that the secret was stored today. Raises OSError."""
        self._write({**self._read(), key.text: self._clock().isoformat()})

    def forget(self, key: SecretKey) -> None:
        """Remember nothing of the secret any more. Raises OSError."""
        dates = self._read()
        if dates.pop(key.text, None) is not None:
            self._write(dates)

    def stored_on(self, key: SecretKey) -> date | None:
        """The day the secret was stored, if that is known."""
        with suppress(ValueError):
            return date.fromisoformat(self._read().get(key.text, ""))
        return None

    def days(self, key: SecretKey) -> int | None:
        """The age of the secret in days, if it is known."""
        stored = self.stored_on(key)
        return None if stored is None else max(0, (self._clock() - stored).days)

    def _read(self) -> dict[str, str]:
        try:
            data: object = json.loads(read_private(self._path))
        except (FileNotFoundError, NotConfigured, ValueError):
            return {}
        if not isinstance(data, dict):
            return {}
        return {name: day for name, day in cast("dict[str, object]", data).items() if isinstance(day, str)}

    def _write(self, dates: dict[str, str]) -> None:
        private_dir(self._path.parent)
        write_private(self._path, json.dumps(dates, indent=1).encode())
