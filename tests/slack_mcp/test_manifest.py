"""The manifests of the app that the guide has people make: the very scopes that logins and tools need."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from connector_kit.access import Access
from connector_kit.oauth.profiles import SLACK_BOT, SLACK_USER, OAuthProfile
from slack_mcp.manifest import documents
from slack_mcp.server import SERVER
from slack_mcp.tools import TOOLS

GUIDES = Path(__file__).resolve().parents[2] / "setup_guides"
PROFILES: dict[str, OAuthProfile] = {"user": SLACK_USER, "bot": SLACK_BOT}
BOT_LACKS = {"search:read", "channels:write"}
"""Scopes that tools name and that Slack gives to people only; a bot has other names for the second."""


def made(kind: str, access: str) -> dict[str, Any]:
    return json.loads(documents()[f"slack-manifest-{kind}-{access}.json"])


@pytest.mark.parametrize("kind", PROFILES)
@pytest.mark.parametrize(("access", "level"), [("read", Access.READ), ("write", Access.DELETE)])
def test_a_manifest_has_the_scopes_that_the_login_asks_for(kind: str, access: str, level: Access) -> None:
    scopes: dict[str, list[str]] = made(kind, access)["oauth_config"]["scopes"]
    assert scopes == {kind: list(PROFILES[kind].scopes_for(level))}


def test_every_scope_that_a_tool_names_is_in_the_manifest_for_its_access() -> None:
    for entry in TOOLS:
        access = "read" if entry.access == "read" else "write"
        names = {"channels:manage": "channels:write", "channels:join": "channels:write"}
        person: list[str] = made("user", access)["oauth_config"]["scopes"]["user"]
        bot: list[str] = made("bot", access)["oauth_config"]["scopes"]["bot"]
        needed = set(entry.scopes)
        # Listing what is scheduled reads, and Slack wants the right to write for it.
        needed -= {"chat:write"} if entry.name == "slack_list_scheduled_messages" else set()
        assert {names.get(scope, scope) for scope in needed} <= set(person), entry.name
        assert needed - BOT_LACKS <= set(bot), entry.name


@pytest.mark.parametrize("access", ["read", "write"])
def test_a_person_comes_back_to_this_machine_and_a_bot_elsewhere(access: str) -> None:
    person, bot = made("user", access), made("bot", access)
    assert person["oauth_config"]["redirect_urls"] == [SLACK_USER.redirect_uri]
    assert "features" not in person
    assert all(url.startswith("https://") for url in bot["oauth_config"]["redirect_urls"])
    assert bot["features"]["bot_user"]["display_name"]


def test_an_app_asks_slack_for_nothing_but_scopes() -> None:
    for text in documents().values():
        parts = cast("dict[str, Any]", json.loads(text))
        assert set(parts) <= {"display_information", "features", "oauth_config", "settings"}
        assert len(parts["display_information"]["name"]) <= 35
        assert not any(parts["settings"].values())


def test_the_guide_links_every_manifest_and_names_their_scopes() -> None:
    guide = (GUIDES / "slack.md").read_text(encoding="utf-8")
    for name, text in documents().items():
        assert f"]({name})" in guide
        assert (GUIDES / name).read_text(encoding="utf-8") == text
    section = guide.partition("## Account and permissions")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| (reading|writing and deleting too) \| (.*?) \|(?: (.*?) ?\|)?$", section)
    (_, both, _), (_, both_write, _), (_, person, bot), (_, person_write, bot_write) = rows
    named = [re.findall(r"`([^`]+)`", part) for part in (both, both_write, person, bot, person_write, bot_write)]
    assert [*named[0], *named[2]] == list(SLACK_USER.read_scopes)
    assert [*named[1], *named[4]] == list(SLACK_USER.write_scopes)
    assert [*named[0], *named[3]] == list(SLACK_BOT.read_scopes)
    assert [*named[1], *named[5]] == list(SLACK_BOT.write_scopes)


def test_the_guide_explains_every_toolset() -> None:
    guide = (GUIDES / "slack.md").read_text(encoding="utf-8")
    section = guide.partition("| Toolset | Adds |")[2].partition("\n\n")[0]
    assert set(re.findall(r"(?m)^\| `(\w+)` \|", section)) == set(TOOLS.optional)


def test_what_a_login_says_of_the_page_for_tokens_is_in_the_guide() -> None:
    assert SERVER.guidance is not None
    assert SERVER.guidance.first.page in (GUIDES / "slack.md").read_text(encoding="utf-8")
