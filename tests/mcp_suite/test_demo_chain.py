"""The whole story: told once with real servers, then what becomes of it when something is otherwise."""

import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import Result

from mcp_suite.demo import chain
from mcp_suite.demo.agreement import Ask, Now
from mcp_suite.demo.chain import Told, tell
from mcp_suite.demo.chapters import Artefact, Chapter, begin, chapters, run
from mcp_suite.demo.ending import close
from mcp_suite.demo.picture import drawn, excerpt
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script
from mcp_suite.workflow.connection import Connections
from mcp_suite.workflow.engine import RunError
from mcp_suite.workflow.model import Arguments, Known, Outputs, Step, Workflow

WIDTH = 60
NOW = Now("2026-02-02", 4, "", 8)


def _console(written: io.StringIO, width: int = WIDTH) -> Console:
    return Console(file=written, width=width, height=40, markup=False, highlight=False, _environ={"TERM": "dumb"})


@pytest.mark.stdio
def test_the_whole_story_is_told_and_every_artefact_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("JIRA_URL", "https://not-this-one.example")
    written = io.StringIO()
    told = tell(_console(written))
    text = written.getvalue()
    assert told.failure == "", text
    assert [up.server for up in told.servers] == ["confluence-mcp", "jira-mcp", "slack-mcp", "snowflake-mcp"]
    assert all(step.ok for step in told.steps)
    assert {step.tool.partition("_")[0] for step in told.steps} == {"slack", "jira", "confluence", "snowflake"}
    assert "Slack, Jira, Confluence and Snowflake say so" in told.agrees[0]

    ran = [one["workflow"] for one in told.workflows]
    assert ran == ["feature-proposal", "daily-metrics", "daily-metrics", "phase-completion"]
    assert {one["state"] for one in told.workflows} == {"finished"}
    for one in told.workflows:
        assert all(step["done"] or step["skipped"] for step in one["steps"])
    again = told.workflows[2]["steps"]
    assert [step["step"] for step in again if step["found"]] == ["report", "dashboard", "issue[velocity]", "alert"]

    assert {one.server for one in told.artefacts} == {"slack", "jira", "confluence", "snowflake"}
    for one in told.artefacts:
        assert one.url.startswith("https://") == (one.server != "snowflake")
        assert one.url in text
    assert "PMOS-30" in "".join(one.url for one in told.artefacts)

    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()[: text[: text.index("(feature-proposal)")].count("\n")]) <= WIDTH
    assert "  ✓ Open the epic → PMOS-" in text
    assert "      jira_create_issue  https://pm-os.sandbox.invalid/browse/PMOS-" in text
    assert "nothing was made twice" in " ".join(text.split())
    assert "mcp-suite workflow run phase-completion --sandbox --input phase=4" in text
    assert "uv run mcp-suite auth login jira" in text
    assert str(Path.home()) not in text
    assert tempfile.gettempdir() not in text
    assert not (tmp_path / "state" / "workflows").exists()


@pytest.mark.stdio
def test_without_the_packages_of_snowflake_the_part_of_three_servers_is_told(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(script: Script, say: object) -> None:
        raise SuiteError(f"The packages of {script.extra} cannot be had.")

    monkeypatch.setattr(chain, "prepare", absent)
    result = suite("demo")
    assert result.exit_code == 0, result.output
    assert "snowflake-mcp is left out: The packages of snowflake cannot be had." in result.output
    assert "Slack, Jira and Confluence say so." in result.output
    assert "Left out, without Snowflake: Enter it into artifact_catalog" in result.output
    assert "daily-metrics and phase-completion begin in Snowflake: they are not told." in result.output
    assert "(phase-completion)" not in result.output
    assert "The same by itself" not in result.output
    assert "steps, without Snowflake, all as expected" in result.output


@pytest.mark.stdio
def test_a_refused_read_ends_the_story_with_what_the_server_said(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    _company(monkeypatch, "slack")
    monkeypatch.setattr("mcp_suite.demo.agreement.CHANNEL", "#nobody-has-this")
    refused = suite("demo")
    assert refused.exit_code == 1
    assert "The demonstration failed: step 1:" in refused.output
    assert "nobody-has-this" in refused.output
    assert "(feature-proposal)" not in refused.output


def test_a_failed_step_ends_the_story_with_its_workflow(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(ask: Ask, *, warehouse: bool) -> tuple[list[str], None]:
        del ask, warehouse
        return [], None

    _company(monkeypatch)
    monkeypatch.setattr(chain, "follow", nothing)
    failed = suite("demo", "--json")
    told = json.loads(failed.stdout)
    assert failed.exit_code == 1
    assert told["failure"].startswith("feature-proposal, step publish: confluence is not connected")
    assert told["workflows"][0]["steps"][0]["failed"].startswith("confluence is not connected")
    assert told["artefacts"] == []
    shown = suite("demo")
    assert "  ✗ Publish the requirement\n      confluence is not connected" in shown.output


def test_a_server_that_does_not_start_is_named(suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    def found(service: str) -> Script:
        return Script(f"{service}-mcp", f"{service}_package")

    _company(monkeypatch, "nosuch")
    monkeypatch.setattr(chain, "find", found)
    monkeypatch.setattr("mcp_suite.demo.command.all_there", lambda: True)
    result = suite("demo")
    assert result.exit_code == 1
    assert "The demonstration failed: nosuch does not start" in result.output
    assert "No module named nosuch_package" in result.output


def _company(monkeypatch: pytest.MonkeyPatch, *services: str) -> None:
    """Have the story told with these servers only."""

    def prepared(script: Script, say: Callable[[str], None]) -> None:
        del script, say

    monkeypatch.setattr(chain, "services", lambda: list(services))
    monkeypatch.setattr(chain, "prepare", prepared)


def test_data_is_printed_as_json_with_the_same_exit_status(
    suite: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(out: Console | None, *, pause: float) -> Told:
        assert (out, pause) == (None, 0.0)
        return Told(agrees=["all well"])

    monkeypatch.setattr(chain, "tell", told)
    result = suite("demo", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["agrees"] == ["all well"]


def test_workflows_are_about_where_the_history_ends() -> None:
    proposal, metrics, completion = chapters(NOW)
    assert proposal.given["phase"] == "5"
    assert metrics.given == {"date": "2026-02-02"}
    assert completion.given["began"] == "2026-02-03"
    assert completion.given["ended"] == "2026-02-06"
    assert completion.command.endswith(
        "--input 'confirmed_by=Human PM' --input began=2026-02-03 --input ended=2026-02-06"
    )
    assert chapters(replace(NOW, began="2026-02-10"))[2].given["ended"] == "2026-02-13"
    assert [each.workflow.name for each in chapters(replace(NOW, phase=None))] == ["feature-proposal", "daily-metrics"]


def test_without_a_warehouse_its_steps_are_named_as_left_out() -> None:
    (only,) = chapters(None)
    assert only.without == ["Enter it into artifact_catalog"]
    assert "snowflake" not in only.workflow.servers()


@pytest.mark.anyio
async def test_a_step_that_was_done_a_second_time_fails_the_story(tmp_path: Path) -> None:
    async def blind(_: object, known: Known) -> None:
        del known

    async def made(_: object, known: Known) -> str:
        return known.unit

    def left(answer: str, known: Known) -> Outputs:
        del known
        return {"title": answer, "url": f"https://pens.example/{answer}"}

    def nothing(_: Known) -> Arguments:
        return {}

    step = Step("write", "Write it", "pens", "pens_write", nothing, left, look=blind, perform=made)
    chapter = Chapter(Workflow("pens", "Pens", "Pens are made.", (), (step,), subject=lambda _: "pens"), {})
    first = begin(chapter, tmp_path, None)
    await run(chapter, first, Connections(tmp_path), None, None)
    early = datetime(2026, 1, 1, tzinfo=UTC)
    first.units["write"].intended = early
    second = begin(chapter, tmp_path, first)
    with pytest.raises(RunError, match="a second time"):
        await run(chapter, second, Connections(tmp_path), None, first)


MADE = [
    Artefact("Propose", "jira", "Open a story: " + "x" * 80, "https://pm-os.sandbox.invalid/browse/PMOS-1"),
    Artefact("Propose", "snowflake", "Enter it", ""),
    Artefact("Complete", "slack", "Announce it", "https://pm-os.sandbox.invalid/archives/C1/p1"),
]


@pytest.mark.parametrize(("width", "beside"), [(50, False), (120, True)])
def test_addresses_stand_beside_what_was_made_where_there_is_room(width: int, beside: bool) -> None:
    written = io.StringIO()
    close(_console(written, width), MADE, 3, 1.5)
    lines = written.getvalue().splitlines()
    assert lines[1:3] == ["What was made", "  Propose"]
    assert lines.count("  Propose") == 1
    assert any("Announce it" in line and MADE[2].url in line for line in lines) is beside
    assert all(any(one.url in line for line in lines) for one in MADE)
    assert max(len(line) for line in lines if "invalid" not in line) <= width
    assert "Done: 3 steps, all as expected, 1.5 s in all." in " ".join(lines)


def test_a_picture_says_how_much_it_leaves_out_and_fetches_nothing() -> None:
    lines = [" 1  What?", *[f"    line {number}" for number in range(9)], "", "\x1b[32m  well\x1b[0m"]
    short = excerpt(lines)
    assert short[5:] == ["      … 5 more lines", "", "\x1b[32m  well\x1b[0m"]
    picture = drawn(short)
    assert picture.startswith("<svg")
    assert "font-face" not in picture
    assert "url(http" not in picture
    assert "line&#160;3" in picture
    assert "line&#160;4" not in picture
