"""Logging in in the browser, at Atlassian played on loopback, as a person or a script would."""

import os
import socket
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import Result

from connector_kit.keyring_access import Backend
from connector_kit.oauth import profiles
from connector_kit.oauth.vault import Vault
from connector_kit.secret_store import SecretStore
from connector_kit.testing.keyrings import MemoryKeyring
from jira_mcp.client import connect
from jira_mcp.sandbox import CLOUD_ID, SANDBOX_EMAIL, SANDBOX_TOKEN
from jira_mcp.settings import JiraSettings
from mcp_suite.auth import oauth_login
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET

from .logins import BACK, forged, key, log_in, nothing_is_stored, refusal, stored

Auth = Callable[..., Result]
UseKeyring = Callable[[Backend | None], None]
SIGNED_IN = "signed in to PM OS sandbox at https://pm-os.sandbox.invalid as Human PM"


def test_a_script_logs_in_and_the_server_finds_what_was_stored(
    auth: Auth, vendor: Any, person: Any, env_file: Path
) -> None:
    result = log_in(auth, vendor.url)
    assert result.exit_code == 0, (result.output, result.exception)
    assert f"Jira: {SIGNED_IN}" in result.output
    assert "mcp-suite doctor jira" in result.output
    assert "mcp-suite install claude-code jira" in result.output
    assert env_file.read_text().splitlines()[1:] == [
        f"JIRA_URL={vendor.url}",
        f"JIRA_CLIENT_ID={CLIENT_ID}",
        f"JIRA_REDIRECT_URI={BACK}",
    ]
    assert SecretStore.default().get(key(vendor.url)) == CLIENT_SECRET
    tokens = stored()
    assert tokens is not None
    assert tokens.extra == {"cloud_id": CLOUD_ID, "site": vendor.url, "signed_in": SIGNED_IN}
    assert tokens.scopes == ("offline_access", "read:jira-work", "read:jira-user")
    for secret in (CLIENT_SECRET, tokens.access_token, tokens.refresh_token or "-"):
        assert secret not in result.output + env_file.read_text()

    async def serve() -> str:
        client = await connect(JiraSettings.load())
        try:
            return await client.check()
        finally:
            await client.aclose()

    assert anyio.run(serve) == SIGNED_IN
    if os.name == "posix":
        assert stat.S_IMODE(env_file.stat().st_mode) == 0o600


def test_a_person_is_told_how_the_app_is_made_and_asked_for_two_things(
    auth: Auth, vendor: Any, person: Any, at_a_terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        usual = f"http://localhost:{free.getsockname()[1]}/callback"
    monkeypatch.setattr(profiles, "JIRA", replace(profiles.JIRA, redirect_uri=usual))
    typed = f"2\n{CLIENT_ID}\n{CLIENT_SECRET}\n"
    result = auth("login", "jira", "--url", vendor.url, "--access", "write", typed=typed)
    assert result.exit_code == 0, (result.output, result.exception)
    told = result.output
    for expected in ("developer.atlassian.com/console/myapps", usual, "Classic scopes"):
        assert expected in told
    assert "       read:jira-work\n       read:jira-user\n       write:jira-work\n" in told
    assert "offline_access\n" not in told
    assert CLIENT_SECRET not in told
    assert person.question["scope"] == "offline_access read:jira-work read:jira-user write:jira-work"
    assert JiraSettings.load().access.value == "write"
    assert JiraSettings.load().redirect_uri is None


def test_the_next_login_asks_for_nothing_again(auth: Auth, vendor: Any, person: Any, at_a_terminal: None) -> None:
    log_in(auth, vendor.url)
    first = stored()
    result = auth("login", "jira", "--oauth", "--access", "delete")
    assert result.exit_code == 0, (result.output, result.exception)
    assert f"With the app {CLIENT_ID}, as before" in result.output
    again = stored()
    assert first is not None
    assert again is not None
    assert first.refresh_token != again.refresh_token
    assert "write:jira-work" in again.scopes


def test_granular_scopes_are_asked_for_when_wanted_and_from_then_on(
    auth: Auth, vendor: Any, person: Any, at_a_terminal: None
) -> None:
    assert log_in(auth, vendor.url, "--granular-scopes", "--access", "delete").exit_code == 0
    scopes = person.question["scope"].split()
    assert {"read:issue:jira", "delete:issue:jira"} <= set(scopes)
    assert "read:jira-work" not in scopes
    assert auth("login", "jira", "--oauth").exit_code == 0
    assert person.question["scope"].split() == scopes
    assert auth("login", "jira", "--classic-scopes").exit_code == 0
    assert "read:jira-work" in person.question["scope"].split()


# One way of signing in takes the place of the other


def test_a_login_takes_the_place_of_an_api_token(auth: Auth, vendor: Any, person: Any, env_file: Path) -> None:
    auth("login", "jira", "--url", vendor.url, "--email", SANDBOX_EMAIL, "--token-stdin", typed=f"{SANDBOX_TOKEN}\n")
    assert JiraSettings.load().login == "token"
    env_file.write_text(env_file.read_text() + "JIRA_REFRESH_TOKEN=from-another-place\nJIRA_TIMEOUT=20\n")
    result = log_in(auth, vendor.url)
    assert result.exit_code == 0, (result.output, result.exception)
    assert "Taken out of that file: JIRA_EMAIL, JIRA_REFRESH_TOKEN." in result.output
    assert f"Forgotten: the token of {SANDBOX_EMAIL} at 127.0.0.1. Revoke it at https://id.atlassian.com/" in (
        result.output
    )
    assert "JIRA_TIMEOUT=20" in env_file.read_text()
    assert JiraSettings.load().login == "oauth"
    assert [one for one, _ in SecretStore.default().list()] == [key(vendor.url)]


def test_an_api_token_takes_the_place_of_a_login(auth: Auth, vendor: Any, person: Any, env_file: Path) -> None:
    log_in(auth, vendor.url)
    result = auth("login", "jira", "--email", SANDBOX_EMAIL, "--token-stdin", typed=f"{SANDBOX_TOKEN}\n")
    assert result.exit_code == 0, (result.output, result.exception)
    assert "Taken out of that file: JIRA_CLIENT_ID, JIRA_REDIRECT_URI." in result.output
    assert f"Forgotten: the login with the app {CLIENT_ID} at {key(vendor.url).host}." in result.output
    assert "take the consent back at" in result.output
    assert JiraSettings.load().login == "token"
    assert Vault.default().list() == []
    assert [one.field for one, _ in SecretStore.default().list()] == ["api_token"]


def test_a_new_login_comes_before_a_refresh_token_in_this_shell(
    auth: Auth, vendor: Any, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_REFRESH_TOKEN", "given by a shell")
    result = log_in(auth, vendor.url)
    assert "Run: unset JIRA_REFRESH_TOKEN\n" in result.output
    tokens = stored()
    assert tokens is not None
    assert tokens.refresh_token != "given by a shell"


# Nothing is stored when anything fails


def test_a_person_who_declines_leaves_nothing_behind(auth: Auth, vendor: Any, person: Any, tmp_path: Path) -> None:
    person.decision = "deny"
    told = refusal(log_in(auth, vendor.url))
    assert "was declined" in told
    assert told.endswith("Nothing was stored or changed.")
    assert nothing_is_stored(tmp_path)


def test_a_wrong_client_secret_is_named(auth: Auth, vendor: Any, person: Any, tmp_path: Path) -> None:
    told = refusal(log_in(auth, vendor.url, secret="wrong"))
    assert "does not accept the client id or secret" in told
    assert "Compare both with what the app's settings show." in told
    assert nothing_is_stored(tmp_path)


def test_a_person_with_a_wrong_client_secret_is_asked_again(
    auth: Auth, vendor: Any, person: Any, at_a_terminal: None
) -> None:
    typed = f"{CLIENT_ID}\nwrong\n\n{CLIENT_SECRET}\n"
    result = auth("login", "jira", "--oauth", "--url", vendor.url, "--redirect-uri", BACK, typed=typed)
    assert result.exit_code == 0, (result.output, result.exception)
    assert "That did not work" in result.output
    assert SecretStore.default().get(key(vendor.url)) == CLIENT_SECRET


def test_an_answer_of_another_login_is_not_taken(auth: Auth, vendor: Any, person: Any) -> None:
    def forged_first(back: str) -> list[str]:
        return [forged(back), back]

    person.detour = forged_first
    assert log_in(auth, vendor.url).exit_code == 0
    assert [page.status_code for page in person.finished()] == [400, 200]


def test_a_login_that_only_forged_answers_reach_ends_with_nothing(
    auth: Auth, vendor: Any, person: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth_login, "TIMEOUT", 1.0)

    def only_forged(back: str) -> list[str]:
        return [forged(back)]

    person.detour = only_forged
    assert "Nobody answered the login" in refusal(log_in(auth, vendor.url))
    assert nothing_is_stored(tmp_path)


def test_a_login_that_opened_no_site_is_told(auth: Auth, vendor: Any, person: Any, tmp_path: Path) -> None:
    vendor.open_sites()
    assert "opened no Atlassian site" in refusal(log_in(auth, vendor.url))
    assert nothing_is_stored(tmp_path)


def test_a_check_that_is_refused_after_the_login_stores_nothing(
    auth: Auth, vendor: Any, person: Any, tmp_path: Path
) -> None:
    vendor.hosts.authorizations.granted_scopes = ("write:jira-work",)
    told = refusal(log_in(auth, vendor.url))
    assert "scope" in told
    assert nothing_is_stored(tmp_path)


def test_a_failed_login_leaves_the_one_before_as_it_is(auth: Auth, vendor: Any, person: Any, env_file: Path) -> None:
    log_in(auth, vendor.url)
    before, tokens = env_file.read_bytes(), stored()
    vendor.hosts.authorizations.granted_scopes = ("write:jira-work",)
    refusal(log_in(auth, vendor.url, "--access", "delete"))
    assert env_file.read_bytes() == before
    assert stored() == tokens


def test_a_vendor_that_cannot_be_reached_is_told(auth: Auth, person: Any, vendor: Any, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}"
    person.instead = vendor.url
    told = refusal(log_in(auth, gone))
    assert "cannot be reached" in told
    assert nothing_is_stored(tmp_path)


def test_a_taken_port_is_named_with_the_variable_before_anything_is_asked(
    auth: Auth, vendor: Any, at_a_terminal: None
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        back = f"http://localhost:{taken.getsockname()[1]}/callback"
        result = auth("login", "jira", "--oauth", "--url", vendor.url, "--redirect-uri", back)
    told = refusal(result)
    assert "taken by another program" in told
    assert "JIRA_REDIRECT_URI" in told
    assert "Client" not in result.output


@pytest.mark.parametrize("earlier", [False, True])
def test_an_env_file_that_cannot_be_written_leaves_login_and_secret_as_they_were(
    auth: Auth, vendor: Any, person: Any, env_file: Path, earlier: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = None
    if earlier:
        log_in(auth, vendor.url)
        before = stored()
    env_file.parent.mkdir(exist_ok=True)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mcp_suite.auth.env_file.write_private", fail)
    assert "cannot be written" in refusal(log_in(auth, vendor.url, "--access", "write"))
    if earlier:
        assert stored() == before
        assert SecretStore.default().get(key(vendor.url)) == CLIENT_SECRET
    else:
        assert Vault.default().list() == []
        assert SecretStore.default().list() == []


# Which site


def test_of_two_sites_a_script_must_name_one(auth: Auth, vendor: Any, person: Any, env_file: Path) -> None:
    vendor.open_sites(vendor.own, vendor.other)
    assert log_in(auth, vendor.url).exit_code == 0
    env_file.unlink()
    told = refusal(log_in(auth, f"{vendor.url.replace('127.0.0.1', 'localhost')}"))
    assert vendor.own.url in told
    assert vendor.other.url in told
    assert "--url" in told


def test_a_person_chooses_among_two_sites(auth: Auth, vendor: Any, person: Any, at_a_terminal: None) -> None:
    vendor.open_sites(vendor.other, vendor.own)
    log_in(auth, vendor.url)
    result = auth("login", "jira", "--oauth", typed="\n")
    assert result.exit_code == 0, (result.output, result.exception)
    assert "The login opened 2 sites:" in result.output
    assert f"  {vendor.other.url}  (PM OS Two)" in result.output
    assert JiraSettings.load().url == vendor.url


def test_a_site_that_is_somewhere_else_than_the_login_is_not_taken(
    auth: Auth, vendor: Any, person: Any, at_a_terminal: None, tmp_path: Path
) -> None:
    vendor.open_sites(vendor.other, vendor.own)
    log_in(auth, vendor.url)
    before = stored()
    number = "1" if vendor.other.url < vendor.own.url else "2"
    told = refusal(auth("login", "jira", "--oauth", typed=f"{number}\n"))
    assert f"{vendor.other.url} is not a site of" in told
    assert f"--oauth --url {vendor.other.url}" in told
    assert stored() == before


# Where the secrets go


def test_without_a_keyring_a_script_must_agree_to_files_before_the_browser_opens(
    auth: Auth, vendor: Any, person: Any, tmp_path: Path, use_keyring: UseKeyring
) -> None:
    use_keyring(None)
    result = log_in(auth, vendor.url)
    assert refusal(result) == "Nothing was stored or changed. To agree to the file, add --yes."
    assert "unencrypted" in result.output
    assert "it does not keep them from programs that run as you" in result.output
    assert person.opened == []
    assert nothing_is_stored(tmp_path)
    assert log_in(auth, vendor.url, "--yes").exit_code == 0
    assert [place for _, place in Vault.default().list("jira")] == ["file"]
    assert "unencrypted" not in log_in(auth, vendor.url).output, "what lies there already was agreed to"


def test_a_person_may_refuse_the_files(
    auth: Auth, vendor: Any, person: Any, tmp_path: Path, at_a_terminal: None, use_keyring: UseKeyring
) -> None:
    use_keyring(None)
    typed = f"{CLIENT_ID}\n{CLIENT_SECRET}\nn\n"
    result = auth("login", "jira", "--oauth", "--url", vendor.url, "--redirect-uri", BACK, typed=typed)
    assert refusal(result) == "Nothing was stored or changed."
    assert "Keep them in these files?" in result.output
    assert nothing_is_stored(tmp_path)


def test_a_keyring_is_used_without_asking(
    auth: Auth, vendor: Any, person: Any, tmp_path: Path, use_keyring: UseKeyring
) -> None:
    backend = MemoryKeyring()
    use_keyring(backend)
    result = log_in(auth, vendor.url)
    assert result.exit_code == 0, (result.output, result.exception)
    assert "the login, encrypted with a key in the keyring, the client secret in the keyring" in result.output
    assert CLIENT_SECRET in backend.kept.values()
    assert not (tmp_path / "state" / "credentials" / "key").exists()


# The command line


@pytest.mark.parametrize("options", [["--oauth", "--email", "me@example.com"], ["--token-stdin", "--client-id", "x"]])
def test_options_of_both_ways_are_refused(auth: Auth, options: list[str]) -> None:
    assert "give one of them" in refusal(auth("login", "jira", *options))


def test_a_script_is_told_all_that_is_missing_at_once(auth: Auth) -> None:
    assert refusal(auth("login", "jira", "--oauth", "--redirect-uri", BACK)) == (
        "--client-id is missing; the client secret on standard input is missing."
    )


def test_without_a_browser_the_address_is_printed(
    auth: Auth, vendor: Any, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth_login, "TIMEOUT", 0.5)
    result = log_in(auth, vendor.url, "--no-browser")
    assert "Nobody answered" in refusal(result)
    assert f"{vendor.url}/authorize?" in result.output
    assert "The browser has to come back to this machine." in result.output
    assert person.opened == []
