"""Tokens of previews: what was shown, and nothing else, may then be run, once."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from connector_kit.errors import InvalidInput, NotPermitted
from connector_kit.sites import current_site

SECONDS: Final = 900.0
"""How long a preview holds."""
_MOST_KEPT: Final = 20
_AGAIN: Final = "Call again without the token to see what it would do now."

T = TypeVar("T")


class Previews:
    """Hands out tokens for what was shown and takes each back once. They die with the process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, parameter: str = "run") -> None:
        """`parameter` is what a tool calls the token."""
        self._key = secrets.token_bytes(32)
        self._clock = clock
        self._parameter = parameter
        self._used: dict[str, float] = {}

    def issue(self, *subject: str, rows: int | None = None) -> str:
        """A token for exactly this `subject`; `rows` is what was said of the number of rows, and comes back with it."""
        ends = int(self._clock() + SECONDS)
        number = "" if rows is None else f"{rows:x}"
        stem = f"{secrets.token_hex(3)}.{ends:x}.{number}.{self._mac('subject', *subject)[:12]}"
        return f"{stem}.{self._mac('token', stem)[:16]}"

    def redeem(self, token: str, *subject: str) -> int | None:
        """Take a token back; answers the `rows` it was issued with.

        Raises:
            InvalidInput: it is not of this process, is over, was used, or was issued for something else.
        """
        nonce, ends, number = self._read(token, *subject)
        self._used[nonce] = ends
        return int(number, 16) if number else None

    def check(self, token: str, *subject: str) -> None:
        """Raise what `redeem` would raise; the token stays good."""
        self._read(token, *subject)

    def _read(self, token: str, *subject: str) -> tuple[str, float, str]:
        stem, _, mac = token.strip().rpartition(".")
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), self._mac("token", stem)[:16].encode()):
            site = current_site.get()
            of = f"on the site {site}; pass the site with which it was given, or" if site else "of this server;"
            raise self._refusal(f"is no token of a preview {of} tokens end when the server does")
        nonce, ends, number, shown = stem.split(".")
        if self._clock() > int(ends, 16):
            raise self._refusal(f"is older than {SECONDS / 60:.0f} minutes")
        if not hmac.compare_digest(shown, self._mac("subject", *subject)[:12]):
            raise self._refusal("was given for something else: what is asked for, or what it meets, has changed")
        self._used = {each: end for each, end in self._used.items() if end >= self._clock()}
        if nonce in self._used:
            raise NotPermitted(
                "Nothing was run: this token was used already.",
                next_step="Look at the data first: what it stood for may be done. Then call again without the token.",
            )
        return nonce, float(int(ends, 16)), number

    def _refusal(self, reason: str) -> InvalidInput:
        return InvalidInput("Nothing was run.", fields={self._parameter: reason}, next_step=_AGAIN)

    def _mac(self, *parts: str) -> str:
        return hmac.new(self._key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()


class Kept(Generic[T]):
    """Keeps plans that were shown, the last twenty: whoever brings a plan's token gets that very plan, once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, parameter: str = "run") -> None:
        self._previews = Previews(clock, parameter)
        self._parameter = parameter
        self._plans: dict[str, T] = {}

    def keep(self, plan: T) -> str:
        """The token of a plan."""
        token = self._previews.issue()
        self._plans[token] = plan
        for old in list(self._plans)[:-_MOST_KEPT]:
            del self._plans[old]
        return token

    def look(self, token: str) -> T:
        """The plan of a token, which stays good. Raises as `Previews.redeem` does."""
        self._previews.check(token)
        plan = self._plans.get(token.strip())
        if plan is None:
            raise InvalidInput(
                "Nothing was run.",
                fields={self._parameter: f"is not kept any more: {_MOST_KEPT} others came after it"},
                next_step=_AGAIN,
            )
        return plan

    def take(self, token: str) -> T:
        """The plan of a token, which is used up by that. Raises as `Previews.redeem` does."""
        plan = self.look(token)
        self._previews.redeem(token)
        del self._plans[token.strip()]
        return plan
