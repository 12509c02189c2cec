"""Logging in through OAuth as a script does, and what is there afterwards."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import anyio
from typer.testing import Result

from connector_kit.oauth.settings import manager_of
from connector_kit.oauth.tokens import TokenSet
from connector_kit.secret_store import SecretKey
from jira_mcp.settings import JiraSettings
from mcp_suite.errors import SuiteError
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET

BACK = "http://127.0.0.1:0/callback"


def forged(back: str) -> str:
    """The answer to a login with the state of another."""
    return back.replace("state=", "state=forged")


def log_in(auth: Callable[..., Result], site: str, *more: str, secret: str = CLIENT_SECRET) -> Result:
    options = ("--oauth", "--url", site, "--client-id", CLIENT_ID, "--secret-stdin", "--redirect-uri", BACK)
    return auth("login", "jira", *options, *more, typed=f"{secret}\n")


def refusal(result: Result) -> str:
    """What the command would print on standard error."""
    assert isinstance(result.exception, SuiteError), (result.output, result.exception)
    return str(result.exception)


def key(site: str) -> SecretKey:
    return SecretKey("jira", CLIENT_ID, urlsplit(site).netloc, "client_secret")


def stored(account: str = "") -> TokenSet | None:
    """The login that a server would find."""
    return anyio.run(manager_of(JiraSettings.load(account=account)).tokens)


def nothing_is_stored(tmp_path: Path) -> bool:
    """Whether neither settings nor secrets nor a login are there."""
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return left == []
