"""A newcomer's first hour: an empty home, a text terminal, no keyring, and everything that can go wrong.

The vendor is played on this machine; nothing of the newcomer's is patched, only what is typed and what is broken.
"""

import json
import re
import sys
import time
from datetime import timedelta
from typing import Any, cast

import pytest

from connector_kit.testing.stdio import StdioServer

from .newcomers import (
    CLOSED,
    Newcomer,
    Vendor,
    guide_shows,
    log_in_by_script,
    the_trouble,
    troubles,
)

pytestmark = [
    pytest.mark.stdio,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals and no signals of this kind"),
]


def test_a_wrong_address_is_named(with_token: Newcomer, vendor: Vendor) -> None:
    with_token.change(vendor.url, CLOSED)
    found = the_trouble([one for one in with_token.doctor(status=1) if one["check"] != "settings"])
    assert (found["check"], "takes no connections" in found["told"]) == ("network", True)
    assert "JIRA_URL=" in found["fix"]
    assert str(with_token.env_file) in found["fix"]
    told = " ".join(with_token.run("mcp-suite", "doctor", "jira", status=1).split())
    assert not [part for part in guide_shows("takes no connections") if " ".join(part.split()) not in told]


def test_a_wrong_token_is_told_from_trouble_on_the_way(with_token: Newcomer) -> None:
    text = with_token.env_file.read_text()
    with_token.env_file.write_text(f"{text}JIRA_API_TOKEN=sandbox-token-wrong\n")
    findings = with_token.doctor(status=1)
    assert the_trouble(findings)["check"] == "credential"
    assert "mcp-suite auth login jira" in the_trouble(findings)["fix"]
    assert [one["state"] for one in findings if one["check"] == "network"] == ["ok"]


def test_an_env_file_that_others_may_read_is_named(with_token: Newcomer) -> None:
    with_token.env_file.chmod(0o644)
    found = troubles(with_token.doctor(status=1))["jira env file"]
    assert f"chmod 600 {with_token.env_file}" in found["fix"]
    assert "mode 0644" in with_token.run("jira-mcp", "--check", status=2)


def test_a_placeholder_that_nobody_replaced_is_named(with_token: Newcomer) -> None:
    text = with_token.env_file.read_text()
    with_token.env_file.write_text(text + "JIRA_API_TOKEN=${JIRA_API_TOKEN}\n")
    found = the_trouble(with_token.doctor(status=1))
    assert "JIRA_API_TOKEN" in found["told"]
    assert "placeholder" in found["told"]
    assert "line" in found["fix"]


def test_a_machine_without_a_keyring_is_told_what_that_means(with_token: Newcomer) -> None:
    [found] = [one for one in with_token.doctor(status=0) if one["check"] == "keyring"]
    assert (found["state"], "private files" in found["told"]) == ("warn", True)
    assert "MCP_SUITE_KEYRING=off" in found["fix"]


def test_an_access_token_that_expired_is_renewed_and_nobody_is_bothered(newcomer: Newcomer, vendor: Vendor) -> None:
    vendor.authorizations.lifetime = 1.0
    log_in_by_script(newcomer, vendor.url)
    before = vendor.authorizations.count("refreshed")
    time.sleep(1.0)
    assert "as Human PM" in newcomer.run("jira-mcp", "--check")
    assert vendor.authorizations.count("refreshed") > before
    assert not troubles(newcomer.doctor(status=0))


def test_a_login_that_was_revoked_is_named_with_the_command(newcomer: Newcomer, vendor: Vendor) -> None:
    vendor.authorizations.lifetime = 1.0
    log_in_by_script(newcomer, vendor.url)
    vendor.authorizations.revoke_all()
    time.sleep(1.0)
    found = troubles(newcomer.doctor(status=1))
    assert found
    assert all("mcp-suite auth login jira" in one["fix"] for one in found.values()), found
    told = newcomer.run("jira-mcp", "--check", status=1)
    assert "expired, was revoked or replaced" in told
    assert "mcp-suite auth login jira" in told


def test_a_scope_that_the_login_lacks_is_named_with_the_command(with_login: Newcomer) -> None:
    with_login.env_file.write_text(with_login.env_file.read_text() + "JIRA_ACCESS=write\n")
    found = the_trouble(with_login.doctor(status=1))
    assert "write:jira-work" in found["told"]
    assert re.search("mcp-suite auth login jira .*--access write", found["fix"])


def test_a_tool_says_which_scope_it_lacks_before_it_sends_anything(with_login: Newcomer) -> None:
    env = {**with_login.env, "JIRA_ACCESS": "write"}
    with StdioServer("jira_mcp", env) as server:
        server.initialize()
        told, failed = server.call("jira_add_comment", {"key": "PMOS-1", "body": "Hello."})
    assert failed
    assert "write:jira-work" in told
    assert "mcp-suite auth login jira --access write" in told


def test_a_clock_that_is_two_hours_off_is_named(with_token: Newcomer, vendor: Vendor) -> None:
    vendor.ahead = timedelta(hours=2)
    found = the_trouble(with_token.doctor(status=1))
    assert found["check"] == "clock"
    assert re.search("(1 h 59|2 h 0) min behind", found["told"])


def test_a_login_outlives_a_clock_that_is_two_hours_off(newcomer: Newcomer, vendor: Vendor) -> None:
    vendor.ahead = timedelta(hours=-2)
    vendor.authorizations.clock = lambda: time.time() - 7200
    vendor.authorizations.lifetime = 1.0
    log_in_by_script(newcomer, vendor.url)
    time.sleep(1.0)
    assert "as Human PM" in newcomer.run("jira-mcp", "--check")


def test_a_proxy_that_is_down_is_named(with_token: Newcomer, vendor: Vendor) -> None:
    # This machine is never reached through a proxy, so the site has to be elsewhere.
    with_token.change(vendor.url, "https://example.atlassian.net")
    text = with_token.env_file.read_text()
    with_token.env_file.write_text(f"{text}JIRA_API_TOKEN=sandbox-token-human-pm\n")
    found = the_trouble(with_token.doctor(status=1, HTTPS_PROXY=CLOSED))
    assert "the proxy 127.0.0.1:1 (HTTPS_PROXY) is down" in found["told"]
    assert "HTTPS_PROXY" in found["fix"]


def test_a_broken_client_configuration_is_named_with_its_position(with_token: Newcomer) -> None:
    with_token.run("mcp-suite", "install", "claude-code", "jira")
    path = with_token.home / ".claude.json"
    path.write_text(path.read_text().replace('"command":', '"command"', 1))
    found = the_trouble(with_token.doctor(status=1))
    assert (found["subject"], str(path) in found["told"]) == ("Claude Code", True)
    assert re.search(r"line \d+", found["told"] + found["fix"])
    assert "line" in with_token.run("mcp-suite", "install", "claude-code", "jira", status=1)


def test_a_script_that_was_moved_is_named(with_token: Newcomer) -> None:
    with_token.run("mcp-suite", "install", "claude-code", "jira")
    path = with_token.home / ".claude.json"
    entries = cast("dict[str, Any]", json.loads(path.read_text()))
    entries["mcpServers"]["jira"]["command"] = str(with_token.home / "moved" / "jira-mcp")
    path.write_text(json.dumps(entries))
    found = the_trouble(with_token.doctor(status=1))
    assert str(with_token.home / "moved" / "jira-mcp") in found["told"]
    assert "mcp-suite install claude-code jira" in found["fix"]
    with_token.run("mcp-suite", "install", "claude-code", "jira")
    assert not troubles(with_token.doctor(status=0))
