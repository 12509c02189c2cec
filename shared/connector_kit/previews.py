"""Tokens of previews: what was shown, and nothing else, may then be run, once."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Final

from connector_kit.errors import InvalidInput, NotPermitted

SECONDS: Final = 900.0
"""How long a preview holds."""
_AGAIN: Final = "Call again without the token to see what it would do now."


class Previews:
    """Hands out tokens for what was shown and takes each back once. They die with the process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = secrets.token_bytes(32)
        self._clock = clock
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
        stem, _, mac = token.strip().rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac("token", stem)[:16].encode()):
            raise InvalidInput(
                "Nothing was run.",
                fields={"run": "is no token of a preview of this server; tokens end when the server does"},
                next_step=_AGAIN,
            )
        nonce, ends, number, shown = stem.split(".")
        if self._clock() > int(ends, 16):
            raise InvalidInput(
                "Nothing was run.", fields={"run": f"is older than {SECONDS / 60:.0f} minutes"}, next_step=_AGAIN
            )
        if not hmac.compare_digest(shown, self._mac("subject", *subject)[:12]):
            raise InvalidInput(
                "Nothing was run.",
                fields={"run": "was given for something else: what is asked for, or what it meets, has changed"},
                next_step=_AGAIN,
            )
        self._used = {each: end for each, end in self._used.items() if end >= self._clock()}
        if nonce in self._used:
            raise NotPermitted(
                "Nothing was run: this token was used already.",
                next_step="Look at the data first: what it stood for may be done. Then call again without the token.",
            )
        self._used[nonce] = float(int(ends, 16))
        return int(number, 16) if number else None

    def _mac(self, *parts: str) -> str:
        return hmac.new(self._key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()
