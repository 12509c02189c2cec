"""A full run, and what it left: no planted secret and nobody's address, and texts only where they belong.

The record of a workflow keeps its inputs, so that a run goes on with what it began with: a requirement's text is in
it, and what is in that text. Sandboxes hold what was written into them. Both are files for their owner alone.
"""

import json
import os
from collections.abc import Iterable, Mapping

import pytest

from mcp_suite.servers import scripts

from .full_run import SERVICES, Evidence
from .planted import address, canary, forms, found_in

INPUTS = {"title", "prd"}
OWN = ("jira", "confluence", "snowflake")
"""Whose addresses are those of the accounts that are set up: the user is shown them."""


def told(places: Iterable[tuple[str, str]], planted: Mapping[str, str]) -> list[str]:
    return [f"{kind} in {place}" for place, text in places for kind in found_in(text, planted)]


def test_logs_hold_no_secret_no_address_and_no_text(evidence: Evidence) -> None:
    assert len(evidence.logs) == 8
    for name, log in evidence.logs.items():
        assert log.count('"message": "call"') >= 3, name
    planted = evidence.planted
    everything = {**planted.secrets, **planted.addresses, **planted.texts}
    assert told(evidence.logs.items(), everything) == []


def test_audit_records_hold_no_secret_no_address_and_no_text(evidence: Evidence) -> None:
    records = evidence.files("audit/*.jsonl")
    lines = [json.loads(line) for text in records.values() for line in text.splitlines()]
    assert {line["server"] for line in lines} == {"confluence-mcp", "jira-mcp", "slack-mcp", "snowflake-mcp"}
    assert {line["outcome"] for line in lines} >= {"ok", "error"}
    planted = evidence.planted
    everything = {**planted.secrets, **planted.addresses, **planted.texts}
    assert told([*records.items(), ("audit", evidence.printed["audit"])], everything) == []


def test_records_of_workflows_hold_their_inputs_and_no_secret_or_address(evidence: Evidence) -> None:
    records = evidence.files("workflows/*.jsonl")
    assert {json.loads(text.splitlines()[-1])["event"] for text in records.values()} == {"finished", "failed"}
    planted = evidence.planted
    assert told(records.items(), {**planted.secrets, **planted.addresses}) == []
    beyond = {kind: text for kind, text in planted.texts.items() if kind not in INPUTS}
    assert told(records.items(), beyond) == []
    assert told([("status", evidence.printed["status"])], {**planted.secrets, **planted.addresses, **beyond}) == []


def test_the_state_folder_holds_no_secret_in_the_clear(evidence: Evidence) -> None:
    kept = evidence.files("**/*")
    assert any(name.endswith(".credential") for name in kept), "the login was stored"
    assert told(kept.items(), evidence.planted.secrets) == []
    beside = {name: text for name, text in kept.items() if not name.startswith("sandbox/")}
    assert told(beside.items(), evidence.planted.addresses) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has no mode bits")
def test_everything_in_the_state_folder_is_for_its_owner_alone(evidence: Evidence) -> None:
    state = evidence.home / "state"
    folders = [state / kind for kind in ("audit", "workflows", "credentials", "sandbox")]
    paths = [path for folder in folders[:-1] for path in folder.rglob("*")]
    assert len(paths) > 5
    assert [path for path in (*folders, *paths) if path.stat().st_mode & 0o077] == []


def test_what_is_pasted_elsewhere_holds_no_secret_and_no_address(evidence: Evidence) -> None:
    planted = evidence.planted
    names = ("config", "install", "proposal", "proposal live")
    shown = [(name, evidence.printed[name]) for name in names]
    assert "mcpServers" in evidence.printed["install"]
    assert told(shown, {**planted.secrets, **planted.addresses}) == []


def test_what_looks_at_accounts_shows_no_secret_and_only_the_users_own_addresses(evidence: Evidence) -> None:
    planted = evidence.planted
    shown = [(name, evidence.printed[name]) for name in ("doctor", "auth status")]
    others = {kind: value for kind, value in planted.addresses.items() if kind not in (*OWN, "vendor")}
    assert told(shown, {**planted.secrets, **others}) == []
    assert told([("auth status", evidence.printed["auth status"])], {"vendor": planted.addresses["vendor"]}) == []


def test_no_answer_of_a_tool_holds_a_secret_that_the_call_did_not_hold(evidence: Evidence) -> None:
    """Also where the service repeats in its complaint all that it was sent."""
    own = {kind: evidence.planted.addresses[kind] for kind in OWN}
    leaked: list[str] = []
    for answer in evidence.answers:
        secret = {kind: value for kind, value in evidence.planted.secrets.items() if value not in answer.asked}
        leaked += told([(f"{answer.server}: {answer.asked}", answer.told)], {**secret, **own})
    assert leaked == []
    assert sum(answer.failed for answer in evidence.answers) > 30
    assert any("[removed]" in answer.told or "[secret]" in answer.told for answer in evidence.answers)


def test_no_error_repeats_a_secret_that_the_server_knows(evidence: Evidence) -> None:
    """Also where the call held it."""
    known = {"jira": "jira", "confluence": "refresh", "slack": "user", "snowflake": "pat"}
    repeated: list[str] = []
    for answer in evidence.answers:
        kind = known[answer.server.split()[0]]
        if answer.failed and not answer.told.startswith("There is no tool"):
            repeated += told([(answer.asked, answer.told)], {kind: evidence.planted.secrets[kind]})
    assert repeated == []


def test_no_command_line_of_any_process_holds_a_secret_an_address_or_a_text(evidence: Evidence) -> None:
    if not evidence.command_lines:
        pytest.skip("this system has no /proc")
    assert sum("_mcp" in line for line in evidence.command_lines) >= 4
    planted = evidence.planted
    everything = {**planted.secrets, **planted.addresses, **planted.texts}
    assert told([("a command line", line) for line in evidence.command_lines], everything) == []


def test_a_redirect_carries_no_secret_to_another_host(evidence: Evidence) -> None:
    planted = evidence.planted
    assert evidence.strangers, "a reading request is sent on"
    for request in evidence.strangers:
        by_the_connector = request.headers["user-agent"].startswith("PythonConnector")
        assert request.method in ("GET", "HEAD") or by_the_connector, request
        assert not {"authorization", "cookie"} & request.headers.keys(), request
        assert found_in(str(request), planted.secrets) == []


def test_the_secrets_were_in_use(evidence: Evidence) -> None:
    """What was never sent could not have leaked."""
    sent = "\n".join(f"{request.target} {request.headers} {request.body!r}" for request in evidence.arrived)
    used = found_in(sent, evidence.planted.secrets)
    assert {"jira", "client", "refresh", "access", "pat", "session"} <= set(used)


def test_every_server_takes_part_in_the_full_run() -> None:
    assert sorted(SERVICES) == sorted(script.extra for script in scripts())


@pytest.mark.parametrize("value", [canary("planted"), address("planted")], ids=["secret", "address"])
def test_what_is_planted_is_found_in_every_form(value: str) -> None:
    assert all(found_in(f"before {form} after", {"planted": value}) for form in forms(value))
    assert found_in("before and after", {"planted": value}) == []
