"""Atlassian's OAuth hosts and API gateway in front of a sandbox, all at the sandbox's own address.

So a whole login can be tried without an account: consent page, token endpoint with rotation and its punishment of
reuse, the list of sites, and the gateway, which holds each request against the scopes of its token. What is granted
lives as long as the process. Who gets tokens is decided by the authorization server that the tests use.

https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl, unquote, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from connector_kit.addresses import LOOPBACK_HOSTS
from connector_kit.testing.authorizations import Authorizations
from connector_kit.testing.dialects import ATLASSIAN
from connector_kit.testing.token_faults import TokenRequest

CLIENT_ID = "sandbox-app"
CLIENT_SECRET = "sandbox-app-secret"  # noqa: S105 - the sample data's, worth nothing anywhere else
OFFLINE = "offline_access"
AUDIENCE = "api.atlassian.com"
_GRANTS = ("authorization_code", "refresh_token")
_DENIAL = {"error": "access_denied", "error_description": "User did not authorize the request"}
_OAUTH_CONTROL = "/_sandbox/oauth/"

RequiredScopes = Callable[[str, str], tuple[frozenset[str], ...]]
"""Method and path of the API -> the sets of scopes of which a token must cover one; none for an open path."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:10vh auto;padding:0 1rem;color:#222}}
h1{{font-size:1.5rem}}button{{font:inherit;padding:.4rem 1.2rem;margin-right:.6rem}}
@media(prefers-color-scheme:dark){{body{{background:#181818;color:#ddd}}}}</style></head>
<body><h1>{title}</h1>{body}</body></html>
"""
_PAGE_HEADERS = {
    # No form-action: browsers hold the redirect that follows the form against it as well.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class SandboxSite:
    """A site that the login opens: its cloud id, its address, its name, and its sandbox if that is one of its own."""

    id: str
    url: str
    name: str
    app: ASGIApp | None = None


def sandbox_authorizations() -> Authorizations:
    """The logins of the one app that the sandbox knows, granted and punished as Atlassian does it."""
    return Authorizations(
        dialect=ATLASSIAN,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        refresh_lifetime=90 * 86400.0,
        reuse_leeway=600.0,
        offline_scope=OFFLINE,
    )


class AtlassianHosts:
    """An ASGI app: Atlassian's other hosts first, and the sandbox `app` for everything else.

    `account` is the e-mail address and API token as which the gateway speaks to the sandbox: the person who agrees
    on the consent page. `product` is the gateway's name for what the sandbox stands in for.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        product: str,
        sites: Sequence[SandboxSite],
        account: tuple[str, str],
        required_scopes: RequiredScopes,
        authorizations: Authorizations | None = None,
    ) -> None:
        self.authorizations = authorizations or sandbox_authorizations()
        self._app = app
        self._gateway = f"/ex/{product}/".encode()
        self._sites = {site.id: site for site in sites}
        self._email = account[0]
        self._signed = b"Basic " + base64.b64encode(":".join(account).encode())
        self._required_scopes = required_scopes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        raw_path: bytes = scope["raw_path"]
        request = Request(scope, receive)
        if raw_path.startswith(self._gateway):
            cloud_id, _, rest = raw_path.removeprefix(self._gateway).partition(b"/")
            behind = self._inner(scope, b"/" + rest)
            site = unquote(cloud_id.decode("ascii"))
            response = self._judge(request, site, behind["path"])
            if response is None:
                await (self._sites[site].app or self._app)(behind, receive, send)
                return
        elif path == "/authorize":
            response = await self._authorize(request)
        elif path == "/manage-profile/apps":
            response = self._connected_apps(request)
        elif path == "/oauth/token":
            response = await self._token(request)
        elif path == "/oauth/token/accessible-resources":
            response = self._list_sites(request)
        elif path.startswith(_OAUTH_CONTROL):
            response = self._control(request, path.removeprefix(_OAUTH_CONTROL))
        else:
            await self._app(scope, receive, send)
            return
        await response(scope, receive, send)

    # auth.atlassian.com

    async def _authorize(self, request: Request) -> Response:
        """The consent page, and the way back from it.

        A client without a browser posts `decision=accept` to the very address that the browser was to open.
        """
        if request.method not in ("GET", "HEAD", "POST"):
            return _refused_method("GET, POST")
        query = dict(request.query_params)
        if objection := self._objection(query):
            return _page("This login cannot go on", f"<p>{escape(objection)}</p>", 400)
        if request.method != "POST":
            return self._question(query)
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        decision = form.get("decision")
        if decision not in ("accept", "deny"):
            return _page("This login cannot go on", "<p>decision must be accept or deny.</p>", 400)
        target = self.authorizations.authorize(query, None if decision == "accept" else _DENIAL)
        assert target is not None  # or there would have been an objection
        return RedirectResponse(target, 302, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})

    def _objection(self, query: Mapping[str, str]) -> str:
        if objection := self.authorizations.objection(query):
            return objection
        if query.get("audience") != AUDIENCE:
            return f"audience must be {AUDIENCE}."
        redirect = urlsplit(query.get("redirect_uri", ""))
        if redirect.scheme not in ("http", "https") or redirect.hostname not in LOOPBACK_HOSTS:
            return "redirect_uri must be an address of this machine: the sandbox sends nobody elsewhere."
        if not query.get("state"):
            return "state is missing: without it nobody can tell whose answer comes back."
        return "" if self.authorizations.scopes_in(query) else "scope is missing."

    def _question(self, query: Mapping[str, str]) -> Response:
        def listed(entries: Sequence[str]) -> str:
            return "<ul>" + "".join(f"<li><code>{escape(entry)}</code></li>" for entry in entries) + "</ul>"

        buttons = "".join(
            f'<button type="submit" name="decision" value="{value}">{value.capitalize()}</button>'
            for value in ("accept", "deny")
        )
        return _page(
            f"Let {query['client_id']} into your account?",
            f"<p>You are {escape(self._email)} on this sandbox. The app asks for</p>"
            f"{listed(self.authorizations.scopes_in(query))}<p>on</p>"
            f"{listed([f'{site.name} ({site.url})' for site in self._sites.values()])}"
            f'<form method="post">{buttons}</form>',
        )

    def _connected_apps(self, request: Request) -> Response:
        """The page on which people take their consent back."""
        if request.method not in ("GET", "HEAD", "POST"):
            return _refused_method("GET, POST")
        if request.method == "POST":
            self.authorizations.revoke_all()
            return _page("Access removed", "<p>All logins of the app have ended.</p>")
        name = escape(self.authorizations.client_id)
        button = '<form method="post"><button type="submit">Remove access</button></form>'
        return _page("Connected apps", f"<p>{name} may use your account, wherever you agreed.</p>{button}")

    async def _token(self, request: Request) -> Response:
        if request.method != "POST":
            return _refused_method("POST")
        try:
            asked = TokenRequest.read("/oauth/token", dict(request.headers), await request.body())
        except ValueError:
            asked = None
        if asked is None or asked.form.get("grant_type") not in _GRANTS:
            status, body = self.authorizations.dialect.refusal("bad_request")
        else:
            status, body = self.authorizations.token(asked)
        return JSONResponse(body, status, {"Cache-Control": "no-store"})

    # api.atlassian.com

    def _list_sites(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return _refused_method("GET")
        granted = self._granted(request)
        if granted is None:
            return _refused(401, "Unauthorized")
        scopes = [scope for scope in granted if scope != OFFLINE]
        sites = [{"id": site.id, "url": site.url, "name": site.name, "scopes": scopes} for site in self._sites.values()]
        return JSONResponse(sites)

    def _judge(self, request: Request, cloud_id: str, path: str) -> Response | None:
        """The gateway's refusal of a request for `path` behind it; None to let it through."""
        granted = self._granted(request)
        if granted is None:
            return _refused(401, "Unauthorized")
        if cloud_id not in self._sites:
            return _refused(404, "Not Found")
        families = self._required_scopes(request.method, path)
        if families and not any(family.issubset(granted) for family in families):
            return _refused(401, "Unauthorized; scope does not match")
        return None

    def _inner(self, scope: Scope, raw_path: bytes) -> Scope:
        """The request as the site behind the gateway gets it: its own path, and the account that agreed."""
        headers = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
        headers.append((b"authorization", self._signed))
        path = unquote(raw_path.decode("ascii"))
        return {**scope, "path": path, "raw_path": raw_path, "headers": headers}

    def _granted(self, request: Request) -> tuple[str, ...] | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self.authorizations.scopes_of(token) if scheme.lower() == "bearer" else None

    # The sandbox's own

    def _control(self, request: Request, action: str) -> Response:
        """`expire` ends all access tokens, `revoke` takes every consent back, as a user or administrator may."""
        actions = {"expire": self.authorizations.expire_access_tokens, "revoke": self.authorizations.revoke_all}
        if action not in actions:
            return _refused(404, f"Known: {', '.join(actions)}")
        if request.method != "POST":
            return _refused_method("POST")
        actions[action]()
        return Response(status_code=204)


def _page(title: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(_PAGE.format(title=escape(title), body=body), status, _PAGE_HEADERS)


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"code": status, "message": message}, status)


def _refused_method(allowed: str) -> Response:
    return JSONResponse({"code": 405, "message": "Method Not Allowed"}, 405, {"Allow": allowed})
