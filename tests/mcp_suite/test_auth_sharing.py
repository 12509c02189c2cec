"""Logging in to a service with the login of another one of the same vendor."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from typer.testing import Result

from confluence_mcp import sandbox as confluence_sandbox
from confluence_mcp.settings import ConfluenceSettings
from jira_mcp import sandbox as jira_sandbox
from jira_mcp.sandbox import SANDBOX_EMAIL, SANDBOX_TOKEN
from jira_mcp.settings import JiraSettings

from .conftest import served
from .logins import refusal

Auth = Callable[..., Result]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site that has Jira and Confluence."""
    folder = tmp_path_factory.mktemp("both")
    jira: ASGIApp = jira_sandbox.create_app(folder / "jira.sqlite3")
    confluence: ASGIApp = confluence_sandbox.create_app(folder / "confluence.sqlite3")

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        is_wiki = scope["type"] == "http" and scope["path"].startswith("/wiki")
        await (confluence if is_wiki else jira)(scope, receive, send)

    with served(site) as address:
        yield address


def log_in_to_jira(auth: Auth, site: str) -> None:
    options = ("--url", site, "--email", SANDBOX_EMAIL, "--token-stdin")
    assert auth("login", "jira", *options, typed=f"{SANDBOX_TOKEN}\n").exit_code == 0


def confluence_settings() -> ConfluenceSettings:
    settings = ConfluenceSettings.load()
    settings.require()
    return settings


def test_a_script_takes_site_and_token_of_the_other_service(auth: Auth, both: str) -> None:
    log_in_to_jira(auth, both)
    result = auth("login", "confluence", "--like", "jira")
    assert result.exit_code == 0, (result.output, result.exception)
    assert "as Human PM" in result.output
    assert SANDBOX_TOKEN not in result.output
    settings = confluence_settings()
    assert (settings.url, settings.email, settings.secrets()) == (both, SANDBOX_EMAIL, [SANDBOX_TOKEN])


def test_each_service_has_a_copy_of_its_own(auth: Auth, both: str) -> None:
    log_in_to_jira(auth, both)
    auth("login", "confluence", "--like", "jira")
    assert auth("logout", "jira").exit_code == 0
    assert confluence_settings().secrets() == [SANDBOX_TOKEN]
    assert JiraSettings.load().missing()


def test_a_person_is_offered_the_login_that_is_there(auth: Auth, both: str, at_a_terminal: None) -> None:
    log_in_to_jira(auth, both)
    result = auth("login", "confluence", typed="y\n")
    assert result.exit_code == 0, (result.output, result.exception)
    assert f"Jira is logged in to as {SANDBOX_EMAIL} at {both}. Take the same for Confluence?" in result.output
    assert confluence_settings().url == both


def test_a_person_who_declines_is_asked_as_usual(auth: Auth, both: str, at_a_terminal: None) -> None:
    log_in_to_jira(auth, both)
    typed = f"n\n1\n{both}\n{SANDBOX_EMAIL}\n{SANDBOX_TOKEN}\n"
    result = auth("login", "confluence", typed=typed)
    assert result.exit_code == 0, (result.output, result.exception)
    assert "Two ways to log in to Confluence" in result.output


def test_nothing_is_offered_where_the_other_service_is_not_logged_in_to(auth: Auth, at_a_terminal: None) -> None:
    result = auth("login", "confluence", typed="1\n")
    assert "Take the same" not in result.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("confluence", "--like", "jira"), "it is not logged in to. Run: mcp-suite auth login jira"),
        (("confluence", "--like", "slack"), "its login can be that of jira"),
        (("slack", "--like", "jira"), "no other service has the same login"),
        (("confluence", "--like", "jira", "--url", "https://x.example.net"), "leave the options for them out"),
        (("confluence", "--like", "jira", "--token-stdin"), "leave the options for them out"),
    ],
    ids=["not logged in", "no relative", "no relatives", "and an address", "and a token"],
)
def test_what_cannot_be_is_refused_with_what_to_do(auth: Auth, arguments: tuple[str, ...], told: str) -> None:
    assert told in refusal(auth("login", *arguments))


def test_a_token_that_the_service_refuses_is_not_stored(auth: Auth, site: str, tmp_path: Path) -> None:
    """This site has no Confluence."""
    log_in_to_jira(auth, site)
    result = auth("login", "confluence", "--like", "jira")
    assert "Nothing was stored or changed." in refusal(result)
    assert ConfluenceSettings.load().missing()
