"""A login that lacks a scope: the tool says which before anything is sent, and a new login counts at once."""

import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.oauth.profiles import SLACK_BOT, SLACK_USER
from connector_kit.oauth.settings import credential_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing.faults import Fault, FaultServer
from slack_mcp.settings import SlackSettings

from .conversation import TOOLSETS, converse

pytestmark = pytest.mark.anyio
AUTH = {"ok": True, "url": "https://acme.slack.com/", "team": "Acme", "user": "me", "team_id": "T1", "user_id": "U1"}
CHANNEL = {"ok": True, "channel": {"id": "C0123456789", "name": "general"}}
POSTED = {"ok": True, "channel": "C0123456789", "ts": "1770064200.000100"}


def log_in(settings: SlackSettings, scopes: tuple[str, ...], age: float = 60.0) -> None:
    """What `mcp-suite auth login` would have left behind, `age` seconds ago."""
    now = time.time()
    tokens = TokenSet("an-access-token", "a-refresh-token", now + 30_000, scopes, now - age, {})
    Vault.default().save(credential_of(settings), tokens)


def settings_of(site: FaultServer, **more: Any) -> SlackSettings:
    given = {"client_id": "client-1", "client_secret": SecretStr("client-secret-1"), "api_url": site.url}
    return SlackSettings.model_validate({**given, "access": Access.WRITE, "toolsets": TOOLSETS, **more})


async def test_a_login_for_reading_does_not_post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    async with FaultServer() as site:
        for method, answer in (
            ("auth.test", AUTH),
            ("conversations.info", CHANNEL),
            ("chat.postMessage", POSTED),
        ):
            site.queue(f"/api/{method}", *[Fault.json(answer)] * 3)
        settings = settings_of(site)
        log_in(settings, SLACK_USER.scopes_for())
        async with converse(tmp_path, settings=settings) as slack:
            text = await slack.refused("slack_post_message", channel="C0123456789", text="Well.")
            assert text == (
                "slack_post_message needs the scope chat:write, which this login does not have. "
                "Ask the user to run `mcp-suite auth login slack --access write`."
            )
            assert site.requests == []
            log_in(settings, SLACK_USER.scopes_for(Access.WRITE), age=0.0)
            posted = await slack.ask("slack_post_message", channel="C0123456789", text="Well.")
            assert posted == (
                "posted to #general: C0123456789:1770064200.000100 "
                "https://acme.slack.com/archives/C0123456789/p1770064200000100"
            )


@pytest.mark.parametrize(("kind", "name"), [("user", "channels:write"), ("bot", "channels:manage")])
async def test_a_scope_is_told_by_the_name_that_it_has_for_the_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    profile = {"user": SLACK_USER, "bot": SLACK_BOT}[kind]
    async with FaultServer() as site:
        settings = settings_of(site, token_kind=kind)
        log_in(settings, profile.scopes_for())
        async with converse(tmp_path, settings=settings) as slack:
            text = await slack.refused("slack_update_channel", channel="C0123456789", topic="News")
    assert f"slack_update_channel needs the scope {name}, which this login does not have." in text
    assert text.endswith("`mcp-suite auth login slack --access write`.")
    assert site.requests == []
