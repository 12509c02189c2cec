"""The four sandboxes as a company works in them: workflows are run, and tools say what is there afterwards."""

import itertools
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from mcp_suite.app import app
from mcp_suite.workflow.model import Arguments

Told = Any  # what the JSON of a command holds
Asked = Mapping[str, tuple[str, Arguments]]
_number = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Nursery:
    """The process of nursery.py, and the state folder that its children work in."""

    process: "subprocess.Popen[str]"
    state: Path

    def do(self, **job: Any) -> Told:
        """Have a child do a job; answers what came of it, with its exit status."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line != "ready\n":
                return json.loads(line)
        raise AssertionError("the nursery is gone")


@dataclass(frozen=True, slots=True)
class Company:
    """The four sandboxes of one test, the command that works on them, and children that may be killed."""

    nursery: Nursery

    def begin_anew(self) -> None:
        """Have the sandboxes as they were at first, as far as workflows read them."""
        proposed = "DELETE FROM artifact_catalog WHERE acceptance_status = 'Proposed'"
        assert self.nursery.do(fresh=True, sql=[proposed])["status"] == 0

    def command(self, *arguments: str, status: int = 0) -> Told:
        """Run `mcp-suite workflow …` with servers that are processes; answers its JSON."""
        done = CliRunner().invoke(app, ["workflow", *arguments, "--json"])
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)

    def run(self, workflow: str, *, ask: Asked | None = None, **inputs: str) -> Told:
        """Have a child run a workflow to its end; answers its summary, and `answers` to what was asked."""
        told = self.begin(workflow, inputs, ask=ask or {})
        assert told["status"] == 0, told
        return {**told["summary"], "answers": told["answers"]}

    def begin(self, workflow: str, inputs: Mapping[str, str], run: str = "", **job: Any) -> Told:
        """Have a child begin a run, in which something may happen."""
        return self.nursery.do(run=run or f"{workflow}-{next(_number)}", workflow=workflow, inputs=inputs, **job)

    def resume(self, run: str, **job: Any) -> Told:
        """Have a child go on with a run."""
        return self.nursery.do(run=run, **job)

    def ask(self, asked: Asked) -> dict[str, str]:
        """Call tools, `asked` being tool and arguments by a name; answers their texts by it."""
        return self.nursery.do(ask=asked)["answers"]


def given(**inputs: str) -> list[str]:
    return [part for name, value in inputs.items() for part in ("--input", f"{name}={value}")]


def search(jql: str) -> tuple[str, Arguments]:
    return "jira_search_issues", {"jql": jql, "limit": 100}


def query(sql: str) -> tuple[str, Arguments]:
    return "snowflake_run_query", {"sql": sql}


def channel(name: str) -> tuple[str, Arguments]:
    return "slack_read_channel", {"channel": name, "window": "2d", "limit": 100}
