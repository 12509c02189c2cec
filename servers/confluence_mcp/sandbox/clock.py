"""Time as it is stored (milliseconds since 1970, UTC) and as Confluence writes it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


def now_ms() -> int:
    """This moment."""
    return int(time.time() * 1000)


def at(text: str) -> int:
    """The moment of "2026-01-31 09:00" (UTC), as the sample data writes it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def stamp(moment: int) -> str:
    """A moment as the vendor writes it, in both versions of its API: 2026-01-31T09:00:58.000Z."""
    seconds, thousandths = divmod(moment, 1000)
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{thousandths:03d}Z"
