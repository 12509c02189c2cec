"""How patient and how careful a client is."""

from __future__ import annotations

from dataclasses import dataclass

from connector_kit.retry import Backoff


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """Limits of a client; times in seconds, sizes in bytes.

    `retries` tries follow the first, after `base_delay`, twice that, and so on up to `max_delay`, with jitter; a
    wait that the service asks for is honoured up to `max_asked_delay`. `total_timeout` ends a call with all
    its tries and waits; `read_timeout` is the longest silence. `burst` calls go out at once before the pace of
    `requests_per_minute` holds; None is a whole minute's worth. After `breaker_failures` failures in a row
    nothing is sent for `breaker_pause`.
    """

    retries: int = 3
    base_delay: float = 1.0
    max_delay: float = 8.0
    max_asked_delay: float = 30.0
    total_timeout: float = 45.0
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    requests_per_minute: float = 100.0
    burst: float | None = None
    max_body: int = 8 * 1024 * 1024
    max_redirects: int = 5
    breaker_failures: int = 5
    breaker_pause: float = 30.0

    def __post_init__(self) -> None:
        if not 0 < self.total_timeout < 50:
            # MCP clients give up on a call after a minute: an answer must come before.
            raise ValueError("total_timeout must be above 0 and below 50 seconds")

    @property
    def backoff(self) -> Backoff:
        """The part that decides about repeating."""
        return Backoff(self.retries, self.base_delay, self.max_delay, self.max_asked_delay)
