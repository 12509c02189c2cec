"""A newcomer's first hour: an empty home, a text terminal, no keyring, connected in the end.

The vendor is played on this machine; nothing of the newcomer's is patched, only what is typed and what is broken.
"""

import json
import re
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from connector_kit.access import Access
from connector_kit.oauth.profiles import JIRA, JIRA_GRANULAR, OAuthProfile
from connector_kit.testing.stdio import StdioServer
from jira_mcp import sandbox
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET

from .newcomers import (
    Newcomer,
    Vendor,
    agree,
    free_port,
    guide_shows,
    log_in_by_script,
    script_of,
    troubles,
)

pytestmark = [
    pytest.mark.stdio,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals and no signals of this kind"),
]


# The way in


def test_a_newcomer_with_an_api_token_is_connected_in_one_command(newcomer: Newcomer, vendor: Vendor) -> None:
    from connector_kit.testing.terminal import Terminal

    with Terminal(script_of(["mcp-suite", "auth", "login", "jira"]), newcomer.env, cwd=newcomer.home) as terminal:
        terminal.expect(r"1 or 2 \[1\]: ")
        terminal.type("1")
        terminal.expect("Site: ")
        terminal.type("127.0.0.1 or so")
        terminal.expect("Site: ")
        terminal.type(vendor.url)
        terminal.expect("E-mail: ")
        terminal.type(sandbox.SANDBOX_EMAIL)
        terminal.expect(r"as you paste it\): ")
        terminal.type("not the token")
        terminal.expect(r"as you paste it\): ")
        terminal.type("sandbox-token-wrong")
        terminal.expect("That did not work: ")
        for _ in ("site", "e-mail"):
            terminal.expect(r"\[.+\]: ")
            terminal.type("")
        terminal.expect(r"as you paste it\): ")
        terminal.type(sandbox.SANDBOX_TOKEN)
        terminal.expect("signed in to PM OS sandbox at .* as Human PM")
        terminal.expect(r"Other users of this machine cannot read it(.|\n)*\[y/N\]: ")
        terminal.type("y")
        assert terminal.ended() == 0, terminal.shown
    assert not [part for part in guide_shows("Two ways to log in", vendor.url) if part not in terminal.shown]
    assert sandbox.SANDBOX_TOKEN not in terminal.shown
    assert "sandbox-token-wrong" not in terminal.shown
    assert sandbox.SANDBOX_TOKEN not in newcomer.env_file.read_text()
    told = newcomer.run("mcp-suite", "auth", "status", "jira")
    assert f"{vendor.url}" in told or "127.0.0.1" in told
    assert "logged in" in told
    assert not troubles(newcomer.doctor(status=0))
    [line] = guide_shows("Human PM; access: read")
    assert line in newcomer.run("jira-mcp", "--check")


def test_a_newcomer_with_oauth_is_connected_by_agreeing_in_the_browser(newcomer: Newcomer, vendor: Vendor) -> None:
    from connector_kit.testing.terminal import Terminal

    redirect = f"http://localhost:{free_port()}/callback"
    command = ["mcp-suite", "auth", "login", "jira", "--no-browser", "--url", vendor.url, "--redirect-uri", redirect]
    with Terminal(script_of(command), newcomer.env, cwd=newcomer.home) as terminal:
        assert redirect in terminal.expect(r"Callback URL, exactly this:\s+(\S+)")[1]
        terminal.expect("Client ID: ")
        terminal.type(CLIENT_ID)
        terminal.expect(r"as you paste it\): ")
        terminal.type(CLIENT_SECRET)
        terminal.expect(r"\[y/N\]: ")
        terminal.type("y")
        url = terminal.expect(rf"{vendor.url}/authorize\?\S+")[0]
        assert "You are logged in to Atlassian" in agree(url)
        assert terminal.ended() == 0, terminal.shown
    assert not [part for part in guide_shows("Open this address", vendor.url) if part not in terminal.shown]
    assert CLIENT_SECRET not in terminal.shown
    told = newcomer.run("mcp-suite", "auth", "status", "jira")
    for part in ("logged in", CLIENT_ID, vendor.url, "read:jira-work", "a private file"):
        assert part in told
    assert not troubles(newcomer.doctor(status=0))
    assert "as Human PM" in newcomer.run("jira-mcp", "--check")


def test_more_access_is_one_more_login_with_the_same_app(with_login: Newcomer, vendor: Vendor) -> None:
    told = with_login.run("jira-mcp", "--check")
    assert told.endswith("access: read\n")
    log_in_by_script(with_login, vendor.url, "--access", "write")
    assert with_login.run("jira-mcp", "--check").endswith("access: write\n")
    assert not troubles(with_login.doctor(status=0))


def test_two_accounts_have_a_login_each(with_token: Newcomer, vendor: Vendor) -> None:
    log_in_by_script(with_token, vendor.url, "--account", "work")
    assert "as Human PM" in with_token.run("jira-mcp", "--check")
    assert "as Human PM" in with_token.run("jira-mcp", "--account", "work", "--check")
    with_token.run("mcp-suite", "auth", "logout", "jira")
    with_token.run("jira-mcp", "--check", status=2)
    assert "as Human PM" in with_token.run("jira-mcp", "--account", "work", "--check")


def test_what_was_never_set_up_is_not_called_half_done(newcomer: Newcomer) -> None:
    states = json.loads(newcomer.run("mcp-suite", "auth", "status", "--json"))
    assert {one["state"] for one in states} == {"not logged in"}


def test_logging_out_leaves_no_secret_behind(with_login: Newcomer) -> None:
    told = with_login.run("mcp-suite", "auth", "logout", "jira")
    assert "Forgotten:" in told
    with_login.run("mcp-suite", "auth", "status", "jira", status=1)
    with_login.run("jira-mcp", "--check", status=2)
    left = [path for path in with_login.home.rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix == ".credential"]
    assert not [path for path in left if CLIENT_SECRET in path.read_text(errors="replace")]


@pytest.mark.skipif(shutil.which("claude") is None, reason="Claude Code is not installed here")
def test_claude_code_connects_after_install(with_token: Newcomer) -> None:
    told = with_token.run("mcp-suite", "install", "claude-code", "jira")
    assert not [part for part in guide_shows("jira added") if part not in told]
    quiet = Newcomer(with_token.home, {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"})
    assert re.search(r"jira: \S+/jira-mcp +- ✔ Connected", quiet.run("claude", "mcp", "list"))
    started = [one for one in with_token.doctor(status=0) if one["check"] in ("entry", "start")]
    assert [(one["subject"], one["state"]) for one in started] == [("Claude Code", "ok")] * 2


# What can go wrong: each is named, with its fix


# With what a login asks for, every tool works: the gateway judges each request by the vendor's own description


@pytest.mark.parametrize("profile", [JIRA, JIRA_GRANULAR], ids=["classic", "granular"])
def test_every_tool_works_with_the_scopes_that_a_login_asks_for(
    newcomer: Newcomer, vendor: Vendor, profile: OAuthProfile
) -> None:
    def called(server: StdioServer, name: str, /, **arguments: Any) -> str:
        names.discard(name)
        told, failed = server.call(name, arguments)
        assert not failed, f"{name}: {told}"
        return told

    with app_server(newcomer, vendor, profile, Access.DELETE) as server:
        server.initialize()
        names = {tool["name"] for tool in server.tools()}
        called(server, "jira_search_issues", project="PMOS", assignee="me", sprint="open", limit=2)
        called(server, "jira_search_issues", project="PMOS", count_only=True)
        everything = ["comments", "worklogs", "children", "changes", "transitions", "all_fields"]
        called(server, "jira_get_issue", key="PMOS-12", include=everything)
        called(server, "jira_list_projects")
        called(server, "jira_list_issue_types", project="PMOS")
        called(server, "jira_list_fields", project="PMOS", type="Task")
        called(server, "jira_search_users", query="alex", project="PMOS")
        called(server, "jira_search_users", query="alex")
        fields = {"priority": "High", "labels": ["a"]}
        told = called(
            server, "jira_create_issue", project="PMOS", type="Task", summary="A", assignee="me", fields=fields
        )
        made = re.search(r"PMOS-\d+", told)
        assert made
        called(server, "jira_create_issues", project="PMOS", issues=[{"type": "Task", "summary": "B"}])
        called(server, "jira_update_issue", key=made[0], fields={"summary": "C", "labels": {"add": ["b"]}})
        called(server, "jira_transition_issue", key=made[0], status="In Progress", comment="Begun.")
        said = re.search(r"comment (\d+)", called(server, "jira_add_comment", key=made[0], body="Hello."))
        assert said
        called(server, "jira_update_comment", key=made[0], comment_id=said[1], body="Hello again.")
        assert "Hello again." in called(server, "jira_list_comments", key=made[0])
        called(server, "jira_delete_comment", key=made[0], comment_id=said[1], confirm=True)
        called(server, "jira_add_attachment", key=made[0], name="notes.md", text="Noted.")
        assert "Noted." in called(server, "jira_get_attachment", key=made[0], attachment="notes.md")
        called(server, "jira_delete_attachment", key=made[0], attachment="notes.md", confirm=True)
        called(server, "jira_add_link", from_key=made[0], relation="blocks", to_key="PMOS-12")
        called(server, "jira_delete_issue", key=made[0], confirm=True)
        assert not names


@contextmanager
def app_server(person: Newcomer, vendor: Vendor, profile: OAuthProfile, access: Access) -> Generator[StdioServer]:
    """A server that got its login by variables, as in a container."""
    granted = vendor.authorizations.grant(*profile.scopes_for(access))
    login = {"JIRA_CLOUD_URL": vendor.url, "JIRA_CLIENT_ID": CLIENT_ID, "JIRA_CLIENT_SECRET": CLIENT_SECRET}
    given = {"JIRA_REFRESH_TOKEN": granted.refresh_token or "", "MCP_SUITE_KEYRING": "off"}
    with StdioServer("jira_mcp", {**person.env, **login, **given, "JIRA_ACCESS": access.value}) as server:
        yield server
