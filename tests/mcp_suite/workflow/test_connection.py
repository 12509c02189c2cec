"""Starting the servers of a run, and what is told when one cannot be had."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import Result

from mcp_suite.calls import CallError
from mcp_suite.workflow import running
from mcp_suite.workflow.connection import Connections, Launch, Launcher, connected, launcher
from mcp_suite.workflow.definitions import workflow_of
from mcp_suite.workflow.record import Record

from . import toys
from .conftest import RUN, Playground


def dying(_: str) -> Launch:
    return Launch([sys.executable, "-c", "import sys; sys.exit('no luck')"], dict(os.environ))


def begin(folder: Path, *, sandbox: bool = True) -> Record:
    inputs = toys.workflow().settle({"folder": str(folder)})
    return Record.begin(RUN, "toy", revision=1, sandbox=sandbox, inputs=inputs)


def test_a_server_that_does_not_start_is_named_with_the_end_of_its_log() -> None:
    async def work() -> None:
        async with connected(["toy"], dying):
            raise AssertionError("it started")

    with pytest.raises(CallError, match=r"^toy does not start: [^\n]+\nno luck$"):
        anyio.run(work)


def test_a_failure_inside_comes_out_as_it_is() -> None:
    async def work() -> None:
        async with connected([], dying) as connections:
            await connections("toy", "toy_read", {})

    with pytest.raises(CallError, match=r"^toy is not connected$"):
        anyio.run(work)


def test_a_run_whose_server_does_not_start_has_done_nothing_and_can_go_on(
    playground: Playground, capsys: pytest.CaptureFixture[str]
) -> None:
    made = begin(playground.folder)
    assert running.go_on(toys.workflow(), made, dying, as_json=True, settle=0) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["done"] == []
    assert "toy does not start" in told["error"]
    assert playground.play("resume").returncode == 0
    assert playground.is_whole()


def test_a_tool_that_is_not_offered_stops_the_run_before_anything_is_done(
    playground: Playground, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Record.write
    written: list[str] = []

    def write(self: Record, event: Any, unit: str = "", **more: Any) -> None:
        written.append(unit)
        real(self, event, unit, **more)

    monkeypatch.setattr(Record, "write", write)
    launch: Launcher = toys.launch_in(playground.folder)
    step = toys.making("other")
    object.__setattr__(step, "tool", "toy_break")
    wanted = toys.workflow()
    object.__setattr__(wanted, "steps", (*wanted.steps, step))
    assert running.go_on(wanted, begin(playground.folder, sandbox=False), launch, as_json=True, settle=0) == 1
    assert "No step is begun: toy does not offer toy_break" in json.loads(capsys.readouterr().out)["error"]
    assert written == []


def test_all_servers_that_lack_tools_are_told_at_once(tmp_path: Path) -> None:
    nothing: frozenset[str] = frozenset()
    connections = Connections(tmp_path, tools=dict.fromkeys(("slack", "jira", "confluence", "snowflake"), nothing))
    with pytest.raises(CallError) as refused:
        running.offered(workflow_of("feature-proposal"), connections)
    for setting in ("SLACK_ACCESS=write", "JIRA_ACCESS=write and JIRA_TOOLSETS=links", "SNOWFLAKE_ACCESS=write"):
        assert f"set {setting} for it" in str(refused.value)


def test_a_disk_that_is_full_is_told_and_the_run_goes_on_later(
    playground: Playground, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Record.write

    def write(self: Record, event: Any, unit: str = "", **more: Any) -> None:
        if (event, unit) == ("done", "first"):
            raise OSError("No space left on device")
        real(self, event, unit, **more)

    with monkeypatch.context() as full:
        full.setattr(Record, "write", write)
        launch: Launcher = toys.launch_in(playground.folder)
        assert running.go_on(toys.workflow(), begin(playground.folder), launch, as_json=True, settle=0) == 1
    assert "No space left" in json.loads(capsys.readouterr().out)["error"]
    assert playground.play("resume").returncode == 0
    assert playground.is_whole()


def test_what_another_run_about_the_same_has_just_begun_is_known(playground: Playground) -> None:
    flow = workflow_of("daily-metrics")
    inputs = flow.settle({"date": "2026-02-02"})
    first = Record.begin("a", flow.name, revision=1, sandbox=True, inputs=inputs)
    first.write("intended", "report")
    second = Record.begin("b", flow.name, revision=1, sandbox=True, inputs=inputs)
    live = Record.begin("c", flow.name, revision=1, sandbox=False, inputs=inputs)
    other_day = Record.begin("d", flow.name, revision=1, sandbox=True, inputs=flow.settle({"date": "2026-02-01"}))
    assert running.others(flow, second, 60.0) == {"report": first.units["report"].intended}
    assert running.others(flow, first, 60.0) == running.others(flow, live, 60.0) == {}
    assert running.others(flow, other_day, 60.0) == {}


@pytest.mark.parametrize(
    ("sandbox", "planning", "access"), [(True, False, "write"), (True, True, "read"), (False, False, "delete")]
)
def test_servers_work_in_the_sandbox_or_as_the_user_set_them(
    monkeypatch: pytest.MonkeyPatch, sandbox: bool, planning: bool, access: str
) -> None:
    monkeypatch.setenv("JIRA_ACCESS", "delete")
    monkeypatch.setenv("JIRA_URL", "https://company.example")
    launch = launcher(workflow_of("feature-proposal"), sandbox=sandbox, planning=planning)("jira")
    assert launch.command[1:] == ["-m", "jira_mcp"]
    assert launch.environment["JIRA_ACCESS"] == access
    assert launch.environment["JIRA_TOOLSETS"] == "links"
    assert ("JIRA_URL" in launch.environment) is not sandbox


def test_the_commands_list_what_there_is_and_refuse_what_there_is_not(suite: Callable[..., Result]) -> None:
    told = json.loads(suite("workflow", "list", "--json").stdout)
    assert [each["name"] for each in told] == ["feature-proposal", "daily-metrics", "phase-completion"]
    assert "--input date=" in suite("workflow", "list").stdout
    assert "No workflow was run yet" in suite("workflow", "status").stdout
    assert json.loads(suite("workflow", "status", "--json").stdout) == []
