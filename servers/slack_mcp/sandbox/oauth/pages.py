"""The consent pages /oauth/v2/authorize and /oauth/v2_user/authorize.

docs.slack.dev/authentication/installing-with-oauth, /using-pkce. Who has no browser posts `decision=accept`, and a
`user` if it is not Human PM who agrees, to the very address that a browser would open.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from slack_mcp.sandbox.accounts import BOT_SCOPES, USER_SCOPES
from slack_mcp.sandbox.model import TEAM_NAME, User
from slack_mcp.sandbox.records.grants import Client, Code, Flow
from slack_mcp.sandbox.session import Session

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

_CODE_SECONDS = 600
_LOOPBACK = ("localhost", "127.0.0.1")
_METHODS = ("S256", "plain")
_EVERYBODY = 1_000
_HEADERS = {
    # No form-action: browsers hold the redirect that follows the form against it as well.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class _ObjectionError(Exception):
    """Why a login cannot go on; nobody is led back to the app."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What an app asks for."""

    client: Client
    flow: Flow
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    redirect_uri: str
    """Where people are led back to."""
    asked_redirect_uri: str
    """What the app said about it, perhaps nothing."""
    state: str
    challenge: str
    method: str


async def authorize(sandbox: Sandbox, request: Request) -> Response:
    """Ask whether the app may have what it wants, and lead back to it with the answer."""
    if request.method not in ("GET", "HEAD", "POST"):
        return Response(status_code=405, headers={"Allow": "GET, POST"})
    flow: Flow = "v2_user" if "/v2_user/" in request.url.path else "v2"
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"))) if request.method == "POST" else None
    return await anyio.to_thread.run_sync(_answer, sandbox, flow, dict(request.query_params), form)


ROUTES: dict[str, Callable[[Sandbox, Request], Awaitable[Response]]] = {
    "/oauth/v2/authorize": authorize,
    "/oauth/v2_user/authorize": authorize,
}
"""What answers which beginning of a path."""


def _answer(sandbox: Sandbox, flow: Flow, query: Mapping[str, str], form: Mapping[str, str] | None) -> Response:
    with sandbox.store.writing() as session:
        try:
            asked = _read(session, flow, query)
            if form is None:
                return _page(f"{asked.client.name} wants to get at {TEAM_NAME}", _question(asked, _people(session)))
            if form.get("decision") == "deny":
                return _back(asked, error="access_denied")
            if form.get("decision") != "accept":
                raise _ObjectionError("decision must be accept or deny")
            user = session.people.find(form.get("user", "")) if form.get("user") else _people(session)[0]
            if user is None or user not in _people(session):
                raise _ObjectionError("there is no such user")
            return _back(asked, code=_consent(session, asked, user, sandbox.clock()))
        except _ObjectionError as objection:
            return _page("Something went wrong when authorizing this app", f"<p>{escape(str(objection))}</p>", 400)


def _read(session: Session, flow: Flow, query: Mapping[str, str]) -> _Request:
    client = session.grants.client(query.get("client_id", ""))
    if client is None:
        raise _ObjectionError("Invalid client_id parameter")
    scopes, user_scopes = _words(query.get("scope", "")), _words(query.get("user_scope", ""))
    if flow == "v2_user":
        scopes, user_scopes = (), (*scopes, *user_scopes)
    if not scopes and not user_scopes:
        raise _ObjectionError("Invalid permissions requested: no scopes")
    unknown = (set(scopes) - set(BOT_SCOPES)) | (set(user_scopes) - set(USER_SCOPES))
    if unknown:
        raise _ObjectionError(f"Invalid permissions requested: {', '.join(sorted(unknown))}")
    asked = query.get("redirect_uri", "")
    if asked and not any(_within(asked, each) for each in client.redirects):
        raise _ObjectionError("redirect_uri did not match any configured URIs")
    redirect = asked or client.redirects[0]
    if scopes and (client.public or urlsplit(redirect).scheme == "http"):
        raise _ObjectionError("Invalid permissions requested: bot scopes are not for redirects to a desktop")
    challenge, method = query.get("code_challenge", ""), query.get("code_challenge_method", "plain")
    if challenge and (not client.public or method not in _METHODS):
        raise _ObjectionError("PKCE is not enabled for this app, or code_challenge_method is not known")
    return _Request(client, flow, scopes, user_scopes, redirect, asked, query.get("state", ""), challenge, method)


def _consent(session: Session, asked: _Request, user: User, now: float) -> str:
    value = f"1000000000001.{session.next_number('oauth')}.{secrets.token_hex(32)}"
    session.grants.add_code(
        Code(
            value,
            asked.client.id,
            asked.flow,
            user.id,
            asked.scopes,
            asked.user_scopes,
            asked.asked_redirect_uri,
            asked.challenge,
            asked.method,
            now + _CODE_SECONDS,
        )
    )
    return value


def _people(session: Session) -> list[User]:
    """Who can agree: the people who are still there, the owner first."""
    found = [each for each in session.people.page("", _EVERYBODY) if each.bot is None and not each.deleted]
    return sorted(found, key=lambda each: not each.owner)


def _back(asked: _Request, **answer: str) -> Response:
    if asked.state:
        answer["state"] = asked.state
    joint = "&" if urlsplit(asked.redirect_uri).query else "?"
    target = f"{asked.redirect_uri}{joint}{urlencode(answer)}"
    return RedirectResponse(target, 302, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _within(address: str, allowed: str) -> bool:
    """Whether an address is one that the app registered, or below it. The port of this machine may be any."""
    here, there = urlsplit(address), urlsplit(allowed)
    try:
        port_fits = here.port == there.port or here.hostname in _LOOPBACK
    except ValueError:
        return False
    return (
        (here.scheme, here.hostname) == (there.scheme, there.hostname)
        and port_fits
        and (here.path or "/").startswith(there.path)
        and not here.username
        and not here.fragment
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def _question(asked: _Request, people: Sequence[User]) -> str:
    parts: list[str] = []
    for title, scopes in (("As a bot", asked.scopes), ("As you", asked.user_scopes)):
        if scopes:
            parts.append(
                f"<h2>{title}</h2><ul>{''.join(f'<li><code>{escape(each)}</code></li>' for each in scopes)}</ul>"
            )
    options = "".join(f'<option value="{each.id}">{escape(each.real_name)}</option>' for each in people)
    buttons = "".join(
        f'<button type="submit" name="decision" value="{value}">{label}</button>'
        for value, label in (("accept", "Allow"), ("deny", "Cancel"))
    )
    return f'{"".join(parts)}<form method="post"><p>You are <select name="user">{options}</select></p>{buttons}</form>'


def _page(title: str, body: str, status: int = 200) -> Response:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    style = "<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:10vh auto;padding:0 1rem}</style>"
    page = (
        f'<!doctype html><html lang="en"><head>{head}{style}</head><body><h1>{escape(title)}</h1>{body}</body></html>'
    )
    return HTMLResponse(page, status, _HEADERS)
