"""Logging in to Slack, whose accounts have no e-mail address, whose apps need no secret, and which revokes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import Result

from connector_kit.oauth.settings import manager_of
from connector_kit.oauth.vault import Vault
from connector_kit.secret_store import SecretStore
from mcp_suite.errors import SuiteError
from slack_mcp.sandbox import BOT_REDIRECT, SANDBOX_BOT_TOKEN, SANDBOX_TOKEN
from slack_mcp.sandbox.oauth.clients import PKCE_CLIENT_ID
from slack_mcp.settings import SlackSettings

Auth = Callable[..., Result]
BACK = "http://127.0.0.1:0/callback"


@pytest.fixture(autouse=True)
def at_the_sandbox(slack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", slack)


def done(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refusal(result: Result) -> str:
    """What the command would print on standard error."""
    assert isinstance(result.exception, SuiteError), (result.output, result.exception)
    return str(result.exception)


def test_two_accounts_have_a_token_each(auth: Auth) -> None:
    told = done(auth("login", "slack", "--token-stdin", typed=f"{SANDBOX_TOKEN}\n"))
    assert "user token" in told
    told = done(auth("login", "slack", "--account", "bot", "--token-stdin", typed=f"{SANDBOX_BOT_TOKEN}\n"))
    assert "bot token" in told
    usual, bot = SlackSettings.load(), SlackSettings.load(account="bot")
    usual.require()
    bot.require()
    assert (usual.kind, bot.kind) == ("user", "bot")
    assert done(auth("status", "slack")).count(": logged in") == 2
    done(auth("logout", "slack", "--account", "bot"))
    assert [key.account for key, _ in SecretStore.default().list("slack")] == ["default"]


def test_a_person_logs_in_with_an_app_without_a_secret_and_logout_revokes(
    auth: Auth, person: Any, at_a_terminal: None, env_file: Path
) -> None:
    options = ("--oauth", "--redirect-uri", BACK)
    told = done(auth("login", "slack", *options, typed=f"\n{PKCE_CLIENT_ID}\n\n"))
    assert "https://api.slack.com/apps" in told
    assert '"channels:history",\n' in told
    assert "user token" in told
    assert f"SLACK_CLIENT_ID={PKCE_CLIENT_ID}" in env_file.with_name(".env.slack").read_text()
    assert SecretStore.default().list("slack") == []
    tokens = anyio.run(manager_of(SlackSettings.load()).tokens)
    assert tokens is not None
    assert tokens.extra["team"]
    assert "OAuth in the browser" in done(auth("status", "slack"))
    assert "(revoked)" in done(auth("logout", "slack"))
    assert Vault.default().list("slack") == []


def test_a_bot_needs_an_address_to_come_back_to(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_TOKEN_KIND", "bot")
    told = refusal(auth("login", "slack", "--client-id", "app", "--secret-stdin", typed="secret\n"))
    assert told == "--redirect-uri is missing: Slack takes none on this machine."
    options = ("--client-id", "app", "--secret-stdin", "--redirect-uri", BOT_REDIRECT)
    assert "Run `mcp-suite auth login slack` in a terminal" in refusal(auth("login", "slack", *options, typed="abc\n"))


def test_nothing_is_made_up_about_an_account_that_is_not_there(auth: Auth) -> None:
    result = auth("status", "slack")
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == "slack: not logged in"
    assert "default" not in result.output


def test_an_option_of_another_service_is_refused(auth: Auth) -> None:
    options = ("--token-stdin", "--email", "me@example.com")
    assert refusal(auth("login", "slack", *options, typed="x\n")) == "--email means nothing to Slack."


def test_a_script_is_told_the_flags_that_slack_has(auth: Auth) -> None:
    told = refusal(auth("login", "slack"))
    assert "auth login slack --token-stdin < FILE" in told
    assert "--url" not in told
