"""Showing audit records."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from connector_kit.audit import AuditLog, AuditRecord
from mcp_suite.audit_view import moment
from mcp_suite.errors import SuiteError

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def recorded(tmp_path: Path) -> None:
    """Three calls a minute ago, one of them failed, and one four days ago."""
    for age, tool, effect, outcome, kind in (
        (timedelta(days=4), "jira_get_issue", "reads", "ok", None),
        (timedelta(minutes=3), "jira_get_issue", "reads", "ok", None),
        (timedelta(minutes=2), "jira_create_issue", "adds", "ok", None),
        (timedelta(minutes=1), "jira_get_issue", "reads", "error", "not_found"),
    ):
        at = datetime.now(UTC) - age
        log = AuditLog(tmp_path / "state" / "audit", "jira-mcp", "1.2.3", clock=lambda at=at: at)
        arguments: dict[str, object] = {"key": "PMOS-7", "description": "private words", "issues": [{"a": 1}]}
        log.write(AuditRecord(tool, effect, outcome, 12.4, arguments, client="claude-code 2", error_kind=kind))


@pytest.mark.usefixtures("recorded")
def test_the_latest_calls_are_shown_with_what_was_kept_of_their_arguments(suite: Callable[..., Result]) -> None:
    told = suite("audit").output
    assert told.count("jira_get_issue") == 2
    assert "jira_create_issue" in told
    assert "error not_found" in told
    assert "key=PMOS-7" in told
    assert "description=(13 chars)" in " ".join(told.split())
    assert "private words" not in told


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--since", "1w"), 4),
        (("--since", "30s"), None),
        (("--tool", "jira_get_issue"), 2),
        (("--effect", "adds"), 1),
        (("--outcome", "error"), 1),
        (("--server", "jira"), 3),
        (("--server", "jira-mcp", "--limit", "2"), 2),
    ],
)
def test_records_are_filtered(suite: Callable[..., Result], options: tuple[str, ...], count: int | None) -> None:
    result = suite("audit", "--json", *options)
    if count is None:
        assert isinstance(result.exception, SuiteError)
        return
    records = [json.loads(line) for line in result.output.splitlines()]
    assert len(records) == count
    assert all(record["version"] == "1.2.3" for record in records)


@pytest.mark.usefixtures("recorded")
def test_a_limit_keeps_the_latest_and_says_that_there_are_more(suite: Callable[..., Result]) -> None:
    told = suite("audit", "--limit", "1").output
    assert "not_found" in told
    assert "The 1 latest are shown" in told


def test_no_records_is_said_with_the_place_where_they_would_be(suite: Callable[..., Result], tmp_path: Path) -> None:
    assert str(tmp_path / "state" / "audit") in suite("audit").output.replace("\n", "")


@pytest.mark.parametrize(
    ("since", "expected"),
    [("45m", NOW - timedelta(minutes=45)), ("12H", NOW - timedelta(hours=12)), ("3w", NOW - timedelta(weeks=3))],
)
def test_an_age_counts_back_from_now(since: str, expected: datetime) -> None:
    assert moment(since, NOW) == expected


def test_a_date_is_local_midnight() -> None:
    found = moment("2026-05-01", NOW)
    assert (found.hour, found.day) == (0, 1)
    assert found.tzinfo is not None


@pytest.mark.parametrize("since", ["", "yesterday", "5", "2 fortnights", "2026-13-01"])
def test_anything_else_is_refused_with_examples(since: str) -> None:
    with pytest.raises(SuiteError, match="45m, 12h, 2d, 3w"):
        moment(since, NOW)
