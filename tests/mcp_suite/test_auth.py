"""Logging in to the sandbox on loopback as a person or a script would, with nothing set up before."""

import json
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from connector_kit.keyring_access import Backend
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.testing.keyrings import MemoryKeyring
from jira_mcp.sandbox import SANDBOX_EMAIL, SANDBOX_TOKEN
from jira_mcp.settings import JiraSettings
from mcp_suite import servers
from mcp_suite.auth import status
from mcp_suite.auth.ages import Ages, today
from mcp_suite.errors import SuiteError

Auth = Callable[..., Result]
UseKeyring = Callable[[Backend | None], None]
KEY = SecretKey("jira", SANDBOX_EMAIL, "127.0.0.1", "api_token")


def log_in(auth: Auth, site: str, *more: str, token: str = SANDBOX_TOKEN) -> Result:
    return auth("login", "jira", "--url", site, "--email", SANDBOX_EMAIL, "--token-stdin", *more, typed=f"{token}\n")


def refusal(result: Result) -> str:
    """What the command would print on standard error."""
    assert isinstance(result.exception, SuiteError), result.output
    return str(result.exception)


def test_a_script_logs_in_and_the_server_finds_what_was_stored(auth: Auth, site: str, env_file: Path) -> None:
    result = log_in(auth, site, "--access", "write")
    assert result.exit_code == 0, result.output
    assert "Jira: signed in to PM OS sandbox at https://pm-os.sandbox.invalid as Human PM" in result.output
    assert SANDBOX_TOKEN not in result.output + env_file.read_text()
    settings = JiraSettings.load()
    settings.require()
    assert (settings.url, settings.email, settings.access.value) == (site, SANDBOX_EMAIL, "write")
    assert settings.secrets() == [SANDBOX_TOKEN]
    if os.name == "posix":
        assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
        assert stat.S_IMODE(env_file.parent.stat().st_mode) == 0o700


def test_a_refused_token_stores_nothing(auth: Auth, site: str, tmp_path: Path) -> None:
    told = refusal(log_in(auth, site, token="wrong"))
    assert "401" in told
    assert told.endswith("Nothing was stored or changed.")
    assert not (tmp_path / "config").exists()
    assert not (tmp_path / "state" / "secrets").exists()


def test_a_refused_token_leaves_the_login_before_as_it_is(auth: Auth, site: str, env_file: Path) -> None:
    log_in(auth, site)
    before = env_file.read_bytes()
    refusal(log_in(auth, site, "--access", "delete", token="wrong"))
    assert env_file.read_bytes() == before
    assert SecretStore.default().get(KEY) == SANDBOX_TOKEN


def test_a_new_token_needs_no_address_and_replaces_the_old_one(auth: Auth, site: str) -> None:
    log_in(auth, site)
    SecretStore.default().set(KEY, "the old token")
    result = auth("login", "jira", "--token-stdin", typed=f"{SANDBOX_TOKEN}\n")
    assert result.exit_code == 0, result.output
    assert SecretStore.default().get(KEY) == SANDBOX_TOKEN
    assert "then revoke it: https://id.atlassian.com/manage-profile/security/api-tokens" in result.output


@pytest.mark.parametrize("earlier", [None, "the old token"])
def test_an_env_file_that_cannot_be_written_leaves_the_secret_before(
    auth: Auth, site: str, tmp_path: Path, earlier: str | None
) -> None:
    if earlier:
        SecretStore.default().set(KEY, earlier)
    (tmp_path / "config").symlink_to(tmp_path / "nowhere" / "at all")
    assert "cannot be written" in refusal(log_in(auth, site))
    assert SecretStore.default().get(KEY) == earlier


def test_what_else_stands_in_the_env_file_stays(auth: Auth, site: str, env_file: Path) -> None:
    env_file.parent.mkdir()
    env_file.write_text(
        "# my notes\nexport JIRA_URL=https://old.example.net # the site\n\nJIRA_API_TOKEN=in-clear\n"
        "JIRA_CLOUD_ID=11111111-2222\nJIRA_SANDBOX=1\nJIRA_TIMEOUT=20"
    )
    env_file.chmod(0o600)
    result = log_in(auth, site)
    assert result.exit_code == 0, result.output
    assert env_file.read_text() == (
        f"# my notes\nexport JIRA_URL={site} # the site\n\nJIRA_TIMEOUT=20\nJIRA_EMAIL={SANDBOX_EMAIL}\n"
    )
    assert "Taken out of that file: JIRA_API_TOKEN, JIRA_CLOUD_ID, JIRA_SANDBOX." in result.output


@pytest.mark.skipif(os.name != "posix", reason="mode bits")
def test_an_env_file_that_others_may_read_is_refused_before_anything_is_asked(
    auth: Auth, site: str, env_file: Path, at_a_terminal: None
) -> None:
    env_file.parent.mkdir()
    env_file.write_text("JIRA_TIMEOUT=20\n")
    env_file.chmod(0o644)
    result = auth("login", "jira")
    assert f"Run: chmod 600 {env_file}" in refusal(result)
    assert result.output == ""


def test_without_a_keyring_a_script_must_agree_to_the_file(
    auth: Auth, site: str, env_file: Path, use_keyring: UseKeyring
) -> None:
    use_keyring(None)
    refused = log_in(auth, site)
    assert refusal(refused) == "Nothing was stored or changed. To agree to the file, add --yes."
    assert "unencrypted" in refused.output
    assert not env_file.exists()
    assert SecretStore.default().list("jira") == []
    assert log_in(auth, site, "--yes").exit_code == 0
    assert SecretStore.default().list("jira") == [(KEY, "file")]


def test_a_keyring_is_used_without_asking(auth: Auth, site: str, tmp_path: Path, use_keyring: UseKeyring) -> None:
    backend = MemoryKeyring()
    use_keyring(backend)
    result = log_in(auth, site)
    assert "the token in the keyring" in result.output
    assert list(backend.kept.values()) == [SANDBOX_TOKEN]
    assert SANDBOX_TOKEN not in (tmp_path / "state" / "secrets" / "secrets.json").read_text()


def test_a_locked_keyring_does_not_send_the_token_to_a_file_unasked(
    auth: Auth, site: str, use_keyring: UseKeyring
) -> None:
    backend = MemoryKeyring()
    backend.fault = RuntimeError("locked")
    use_keyring(backend)
    refusal(log_in(auth, site))
    assert SecretStore.default().list("jira") == []


def test_a_person_is_asked_for_three_things_and_told_where_they_are(auth: Auth, site: str, at_a_terminal: None) -> None:
    result = auth("login", "jira", typed=f"1\n{site}/browse/PMOS-1\n{SANDBOX_EMAIL}\n{SANDBOX_TOKEN}\n")
    assert result.exit_code == 0, result.output
    for told in ("address bar", "manage-profile/email", "manage-profile/security/api-tokens", "as Human PM"):
        assert told in result.output
    assert SANDBOX_TOKEN not in result.output
    assert JiraSettings.load().url == site


def test_a_person_who_mistypes_is_asked_again(auth: Auth, site: str, at_a_terminal: None) -> None:
    typed = ["3", "1", "http://example.net", site, "nobody", SANDBOX_EMAIL, "wrong", "", "", SANDBOX_TOKEN]
    result = auth("login", "jira", typed="".join(f"{line}\n" for line in typed))
    assert result.exit_code == 0, result.output
    assert "That must begin with https://" in result.output
    assert "That is not an e-mail address." in result.output
    assert "That did not work" in result.output
    assert SecretStore.default().get(KEY) == SANDBOX_TOKEN


def test_a_person_who_fails_three_times_is_let_go_with_nothing_stored(
    auth: Auth, site: str, env_file: Path, at_a_terminal: None
) -> None:
    result = auth("login", "jira", "--token", "--url", site, typed=f"{SANDBOX_EMAIL}\nwrong\n" + "\n\nwrong\n" * 2)
    assert "401" in refusal(result)
    assert not env_file.exists()


def test_a_person_may_refuse_the_file(
    auth: Auth, site: str, env_file: Path, at_a_terminal: None, use_keyring: UseKeyring
) -> None:
    use_keyring(None)
    result = auth("login", "jira", "--token", "--url", site, typed=f"{SANDBOX_EMAIL}\n{SANDBOX_TOKEN}\nn\n")
    assert refusal(result) == "Nothing was stored or changed."
    assert not env_file.exists()


def test_without_a_terminal_the_flags_are_named(auth: Auth) -> None:
    result = auth("login", "jira")
    assert "--url URL --email ADDRESS --token-stdin" in refusal(result)
    assert isinstance(result.exception, SuiteError)
    assert result.exception.status == 2


def test_a_script_is_told_all_that_is_missing_at_once(auth: Auth) -> None:
    assert refusal(auth("login", "jira", "--token-stdin", "--email", "nobody")) == (
        "--url is missing; --email is not an e-mail address; the token on standard input is missing."
    )


@pytest.mark.parametrize("text", ["${JIRA_TOKEN}", "two words", "clé"])
def test_what_cannot_be_a_token_is_not_sent(auth: Auth, site: str, text: str) -> None:
    told = refusal(log_in(auth, site, token=text))
    assert text not in told
    assert told.startswith("the token on standard input")


def test_variables_that_go_before_what_was_stored_are_pointed_out(
    auth: Auth, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_API_TOKEN", "another-token")
    monkeypatch.setenv("JIRA_URL", site)
    result = log_in(auth, site)
    assert "Run: unset JIRA_API_TOKEN\n" in result.output


def test_status_says_who_where_and_since_when(auth: Auth, site: str) -> None:
    log_in(auth, site)
    result = auth("status", "jira")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "jira: logged in",
        "  way            API token",
        f"  account        {SANDBOX_EMAIL}",
        f"  site           {site}",
        "  host           127.0.0.1",
        "  access         read",
        "  secret in      a private file",
        f"  stored         {today().isoformat()} (0 days ago)",
    ]


def test_status_in_json_names_what_is_missing(auth: Auth) -> None:
    result = auth("status", "jira", "--json")
    assert result.exit_code == 1
    (told,) = json.loads(result.output)
    assert told["state"] == "not logged in"
    assert told["missing"] == ["JIRA_URL", "JIRA_EMAIL", "JIRA_API_TOKEN"]
    assert told["told"] == "Run: mcp-suite auth login jira"


def test_status_of_all_services_does_not_fail(auth: Auth) -> None:
    result = auth("status")
    assert result.exit_code == 0
    assert "jira: not logged in" in result.output


def test_a_server_that_is_broken_does_not_hide_the_other_logins(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    working = servers.scripts()
    monkeypatch.setattr(status, "scripts", lambda: [servers.Script("broken-mcp", "there_is_no_such_package"), *working])
    result = auth("status")
    assert result.exit_code == 0
    assert "broken: unreadable" in result.output
    assert "jira: not logged in" in result.output


def test_status_warns_of_a_token_of_80_days_and_a_new_one_ends_that(auth: Auth, site: str, tmp_path: Path) -> None:
    log_in(auth, site)
    ages = Ages(tmp_path / "state" / "secrets" / "stored.json", clock=lambda: today() - timedelta(days=80))
    ages.note(KEY)
    assert "stored 80 days ago: make a new one" in auth("status", "jira").output
    log_in(auth, site)
    assert "80 days ago: make a new one" in auth("status", "jira").output, "the same token is not younger"
    SecretStore.default().set(KEY, "the old token")
    log_in(auth, site)
    assert "make a new one" not in auth("status", "jira").output


@pytest.mark.parametrize("place", ["environment", "env file"])
def test_status_finds_secrets_that_go_before_the_store(
    auth: Auth, site: str, env_file: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(auth, site)
    if place == "environment":
        monkeypatch.setenv("JIRA_API_TOKEN", "another-token")
    else:
        env_file.write_text(env_file.read_text() + "JIRA_API_TOKEN=another-token\n")
    (told,) = json.loads(auth("status", "jira", "--json").output)
    assert (told["secret_in"], told["age_days"]) == (place, None)
    assert "another-token" not in json.dumps(told)


def test_status_of_an_unreadable_file_says_how_to_mend_it(auth: Auth, env_file: Path) -> None:
    env_file.parent.mkdir()
    env_file.write_text("this is no assignment = = '\n")
    env_file.chmod(0o600)
    result = auth("status", "jira")
    assert result.exit_code == 1
    assert "malformed in line 1" in result.output


def test_logout_forgets_the_account_and_says_where_to_revoke(auth: Auth, site: str, env_file: Path) -> None:
    log_in(auth, site, "--access", "write")
    result = auth("logout", "jira")
    assert result.exit_code == 0
    assert f"the token of {SANDBOX_EMAIL} at 127.0.0.1" in result.output
    assert "https://id.atlassian.com/manage-profile/security/api-tokens" in result.output
    assert SecretStore.default().list("jira") == []
    assert Ages.default().stored_on(KEY) is None
    assert "JIRA_ACCESS=write" in env_file.read_text()
    assert SANDBOX_EMAIL not in env_file.read_text()
    assert auth("status", "jira").exit_code == 1
    assert "there was nothing to forget" in auth("logout", "jira").output


def test_logout_names_what_only_the_shell_can_forget(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_API_TOKEN", "another-token")
    assert "unset JIRA_API_TOKEN" in auth("logout", "jira").output
