"""A login in the browser behind the client: renewed when Slack refuses it, asked for what it was granted."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from connector_kit.errors import NotAuthenticated
from connector_kit.oauth.profiles import SLACK_USER
from connector_kit.oauth.settings import credential_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing.faults import QUICK, Fault, FaultServer
from slack_mcp.client import SlackClient, connect
from slack_mcp.settings import SlackSettings

from .faulty import AUTH

pytestmark = pytest.mark.anyio

TOKEN_PATH = "/api/oauth.v2.user.access"


def log_in(settings: SlackSettings, scopes: tuple[str, ...], *, age: float = 900.0) -> None:
    """What `mcp-suite auth login` would have left behind, `age` seconds ago."""
    now = time.time()
    tokens = TokenSet("xoxe.xoxp-first", "xoxe-refresh-1", now + 40_000, scopes, now - age)
    Vault.default().save(credential_of(settings), tokens)


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    """A Slack that knows who we are."""
    async with FaultServer() as running:
        running.queue("/api/auth.test", *[Fault.json(AUTH)] * 3)
        yield running


@pytest.fixture
def settings(server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SlackSettings:
    """Settings for a login there, kept in a folder of the test's own."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    return SlackSettings(client_id="111.222", client_secret=SecretStr("app-secret"), api_url=server.url)


@pytest.fixture
async def slack(settings: SlackSettings) -> AsyncIterator[SlackClient]:
    """A client with that login."""
    client = await connect(settings, policy=QUICK)
    yield client
    await client.aclose()


async def test_an_expired_token_is_renewed_and_the_call_sent_again(
    server: FaultServer, settings: SlackSettings, slack: SlackClient
) -> None:
    log_in(settings, SLACK_USER.scopes_for())
    server.queue("/api/pins.list", Fault.json({"ok": False, "error": "token_expired"}), Fault.json({"ok": True}))
    server.queue("/api/conversations.info", Fault.json({"ok": True, "channel": {"id": "C0123456789", "name": "x"}}))
    renewed = {
        "ok": True,
        "access_token": "xoxe.xoxp-second",
        "refresh_token": "xoxe-refresh-2",
        "expires_in": 43_200,
        "token_type": "user",
    }
    server.queue(TOKEN_PATH, Fault.json(renewed))
    assert await slack.pins("C0123456789") == ()
    used = [request.headers["authorization"] for request in server.requests if request.path == "/api/pins.list"]
    assert used == ["Bearer xoxe.xoxp-first", "Bearer xoxe.xoxp-second"]
    assert sum(request.path == TOKEN_PATH for request in server.requests) == 1


async def test_a_login_that_was_taken_back_names_the_command(
    server: FaultServer, settings: SlackSettings, slack: SlackClient
) -> None:
    log_in(settings, SLACK_USER.scopes_for())
    server.queue("/api/conversations.info", Fault.json({"ok": False, "error": "token_revoked"}))
    server.queue(TOKEN_PATH, Fault.json({"ok": False, "error": "invalid_refresh_token"}))
    with pytest.raises(NotAuthenticated, match="mcp-suite auth login slack"):
        await slack.pins("C0123456789")


async def test_scopes_are_those_of_the_login_and_a_new_one_counts_at_once(
    server: FaultServer, settings: SlackSettings, slack: SlackClient
) -> None:
    log_in(settings, ("channels:history",))
    assert await slack.lacking_scopes(["channels:history", "chat:write"]) == ("chat:write",)
    log_in(settings, ("channels:history", "chat:write"), age=0.0)
    assert await slack.lacking_scopes(["channels:history", "chat:write"]) == ()
    assert server.requests == []


async def test_without_a_login_the_command_is_named(slack: SlackClient) -> None:
    with pytest.raises(NotAuthenticated, match="mcp-suite auth login slack"):
        await slack.check()
