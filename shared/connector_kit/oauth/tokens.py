"""The tokens of one login, as they are used and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

_CLOCK_SLACK = 300.0
"""Seconds by which a clock may go back before the age of a token counts as unknown."""
_SEEDS_KEPT = 16


@dataclass(frozen=True, slots=True)
class TokenSet:
    """An access token and what renews it; times in epoch seconds of the local clock.

    `expires_at` None means that the access token does not expire. An empty `access_token` stands for one that
    has yet to be asked for. `scopes` are what was granted, empty where the vendor does not say. `extra` holds
    names such as `cloud_id`, `site`, `team` and `account`, no secrets. `seeds` are the fingerprints of the
    refresh tokens, given by a setting, that were taken up so far: one of them does not count as new again. `given`
    is the one of them that these tokens came from, empty for a login made in another way.
    """

    access_token: str = field(default="", repr=False)
    refresh_token: str | None = field(repr=False, default=None)
    expires_at: float | None = None
    scopes: tuple[str, ...] = ()
    obtained_at: float = 0.0
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    seeds: tuple[str, ...] = ()
    given: str = ""

    def is_alive(self, now: float) -> bool:
        """Whether the access token has not expired yet, as far as the clock can tell."""
        return bool(self.access_token) and (self.expires_at is None or now < self.expires_at)

    def is_fresh(self, now: float, margin: float) -> bool:
        """Whether the access token is not due for renewal, `margin` seconds before its end.

        The margin is at most half of the token's life, so that a short life does not mean a renewal at each
        call. A token of the future was obtained before the clock was set back: its age is unknown.
        """
        if not self.access_token:
            return False
        if self.expires_at is None:
            return True
        margin = min(margin, max(0.0, self.expires_at - self.obtained_at) / 2)
        return self.obtained_at - _CLOCK_SLACK <= now < self.expires_at - margin

    def succeeded_by(self, answer: TokenSet) -> TokenSet:
        """What holds after a renewal that brought `answer`: what it leaves out stays as it was."""
        return replace(
            answer,
            refresh_token=answer.refresh_token or self.refresh_token,
            scopes=answer.scopes or self.scopes,
            extra={**self.extra, **answer.extra},
            seeds=self.seeds,
            given=self.given,
        )

    def with_seed(self, seed: TokenSet | None) -> TokenSet:
        """The same, remembering that `seed` was taken up."""
        mark = seed.fingerprint if seed else ""
        if not mark or mark in self.seeds:
            return self
        return replace(self, seeds=(*self.seeds, mark)[-_SEEDS_KEPT:])

    @property
    def fingerprint(self) -> str:
        """16 hex digits that tell refresh tokens apart and do not give one away; empty without one."""
        return hashlib.sha256(self.refresh_token.encode()).hexdigest()[:16] if self.refresh_token else ""

    def to_json(self) -> str:
        """All of it, secrets included, as one line."""
        return json.dumps(
            {
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "expires_at": self.expires_at,
                "scopes": self.scopes,
                "obtained_at": self.obtained_at,
                "extra": dict(self.extra),
                "seeds": self.seeds,
                "given": self.given,
            }
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> TokenSet:
        """Read what `to_json` wrote; names of a later version are passed over. Raises ValueError."""
        data: object = json.loads(text)
        if not isinstance(data, dict):
            raise ValueError("not a mapping")
        values = cast("Mapping[str, object]", data)
        refresh_token, expires_at = values.get("refresh_token"), values.get("expires_at")
        extra = values.get("extra", {})
        if not isinstance(extra, dict):
            raise ValueError("extra is not a mapping")
        return cls(
            access_token=_text(values.get("access_token", "")),
            refresh_token=None if refresh_token is None else _text(refresh_token),
            expires_at=None if expires_at is None else _number(expires_at),
            scopes=_texts(values.get("scopes", [])),
            obtained_at=_number(values.get("obtained_at", 0.0)),
            extra={_text(name): _text(value) for name, value in cast("Mapping[object, object]", extra).items()},
            seeds=_texts(values.get("seeds", [])),
            given=_text(values.get("given", "")),
        )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    return float(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return tuple(_text(item) for item in cast("list[object]", value))
