"""oauth.v2.access, oauth.v2.user.access, oauth.v2.exchange and auth.revoke.

docs.slack.dev/authentication/installing-with-oauth, /using-token-rotation, /using-pkce
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import replace

from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import TEAM_ID, TEAM_NAME, JsonObject, Token, TokenKind
from slack_mcp.sandbox.records.grants import Client, Code, Flow, Refresh
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call

ACCESS_SECONDS = 43_200
PUBLIC_REFRESH_SECONDS = 30 * 86_400
_PREFIX: dict[TokenKind, str] = {"bot": "xoxb", "user": "xoxp"}


@method("oauth.v2.access", tier="special", writes=True, open=True)
def access(call: Call) -> JsonObject:
    """Tokens for a bot, a person, or both."""
    client, proven = _client(call)
    if _grant_type(call) == "refresh_token":
        return _refreshed(call, client, proven)
    code = _code(call, client, proven, "v2")
    answer = _heading(client)
    user: JsonObject = {"id": code.user}
    if code.user_scopes:
        user |= _issued(call, client, "user", code.user, code.user_scopes, "v2")
    if code.scopes:
        bot = call.session.people.by_app(client.app)
        if bot is None:
            raise ApiError("invalid_scope")
        answer |= {**_issued(call, client, "bot", bot.id, code.scopes, "v2"), "bot_user_id": bot.id}
    return {**answer, "authed_user": user}


@method("oauth.v2.user.access", tier="special", writes=True, open=True)
def user_access(call: Call) -> JsonObject:
    """Tokens for a person. After a login they stand under `authed_user`, after a refresh at the top."""
    client, proven = _client(call)
    if _grant_type(call) == "refresh_token":
        return _refreshed(call, client, proven)
    code = _code(call, client, proven, "v2_user")
    user = {"id": code.user, **_issued(call, client, "user", code.user, code.user_scopes, "v2_user")}
    return {**_heading(client), "authed_user": user}


@method("oauth.v2.exchange", tier=3, writes=True)
def exchange(call: Call) -> JsonObject:
    """A token that expires, with its refresh token, in place of one that does not."""
    client, proven = _client(call)
    if not proven:
        raise ApiError("bad_client_secret")
    if not client.rotates:
        raise ApiError("token_rotation_not_enabled")
    token = call.token
    if token.app != client.app or token.expires is not None:
        raise ApiError("invalid_token")
    mark = f"exchanged {token.value}"
    if call.session.meta(mark):
        raise ApiError("token_already_exchanged")
    call.session.set_meta(mark, "yes")
    issued = _issued(call, client, token.kind, token.user, token.scopes, "v2")
    return {**_heading(client), **issued, **_subject(token.kind, token.user)}


@method("auth.revoke", tier=3, writes=True)
def revoke(call: Call) -> JsonObject:
    """End the token that asks, and its refresh token. With `test` nothing happens."""
    if call.flag("test"):
        return {"revoked": False}
    call.session.tokens.save(replace(call.token, revoked=True))
    call.session.grants.revoke_refresh_of(call.token.value)
    return {"revoked": True}


def _grant_type(call: Call) -> str:
    kind = call.text("grant_type") or "authorization_code"
    if kind not in ("authorization_code", "refresh_token"):
        raise ApiError("invalid_grant_type")
    return kind


def _client(call: Call) -> tuple[Client, bool]:
    """The app that asks, and whether it proved to be that app."""
    client_id, secret = call.text("client_id"), call.text("client_secret")
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise ApiError("invalid_client_id") from None
    client = call.session.grants.client(client_id)
    if client is None:
        raise ApiError("invalid_client_id")
    if secret and not hmac.compare_digest(secret.encode(), client.secret.encode()):
        raise ApiError("bad_client_secret")
    return client, bool(secret)


def _code(call: Call, client: Client, proven: bool, flow: Flow) -> Code:
    """The consent that is exchanged, which cannot be exchanged again."""
    if not call.given("code"):
        raise ApiError("invalid_code")
    known = call.session.grants.code(call.text("code"))
    if known is None or known[0].client != client.id:
        raise ApiError("invalid_code")
    code, used = known
    if used:
        raise ApiError("code_already_used")
    if code.expires <= call.now:
        raise ApiError("code_expired")
    if code.flow != flow:
        raise ApiError("oauth_authorization_url_mismatch")
    if call.text("redirect_uri") != code.redirect_uri:
        raise ApiError("bad_redirect_uri")
    if code.challenge:
        if not _verified(code, call.text("code_verifier")):
            raise ApiError("invalid_code")
    elif not proven:
        raise ApiError("bad_client_secret")
    call.session.grants.use_code(code.value)
    return code


def _verified(code: Code, verifier: str) -> bool:
    if code.method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), code.challenge.encode())


def _refreshed(call: Call, client: Client, proven: bool) -> JsonObject:
    """New tokens for a refresh token, which is good for once."""
    refresh = call.session.grants.refresh(call.text("refresh_token"))
    if refresh is None or refresh.client != client.id:
        raise ApiError("invalid_refresh_token")
    if refresh.expires is not None and refresh.expires <= call.now:
        raise ApiError("invalid_refresh_token")
    if not client.public and not proven:
        raise ApiError("bad_client_secret")
    call.session.grants.use_refresh(refresh.value)
    issued = _issued(call, client, refresh.kind, refresh.user, refresh.scopes, refresh.flow)
    return {**_heading(client), **issued, **_subject(refresh.kind, refresh.user)}


def _issued(call: Call, client: Client, kind: TokenKind, user: str, scopes: tuple[str, ...], flow: Flow) -> JsonObject:
    """A new access token, and a refresh token where tokens rotate."""
    prefix = f"xoxe.{_PREFIX[kind]}-1" if client.rotates else _PREFIX[kind]
    value = f"{prefix}-{secrets.token_urlsafe(48)}"
    expires = call.now + ACCESS_SECONDS if client.rotates else None
    call.session.tokens.save(Token(value, kind, user, client.app, scopes, expires))
    answer: JsonObject = {"scope": ",".join(scopes), "token_type": kind, "access_token": value}
    if client.rotates:
        refresh = f"xoxe-1-{secrets.token_urlsafe(48)}"
        until = call.now + PUBLIC_REFRESH_SECONDS if client.public else None
        call.session.grants.add_refresh(Refresh(refresh, value, client.id, kind, user, scopes, flow, until))
        answer |= {"expires_in": ACCESS_SECONDS, "refresh_token": refresh}
    return answer


def _heading(client: Client) -> JsonObject:
    return {
        "app_id": client.app,
        "team": {"id": TEAM_ID, "name": TEAM_NAME},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _subject(kind: TokenKind, user: str) -> JsonObject:
    return {"bot_user_id": user} if kind == "bot" else {}
