"""What can differ between vendors: addresses, scopes, lifetimes, and what errors mean."""

# ruff: noqa: S105 - kinds of secrets, not secrets
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.errors import NotConfigured

ClientAuth = Literal["body", "basic", "none"]
"""How the client proves who it is: id and secret in the body, by HTTP Basic, or the id alone."""

TokenBody = Literal["form", "json"]
"""How what is sent to the token endpoint is written."""

Meaning = Literal[
    "dead_grant",
    "withdrawn",
    "wrong_client",
    "client_setup",
    "denied",
    "scopes",
    "pending",
    "slow_down",
    "expired",
    "later",
]
"""What an error of the token endpoint says: the refresh token or code is of no use; consent was taken back; the
client's id or secret is wrong; the app is set up wrongly; the user said no; the scopes are not allowed; the user has
not answered yet; ask less often; the time is up; the vendor cannot answer now."""

STANDARD_ERRORS: Mapping[str, Meaning] = {
    "invalid_grant": "dead_grant",
    "invalid_client": "wrong_client",
    "unauthorized_client": "client_setup",
    "unsupported_grant_type": "client_setup",
    "invalid_request": "client_setup",
    "redirect_uri_mismatch": "client_setup",
    "invalid_scope": "scopes",
    "access_denied": "denied",
    "authorization_pending": "pending",
    "slow_down": "slow_down",
    "expired_token": "expired",
    "server_error": "later",
    "temporarily_unavailable": "later",
}
"""RFC 6749 (4.1.2.1, 5.2) and RFC 8628 (3.5)."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """How a token is revoked: `form` much as RFC 7009 says, `bearer` with the access token as the credential.

    The rest is for `form`: `token` is which one is sent, if the login has it, as `field`. `method`, `client_auth` and
    `token_body` are for a vendor that does it in another way than it gives tokens out (None: as the profile says).
    {client_id} in `url` stands for the client's.
    """

    url: str
    style: Literal["form", "bearer"] = "form"
    token: Literal["refresh", "access"] = "refresh"
    field: str = "token"
    method: Literal["POST", "DELETE"] = "POST"
    client_auth: ClientAuth | None = None
    token_body: TokenBody | None = None


@dataclass(frozen=True, slots=True)
class OAuthProfile:
    """One vendor's OAuth, for one service; times in seconds.

    `name` is the service as the user writes it: in commands, and in capitals before its variables.
    `secret` says whether the client has one. `base_scopes` are asked for always, the others by access level.
    `equivalents` are for a vendor with two families of scopes: a scope of the first family -> all those of the second
    that together stand for it. `deleting` are scopes that only the second family has, for what destroys.
    An empty `scope_parameter` means that scopes are not asked for: they are part of the app's settings.
    `token_params` and `headers` go with every request for tokens; `app_grant` is the grant of the app itself,
    without a user. `error_text` is where an error says more than its code.
    `token_path` is where a new login's tokens stand in the answer, if not at the top; a refresh's stand at the top
    or there. `extra` says which other values of an answer are kept: dotted path -> name. `rotates` means that a
    refresh ends the refresh token; within `reuse_leeway` the old one is served once more all the same, so that a
    refresh whose answer was lost may be repeated. `lifetime` is assumed for an access token whose answer tells
    none (None: it does not expire); it is renewed `margin` before its end.
    `redirect_uri` without a port means any free one. `sites_url` lists what the login opened; `consent_page` is
    where the user takes consent back by hand. `account` is which of the user's accounts this is for, by its name in
    commands; empty for the usual one.
    """

    name: str
    vendor: str
    authorize_url: str
    token_url: str
    client_auth: ClientAuth = "body"
    secret: Literal["required", "optional", "never"] = "required"
    token_body: TokenBody = "form"
    pkce: bool = True
    authorize_params: Mapping[str, str] = field(default_factory=dict[str, str])
    token_params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    app_grant: str = "client_credentials"
    scope_parameter: str = "scope"
    scope_separator: str = " "
    base_scopes: tuple[str, ...] = ()
    read_scopes: tuple[str, ...] = ()
    write_scopes: tuple[str, ...] = ()
    delete_scopes: tuple[str, ...] = ()
    equivalents: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    deleting: tuple[str, ...] = ()
    token_path: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    rotates: bool = False
    reuse_leeway: float = 0.0
    lifetime: float | None = 3600.0
    margin: float = 600.0
    refresh_lifetime: float | None = None
    errors: Mapping[str, Meaning] = field(default_factory=dict[str, Meaning])
    error_text: str = "error_description"
    redirect_uri: str = "http://127.0.0.1:8765/callback"
    device_url: str | None = None
    revocation: Revocation | None = None
    sites_url: str | None = None
    site_variable: str = ""
    consent_page: str = ""
    account: str = ""

    def scopes_for(self, access: Access = Access.READ) -> tuple[str, ...]:
        """The scopes that a login asks for: those for reading, and more only for more access."""
        levels = [self.base_scopes, self.read_scopes]
        if access.allows("changes"):
            levels.append(self.write_scopes)
        if access.allows("destroys"):
            levels.append(self.delete_scopes)
        return tuple(dict.fromkeys(scope for level in levels for scope in level))

    def missing_scopes(self, granted: Collection[str], access: Access = Access.READ) -> tuple[str, ...]:
        """The scopes that `access` needs and that `granted` lacks, as `lacking` tells them.

        Scopes that only shape the login (`base_scopes`) are not needed by any tool.
        """
        needed = [scope for scope in self.scopes_for(access) if scope not in self.base_scopes]
        return self.lacking(granted, needed, destroys=access.allows("destroys"))

    def lacking(self, granted: Collection[str], needed: Sequence[str], *, destroys: bool = False) -> tuple[str, ...]:
        """The scopes among `needed` that `granted` does not cover; none where the vendor grants without naming.

        `destroys`: they are needed for deleting.

        A login in the second family of scopes covers one of the first with all that stands for it; what it lacks
        is told in the names of its own family.
        """
        if not granted:
            return ()
        held = set(granted)
        second = held.isdisjoint(self.equivalents) and any(map(held.intersection, self.equivalents.values()))
        found: list[str] = []
        for scope in needed:
            parts = self.equivalents.get(scope, ())
            if scope not in held and not (parts and held.issuperset(parts)):
                found += [part for part in parts if part not in held] if second and parts else [scope]
        if second and destroys:
            found += [scope for scope in self.deleting if scope not in held]
        return tuple(dict.fromkeys(found))

    def meaning(self, error: str) -> Meaning | None:
        """What an error code of the token endpoint means; None for one that nobody described."""
        return self.errors.get(error) or STANDARD_ERRORS.get(error)

    def at(self, **names: str) -> OAuthProfile:
        """The profile with the values of `names` in its addresses: for vendors with a {host} or {tenant} each."""

        def put(url: str) -> str:
            for name, value in names.items():
                url = url.replace(f"{{{name}}}", value)
            return url

        return replace(
            self,
            authorize_url=put(self.authorize_url),
            token_url=put(self.token_url),
            device_url=self.device_url and put(self.device_url),
            sites_url=self.sites_url and put(self.sites_url),
            revocation=self.revocation and replace(self.revocation, url=put(self.revocation.url)),
        )

    @property
    def command(self) -> str:
        """The command that logs in."""
        named = f" --account {self.account}" if self.account else ""
        return f"mcp-suite auth login {self.name}{named}"

    def variable(self, setting: str) -> str:
        """The environment variable of a setting: `client_secret` -> `JIRA_CLIENT_SECRET`."""
        return f"{self.name.upper()}_{setting.upper()}"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The app that the user registered with the vendor. An empty `redirect_uri` means the profile's."""

    client_id: str
    client_secret: SecretStr | None = None
    redirect_uri: str = ""

    def require(self, profile: OAuthProfile) -> None:
        """Raise NotConfigured naming all that the vendor asks of the app and that has no value."""
        lacking: dict[str, str] = {}
        if not self.client_id:
            lacking[profile.variable("client_id")] = "Client id of the app (not set)"
        if profile.secret == "required" and not self.secret():
            lacking[profile.variable("client_secret")] = "Client secret of the app (not set)"
        if lacking:
            raise NotConfigured(
                f"Logging in to {profile.vendor} needs an app of yours.",
                fields=lacking,
                next_step=f"Set these variables as setup_guides/{profile.name}.md explains, then run"
                f" `{profile.command}`.",
            )

    def secret(self) -> str:
        """The secret as plain text, empty if there is none."""
        return self.client_secret.get_secret_value() if self.client_secret else ""
