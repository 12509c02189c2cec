"""The real workflows and the toy one in processes that may die, and what they have left."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from mcp_suite.calls import CallError
from mcp_suite.workflow.record import Record
from mcp_suite.workflow.stand_ins import standing_by

from .company import Company, Nursery

RUN = "toy-1"
KILLED = -9
FULL = os.environ.get("WORKFLOW_PROOF") == "full"


@dataclass(frozen=True, slots=True)
class Played:
    """How a run of the toy workflow ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Playground:
    """A folder for the toys, and the runs in it."""

    folder: Path
    nursery: Nursery

    def play(self, how: str = "begin", moment: str = "-", run: str = RUN, settle: float = 0.2) -> Played:
        """Run the toy workflow in a process of its own, which dies at this moment."""
        own = {name: os.environ[name] for name in ("MCP_SUITE_STATE_DIR", "MCP_SUITE_ENV_DIR")}
        toy = {"folder": str(self.folder), "how": how, "run": run, "moment": moment, "settle": settle}
        told = self.nursery.do(toy={**toy, "environment": own})
        return Played(told["status"], told["text"], told["errors"])

    def trouble(self, tool: str, moment: str, what: str, number: int = 1, **more: float) -> None:
        """Let one call go wrong."""
        told = {"tool": tool, "moment": moment, "what": what, "number": number, **more}
        (self.folder / "trouble.json").write_text(json.dumps(told))

    def marks(self) -> list[str]:
        """The marks of all things that were made, as often as they were."""
        made = self.folder / "things.jsonl"
        lines = made.read_text().splitlines() if made.exists() else []
        return sorted(json.loads(line)["mark"] for line in lines)

    def record(self, run: str = RUN) -> Record:
        """The record of the run."""
        return Record.read(run)

    def is_whole(self, run: str = RUN) -> bool:
        """Whether each thing was made once, and the rest of the work is done."""
        whole = [f"wf-{run}-{name}" for name in ("each-one", "each-two", "first", "last")]
        return (
            self.marks() == whole
            and (self.folder / "size.value").exists()
            and (self.folder / "local.txt").exists()
            and self.record(run).state == "finished"
        )


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Generator[Nursery]:
    """A process whose children may be killed."""
    if not hasattr(os, "fork"):
        pytest.skip("only POSIX has children that have imported everything already")
    state = tmp_path_factory.mktemp("nursery")
    own = {"MCP_SUITE_STATE_DIR": str(state), "MCP_SUITE_ENV_DIR": str(state / "config")}
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("nursery.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **own},
    ) as process:
        yield Nursery(process, state)


@pytest.fixture
def playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nursery: Nursery) -> Playground:
    """Folders of the test's own."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    (tmp_path / "toys").mkdir()
    return Playground(tmp_path / "toys", nursery)


@pytest.fixture
def events() -> Callable[[Record], list[dict[str, Any]]]:
    """The lines of a record."""
    return lambda record: [json.loads(line) for line in record.path.read_text().splitlines()]


@pytest.fixture(scope="session")
def staffed(nursery: Nursery) -> Generator[Nursery]:
    """The same with Snowflake's sandbox beside it, which all runs share; skipped where it cannot be had."""
    with pytest.MonkeyPatch.context() as own:
        own.setenv("MCP_SUITE_STATE_DIR", str(nursery.state))
        with standing_by(["snowflake"], lambda _: None) as ready:
            try:
                anyio.run(ready, "snowflake")
            except CallError as error:
                pytest.skip(str(error))
            yield nursery


@pytest.fixture
def company(staffed: Nursery, monkeypatch: pytest.MonkeyPatch) -> Company:
    """The four sandboxes as they are at first, which the command and the nursery work on."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(staffed.state))
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(staffed.state / "config"))
    made = Company(staffed)
    made.begin_anew()
    return made
