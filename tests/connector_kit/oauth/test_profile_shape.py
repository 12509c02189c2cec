"""A further vendor is one more profile: seven that have no server yet, each logged in, renewed and revoked."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.addresses import base_address
from connector_kit.oauth.failures import LoginRequired, WrongClient
from connector_kit.oauth.login import authorize, client_credentials, device_login
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import OAuthClient, OAuthProfile
from connector_kit.oauth.refusals import LoginRefused
from connector_kit.oauth.token_endpoint import TokenEndpoint
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId, Vault
from connector_kit.testing.authorization_server import AuthorizationServer
from connector_kit.testing.browser import Browser
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.logins import file_vault

from .further_vendors import APP, DAY, GITHUB, GITHUB_DIALECT, GOOGLE, VENDORS, ZOOM_ACCOUNT, ZOOM_DIALECT, Vendor

pytestmark = pytest.mark.anyio

EACH = pytest.mark.parametrize("vendor", VENDORS, ids=str)
WITH_DEVICES = [vendor for vendor in VENDORS if vendor.profile.device_url]


class Place:
    """A vendor's authorization server, and a vault; one clock for all."""

    def __init__(self, vendor: Vendor, folder: Path) -> None:
        self.vendor = vendor
        self.clock = FakeClock(1.7e9)
        self.server = AuthorizationServer(dialect=vendor.dialect, clock=self.clock, **vendor.server)
        if vendor.granted:
            self.server.granted_scopes = vendor.granted
        self.vault: Vault = file_vault(folder)
        self.credential = CredentialId(vendor.profile.name, "default client-1", "loopback.invalid")

    @property
    def profile(self) -> OAuthProfile:
        """The vendor's profile, its addresses at the loopback server."""
        profile, url = self.vendor.profile, self.server.url
        revocation = profile.revocation
        if revocation is not None:
            deleting = revocation.method == "DELETE"
            path = "/applications/{client_id}/grant" if deleting else "/revoke"
            revocation = replace(revocation, url=f"{url}{path}")
        return replace(
            profile,
            authorize_url=self.server.authorize_url,
            token_url=self.server.token_url,
            device_url=profile.device_url and self.server.device_url,
            revocation=revocation,
        )

    def endpoint(self, app: OAuthClient | None = None, profile: OAuthProfile | None = None) -> TokenEndpoint:
        return TokenEndpoint(profile or self.profile, app or self.vendor.app, clock=self.clock)

    def manager(self, app: OAuthClient | None = None) -> OAuthManager:
        app = app or self.vendor.app
        return OAuthManager(self.profile, app, self.credential, self.vault, http=self.endpoint(app), clock=self.clock)

    async def log_in(self) -> tuple[TokenSet, Browser]:
        app = replace(self.vendor.app, redirect_uri="http://127.0.0.1/callback")  # a port that is free
        async with Browser().at_hand() as browser:
            tokens = await authorize(
                self.profile,
                app,
                access=Access.WRITE,
                open_browser=browser,
                show=lambda _: None,
                endpoint=self.endpoint(app),
            )
        return tokens, browser


@EACH
def test_addresses_are_complete_and_encrypted(vendor: Vendor) -> None:
    profile = vendor.profile
    addresses = [profile.authorize_url, profile.token_url, profile.device_url, profile.consent_page]
    addresses.append(profile.revocation.url.replace("{client_id}", "1") if profile.revocation else None)
    for address in filter(None, addresses):
        assert "{" not in address
        base_address(address)
    assert profile.command == f"mcp-suite auth login {profile.name}"


@EACH
async def test_a_browser_logs_in(vendor: Vendor, tmp_path: Path) -> None:
    place = Place(vendor, tmp_path)
    with place.server:
        tokens, browser = await place.log_in()
        assert place.server.accepts(tokens.access_token)
    assert tokens.refresh_token
    assert tokens.scopes == vendor.scopes
    assert {name: browser.question.get(name, "") for name in vendor.asks} == vendor.asks
    request = place.server.requests[0]
    by_header, as_json = vendor.profile.client_auth == "basic", vendor.profile.token_body == "json"
    assert (request.basic is not None) is by_header
    assert ("client_id" in request.form) is not by_header
    assert ("json" in request.headers["content-type"]) is as_json
    assert request.headers["accept"] == "application/json"
    for name, value in vendor.profile.headers.items():
        assert request.headers[name.lower()] == value
    if vendor.profile.extra:
        assert tokens.extra["account"] in ("bot-1", "someone@example.org")


@EACH
async def test_a_login_is_renewed_and_its_successor_kept(vendor: Vendor, tmp_path: Path) -> None:
    place = Place(vendor, tmp_path)
    with place.server:
        tokens, _ = await place.log_in()
        manager = place.manager()
        await manager.adopt(tokens)
        place.clock.advance(31 * DAY)
        # A vendor that tells no lifetime refuses the token some day instead.
        assert await manager.access_token() == tokens.access_token or tokens.expires_at is not None
        await manager.renew(tokens.access_token)
        renewed = await manager.access_token()
        assert renewed != tokens.access_token
        assert place.server.accepts(renewed)
        stored = place.vault.load(place.credential)
        assert stored is not None
        assert stored.access_token == renewed
        assert (stored.refresh_token == tokens.refresh_token) is not place.server.rotates
        assert stored.scopes == vendor.scopes
        assert place.server.count("refreshed") == 1
        place.clock.advance(31 * DAY)
        await manager.renew(renewed)
        assert place.server.accepts(await place.manager().access_token())
        assert place.server.count("dead_token") == 0


@EACH
async def test_a_dead_login_and_a_wrong_secret_are_told_apart(vendor: Vendor, tmp_path: Path) -> None:
    place = Place(vendor, tmp_path)
    with place.server:
        tokens, _ = await place.log_in()
        await place.manager().adopt(tokens)
        place.server.revoke_all()
        place.clock.advance(31 * DAY)
        with pytest.raises(LoginRequired, match=f"auth login {vendor}`"):
            await place.manager().renew(tokens.access_token)
        if place.server.client_secret is not None:
            with pytest.raises(WrongClient, match=f"{str(vendor).upper()}_CLIENT_SECRET"):
                await place.manager(OAuthClient("client-1", SecretStr("another"))).renew(tokens.access_token)


@EACH
async def test_a_login_is_revoked_where_the_vendor_can(vendor: Vendor, tmp_path: Path) -> None:
    place = Place(vendor, tmp_path)
    with place.server:
        tokens, _ = await place.log_in()
        manager = place.manager()
        await manager.adopt(tokens)
        revoked = await manager.forget()
        assert revoked is (vendor.profile.revocation is not None)
        assert place.server.accepts(tokens.access_token) is not revoked
        assert place.vault.load(place.credential) is None
    if vendor.profile.name == "github":
        request = place.server.requests[-1]
        assert request.path == "/applications/client-1/grant"
        assert request.basic == ("client-1", "client-secret-1")
        assert request.form == {"access_token": tokens.access_token}
        assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("vendor", WITH_DEVICES, ids=str)
@pytest.mark.parametrize("verdict", ["approved", "denied"])
async def test_a_device_logs_in(vendor: Vendor, verdict: Any, tmp_path: Path) -> None:
    place = Place(vendor, tmp_path)

    def show(line: str) -> None:
        place.server.decide(line.split()[-1], verdict)

    with place.server:
        endpoint = place.endpoint()
        login = device_login(place.profile, vendor.app, show=show, endpoint=endpoint, sleep=place.clock.sleep)
        if verdict == "denied":
            with pytest.raises(LoginRefused):
                await login
            return
        tokens = await login
        assert place.server.accepts(tokens.access_token)
    asked = place.server.requests[0]
    assert asked.form["client_id"] == "client-1"
    assert asked.form.get("scope", "") == (" ".join(vendor.profile.scopes_for()) if not vendor.granted else "")


async def test_a_token_without_an_end_is_used_until_it_is_refused(tmp_path: Path) -> None:
    untold = frozenset({"expires_in", "refresh_token"})
    vendor = Vendor(GITHUB, replace(GITHUB_DIALECT, untold=untold), server={"lifetime": 1000 * DAY})
    place = Place(vendor, tmp_path)
    with place.server:
        tokens, _ = await place.log_in()
        assert (tokens.expires_at, tokens.refresh_token) == (None, None)
        manager = place.manager()
        await manager.adopt(tokens)
        place.clock.advance(999 * DAY)
        assert await manager.access_token() == tokens.access_token
        with pytest.raises(LoginRequired, match=r"has ended, and cannot be renewed.*auth login github"):
            await manager.renew(tokens.access_token)


async def test_an_app_of_the_account_itself_asks_with_its_own_grant(tmp_path: Path) -> None:
    place = Place(Vendor(ZOOM_ACCOUNT, ZOOM_DIALECT), tmp_path)
    with place.server:
        tokens = await client_credentials(place.profile, APP, endpoint=place.endpoint())
        assert place.server.accepts(tokens.access_token)
    assert place.server.requests[0].form == {"grant_type": "account_credentials", "account_id": "account-1"}


async def test_what_the_vendor_says_of_a_refusal_is_told(tmp_path: Path) -> None:
    place = Place(VENDORS[-1], tmp_path)
    with place.server:
        wrong = OAuthClient("client-1", SecretStr("another"))
        with pytest.raises(WrongClient, match="Invalid client_id or client_secret"):
            await client_credentials(place.profile, wrong, endpoint=place.endpoint(wrong))


def test_a_consent_in_part_tells_the_scopes_that_are_left_out() -> None:
    granted = ("openid", *GOOGLE.write_scopes)
    assert GOOGLE.missing_scopes(granted, Access.WRITE) == GOOGLE.read_scopes
