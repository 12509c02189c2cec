"""Anticipated failures, phrased for the model that reads them.

ServiceError             anything below; catch this to report a failure
├── NotConfigured        credentials or an address are missing or unusable
├── InvalidInput         the arguments are wrong (400, 413, 422, our own validation)
├── NotAuthenticated     the service does not accept the credentials (401)
├── NotPermitted         the account, or this server's access level, may not do it (403)
│   └── ScopeMissing     the credentials are good, but not for this: they lack a scope
├── NotFound             it does not exist, or the account cannot see it (404, 410)
├── Conflict             it changed meanwhile, or its state forbids the call (409)
├── RateLimited          too many calls; `retry_after` says when (429, our own limiter)
├── Unavailable          the service or the way to it is down (5xx, connection, circuit open)
├── TimedOut             a read took longer than a call may take
├── OutcomeUnknown       a write may or may not have happened: look before repeating it
└── BadAnswer            the answer is not what the service promises (not JSON, too large)
"""

# ruff: noqa: N818 - the names say what happened; that they are errors is said by their base
from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import ClassVar

_MESSAGE_CHARS = 600
_NEXT_STEP_CHARS = 400
_FIELD_CHARS = 200
_FIELDS_SHOWN = 20

# Text, not compiled patterns: `re` compiles and keeps them at first use, which is after the server has started.
_ESCAPE_SEQUENCES = (
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: window titles and links
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours and cursor movement
    r"|\x1b[ -/]*[0-~]?"
)
_CREDENTIAL_WORDS = r"(?i)\b(basic|bearer)\s+(?=[A-Za-z0-9+/=._~-]*[0-9=])[A-Za-z0-9+/=._~-]{12,}"
_URL_PASSWORD = r"(?<=://)[^/\s@:]*:[^/\s@]*@"  # noqa: S105 - the shape of one, not one


def clean_text(text: str, limit: int = 300) -> str:
    """Make foreign text safe to show on one line.

    Control and formatting characters (ANSI sequences, bidirectional overrides, zero-width and tag characters)
    are removed, half characters (lone surrogates) replaced, runs of whitespace become one space. A text of
    more than `limit` characters is cut and ends with "…"; the result never has more than `limit` characters.
    """
    # Enough of a long text to fill the limit: nobody should pay for cleaning ten megabytes.
    text = text[: 4 * limit + 1000]
    # Printable is what holds none of the characters that are looked for, and most texts are.
    cleaned = " ".join((text if text.isprintable() else _printable(text)).split())
    if len(cleaned) <= limit:
        return cleaned
    return cleaned[: max(limit - 1, 0)].rstrip() + "…" if limit > 0 else ""


def _printable(text: str) -> str:
    kept: list[str] = []
    for char in re.sub(_ESCAPE_SEQUENCES, "", text):
        category = unicodedata.category(char)
        if category in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
        elif category == "Cs":
            kept.append("\N{REPLACEMENT CHARACTER}")
        elif category != "Cf":
            kept.append(char)
    return "".join(kept)


def _without_credentials(text: str) -> str:
    return re.sub(_URL_PASSWORD, "", re.sub(_CREDENTIAL_WORDS, r"\1 [removed]", text))


def _safe(text: str, limit: int) -> str:
    return clean_text(_without_credentials(text), limit)


class ServiceError(Exception):
    """An anticipated failure, phrased for the model that reads it.

    `message` says what happened, `fields` which argument is wrong and why, `next_step` what to do now.
    `status` is the HTTP status and `request_id` the vendor's id of the call, where there was one;
    `retry_after` is in seconds. All text is cleaned and trimmed; `str(error)` is the whole in one line.
    """

    kind: ClassVar[str] = "service_error"

    def __init__(
        self,
        message: str,
        *,
        next_step: str = "",
        fields: Mapping[str, str] | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.message = _safe(message, _MESSAGE_CHARS)
        self.next_step = _safe(next_step, _NEXT_STEP_CHARS)
        shown = list((fields or {}).items())[:_FIELDS_SHOWN]
        self.fields: dict[str, str] = {clean_text(name, 80): _safe(why, _FIELD_CHARS) for name, why in shown}
        self.status = status
        self.request_id = clean_text(request_id, 100) if request_id else None
        self.retry_after = retry_after
        super().__init__(self.message)

    def __str__(self) -> str:
        parts = [self.message]
        if self.fields:
            parts.append("[" + "; ".join(f"{name}: {why}" for name, why in self.fields.items()) + "]")
        parts.append(self.next_step)
        return " ".join(part for part in parts if part)


class NotConfigured(ServiceError):
    """Credentials or an address are missing or unusable."""

    kind = "not_configured"


class InvalidInput(ServiceError):
    """The arguments are wrong: refused by us or by the service (400, 413, 422)."""

    kind = "invalid_input"


class NotAuthenticated(ServiceError):
    """The service does not accept the credentials (401)."""

    kind = "not_authenticated"


class NotPermitted(ServiceError):
    """The account, or the access level of this server, may not do it (403)."""

    kind = "not_permitted"


class ScopeMissing(NotPermitted):
    """The service accepts the credentials, but they lack a scope that the call needs."""


class NotFound(ServiceError):
    """It does not exist, or the account cannot see it (404, 410)."""

    kind = "not_found"


class Conflict(ServiceError):
    """It was changed by someone else meanwhile, or its state forbids the call (409)."""

    kind = "conflict"


class RateLimited(ServiceError):
    """Too many calls, said by the service (429) or by our own limiter; `retry_after` is in seconds."""

    kind = "rate_limited"


class Unavailable(ServiceError):
    """The service, or the way to it, is down (5xx, connection trouble, open circuit)."""

    kind = "unavailable"


class TimedOut(ServiceError):
    """A read took longer than a call may take; repeating it is safe."""

    kind = "timed_out"


class OutcomeUnknown(ServiceError):
    """A write that may or may not have happened: look before repeating it."""

    kind = "outcome_unknown"


class BadAnswer(ServiceError):
    """The answer is not what the service promises: not JSON, the wrong shape, too large."""

    kind = "bad_answer"
