"""A login that lacks a scope: the tool says which before anything is sent, and a new login counts at once."""

import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.oauth.profiles import JIRA, JIRA_GRANULAR
from connector_kit.oauth.settings import credential_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing.faults import Fault, FaultServer
from jira_mcp.settings import JiraSettings

from .conversation import converse

pytestmark = pytest.mark.anyio
CLOUD_ID = "7c0d6c5e-3a52-4c0b-9a55-2f1f6a0e4d11"


def log_in(settings: JiraSettings, scopes: tuple[str, ...], age: float = 60.0) -> None:
    """What `mcp-suite auth login` would have left behind, `age` seconds ago."""
    now = time.time()
    site = {"cloud_id": CLOUD_ID, "site": settings.url or ""}
    tokens = TokenSet("an-access-token", "a-refresh-token", now + 3000, scopes, now - age, site)
    Vault.default().save(credential_of(settings), tokens)


@pytest.mark.parametrize(
    ("scopes", "told", "command"),
    [
        (JIRA.scopes_for(), "needs the scope write:jira-work,", "auth login jira --access write`."),
        (
            JIRA_GRANULAR.scopes_for(),
            "needs the scopes read:instance-configuration:jira, read:issue-link-type:jira, write:attachment:jira",
            "auth login jira --access write --granular-scopes`.",
        ),
    ],
)
async def test_a_login_for_reading_does_not_comment(
    scopes: tuple[str, ...], told: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    async with FaultServer(Fault.json({"id": "10001", "self": "https://site.example/10001"}, 201)) as site:
        settings = JiraSettings(
            url=site.url, client_id="client-1", client_secret=SecretStr("client-secret-1"), access=Access.WRITE
        )
        log_in(settings, scopes)
        async with converse(tmp_path, settings=settings, only="jira_add_comment") as jira:
            text = await jira.refused("jira_add_comment", key="PMOS-1", body="Well.")
            assert told in text
            assert "which this login does not have" in text
            assert text.endswith(command)
            assert site.requests == []
            log_in(settings, JIRA.scopes_for(Access.WRITE), age=0.0)
            assert "commented on PMOS-1" in await jira.ask("jira_add_comment", key="PMOS-1", body="Well.")
            [request] = site.requests
            assert request.path == f"/ex/jira/{CLOUD_ID}/rest/api/3/issue/PMOS-1/comment"
