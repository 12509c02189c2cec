"""The toy workflow as a process that may die, and what it has left; the sandboxes of a company."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mcp_suite.sandbox import prepare
from mcp_suite.servers import find
from mcp_suite.workflow.record import Record

from .company import Company

RUN = "toy-1"
KILLED = -9


@dataclass(frozen=True, slots=True)
class Playground:
    """A folder for the toys, and the runs in it."""

    folder: Path

    def play(
        self, how: str = "begin", moment: str = "-", run: str = RUN, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the toy workflow in a process of its own, which dies at this moment."""
        script = Path(__file__).with_name("toys.py")
        command = [sys.executable, str(script), str(self.folder), how, run, moment]
        return subprocess.run(command, env={**os.environ, **more}, capture_output=True, text=True, timeout=120)

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


@pytest.fixture
def playground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Playground:
    """Folders of the test's own."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    (tmp_path / "toys").mkdir()
    return Playground(tmp_path / "toys")


@pytest.fixture
def events() -> Callable[[Record], list[dict[str, Any]]]:
    """The lines of a record."""
    return lambda record: [json.loads(line) for line in record.path.read_text().splitlines()]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Sandboxes of the test's own."""
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    prepare(find("snowflake"), lambda _: None)
    return Company()
