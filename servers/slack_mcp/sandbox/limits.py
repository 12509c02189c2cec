"""How often each method may be called: docs.slack.dev/apis/web-api/rate-limits."""

from __future__ import annotations

import math
from collections import deque
from threading import Lock

from slack_mcp.sandbox.registry import Method, Tier

_WINDOW = 60.0
PER_MINUTE: dict[Tier, int] = {1: 1, 2: 20, 3: 50, 4: 100, "special": 300, "post": 60}
"""Calls a minute for each method, app and workspace; of `post` for each channel."""


class Limits:
    """The budgets of one process. `factor` multiplies Slack's; None lets everything pass."""

    def __init__(self, factor: float | None) -> None:
        self.factor = factor
        self.restricted_history = False
        """Whether history and replies fall to one call a minute and 15 messages, as for apps that are sold outside
        Slack's Marketplace."""
        self._calls: dict[tuple[str, ...], deque[float]] = {}
        self._lock = Lock()

    def wait(self, method: Method, app: str, channel: str, now: float) -> int | None:
        """Count a call; the seconds to wait when it is one too many."""
        restricted = self.restricted_history and method.name in ("conversations.history", "conversations.replies")
        if self.factor is None and not restricted:
            return None
        budget = 1 if restricted else max(1, int(PER_MINUTE[method.tier] * (self.factor or 1)))
        key = (app, method.name, channel) if method.tier == "post" else (app, method.name)
        with self._lock:
            calls = self._calls.setdefault(key, deque())
            while calls and calls[0] <= now - _WINDOW:
                calls.popleft()
            if len(calls) >= budget:
                return max(1, math.ceil(calls[0] + _WINDOW - now))
            calls.append(now)
        return None

    def forget(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._calls.clear()
