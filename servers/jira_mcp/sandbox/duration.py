"""Jira's notation for time spent: "1w 2d 3h 30m" with a week of five days and a day of eight hours."""

from __future__ import annotations

import re

_SECONDS = {"w": 5 * 8 * 3600, "d": 8 * 3600, "h": 3600, "m": 60}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([wdhm])")


def parse_duration(text: str) -> int | None:
    """Seconds of "1h 30m", of "1.5h" or of a bare number of minutes; None when it is not a duration."""
    compact = text.strip().lower()
    if re.fullmatch(r"\d+", compact):
        return int(compact) * 60
    parts = _PART.findall(compact)
    if not parts or _PART.sub("", compact).strip():
        return None
    return round(sum(float(amount) * _SECONDS[unit] for amount, unit in parts))


def format_duration(seconds: int) -> str:
    """Seconds as Jira shows them: 5400 is "1h 30m", and less than a minute is "0m"."""
    parts: list[str] = []
    for unit, size in _SECONDS.items():
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return " ".join(parts) or "0m"
