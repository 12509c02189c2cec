"""Which failures deserve another try, and after how long. Pure: no I/O, and no clock but `now`."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

REPEATABLE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods that do the same thing however often they are sent (RFC 9110, 9.2.2)."""

_PASSING = frozenset({408, 425, 500, 502, 503, 504})
_EPOCH_STARTS = 1e9  # a smaller number cannot be a moment of these years: it is a number of seconds from now


def _seconds(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _moment(text: str) -> float | None:
    """An HTTP date or an ISO 8601 time as seconds since the epoch."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (TypeError, ValueError, OverflowError):
            continue
    return None


def asked_wait(status: int, headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds that the service asks to wait before the next try, or None if it asks nothing understandable.

    `Retry-After` (and Atlassian's `Beta-Retry-After`) in seconds or as an HTTP date; for a 429 also
    `X-RateLimit-Reset` as seconds, epoch seconds, epoch milliseconds or ISO 8601. `headers` must find names
    in lower case. `now` is in seconds since the epoch. Never negative.
    """
    now = time.time() if now is None else now
    for name in ("retry-after", "beta-retry-after"):
        text = headers.get(name, "").strip()
        if (seconds := _seconds(text)) is not None:
            return max(0.0, seconds)
        if (moment := _moment(text)) is not None:
            return max(0.0, moment - now)
    if status != 429:
        # On any other answer the reset of the window is for information, nobody was refused because of it.
        return None
    text = headers.get("x-ratelimit-reset", "").strip()
    if (number := _seconds(text)) is not None:
        if number >= _EPOCH_STARTS * 1000:
            number /= 1000
        return max(0.0, number - now if number >= _EPOCH_STARTS else number)
    if (moment := _moment(text)) is not None:
        return max(0.0, moment - now)
    return None


def is_quota(headers: Mapping[str, str]) -> bool:
    """Whether a 429 means that an hour's or a day's allowance is used up, not that calls came too fast.

    Atlassian's `RateLimit-Reason`: jira-quota-global-based, jira-quota-tenant-based, confluence-quota-…
    """
    return "quota" in headers.get("ratelimit-reason", "").lower()


def was_refused(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the service turned the request away before it did anything: 429, and 503 with Retry-After."""
    return status == 429 or (status == 503 and asked_wait(status, headers) is not None)


def is_ambiguous(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a request answered with `status` may have been carried out all the same."""
    if status == 408:
        return True
    return status >= 500 and status not in (501, 505) and not was_refused(status, headers)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often and how patiently to try again; times in seconds."""

    retries: int = 3
    base_delay: float = 1.0
    max_delay: float = 8.0
    max_asked_delay: float = 30.0
    jitter: Callable[[], float] = random.random

    def own_delay(self, tries: int) -> float:
        """The wait after `tries` tries when nobody asked for one: doubling, each 75 to 125 % of its step."""
        step = min(self.max_delay, self.base_delay * 2.0 ** min(tries - 1, 60))
        return step * (0.75 + 0.5 * self.jitter())

    def after_answer(
        self, status: int, headers: Mapping[str, str], *, tries: int, repeatable: bool, remaining: float
    ) -> float | None:
        """Seconds until the next try after an answer, or None to give up.

        A wait that the service asks for is never cut short: if it is longer than the cap or than the
        `remaining` seconds, it is the caller's to know.
        """
        if tries > self.retries:
            return None
        if not was_refused(status, headers) and not (repeatable and status in _PASSING):
            return None
        asked = asked_wait(status, headers)
        if status == 429 and is_quota(headers) and (asked is None or asked > self.max_delay):
            return None
        if asked is None:
            return self._within(self.own_delay(tries), remaining)
        if asked > self.max_asked_delay:
            return None
        return self._within(asked + min(1.0, 0.1 * asked + 0.1) * self.jitter(), remaining)

    def after_failure(self, *, sent: bool, tries: int, repeatable: bool, remaining: float) -> float | None:
        """Seconds until the next try after a broken connection, or None to give up.

        `sent` is False only if the request certainly never reached the service.
        """
        if tries > self.retries or (sent and not repeatable):
            return None
        return self._within(self.own_delay(tries), remaining)

    def _within(self, wait: float, remaining: float) -> float | None:
        return wait if wait < remaining else None
