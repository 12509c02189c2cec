"""The tokens of the sample workspace, live or not: see `slack_mcp.sandbox.accounts`."""

from __future__ import annotations

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.model import Token
from slack_mcp.sandbox.sample import people


def _user_token(value: str, user: str, *scopes: str, expires: float | None = None, revoked: bool = False) -> Token:
    granted = scopes or accounts.USER_SCOPES
    return Token(value, "user", user, accounts.ASSISTANT_APP, granted, expires, revoked)


def _bot_token(value: str, user: str, app: str, *scopes: str) -> Token:
    return Token(value, "bot", user, app, scopes or accounts.BOT_SCOPES)


TOKENS = (
    _user_token(accounts.SANDBOX_TOKEN, people.HUMAN_PM.id),
    _user_token(accounts.READ_TOKEN, people.HUMAN_PM.id, "identify", *accounts.READ_SCOPES),
    _user_token(accounts.COLLEAGUE_TOKEN, people.ALEX_RIVERA.id),
    _user_token(accounts.GUEST_TOKEN, people.NOOR_HADDAD.id),
    _user_token(accounts.LEFT_TOKEN, people.JORDAN_BLAKE.id),
    _user_token(accounts.EXPIRED_TOKEN, people.HUMAN_PM.id, expires=1769900000.0),
    _user_token(accounts.REVOKED_TOKEN, people.HUMAN_PM.id, revoked=True),
    _bot_token(accounts.SANDBOX_BOT_TOKEN, people.ASSISTANT.id, accounts.ASSISTANT_APP),
    _bot_token(accounts.READ_BOT_TOKEN, people.ASSISTANT.id, accounts.ASSISTANT_APP, *accounts.READ_SCOPES),
    _bot_token(accounts.ALERTS_TOKEN, people.SYSTEM_EVALUATOR.id, people.app_of(people.SYSTEM_EVALUATOR)),
)
