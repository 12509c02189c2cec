"""What doctor says of a service's settings and of its answer to the credentials: each fault is named with its fix."""

import dataclasses
import shlex
import subprocess
from datetime import date
from pathlib import Path

import anyio
import pytest

from connector_kit.errors import NotConfigured, NotFound, NotPermitted, ServiceError, Unavailable
from connector_kit.logs import redactor
from connector_kit.paths import config_dir, state_dir
from connector_kit.secret_store import SecretKey, SecretStore
from connector_kit.testing.faults import Fault, FaultServer
from jira_mcp.sandbox import SANDBOX_EMAIL
from jira_mcp.server import SERVER
from mcp_suite.auth.ages import Ages
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.credential import address_of, check_credential
from mcp_suite.doctor.examination import examine
from mcp_suite.doctor.finding import Finding, State
from mcp_suite.doctor.network import Way
from mcp_suite.doctor.settings import check_settings
from mcp_suite.servers import find
from slack_mcp.server import SERVER as SLACK

from .patients import Limited, Refusing, account, configured, only, refusing, signing_in, write

PAGE = "https://id.atlassian.com/manage-profile/security/api-tokens"


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that are secrets elsewhere, in this process, are words here."""
    monkeypatch.setattr(redactor, "_lasting", frozenset[str]())
    monkeypatch.setattr(redactor, "_known", ())


@pytest.fixture
def env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the user's env file for Jira is to be; not there yet."""
    folder = tmp_path / "config"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(folder))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    return folder / ".env.jira"


@pytest.mark.anyio
async def test_a_valid_credential_is_shown_with_who_and_where(site: str, env_file: Path) -> None:
    write(env_file, *account(site))
    found = await signing_in()
    assert found.state is State.OK
    assert "signed in to" in found.told


@pytest.mark.anyio
async def test_a_wrong_token_is_told_with_the_page_for_a_new_one_and_the_line_for_it(site: str, env_file: Path) -> None:
    write(env_file, "# mine", *account(site, "a-token-that-is-wrong"))
    found = await signing_in()
    assert found.state is State.FAIL
    assert "refuses these credentials" in found.told
    assert PAGE in found.fix
    assert f"In {env_file}, line 4, write: JIRA_API_TOKEN=the new token" in found.fix
    assert f"check JIRA_EMAIL, in {env_file}, line 3" in found.fix
    assert "a-token-that-is-wrong" not in str(found)


@pytest.mark.anyio
async def test_a_host_that_is_no_jira_is_told_with_the_line_of_the_address(env_file: Path) -> None:
    async with FaultServer(Fault.json({"message": "no such page"}, 404)) as other:
        write(env_file, *account(other.url))
        found = await signing_in()
    assert found.state is State.FAIL
    assert "127.0.0.1 answers, but not as Jira does" in found.told
    assert found.fix == f"In {env_file}, line 1, write: JIRA_URL=the right address"


@pytest.mark.anyio
async def test_a_networks_login_page_in_the_place_of_the_service_is_told_apart(env_file: Path) -> None:
    async with FaultServer(Fault.html()) as network:
        network.queue("/", Fault.redirect("http://wifi.hotel.example/login"))
        write(env_file, *account(network.url))
        found = await signing_in()
    assert "a web page of wifi.hotel.example came" in found.told
    assert f"Open {network.url} in a browser and sign in" in found.fix


@pytest.mark.anyio
async def test_a_refusal_for_want_of_permission_is_not_taken_for_a_wrong_token(env_file: Path) -> None:
    async with FaultServer(Fault.json({"errorMessages": ["not for you"]}, 403)) as service:
        write(env_file, *account(service.url))
        found = await signing_in()
    assert "signed in, but without permission" in found.told
    assert found.fix


@pytest.mark.anyio
async def test_a_service_that_never_finishes_is_given_up(env_file: Path) -> None:
    async with FaultServer(Fault.json({}).slow_headers(30)) as service:
        service.queue("/", Fault.json({}))
        write(env_file, *account(service.url))
        found = await signing_in(patience=0.2)
    assert "did not finish one call within 0.2 s" in found.told
    assert "mcp-suite doctor jira" in found.fix


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("error", "fix"),
    [
        (NotConfigured("The proxy settings cannot be used."), "See setup_guides/jira.md"),
        (NotPermitted("It is not allowed."), "Give the account or its token the permission; see setup_guides/jira.md"),
        (Unavailable("It is down.", next_step="Try again in a minute."), "Try again in a minute."),
        (Unavailable("It is down."), "Run again in a minute: mcp-suite doctor jira"),
    ],
)
async def test_every_refusal_has_a_fix(error: ServiceError, fix: str, env_file: Path) -> None:
    write(env_file, *account("http://127.0.0.1:9"))
    read = configured()
    assert read.settings is not None
    [found] = await check_credential(refusing(error), read.settings, read.origins, Way([]))
    assert (found.state, found.fix) == (State.FAIL, fix)


@pytest.mark.anyio
async def test_scopes_that_a_token_lacks_are_named_with_the_tools_that_need_them(env_file: Path) -> None:
    async def connect(settings: object) -> Limited:
        return Limited()

    spec = dataclasses.replace(SERVER, connect=connect)
    write(env_file, *account("http://127.0.0.1:9"))
    read = configured()
    assert read.settings is not None
    assert len(await check_credential(spec, read.settings, read.origins, Way([]))) == 1
    write(env_file, *account("http://127.0.0.1:9"), "JIRA_ACCESS=write")
    read = configured()
    assert read.settings is not None
    credential, scopes = await check_credential(spec, read.settings, read.origins, Way([]))
    assert (credential.state, scopes.state) == (State.OK, State.FAIL)
    assert scopes.told.startswith("the login lacks write:jira-work, which jira_")
    assert scopes.fix == (
        "Add these scopes in the app's settings and get a new token, then run: mcp-suite auth login jira"
    )


@pytest.mark.anyio
async def test_a_service_without_an_address_or_a_secret_is_told_to_log_in(env_file: Path) -> None:
    read = configured()
    assert read.settings is not None
    assert address_of(SERVER, read.settings, read.origins) is None
    error = NotFound("There is nothing here.")
    [found] = await check_credential(refusing(error), read.settings, read.origins, Way([]))
    assert found.told == "There is nothing here."


@pytest.mark.anyio
async def test_a_refused_login_without_a_token_in_the_settings_is_renewed_by_command(env_file: Path) -> None:
    async with FaultServer(Fault.json({}, 401)) as service:
        write(env_file, f"JIRA_URL={service.url}", f"JIRA_EMAIL={SANDBOX_EMAIL}")
        read = configured()
        assert read.settings is not None
        client = Refusing(await _unauthorized(service.url))

        async def connect(settings: object) -> Refusing:
            await anyio.lowlevel.checkpoint()
            return client

        spec = dataclasses.replace(SERVER, connect=connect)
        [found] = await check_credential(spec, read.settings, read.origins, Way([]))
    assert found.fix == "Run: mcp-suite auth login jira"


@pytest.mark.anyio
async def test_a_refused_token_of_the_store_is_replaced_by_command(site: str, env_file: Path) -> None:
    write(env_file, f"JIRA_URL={site}", f"JIRA_EMAIL={SANDBOX_EMAIL}")
    SecretStore.default().set(SecretKey("jira", SANDBOX_EMAIL, "127.0.0.1", "api_token"), "a-token-that-is-wrong")
    found = await signing_in()
    assert found.fix == f"Create a token at {PAGE}, then run: mcp-suite auth login jira"


def test_an_old_token_of_the_store_is_told(env_file: Path) -> None:
    write(env_file, "JIRA_URL=https://example.atlassian.net", "JIRA_EMAIL=me@example.com")
    key = SecretKey("jira", "me@example.com", "example.atlassian.net", "api_token")
    SecretStore.default().set(key, "stored-token")
    Ages(state_dir() / "secrets" / "stored.json", clock=lambda: date(2020, 1, 1)).note(key)
    found = only(configured().findings, State.WARN)
    assert found.check == "token age"
    assert found.fix == f"Create a new one at {PAGE}, then run: mcp-suite auth login jira"


async def _unauthorized(url: str) -> ServiceError:
    from connector_kit.http import HttpClient

    http = HttpClient(url, service="Jira")
    try:
        await http.request("GET", "/")
    except ServiceError as error:
        return error
    finally:
        await http.aclose()
    raise AssertionError("401 was due")


def test_a_file_that_others_may_read_is_told_with_the_command_and_does_not_hide_the_rest(env_file: Path) -> None:
    write(env_file, "JIRA_URL=https://example.atlassian.net", "JIRA_API_TOKE=abcdefgh", mode=0o644)
    findings = configured().findings
    exposed = next(finding for finding in findings if finding.check == "env file")
    assert exposed.state is State.FAIL
    assert "mode 0644" in exposed.told
    assert exposed.fix == f"Run: chmod 600 {env_file}"
    typo = only(findings, State.WARN)
    assert typo.told == f"JIRA_API_TOKE (in {env_file}, line 2) is not a setting; did you mean JIRA_API_TOKEN?"
    assert typo.fix == f"In {env_file}, line 2, replace JIRA_API_TOKE by JIRA_API_TOKEN"
    assert any("JIRA_EMAIL, JIRA_API_TOKEN not set" in finding.told for finding in findings)


def test_a_placeholder_is_told_with_its_line(env_file: Path) -> None:
    write(env_file, *account("https://example.atlassian.net", "${MY_TOKEN}"))
    found = only(configured().findings, State.FAIL)
    assert found.told == f"JIRA_API_TOKEN still holds a placeholder (in {env_file}, line 3)"
    assert found.fix == f"In {env_file}, line 3, write: JIRA_API_TOKEN=the value itself, without ${{…}}"


def test_a_placeholder_that_a_client_passed_on_is_told_as_one_of_the_environment(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_URL", "${JIRA_URL}")
    found = only(configured().findings, State.FAIL)
    assert found.told == "JIRA_URL still holds a placeholder (in the environment)"
    assert found.fix.startswith("Run: unset JIRA_URL")
    assert str(env_file) in found.fix


@pytest.mark.parametrize(
    ("line", "value"), [("JIRA_URL=http://example.com", "a valid value"), ("JIRA_PROJECTS=no-key", "PROJ,OPS")]
)
def test_a_value_that_cannot_be_is_told_with_what_is_expected(line: str, value: str, env_file: Path) -> None:
    write(env_file, "", line)
    found = only(configured().findings, State.FAIL)
    assert found.fix == f"In {env_file}, line 2, write: {line.partition('=')[0]}={value}"


def test_a_malformed_line_is_told_with_its_number(env_file: Path) -> None:
    write(env_file, "JIRA_URL=https://example.atlassian.net", "", "what is this")
    read = configured()
    assert read.settings is None
    found = only(read.findings, State.FAIL)
    assert "malformed in line 3" in found.told
    assert f"In {env_file}, line 3" in found.fix


def test_a_file_in_another_encoding_is_told(env_file: Path) -> None:
    env_file.write_bytes(b"JIRA_URL=\xff\xfe")
    env_file.chmod(0o600)
    found = next(finding for finding in configured().findings if finding.check == "env file")
    assert (found.state, found.fix) == (State.FAIL, f"Save {env_file} as UTF-8.")


def test_a_folder_in_the_place_of_the_file_is_told(env_file: Path) -> None:
    env_file.mkdir()
    found = next(finding for finding in configured().findings if finding.check == "env file")
    assert found.state is State.FAIL
    assert found.fix


def test_a_folder_that_others_may_write_is_told(env_file: Path) -> None:
    write(env_file, *account("https://example.atlassian.net"))
    env_file.parent.chmod(0o777)
    found = only(configured().findings, State.WARN)
    assert found.fix == f"Run: chmod 700 {env_file.parent}"


def test_a_variable_of_the_environment_that_hides_the_files_is_told(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(env_file, *account("https://example.atlassian.net"))
    monkeypatch.setenv("JIRA_URL", "https://other.atlassian.net")
    findings = configured().findings
    assert only(findings, State.WARN).fix == "Run: unset JIRA_URL"
    assert any(finding.told == "complete (environment and env file)" for finding in findings)


def test_an_unknown_variable_of_the_environment_is_told_with_what_was_meant(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_ACESS", "write")
    monkeypatch.setenv("JIRA_NOTHING_LIKE_IT", "1")
    monkeypatch.setenv("JIRA_CLIENT_ID", "of the login")
    fixes = {finding.fix for finding in configured().findings if finding.state is State.WARN}
    assert fixes == {"Run: unset JIRA_ACESS (and set JIRA_ACCESS)", "Run: unset JIRA_NOTHING_LIKE_IT"}


def test_an_unknown_variable_like_no_other_is_to_be_deleted(env_file: Path) -> None:
    write(env_file, "JIRA_NOTHING_LIKE_IT=1")
    assert only(configured().findings, State.WARN).fix == f"In {env_file}, line 1, delete JIRA_NOTHING_LIKE_IT"


def test_a_service_that_nobody_has_set_up_is_no_failure_unless_it_is_asked_about(env_file: Path) -> None:
    assert [finding.state for finding in configured(expected=False).findings] == [State.SKIP, State.SKIP]
    found = only(configured(expected=True).findings, State.FAIL)
    assert found.told == "JIRA_URL, JIRA_EMAIL, JIRA_API_TOKEN not set"
    assert found.fix.startswith("Run: mcp-suite auth login jira")
    assert str(env_file) in found.fix
    assert PAGE in found.fix


def test_a_token_in_the_secret_store_counts(env_file: Path) -> None:
    write(env_file, "JIRA_URL=https://example.atlassian.net", "JIRA_EMAIL=me@example.com")
    key = SecretKey("jira", "me@example.com", "example.atlassian.net", "api_token")
    SecretStore.default().set(key, "stored-token")
    read = configured()
    assert read.complete
    assert read.settings is not None
    assert read.settings.secrets() == ["stored-token"]


def test_a_secret_store_that_cannot_be_read_is_told(env_file: Path, tmp_path: Path) -> None:
    write(env_file, "JIRA_URL=https://example.atlassian.net", "JIRA_EMAIL=me@example.com")
    folder = tmp_path / "state" / "secrets"
    folder.mkdir(parents=True)
    (folder / "secrets.json").write_text("{")
    (folder / "secrets.json").chmod(0o600)
    found = only(configured().findings, State.FAIL)
    assert "stored secrets cannot be read" in found.told
    move, _, rest = found.fix.partition("(`")[2].partition("`)")
    assert rest == " and log in again."
    subprocess.run(shlex.split(move), check=True)
    assert only(configured().findings, State.FAIL).told == "JIRA_API_TOKEN not set"


@pytest.mark.anyio
async def test_a_planted_fault_is_the_first_line_of_the_whole_report(
    site: str, env_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    write(env_file, *account(site, "a-token-that-is-wrong"))
    findings = await examine([find("jira")], expected=True, offline=False)
    assert (findings[0].state, findings[0].check) == (State.FAIL, "credential")
    checks = {(finding.subject, finding.check) for finding in findings if finding.state is State.OK}
    assert {("jira", "network"), ("jira", "clock"), ("jira", "start"), ("jira", "access")} <= checks
    assert not any("a-token-that-is-wrong" in str(finding) for finding in findings)
    assert config_dir() == env_file.parent


async def account_findings() -> list[Finding]:
    findings = await examine([find("jira")], expected=True, offline=False)
    return [finding for finding in findings if finding.check in ("network", "credential")]


@pytest.mark.anyio
async def test_an_unreachable_host_is_told_and_the_credential_spared(env_file: Path) -> None:
    write(env_file, *account("https://no-such-host.invalid"))
    way, credential = await account_findings()
    assert (way.state, credential.state) == (State.FAIL, State.SKIP)
    assert f"In {env_file}, line 1, write: JIRA_URL=" in way.fix
    write(env_file, "JIRA_URL=https://no-such-host.invalid")
    assert [finding.check for finding in await account_findings()] == ["network"]


@pytest.mark.anyio
async def test_a_relative_folder_is_told_and_nothing_is_looked_for_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", "state")
    findings = await examine([find("jira")], expected=False, offline=True)
    assert only(findings, State.FAIL).fix.startswith("Run: export MCP_SUITE_STATE_DIR=")
    assert {finding.subject for finding in findings} == {"this machine"}


def test_a_stand_in_for_a_vendor_with_one_address_is_looked_for_where_it_is(env_file: Path) -> None:
    path = env_file.with_name(".env.slack")
    for line, url in (("SLACK_API_URL=http://127.0.0.1:8767", "http://127.0.0.1:8767"), ("", "https://slack.com")):
        write(path, line)
        read = check_settings(SLACK, Account("slack"), expected=True)
        assert read.settings is not None
        address = address_of(SLACK, read.settings, read.origins)
        assert address
        assert address.url == url
        assert ("SLACK_API_URL" in address.edit) == bool(line)


def test_an_example_in_a_refusal_is_given_without_the_colon_after_it(env_file: Path) -> None:
    write(env_file.with_name(".env.slack"), "SLACK_API_URL=https://elsewhere.example")
    found = check_settings(SLACK, Account("slack"), expected=True).findings
    assert only(found, State.FAIL).fix.endswith("write: SLACK_API_URL=http://127.0.0.1:8080")
