"""Logging in at a real terminal, in a process of its own: what is shown, what is hidden, and how it is left."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from connector_kit.testing.terminal import Terminal
from jira_mcp.sandbox import SANDBOX_EMAIL, SANDBOX_TOKEN
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET
from slack_mcp.sandbox import BOT_REDIRECT
from slack_mcp.sandbox import SANDBOX_TOKEN as SLACK_TOKEN
from slack_mcp.sandbox.oauth.clients import CLIENT_ID as CLIENT_OF_BOT
from slack_mcp.sandbox.oauth.clients import CLIENT_SECRET as SECRET_OF_BOT
from slack_mcp.sandbox.oauth.clients import PKCE_CLIENT_ID
from snowflake_mcp.sandbox import ACCOUNT, READ_ROLE, SANDBOX_USER, WAREHOUSE
from snowflake_mcp.sandbox import SANDBOX_TOKEN as SNOWFLAKE_TOKEN

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of another kind")

BACK = "http://127.0.0.1:0/callback"
HIDDEN = "you paste it): "
"""The end of a prompt for a secret. Its blank comes when the echo is off and what was typed before is thrown away."""

BROWSER = """
import sys, httpx2
with httpx2.Client(trust_env=False, timeout=60) as http:
    http.get(http.post(sys.argv[1], data={"decision": "accept"}).headers["location"])
"""


def at_terminal(home: Path, *arguments: str, **environment: str) -> Terminal:
    """`mcp-suite auth …` at a terminal, with an empty home."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", "MCP_SUITE_KEYRING": "off"}
    command = [sys.executable, "-m", "mcp_suite", "auth", *arguments]
    return Terminal(command, {**variables, **environment}, cwd=home)


def left(home: Path) -> list[Path]:
    """The files that are there now."""
    return [path for path in home.rglob("*") if path.is_file() and path.suffix not in (".lock", ".py")]


def test_an_api_token_is_not_shown(site: str, tmp_path: Path) -> None:
    with at_terminal(tmp_path, "login", "jira") as terminal:
        terminal.answer("1 or 2 [1]: ", "1")
        terminal.answer("Site:", site)
        terminal.answer("E-mail:", SANDBOX_EMAIL)
        terminal.answer(HIDDEN, SANDBOX_TOKEN)
        assert terminal.ended() == 0, terminal.shown
    assert "signed in to PM OS sandbox" in terminal.shown
    assert SANDBOX_TOKEN not in terminal.shown
    assert ".env.jira" in {path.name for path in left(tmp_path)}


def test_a_secret_that_is_to_come_on_standard_input_is_asked_for_at_a_terminal_and_not_shown(
    site: str, tmp_path: Path
) -> None:
    options = ("--url", site, "--email", SANDBOX_EMAIL, "--token-stdin")
    with at_terminal(tmp_path, "login", "jira", *options) as terminal:
        terminal.answer(HIDDEN, SANDBOX_TOKEN)
        assert terminal.ended() == 0, terminal.shown
    assert SANDBOX_TOKEN not in terminal.shown


def test_a_whole_login_in_the_browser(vendor: Any, tmp_path: Path) -> None:
    (tmp_path / "browser.py").write_text(BROWSER)
    browser = f"{sys.executable} {tmp_path / 'browser.py'} %s"  # runs until its page is shown, as one in a window
    options = ("--oauth", "--url", vendor.url, "--redirect-uri", BACK)
    with at_terminal(tmp_path, "login", "jira", *options, BROWSER=browser) as terminal:
        terminal.answer("Client ID:", CLIENT_ID)
        terminal.answer(HIDDEN, CLIENT_SECRET)
        assert terminal.ended() == 0, terminal.shown
    assert "If no browser window opened" in terminal.shown
    assert "signed in to PM OS sandbox" in terminal.shown
    assert CLIENT_SECRET not in terminal.shown
    assert {path.suffix for path in left(tmp_path)} >= {".credential", ".jira"}


def test_an_answer_that_comes_back_elsewhere_is_pasted(vendor: Any, tmp_path: Path) -> None:
    back = "https://app.example.com/callback"
    options = ("--oauth", "--url", vendor.url, "--redirect-uri", back, "--no-browser")
    with at_terminal(tmp_path, "login", "jira", *options) as terminal:
        terminal.answer("Client ID:", CLIENT_ID)
        terminal.answer(HIDDEN, CLIENT_SECRET)
        terminal.answer("Paste it here: ", "https://app.example.com/callback?code=another&state=forged")
        terminal.until("That is not the address")
        question = terminal.shown.split("/authorize?")[1].split("\n")[0]
        # The page of the sandbox sends nobody elsewhere; the authorization server itself does.
        address = str(vendor.hosts.authorizations.authorize(dict(parse_qsl(question))))
        assert urlsplit(address).netloc == "app.example.com"
        terminal.answer("Paste it here: ", address)
        assert terminal.ended() == 0, terminal.shown
    assert "signed in to PM OS sandbox" in terminal.shown


@pytest.mark.parametrize("moment", ["way", "secret", "browser", "paste"])
def test_ctrl_c_leaves_nothing_behind(vendor: Any, tmp_path: Path, moment: str) -> None:
    back = "https://app.example.com/callback" if moment == "paste" else BACK
    options = () if moment == "way" else ("--oauth", "--url", vendor.url, "--redirect-uri", back, "--no-browser")
    with at_terminal(tmp_path, "login", "jira", *options) as terminal:
        if moment == "way":
            terminal.until("1 or 2 [1]: ")
        else:
            terminal.answer("Client ID:", CLIENT_ID)
            terminal.until(HIDDEN)
        if moment in ("browser", "paste"):
            terminal.type(CLIENT_SECRET)
            terminal.until("/authorize?" if moment == "browser" else "Paste it here: ")
        terminal.interrupt()
        assert terminal.ended() == 130, terminal.shown
    assert "mcp-suite: Nothing was stored or changed.\n" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert "Fatal" not in terminal.shown
    assert left(tmp_path) == []


def test_a_person_of_slack_logs_in_in_the_browser_with_an_app_without_a_secret(slack: str, tmp_path: Path) -> None:
    (tmp_path / "browser.py").write_text(BROWSER)
    browser = f"{sys.executable} {tmp_path / 'browser.py'} %s"
    options = ("--url", slack, "--redirect-uri", BACK)
    with at_terminal(tmp_path, "login", "slack", *options, BROWSER=browser) as terminal:
        terminal.answer("As user or bot [user]: ", "owner")
        terminal.answer("That is not 'user' or 'bot'.\nAs user or bot [user]: ", "")
        terminal.answer("Client ID:", PKCE_CLIENT_ID)
        terminal.answer(HIDDEN, "")
        assert terminal.ended() == 0, terminal.shown
    assert f'"{BACK}"' in terminal.shown
    assert "user token" in terminal.shown
    written = (tmp_path / ".config" / "mcp-integration-suite" / ".env.slack").read_text()
    assert f"SLACK_API_URL={slack}\n" in written
    assert "SLACK_TOKEN_KIND=user\n" in written


def test_the_consent_for_a_bot_of_slack_is_pasted(slack: str, tmp_path: Path) -> None:
    with at_terminal(tmp_path, "login", "slack", "--oauth", "--url", slack, "--no-browser") as terminal:
        terminal.answer("As user or bot [user]: ", "bot")
        terminal.answer("Redirect URL:", BOT_REDIRECT)
        terminal.answer("Client ID:", CLIENT_OF_BOT)
        terminal.answer(HIDDEN, SECRET_OF_BOT)
        terminal.until("Paste it here: ")
        question = next(line for line in terminal.shown.splitlines() if "/oauth/v2/authorize?" in line)
        with httpx2.Client(trust_env=False) as http:
            back = http.post(question.strip(), data={"decision": "accept"}).headers["location"]
        assert back.startswith(BOT_REDIRECT)
        terminal.type(back)
        assert terminal.ended() == 0, terminal.shown
    assert "bot token" in terminal.shown
    assert '"bot_user"' in terminal.shown
    assert SECRET_OF_BOT not in terminal.shown


def test_a_token_of_slack_is_taken_as_the_guide_shows(slack: str, tmp_path: Path) -> None:
    with at_terminal(tmp_path, "login", "slack", "--url", slack) as terminal:
        terminal.answer("1 or 2 [1]: ", "1")
        terminal.answer(HIDDEN, SLACK_TOKEN)
        assert terminal.ended() == 0, terminal.shown
    parts = shown_by_the_guide("slack", "Two ways to log in", "\n\nIn the browser")
    assert not [part for part in parts if part not in terminal.shown]
    assert SLACK_TOKEN not in terminal.shown


def shown_by_the_guide(service: str, begin: str, end: str) -> list[str]:
    """The parts, between "…", of what a guide says a terminal shows."""
    guide = (Path(__file__).parents[2] / "setup_guides" / f"{service}.md").read_text(encoding="utf-8")
    block = guide[guide.index(f"    {begin}") :].partition(end)[0]
    return [part.strip() for line in block.splitlines() for part in line.split("…")]


def test_a_token_of_snowflake_is_taken_as_the_guide_shows(snowflake: str, tmp_path: Path) -> None:
    with at_terminal(tmp_path, "login", "snowflake", "--url", snowflake) as terminal:
        terminal.answer("1 to 5 [1]: ", "9")
        terminal.answer("That is none of 1 to 5.\nWhich one, 1 to 5 [1]: ", "1")
        terminal.answer("Account: ", ACCOUNT)
        terminal.answer("User: ", SANDBOX_USER)
        terminal.answer("Role: ", READ_ROLE)
        terminal.answer("Warehouse: ", WAREHOUSE)
        terminal.answer(HIDDEN, SNOWFLAKE_TOKEN)
        assert terminal.ended() == 0, terminal.shown
    parts = shown_by_the_guide("snowflake", "Five ways to log in", "\n\nThe secret goes")
    assert not [part for part in parts if part not in terminal.shown]
    assert SNOWFLAKE_TOKEN not in terminal.shown


def test_the_passphrase_of_a_key_is_not_shown(snowflake: str, tmp_path: Path) -> None:
    key, passphrase = tmp_path / "snowflake key.p8", "open-sesame"
    lock = BestAvailableEncryption(passphrase.encode())
    key.write_bytes(generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    with at_terminal(tmp_path, "login", "snowflake", "--way", "key_pair", "--url", snowflake) as terminal:
        terminal.answer("Account: ", ACCOUNT)
        terminal.answer("User: ", SANDBOX_USER)
        terminal.answer("Private key file: ", str(key))
        terminal.until("Run: chmod 600")
        key.chmod(0o600)
        terminal.answer("Private key file: ", f"~/{key.name}")
        terminal.answer("Role: ", "")
        terminal.answer("Warehouse: ", WAREHOUSE)
        terminal.answer(HIDDEN, "guess")
        terminal.until("That does not open the key.")
        terminal.answer(HIDDEN, passphrase)
        assert terminal.ended() == 0, terminal.shown
    assert "Stored: the passphrase in a private file" in terminal.shown
    assert passphrase not in terminal.shown
    written = (tmp_path / ".config" / "mcp-integration-suite" / ".env.snowflake").read_text()
    assert f"SNOWFLAKE_PRIVATE_KEY_FILE='{key}'\n" in written
