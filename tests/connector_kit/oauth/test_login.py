"""Logging in against a loopback authorization server, with a browser that follows redirects."""

import logging
from collections.abc import Mapping
from dataclasses import replace

import anyio
import httpx2
import pytest
from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.oauth.login import authorize, client_credentials, device_login
from connector_kit.oauth.profiles import JIRA, OAuthClient, OAuthProfile
from connector_kit.oauth.refusals import LoginRefused, LoginTimedOut
from connector_kit.oauth.token_endpoint import TokenEndpoint
from connector_kit.testing.authorization_server import AuthorizationServer, TokenFault
from connector_kit.testing.browser import Browser
from connector_kit.testing.faults import QUICK

CLIENT = OAuthClient("client-1", SecretStr("client-secret-1"), "http://127.0.0.1/callback")


def profile_of(server: AuthorizationServer, base: OAuthProfile = JIRA) -> OAuthProfile:
    return replace(base, authorize_url=server.authorize_url, token_url=server.token_url, device_url=server.device_url)


def nothing(_: str) -> None:
    """What the user reads, unread."""


@pytest.mark.anyio
async def test_a_browser_brings_back_a_code_that_becomes_tokens() -> None:
    with AuthorizationServer(requires_pkce=True) as server:
        async with Browser().at_hand() as browser:
            tokens = await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
        assert server.accepts(tokens.access_token)
        assert tokens.refresh_token
        assert tokens.scopes == ("offline_access", "read:jira-work", "read:jira-user")
        assert browser.question["audience"] == "api.atlassian.com"
        assert browser.question["prompt"] == "consent"
        assert "You are logged in to Atlassian" in browser.pages[0].text
        assert browser.pages[0].headers["referrer-policy"] == "no-referrer"


@pytest.mark.anyio
async def test_write_access_asks_for_the_write_scopes_too() -> None:
    with AuthorizationServer() as server:
        async with Browser().at_hand() as browser:
            tokens = await authorize(
                profile_of(server), CLIENT, access=Access.WRITE, open_browser=browser, show=nothing
            )
    assert "write:jira-work" in tokens.scopes


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("denial", "kind", "told"),
    [
        ({"error": "access_denied", "error_description": "User did not authorize"}, LoginRefused, "did not authorize"),
        ({"error": "invalid_scope"}, ServiceError, "does not grant the scopes"),
        ({"error": "unauthorized_client"}, NotConfigured, "not set up"),
        ({"error": "something_new", "error_description": "<b>Odd</b>"}, LoginRefused, "something_new: <b>Odd</b>"),
    ],
)
async def test_the_vendors_refusal_is_shown(denial: Mapping[str, str], kind: type[ServiceError], told: str) -> None:
    with AuthorizationServer() as server:
        server.denial = denial
        async with Browser().at_hand() as browser:
            with pytest.raises(kind) as caught:
                await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
    assert told in str(caught.value)
    assert "mcp-suite auth login jira" in str(caught.value) or "setup_guides/jira.md" in str(caught.value)
    page = browser.pages[0]
    assert page.status_code == 400
    assert "did not work" in page.text
    assert "<b>" not in page.text
    assert browser.question["state"] not in str(caught.value) + page.text


@pytest.mark.anyio
async def test_a_code_that_the_vendor_refuses_is_told_in_the_browser_too() -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.json({"error": "invalid_grant"}, 400))
        async with Browser().at_hand() as browser:
            with pytest.raises(LoginRefused):
                await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
    assert "came too late" in browser.pages[0].text


@pytest.mark.anyio
async def test_a_browser_that_does_not_open_leaves_the_address_to_the_user() -> None:
    def broken(_: str) -> bool:
        raise OSError("no display")

    shown: list[str] = []
    with AuthorizationServer() as server, pytest.raises(LoginTimedOut):
        await authorize(profile_of(server), CLIENT, open_browser=broken, show=shown.append, timeout=0.1)
    assert shown[0].startswith("Open this address")
    assert "code_challenge_method=S256" in shown[0]


@pytest.mark.anyio
async def test_an_address_elsewhere_is_answered_by_pasting() -> None:
    shown: list[str] = []
    with AuthorizationServer() as server:
        pasted = ["https://app.example/callback?code=x&state=forged", "nonsense", "https://[broken"]

        async def paste() -> str:
            if pasted:
                return pasted.pop(0)
            url = shown[0].splitlines()[1]
            async with httpx2.AsyncClient(trust_env=False) as http:
                return f" {(await http.get(url)).headers['location']}\n"

        client = replace(CLIENT, redirect_uri="https://app.example/callback")
        tokens = await authorize(profile_of(server), client, show=shown.append, paste=paste)
        assert server.accepts(tokens.access_token)
    assert sum("not the address" in line for line in shown) == 3


@pytest.mark.anyio
async def test_an_address_elsewhere_needs_someone_to_paste() -> None:
    client = replace(CLIENT, redirect_uri="https://app.example/callback")
    with pytest.raises(NotConfigured, match="JIRA_REDIRECT_URI is not an address of this machine"):
        await authorize(JIRA, client, show=nothing)

    with pytest.raises(LoginTimedOut):
        await authorize(JIRA, client, show=nothing, paste=forever, timeout=0.05)


async def forever() -> str:
    await anyio.sleep_forever()
    raise AssertionError


@pytest.mark.anyio
async def test_an_app_without_id_or_secret_is_told_all_at_once() -> None:
    with pytest.raises(NotConfigured) as caught:
        await authorize(JIRA, OAuthClient(""), show=nothing)
    assert set(caught.value.fields) == {"JIRA_CLIENT_ID", "JIRA_CLIENT_SECRET"}


@pytest.mark.anyio
async def test_a_vendor_without_pkce_gets_none() -> None:
    with AuthorizationServer() as server:
        async with Browser().at_hand() as browser:
            await authorize(
                replace(profile_of(server), pkce=False), CLIENT, scopes=(), open_browser=browser, show=nothing
            )
        assert "code_verifier" not in server.requests[0].form
    assert "code_challenge" not in browser.question
    assert "scope" not in browser.question


@pytest.mark.anyio
async def test_a_device_login_waits_until_the_user_agreed() -> None:
    opened: list[str] = []
    with AuthorizationServer() as server:
        shown: list[str] = []
        server.next_tokens(
            TokenFault(carried_out=True),
            TokenFault.json({"error": "slow_down"}, 400),
            TokenFault.failing(503),
            TokenFault.failing(429),
        )
        asked: list[float] = []

        async def sleep(seconds: float) -> None:
            asked.append(seconds)
            if len(asked) == 5:
                server.decide(shown[0].rsplit(" ", 1)[1])

        def open_browser(url: str) -> bool:
            opened.append(url)
            return True

        profile = profile_of(server)
        endpoint = TokenEndpoint(profile, CLIENT, policy=replace(QUICK, retries=0))
        tokens = await device_login(
            profile, CLIENT, open_browser=open_browser, show=shown.append, endpoint=endpoint, sleep=sleep
        )
        assert server.accepts(tokens.access_token)
    assert shown[0].startswith(f"Open {server.url}/device and enter the code ")
    assert asked == [0.01, 0.01, 5.01, 5.01, 10.01]
    assert opened == []  # only an https page is opened unasked


@pytest.mark.anyio
async def test_a_device_login_that_is_declined_or_expires_is_told() -> None:
    with AuthorizationServer() as server:
        profile = profile_of(server)

        def decline(text: str) -> None:
            server.decide(text.rsplit(" ", 1)[1], "denied")

        with pytest.raises(LoginRefused, match="declined"):
            await device_login(replace(profile, errors={}), CLIENT, show=decline)
        server.next_tokens(TokenFault.json({"error": "expired_token"}, 400))
        with pytest.raises(LoginTimedOut, match="not answered in time"):
            await device_login(profile, CLIENT, show=nothing)
        with pytest.raises(LoginTimedOut, match="Nobody answered"):
            await device_login(profile, CLIENT, show=nothing, timeout=0.05)


@pytest.mark.anyio
async def test_the_device_page_opens_when_it_is_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_browser(url: str) -> bool:
        opened.append(url)
        return True

    with AuthorizationServer() as server:
        profile = profile_of(server)
        endpoint = TokenEndpoint(profile, CLIENT)
        start = endpoint.start_device

        async def encrypted(scopes: tuple[str, ...]) -> object:
            device = await start(scopes)
            return replace(device, verification_uri="https://vendor.example/device", complete_uri="")

        monkeypatch.setattr(endpoint, "start_device", encrypted)
        with pytest.raises(LoginTimedOut):
            await device_login(
                profile, CLIENT, open_browser=open_browser, show=nothing, endpoint=endpoint, timeout=0.05
            )
    assert opened == ["https://vendor.example/device"]


@pytest.mark.anyio
async def test_an_app_logs_in_as_itself() -> None:
    with AuthorizationServer() as server:
        tokens = await client_credentials(profile_of(server), CLIENT, scopes=("a", "b"))
        assert server.accepts(tokens.access_token)
    assert tokens.scopes == ("a", "b")
    assert tokens.refresh_token is None


@pytest.mark.anyio
async def test_a_login_writes_no_secret_anywhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with AuthorizationServer() as server:
        async with Browser().at_hand() as browser:
            tokens = await authorize(profile_of(server), CLIENT, open_browser=browser, show=nothing)
        form = server.requests[0].form
    written = capfd.readouterr()
    # The browser's own log is not ours.
    ours = [line for line in caplog.messages if "/authorize" not in line and "/callback" not in line]
    everything = "\n".join((*ours, written.out, written.err, repr(tokens), repr(CLIENT)))
    for secret in (form["code"], form["code_verifier"], tokens.access_token, tokens.refresh_token, "client-secret-1"):
        assert secret
        assert secret not in everything
