"""Serving and resetting a sandbox from the command line."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import httpx2
import pytest
from typer.testing import Result

from mcp_suite.errors import SuiteError
from mcp_suite.sandbox import introduction, stand_in_of
from mcp_suite.servers import load_all


@contextmanager
def served(tmp_path: Path, service: str, *options: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """A running `mcp-suite sandbox serve … --port 0` and what it printed first."""
    environment = {**os.environ, "MCP_SUITE_STATE_DIR": str(tmp_path / "state")}
    command = [sys.executable, "-m", "mcp_suite", "sandbox", "serve", service, "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    ) as process:
        output = cast("IO[str]", process.stdout)
        told = ""
        for line in output:
            told += line
            if line.startswith("Data:"):
                break
        yield process, told
        process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_a_sandbox_is_served_on_loopback_and_ends_quietly_on_interrupt(tmp_path: Path) -> None:
    with served(tmp_path, "jira") as (process, told):
        variables = dict(re.findall(r"^  (JIRA_\w+)=(\S+)$", told, re.MULTILINE))
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", variables["JIRA_URL"])
        auth = (variables["JIRA_EMAIL"], variables["JIRA_API_TOKEN"])
        with httpx2.Client(base_url=variables["JIRA_URL"], trust_env=False) as http:
            assert http.get("/rest/api/3/myself").status_code == 401
            reply = http.get("/rest/api/3/myself", auth=auth)
            assert reply.json()["emailAddress"] == auth[0]
            app = {"client_id": variables["JIRA_CLIENT_ID"], "client_secret": variables["JIRA_CLIENT_SECRET"]}
            refresh = {"grant_type": "refresh_token", "refresh_token": "never granted"}
            assert http.post("/oauth/token", json={**app, **refresh}).json()["error"] == "unauthorized_client"
        assert str(tmp_path / "state") in told
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert "Traceback" not in errors


def test_a_vendor_that_logs_people_in_itself_is_served_as_it_is(tmp_path: Path) -> None:
    with served(tmp_path, "slack") as (_, told):
        ways = [dict(re.findall(r"^  (SLACK_\w+)=(\S+)$", part, re.MULTILINE)) for part in told.split(":\n\n")[1:]]
        person, bot, persons_app, bots_app = ways
        with httpx2.Client(base_url=person["SLACK_API_URL"], trust_env=False) as http:
            for way, is_bot in ((person, False), (bot, True)):
                reply = http.post("/api/auth.test", headers={"Authorization": f"Bearer {way['SLACK_TOKEN']}"}).json()
                assert (reply["ok"], "bot_id" in reply) == (True, is_bot)
            for way, page in ((persons_app, "v2_user"), (bots_app, "v2")):
                query = {"client_id": way["SLACK_CLIENT_ID"], "scope": "channels:read"}
                query |= {"redirect_uri": way["SLACK_REDIRECT_URI"]} if "SLACK_REDIRECT_URI" in way else {}
                assert http.get(f"/oauth/{page}/authorize", params=query).status_code == 200


def test_the_variables_that_are_told_are_settings_of_the_server() -> None:
    for script, spec in load_all().items():
        told = "\n".join(introduction(script, stand_in_of(script), "http://127.0.0.1:1"))
        names = {spec.settings.variable(name) for name in spec.settings.model_fields}
        assert set(re.findall(r"^  (\w+)=", told, re.MULTILINE)) <= names


def test_other_data_is_served_from_a_file_of_its_own(tmp_path: Path) -> None:
    with served(tmp_path, "slack", "--data", "large") as (_, told):
        variables = dict(re.findall(r"^  (SLACK_\w+)=(\S+)$", told, re.MULTILINE))
        assert str(tmp_path / "state" / "sandbox" / "slack-large.sqlite3") in told
        with httpx2.Client(base_url=variables["SLACK_API_URL"], trust_env=False, timeout=60) as http:
            headers = {"Authorization": f"Bearer {variables['SLACK_TOKEN']}"}
            page = http.post("/api/conversations.list", headers=headers, data={"limit": "200"}).json()
            assert page["response_metadata"]["next_cursor"], "more channels than one page"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_a_sandbox_that_is_a_process_is_served_reset_and_ended(snowflake: str, tmp_path: Path) -> None:
    del snowflake  # what it takes is there, or this is skipped
    environment = {**os.environ, "MCP_SUITE_STATE_DIR": str(tmp_path / "state")}
    suite = [sys.executable, "-m", "mcp_suite"]
    with served(tmp_path, "snowflake") as (process, told):
        first, reading = told.split(":\n\n")[1:]
        variables = dict(re.findall(r"^  (SNOWFLAKE_\w+)=(\S+)$", first, re.MULTILINE))
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", variables["SNOWFLAKE_API_URL"])
        assert "SNOWFLAKE_ROLE=PM_OS_READER" in reading
        assert f"Data: {tmp_path / 'state' / 'sandbox' / 'snowflake'}." in told

        def check() -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "snowflake_mcp", "--check"]
            return subprocess.run(
                command, env={**environment, **variables}, capture_output=True, text=True, timeout=120
            )

        assert "PM_OS_SERVICE@PM_OS_SANDBOX with role PM_OS_ANALYST" in check().stdout
        again = subprocess.run(
            [*suite, "sandbox", "reset", "snowflake"], env=environment, capture_output=True, text=True
        )
        assert "holds its sample data again" in again.stdout, again.stderr
        while not answers(variables["SNOWFLAKE_API_URL"]):
            assert process.poll() is None
        assert check().returncode == 0
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")


def answers(url: str) -> bool:
    """Whether something takes connections at an address."""
    try:
        with httpx2.Client(trust_env=False) as http:
            http.head(url)
    except httpx2.TransportError:
        return False
    return True


@pytest.mark.parametrize("service", ["jira", "slack", "snowflake"])
def test_data_that_a_sandbox_does_not_have_is_refused(suite: Callable[..., Result], service: str) -> None:
    result = suite("sandbox", "serve", service, "--data", "huge", "--port", "0")
    assert isinstance(result.exception, SuiteError)
    assert f"the sandbox of {service} has sample" in str(result.exception)


@pytest.mark.parametrize("service", ["slack", "snowflake"])
def test_a_second_site_of_a_service_without_sites_is_refused(suite: Callable[..., Result], service: str) -> None:
    result = suite("sandbox", "serve", service, "--second-site", "--port", "0")
    assert isinstance(result.exception, SuiteError)
    assert "opens no sites" in str(result.exception)


def test_a_taken_port_is_told_with_a_way_out(suite: Callable[..., Result]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = suite("sandbox", "serve", "jira", "--port", str(taken.getsockname()[1]))
    assert isinstance(result.exception, SuiteError)
    assert "Try --port 0" in str(result.exception)


def test_a_reset_makes_the_database_new(suite: Callable[..., Result], tmp_path: Path) -> None:
    result = suite("sandbox", "reset", "jira")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "state" / "sandbox" / "jira.sqlite3").is_file()


def test_a_sandbox_that_does_not_exist_is_refused_by_name(suite: Callable[..., Result]) -> None:
    result = suite("sandbox", "reset", "nosuch")
    assert isinstance(result.exception, SuiteError)
    assert "Servers: confluence, jira" in str(result.exception)


def test_a_sandbox_that_cannot_be_started_says_why(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "uv"
    broken.write_text("#!/bin/sh\necho Failed to fetch >&2\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setenv("UV", str(broken))
    result = suite("sandbox", "serve", "snowflake", "--port", "0")
    assert isinstance(result.exception, SuiteError)
    assert "cannot be had. It needs the package index once" in str(result.exception)
