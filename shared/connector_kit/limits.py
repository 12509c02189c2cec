"""How fast a service is called, and when it is left alone: token bucket and circuit breaker.

Neither sleeps nor does I/O: the bucket says how long to wait, the breaker whether to call. Both live on one
event loop, so that every method is atomic; times are seconds of the injected monotonic clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]


class TokenBucket:
    """So many calls a minute on average, with a burst up to the size of the bucket.

    The bucket starts full and refills steadily. A caller who finds it empty goes into debt and is told how long
    to wait for its turn, so that turns come in the order of asking.
    """

    def __init__(self, per_minute: float, burst: float | None = None, *, clock: Clock = time.monotonic) -> None:
        """`burst` is at least one call; None is a whole minute's worth. ValueError unless `per_minute` > 0."""
        if not per_minute > 0:
            raise ValueError("a limit needs at least a fraction of a request per minute")
        self._rate = per_minute / 60
        self._size = max(1.0, per_minute if burst is None else burst)
        self._clock = clock
        self._tokens = self._size
        self._at = clock()

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._size, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = now

    def take(self) -> float:
        """Take one call and return the seconds to wait before making it; give it back if it is not made."""
        self._refill()
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

    def give_back(self) -> None:
        """Return a call that was taken but not made."""
        self._tokens = min(self._size, self._tokens + 1)


class CircuitBreaker:
    """Leaves a failing service alone for a while.

    Closed: every call goes out. After `failures` failures in a row it opens: no call goes out for `pause`
    seconds. Then it is half-open: exactly one call, the probe, goes out, and its end closes the circuit or
    opens it for another pause.
    """

    def __init__(self, failures: int = 5, pause: float = 30.0, *, clock: Clock = time.monotonic) -> None:
        self._limit = failures
        self._pause = pause
        self._clock = clock
        self._failed = 0
        self._opened: float | None = None
        self._probe: object | None = None

    @property
    def failures(self) -> int:
        """Failures in a row so far."""
        return self._failed

    def refusal(self) -> float | None:
        """None if a call could go out now, otherwise the seconds until it is worth asking again."""
        if self._opened is None:
            return None
        left = self._opened + self._pause - self._clock()
        if left > 0:
            return left
        return 1.0 if self._probe is not None else None

    def enter(self) -> object:
        """Begin a call that `refusal()` allowed; returns the token with which to report its end."""
        token = object()
        if self._opened is not None:
            self._probe = token
        return token

    def leave(self, token: object, ok: bool | None) -> None:
        """Report the end of a call: it worked, it failed, or (None) it was cancelled and says nothing.

        While the circuit is open only the probe decides: a straggler from before says nothing new.
        """
        if self._opened is not None and token is not self._probe:
            return
        self._probe = None
        if ok is None:
            return
        if ok:
            self._failed, self._opened = 0, None
            return
        self._failed += 1
        if self._opened is not None or self._failed >= self._limit:
            self._opened = self._clock()
