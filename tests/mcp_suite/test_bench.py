"""The measurements, each taken once: that they can be taken, not how long anything took.

What is measured of every server in the same way is measured of one.
"""

import json
from collections.abc import Callable

import pytest
from typer.testing import Result

from mcp_suite.bench.figures import Figure, MeasurementError
from mcp_suite.bench.services import jira
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script

pytestmark = pytest.mark.stdio

STARTUP = {
    "spawn to initialize",
    "spawn to initialize, by the bare server",
    "spawn to tools/list",
    "spawn to tools/list, by the bare server",
    "processor time to tools/list",
    "memory before the first call",
    "bytes",
    "tokens",
    "tokens that a model sees",
}
FIGURES = {
    ("jira", "startup"): STARTUP,
    ("jira", "answers"): {"search, 25 issues", "one issue with 5 comments", "a write"},
    ("jira", "load"): {"100 reads at once, service of 200 ms", "ping while a slow call runs"},
    ("jira", "cache"): {"hits on a day of calls"},
    ("confluence", "answers"): {"search, 10 hits", "outline of a page of 300 KB", "a write"},
    ("confluence", "overhead"): {"read over stdio, more than plain httpx2", "read in process, more than plain httpx2"},
    ("slack", "answers"): {"100 channels", "30 messages", "a post", "a write"},
    ("snowflake", "answers"): {"100 rows of 5 columns", "a schema of 50 tables", "20 past queries"},
    ("snowflake", "overhead"): {"query over stdio, more than the plain connector"},
    ("snowflake", "large"): {
        "first page of 1,000,000 rows",
        "a page after that",
        "memory that 1,000,000 rows take",
    },
}


@pytest.mark.parametrize(("service", "group"), FIGURES)
def test_a_group_of_figures_can_be_measured(service: str, group: str, suite: Callable[..., Result]) -> None:
    result = suite("bench", service, "--json", "--runs", "1", "--only", group)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["failures"] == {}
    assert report["machine"]["processors"] >= 1
    assert {figure["name"] for figure in report["figures"]} == FIGURES[service, group]
    for figure in report["figures"]:
        assert figure["server"] == f"{service}-mcp"
        assert figure["value"] is not None or figure["note"]
        assert (figure["met"] is None) is (figure["target"] is None or figure["value"] is None)
        assert figure["met"] is not False or figure["unit"] != "tokens", "an answer costs more than its budget"


def _measured(script: Script, runs: int) -> list[Figure]:
    return [
        Figure("g", "slow", 9.0, "ms", 5.0, note=f"{script.name} {runs}", baseline=4.5, low=8.0, high=1234.0, runs=3),
        Figure("g", "enough", 9.0, "%", 5.0, least=True),
        Figure("g", "not to be had", None, "MiB", 80.0),
    ]


def test_a_missed_target_fails_only_when_strict(suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jira.GROUPS, "answers", _measured)
    told = suite("bench", "jira", "--only", "answers")
    assert told.exit_code == 0
    words = " ".join(told.stdout.split())
    assert "g: slow 9 ms ≤ 5 NO 8..1,234 jira-mcp 7; baseline 4.50 ms, ratio 2.00; 3 runs" in words
    assert "g: enough 9 % ≥ 5 yes" in words
    assert "g: not to be had unknown ≤ 80" in words
    assert "Python 3." in words
    assert "1 of 2 targets met." in words
    assert words.index("jira-mcp") < words.index("g: slow")
    assert suite("bench", "jira", "--only", "answers", "--strict").exit_code == 1


def test_a_failed_measurement_is_told_and_fails_the_run(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(script: Script, runs: int) -> list[Figure]:
        raise ExceptionGroup(script.name, [ExceptionGroup("inner", [MeasurementError(f"broke in {runs} runs")])])

    monkeypatch.setitem(jira.GROUPS, "answers", fail)
    told = suite("bench", "jira", "--only", "answers", "--runs", "2")
    assert told.exit_code == 1
    assert "answers of jira-mcp could not be measured: broke in 2 runs" in told.stdout


def test_an_unknown_group_is_refused_with_those_that_there_are(suite: Callable[..., Result]) -> None:
    result = suite("bench", "--only", "speed")
    assert isinstance(result.exception, SuiteError)
    groups = "startup, latency, answers, overhead, load, cache, large, together, workflow"
    assert str(result.exception) == f"There is no group speed. Groups: {groups}."
