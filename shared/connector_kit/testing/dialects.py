"""How authorization servers word their answers: the standard's way, Atlassian's, Slack's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Json = Mapping[str, object]
Reason = Literal["wrong_client", "dead_token", "bad_code", "bad_request", "bad_scope", "pending", "slow_down", "denied"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a vendor words its answers: refusals as (status, body), the separator of scopes, where tokens stand.

    `nested` names the object around the tokens of a new login; `ok_flag` marks answers with `ok`. `error_text` is
    where a refusal says more than its code. `untold` is what answers leave out, `besides` what they have more.
    `asked_separator` is for a vendor that separates scopes in another way in what it reads.
    """

    refusals: Mapping[Reason, tuple[int, str, str]]
    separator: str = " "
    asked_separator: str = ""
    nested: str = ""
    ok_flag: bool = False
    error_text: str = "error_description"
    untold: frozenset[str] = frozenset()
    besides: Json = field(default_factory=dict[str, object])

    def scopes(self, asked: str) -> tuple[str, ...]:
        """The scopes in what a client sent."""
        return tuple(scope for scope in asked.split(self.asked_separator or self.separator) if scope)

    def refusal(self, reason: Reason) -> tuple[int, Json]:
        """Status and body of a refusal."""
        status, error, description = self.refusals[reason]
        if self.ok_flag:
            return status, {"ok": False, "error": error}
        return status, {"error": error, self.error_text: description}

    def grant(self, tokens: Json, *, first: bool) -> Json:
        """The body of an answer with tokens; `first` for a new login."""
        tokens = {**{name: value for name, value in tokens.items() if name not in self.untold}, **self.besides}
        if not self.ok_flag:
            return tokens
        about: Json = {"ok": True, "app_id": "A0SAMPLE", "team": {"id": "T0SAMPLE", "name": "Sample"}}
        if self.nested and first:
            return {**about, self.nested: {"id": "U0SAMPLE", **tokens, "token_type": "user"}}
        return {**about, **tokens, "token_type": "user" if self.nested else "bot"}


_DEVICE: Mapping[Reason, tuple[int, str, str]] = {
    "pending": (400, "authorization_pending", "Not yet."),
    "slow_down": (400, "slow_down", "Ask less often."),
    "denied": (400, "access_denied", "The user said no."),
}
STANDARD = Dialect(
    {
        **_DEVICE,
        "wrong_client": (401, "invalid_client", "Client authentication failed."),
        "dead_token": (400, "invalid_grant", "The refresh token is unknown, expired or revoked."),
        "bad_code": (400, "invalid_grant", "The code is unknown, used, or meant for another request."),
        "bad_request": (400, "invalid_request", "Something is missing."),
        "bad_scope": (400, "invalid_scope", "A scope was asked for that was never granted."),
    }
)
"""As RFC 6749 words it."""
ATLASSIAN = Dialect(
    {
        **STANDARD.refusals,
        "wrong_client": (401, "access_denied", "Unauthorized"),
        "dead_token": (403, "unauthorized_client", "refresh_token is invalid"),
        "bad_code": (403, "invalid_grant", "Invalid authorization code"),
    }
)
"""As auth.atlassian.com was seen to word it."""
ATLASSIAN_DOCUMENTED = Dialect(
    {**ATLASSIAN.refusals, "dead_token": (403, "invalid_grant", "Unknown or invalid refresh token.")}
)
"""As Atlassian's documentation words a dead refresh token."""
_SLACK: Mapping[Reason, tuple[int, str, str]] = {
    **{reason: (200, error, "") for reason, (_, error, _) in _DEVICE.items()},
    "wrong_client": (200, "bad_client_secret", ""),
    "dead_token": (200, "invalid_refresh_token", ""),
    "bad_code": (200, "invalid_code", ""),
    "bad_request": (200, "invalid_arguments", ""),
    "bad_scope": (200, "invalid_scope", ""),
}
SLACK_BOT = Dialect(_SLACK, separator=",", ok_flag=True)
"""Slack's oauth.v2.access: refusals with status 200, comma-separated scopes."""
SLACK_USER = Dialect(_SLACK, separator=",", nested="authed_user", ok_flag=True)
"""Slack's user tokens: a login's stand in `authed_user`, a refresh's at the top."""
