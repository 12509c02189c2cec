"""Time as Atlassian's sandboxes store it: milliseconds since 1970, UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


def now_ms() -> int:
    """This moment."""
    return int(time.time() * 1000)


def at(text: str) -> int:
    """The moment of "2026-01-31 09:00" (UTC), as the sample data writes it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def written(moment: int) -> str:
    """A moment as ISO 8601 has it, without the zone that the vendor's products name differently."""
    seconds, thousandths = divmod(moment, 1000)
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{thousandths:03d}"
