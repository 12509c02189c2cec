"""The parts of a login that need no vendor: the choice of a site, the browser, what a check found out, the trial."""

import os
import threading
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import pytest
import typer
from typer.testing import Result

from connector_kit.oauth.profiles import JIRA
from connector_kit.oauth.sites import Site, SiteUnclear
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import CredentialId
from jira_mcp.sandbox import SANDBOX_EMAIL, SANDBOX_TOKEN
from jira_mcp.settings import JiraSettings
from mcp_suite.auth import browser, token_login
from mcp_suite.auth.attempt import Checked
from mcp_suite.auth.choosing import site_by_option, site_by_person
from mcp_suite.auth.trial import trial_vault
from mcp_suite.errors import SuiteError

Auth = Callable[..., Result]
ONE = Site("id-1", "https://one.example.net", "One")
TWO = Site("id-2", "https://two.example.net", "Two")
CREDENTIAL = CredentialId("jira", "default app", "auth.example.net")


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a person type these lines; an empty one takes what is offered, if something is."""

    def type_lines(*lines: str) -> None:
        waiting: Iterator[str] = iter(lines)

        def prompt(_: str, *, default: str | None = None) -> str:
            line = next(waiting)
            return line or default or next(waiting)

        monkeypatch.setattr(typer, "prompt", prompt)

    return type_lines


# Which site


def test_the_only_site_is_taken_without_a_question() -> None:
    assert site_by_person(JIRA, [ONE], "") == ONE
    assert site_by_person(JIRA, [ONE], "https://one.example.net/browse/A-1") == ONE


def test_the_only_site_is_asked_about_when_it_is_another_than_before(
    typing: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    typing("2", "1")
    assert site_by_person(JIRA, [ONE], TWO.url) == ONE
    told = capsys.readouterr().out
    assert "one site, another than before (https://two.example.net)" in told
    assert "That is none of them." in told


def test_of_several_sites_none_is_offered_that_was_not_in_use(typing: Callable[..., None]) -> None:
    typing("", "0", "https://three.example.net", "two.example.net")
    assert site_by_person(JIRA, [ONE, TWO], "") == TWO


def test_of_several_sites_the_one_in_use_is_offered(typing: Callable[..., None]) -> None:
    typing("")
    assert site_by_person(JIRA, [ONE, TWO], TWO.url) == TWO


def test_without_a_site_there_is_nothing_to_choose() -> None:
    with pytest.raises(SiteUnclear, match="opened no Atlassian site"):
        site_by_person(JIRA, [], "")


def test_a_script_names_its_site_by_option() -> None:
    assert site_by_option(JIRA, [ONE, TWO], "two.example.net") == TWO
    for wanted in ("", "https://three.example.net"):
        with pytest.raises(SiteUnclear, match=r"Name one of them with --url\.") as caught:
            site_by_option(JIRA, [ONE, TWO], wanted)
        assert TWO.url in str(caught.value)


# The browser


def test_a_browser_for_the_terminal_is_not_opened_unless_it_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    class Lynx(webbrowser.GenericBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            del new, autoraise
            opened.append(url)
            return True

    monkeypatch.setattr(webbrowser, "GenericBrowser", Lynx)
    monkeypatch.setattr(webbrowser, "get", lambda: Lynx("lynx"))
    monkeypatch.delenv("BROWSER", raising=False)
    assert not browser.open_page("https://a.example")
    monkeypatch.setenv("BROWSER", "lynx")
    assert browser.open_page("https://a.example")
    assert opened == ["https://a.example"]


def test_a_browser_elsewhere_is_led_back_through_a_port_that_is_known() -> None:
    assert "run there: ssh -L 8765:127.0.0.1:8765 THIS" in browser.elsewhere("http://localhost:8765/callback")
    for anyone in ("http://localhost/callback", "http://127.0.0.1:0/callback"):
        assert "ssh" not in browser.elsewhere(anyone)
        assert "--redirect-uri" in browser.elsewhere(anyone)


def test_no_browser_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> object:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    assert not browser.open_page("https://a.example")


def test_a_browser_that_stays_in_the_foreground_does_not_hold_up_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()

    class Window:
        def open(self, url: str) -> bool:
            return closed.wait(30) and bool(url)

    monkeypatch.setattr(webbrowser, "get", Window)
    monkeypatch.setattr(browser, "_PATIENCE", 0.01)
    assert browser.open_page("https://a.example")
    closed.set()


def test_nobody_who_could_paste_ends_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(writer)
    with os.fdopen(reader) as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        with pytest.raises(SuiteError, match="Nothing was stored"):
            anyio.run(browser.pasted_address)


# What a check found out


@pytest.mark.parametrize(("found", "kept"), [({"cloud_id": "11111111-2222"}, "11111111-2222"), ({}, None)])
def test_the_sites_id_is_kept_when_the_token_was_accepted_behind_the_gateway(
    auth: Auth,
    site: str,
    env_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    found: dict[str, str],
    kept: str | None,
) -> None:
    async def check(*_: object) -> Checked:
        return Checked("signed in", found)

    env_file.parent.mkdir()
    env_file.write_text(f"JIRA_URL={site}\nJIRA_CLOUD_ID=99999999-9999\n")
    env_file.chmod(0o600)
    monkeypatch.setattr(token_login, "check", check)
    result = auth("login", "jira", "--email", SANDBOX_EMAIL, "--token-stdin", typed=f"{SANDBOX_TOKEN}\n")
    assert result.exit_code == 0, (result.output, result.exception)
    assert JiraSettings.load().cloud_id == kept


# The trial


def test_a_trial_keeps_tokens_in_memory_only() -> None:
    with trial_vault(TokenSet(access_token="first")) as vault:
        folder = vault.path(CREDENTIAL).parent
        vault.rehearse(CREDENTIAL, TokenSet(access_token="second"))
        vault.save(CREDENTIAL, TokenSet(access_token="third"))
        with vault.lock(CREDENTIAL):
            assert [path.suffix for path in folder.iterdir()] == [".lock"]
        assert vault.load(CREDENTIAL) == vault.tokens == TokenSet(access_token="third")
        assert vault.delete(CREDENTIAL)
        assert not vault.delete(CREDENTIAL)
    assert not folder.exists()
