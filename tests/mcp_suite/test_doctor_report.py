"""The report: the most urgent line first, readable anywhere, nothing secret in it; and the command's status."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from connector_kit import logs
from mcp_suite.doctor import command
from mcp_suite.doctor.finding import Finding, by_urgency, fail, ok, skip, warn
from mcp_suite.doctor.report import as_json, show, summary
from mcp_suite.errors import SuiteError

FIX = "Run: chmod 600 /home/somebody/.config/mcp-integration-suite/.env.jira && mcp-suite doctor jira"
FINDINGS = by_urgency(
    [
        ok("this machine", "python", "Python 3.11"),
        skip("jira", "sandbox", "not used yet"),
        fail("jira", "env file", "others may read it " * 8, FIX),
        warn("jira", "clock", "90 s behind", "Run: set the clock"),
        ok("jira", "access", ""),
    ]
)


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    show(FINDINGS, 1.25)
    return capsys.readouterr().out.splitlines()


def test_failures_stand_first_then_warnings_then_the_rest(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = printed(capsys)
    assert [line[0] for line in lines if line and line[0] != " "][:5] == ["✗", "!", "✓", "✓", "-"]
    assert lines[-1] == "1 failure, 1 warning, 2 ok (1.2 s)"
    assert all(len(line) <= 100 for line in lines if FIX not in line)


@pytest.mark.parametrize("columns", ["40", "60", "79", "80", "200"])
def test_a_fix_stays_in_one_piece_whatever_the_width(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = printed(capsys)
    assert f"  → {FIX}" in lines
    assert all(len(line) <= max(int(columns), 40) for line in lines if FIX not in line)


def test_a_dumb_terminal_gets_words_and_plain_characters(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    lines = printed(capsys)
    assert lines[0].startswith("FAIL jira")
    assert "\n".join(lines).isascii()


def test_json_says_the_same() -> None:
    told = json.loads(as_json(FINDINGS, 1.25, "0.1.0"))
    assert told["ok"] is False
    assert told["counts"] == {"fail": 1, "warn": 1, "ok": 2, "skip": 1}
    assert told["findings"][0] == {
        "state": "fail",
        "subject": "jira",
        "check": "env file",
        "told": ("others may read it " * 8).strip(),
        "fix": FIX,
    }


def test_a_report_without_trouble_is_short() -> None:
    assert summary([ok("a", "b", "c")]) == "1 ok"
    assert summary([fail("a", "b", "c", "d")] * 2) == "2 failures, 0 ok"


def test_a_known_secret_and_control_characters_never_reach_the_report() -> None:
    logs.redactor.add("swordfish-123")
    made = fail("jira\x1b[31m", "check", "it said swordfish-123\x1b]0;title\x07", "use swordfish-123")
    assert "swordfish" not in str(made)
    assert "\x1b" not in f"{made.subject}{made.told}{made.fix}"


def test_the_command_answers_0_when_all_is_well_and_1_when_something_fails(
    suite: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JIRA_SANDBOX", "1")
    well = suite("doctor", "jira", "--json", "--offline")
    assert well.exit_code == 0
    assert json.loads(well.stdout)["ok"] is True
    monkeypatch.setenv("JIRA_SANDBOX", "${SANDBOX}")
    wrong = suite("doctor", "--offline")
    assert wrong.exit_code == 1
    assert wrong.stdout.splitlines()[0].startswith("✗ jira")


def test_a_doctor_that_cannot_run_answers_2(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SuiteError, match="There is no server 'nosuch'") as unknown:
        command.run_doctor("nosuch", as_data=False, offline=True)
    assert unknown.value.status == 2

    def nowhere() -> Finding:
        raise SuiteError("it is not installed here")

    monkeypatch.setattr(command, "installed", nowhere)
    with pytest.raises(SuiteError) as absent:
        command.run_doctor(None, as_data=False, offline=True)
    assert absent.value.status == 2


@pytest.mark.parametrize(
    ("service", "account", "told"),
    [(None, "work", "Name the service, too"), ("jira", "A/b", "is no name of an account")],
)
def test_an_account_that_cannot_be_meant_answers_2(service: str | None, account: str, told: str) -> None:
    with pytest.raises(SuiteError, match=told) as refused:
        command.run_doctor(service, account, as_data=False, offline=True)
    assert refused.value.status == 2


def test_an_examination_that_breaks_answers_2_and_says_no_more_than_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("token=abcdef123456")

    monkeypatch.setattr(command, "examine", broken)
    with pytest.raises(SuiteError) as failed:
        command.run_doctor("jira", as_data=False, offline=True)
    assert failed.value.status == 2
    assert str(failed.value) == "the examination itself failed (RuntimeError). Report it."
