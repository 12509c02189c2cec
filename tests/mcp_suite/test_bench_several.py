"""Measurements of tools and of several servers at once, and their chart: that they can be taken and drawn.

`BENCH_PROOF=full` measures a whole workflow and the start of several servers too, which take a dozen processes each;
the workflow's steps, and the start of one server, are tested elsewhere.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast
from xml.etree import ElementTree as Xml

import pytest
from typer.testing import Result

from mcp_suite.bench import latency, proposal, together
from mcp_suite.bench.chart import chart
from mcp_suite.bench.command import Wanted
from mcp_suite.bench.figures import Figure, MeasurementError
from mcp_suite.bench.latency import Case
from mcp_suite.bench.report import Report
from mcp_suite.bench.services import Read, jira, reads_of, slack
from mcp_suite.bench.wire import WireClient
from mcp_suite.errors import SuiteError
from mcp_suite.isolated import Isolated
from mcp_suite.servers import Script, load, scripts

FULL = os.environ.get("BENCH_PROOF") == "full"
MACHINE = {"processors": 2, "load_average": 0.5, "python": "3.11.7", "system": "Linux <x86>"}


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "ADDED", 0.0)
    monkeypatch.setattr(latency, "PER_RUN", 1)
    monkeypatch.setattr(proposal, "ADDED", 0.0)


def test_tools_that_read_and_write_are_measured_beside_the_same_requests(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [
        Case("slack_read_channel", lambda n, _: {"channel": slack.DEV, "limit": 5 + n}),
        Case("slack_post_message", lambda n, _: {"channel": slack.DEV, "text": f"Measured {n}"}),
    ]
    monkeypatch.setattr(slack, "TOOLS", latency.Plan(slack.MOST_MS, lambda _service, _place: few))
    result = suite("bench", "slack", "--json", "--runs", "1", "--only", "latency")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)["figures"]
    names = [f"{case.tool}, {what}" for case in few for what in ("median", "95th percentile")]
    assert [figure["name"] for figure in figures] == names
    assert all(figure["value"] > 0 and figure["baseline"] > 0 and figure["target"] == 1000 for figure in figures)
    assert figures[2]["note"] == "against plain httpx2, 1 request of 0 ms and more"


def test_a_call_that_asks_the_service_for_nothing_measures_nothing(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    same = Case("jira_list_projects", lambda _number, _ask: {})
    monkeypatch.setattr(jira, "TOOLS", latency.Plan(jira.MOST_MS, lambda _service, _place: [same]))
    result = suite("bench", "jira", "--json", "--runs", "1", "--only", "latency")
    assert result.exit_code == 1
    told = {"latency of jira-mcp": "jira_list_projects asked the service for nothing"}
    assert json.loads(result.stdout)["failures"] == told


def test_servers_are_measured_together_with_callers_that_meet_no_error(
    suite: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = Figure("together", "2 servers at once, to the last tools/list", 9.0, "ms", baseline=8.0)

    def started(places: Mapping[Script, Isolated], runs: int) -> list[Figure]:
        assert (len(places), runs) == (2, 1)
        return [up]

    if not FULL:
        monkeypatch.setattr(together, "starting", started)
    drawn = tmp_path / "chart.svg"
    asked = ["--only", "together", "--runs", "1", "--seconds", "0.5", "--svg", str(drawn)]
    result = suite("bench", "jira", "slack", "--json", *asked)
    assert result.exit_code == 0, result.output
    figures = {figure["name"]: figure for figure in json.loads(result.stdout)["figures"]}
    assert figures["8 callers, errors"]["value"] == 0
    assert figures["8 callers, calls"]["value"] > 0
    assert figures[up.name]["baseline"] > 0
    assert "uv run mcp-suite bench jira slack --only together --runs 1 --seconds 0.5" in drawn.read_text("utf-8")


@pytest.mark.skipif(not FULL, reason="takes a dozen processes: BENCH_PROOF=full")
def test_a_whole_workflow_is_measured_on_the_four_services(suite: Callable[..., Result]) -> None:
    result = suite("bench", "--json", "--runs", "1", "--only", "workflow")
    assert result.exit_code == 0, result.output
    (whole, start) = json.loads(result.stdout)["figures"]
    assert whole["value"] > start["value"] > 0
    assert whole["baseline"] > 0


class _Failing:
    """A client of a server that fails from the second call on."""

    calls = 0

    def call(self, tool: str, arguments: dict[str, int]) -> tuple[str, float]:
        self.calls += 1
        if self.calls > 2:
            raise MeasurementError(f"{tool} has no ink")
        return "", 0.001 * arguments["n"]


def test_an_error_of_a_caller_is_counted_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def reads(service: str) -> list[Read]:
        return [(f"{service}_search", lambda n: {"n": n})]

    monkeypatch.setattr(together, "reads_of", reads)
    clients = cast("dict[str, WireClient]", {"pens": _Failing()})
    with pytest.raises(MeasurementError, match="no call went well: pens_search has no ink"):
        together.calling(clients, 0.01)
    met = together.Calls(errors=["pens_search has no ink"] * 3, seconds=2.0)
    met.took["pens"] += [4.0, 8.0]
    figures = {figure.name: figure for figure in together.figures_of(met, met)}
    errors = figures["8 callers, errors"]
    assert (errors.value, errors.met, errors.note) == (6, False, "pens_search has no ink")
    assert figures["8 callers, calls"].value == 2.5
    assert figures["8 callers, median"].value == 6.0


def test_what_callers_read_is_there_for_every_server_and_only_reads() -> None:
    for script in scripts():
        effects = {entry.name: entry.effect for entry in load(script).toolset}
        assert {effects[tool] for tool, _ in reads_of(script.extra)} == {"reads"}


def _drawn(figures: list[Figure]) -> Xml.Element:
    return Xml.fromstring(chart(Report(MACHINE, figures), Wanted(["pens"], runs=3).command))  # noqa: S314 - our own


def test_the_chart_shows_each_tool_beside_the_plain_client_and_its_target() -> None:
    figures = [
        Figure("latency", "pens_search, median", 112.4, "ms", 2000.0, baseline=106.0, server="pens-mcp"),
        Figure("latency", "pens_search, 95th percentile", 130.0, "ms", 2000.0, baseline=110.0, server="pens-mcp"),
        Figure("together", "8 callers, errors", 0, "calls", 0),
        Figure("together", "memory", 280.0, "MiB", 320.0, baseline=270.0),
        Figure("startup", "not drawn", 1.0, "ms"),
    ]
    root = _drawn(figures)
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"pens-mcp", "pens_search", "112 / 130 ms (+6)", "at most 2 s"} <= set(words)
    assert {"8 callers, errors: 0 calls; at most 0", "memory: 280 MiB; bare servers: 270; at most 320"} <= set(words)
    assert "uv run mcp-suite bench pens --runs 3 --svg FILE" in words
    assert "2 processors, load average 0.5, Python 3.11.7, Linux <x86>" in words
    assert "not drawn" not in words
    places = {circle.get("class"): float(circle.get("cx", 0)) for circle in list(root)[-20:] if circle.get("cx")}
    assert places["plain"] < places["ours"]


def test_the_chart_has_colours_for_light_and_dark() -> None:
    style = _drawn([]).find("{http://www.w3.org/2000/svg}style")
    assert style is not None
    assert "@media (prefers-color-scheme: dark)" in (style.text or "")


def test_a_chart_of_what_is_not_drawn_is_refused_before_anything_is_measured(
    suite: Callable[..., Result], tmp_path: Path
) -> None:
    result = suite("bench", "jira", "--only", "answers", "--svg", str(tmp_path / "chart.svg"))
    assert isinstance(result.exception, SuiteError)
    assert str(result.exception) == "--svg draws the groups latency, workflow, together: let one be measured."


def test_a_chart_that_cannot_be_written_is_told(
    suite: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(script: Script, runs: int) -> list[Figure]:
        return [Figure("latency", f"{script.name}, {runs}", 1.0, "ms")]

    monkeypatch.setitem(jira.GROUPS, "latency", measured)
    result = suite("bench", "jira", "--only", "latency", "--svg", str(tmp_path / "no" / "chart.svg"))
    assert isinstance(result.exception, SuiteError)
    assert "chart.svg cannot be written: No such file or directory" in str(result.exception)
