"""The durable record of a run: one JSON line for each thing that happened, synced before and after each step."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self, cast

from connector_kit.paths import private_dir, state_dir
from connector_kit.private_files import write_private
from mcp_suite.errors import SuiteError
from mcp_suite.workflow.model import Outputs

Event = Literal["intended", "done", "skipped", "failed", "finished"]


@dataclass(slots=True)
class Unit:
    """What is recorded of one unit of work: the outputs if it is done, when it was last begun, and why it failed."""

    intended: datetime | None = None
    done: bool = False
    outputs: Outputs = field(default_factory=dict[str, Any])
    found: bool = False
    skipped: str = ""
    failed: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.done or bool(self.skipped)


@dataclass(slots=True)
class Record:
    """A run as its file tells it: what it is, and each unit of work by name, in the order they began."""

    path: Path
    run: str
    workflow: str
    revision: int
    sandbox: bool
    started: datetime
    inputs: Mapping[str, str]
    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    finished: datetime | None = None
    last: datetime | None = None

    @classmethod
    def begin(cls, run: str, workflow: str, *, revision: int, sandbox: bool, inputs: Mapping[str, str]) -> Self:
        """Write the first line of a new run's record, whole or not at all.

        Raises:
            SuiteError: there is a run of this name already.
        """
        path = folder() / f"{run}.jsonl"
        if path.exists():
            raise SuiteError(f"there is a run {run} already: mcp-suite workflow resume {run}")
        started = _now()
        head = {
            "at": started.isoformat(),
            "event": "begun",
            "run": run,
            "workflow": workflow,
            "revision": revision,
            "sandbox": sandbox,
            "inputs": dict(inputs),
        }
        write_private(path, _line(head))
        _sync_folder(path.parent)
        return cls(path, run, workflow, revision, sandbox, started, dict(inputs))

    @classmethod
    def read(cls, run: str) -> Self:
        """The record of a run; a line that a crash left unfinished counts as not written.

        Raises:
            SuiteError: there is no such run, or its file is not a record.
        """
        path = folder() / f"{run}.jsonl"
        if run != Path(run).name or not path.is_file():
            raise SuiteError(f"There is no run {run!r}. See: mcp-suite workflow status", status=2)
        lines = path.read_bytes().split(b"\n")[:-1]
        try:
            head, *rest = [cast("dict[str, Any]", json.loads(line)) for line in lines]
            started = datetime.fromisoformat(head["at"])
            made = cls(
                path, run, head["workflow"], head["revision"], head["sandbox"], started, head["inputs"], last=started
            )
            for entry in rest:
                made.apply(entry)
        except (ValueError, KeyError, TypeError) as error:
            raise SuiteError(f"{path} is damaged: {error}") from error
        return made

    def apply(self, entry: Mapping[str, Any]) -> None:
        """Take in one line of the file."""
        self.last = datetime.fromisoformat(entry["at"])
        event: Event = entry["event"]
        if event == "finished":
            self.finished = self.last
            return
        unit = self.units.setdefault(entry["unit"], Unit())
        if event == "intended":
            unit.intended, unit.failed = self.last, ""
        elif event == "done":
            unit.done, unit.outputs, unit.found, unit.failed = True, entry["outputs"], entry["found"], ""
        elif event == "skipped":
            unit.skipped = entry["reason"]
        else:
            unit.failed = entry["message"]

    def write(self, event: Event, unit: str = "", **more: Any) -> None:
        """Append a line; it is on the disk when this returns.

        Raises:
            OSError: it cannot be written.
        """
        entry = {"at": _now().isoformat(), "event": event, **({"unit": unit} if unit else {}), **more}
        content = _line(entry)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0))
        try:
            _cut_torn_line(descriptor)
            if os.write(descriptor, content) != len(content):
                raise OSError(f"{self.path} was not written whole: is the disk full?")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.apply(entry)

    @property
    def outputs(self) -> dict[str, Outputs]:
        """What every unit that is done has left."""
        return {name: unit.outputs for name, unit in self.units.items() if unit.done}

    @property
    def state(self) -> str:
        """In a word how the run stands; one that is running looks `interrupted` until its next line."""
        if self.finished:
            return "finished"
        return "failed" if any(unit.failed for unit in self.units.values()) else "interrupted"


def folder() -> Path:
    """The folder of the records, made if need be."""
    return private_dir(state_dir() / "workflows")


def runs() -> tuple[list[Record], list[str]]:
    """Every run that has a record, the latest first, and what is wrong with the records that cannot be read."""
    found: list[Record] = []
    damaged: list[str] = []
    for path in folder().glob("*.jsonl"):
        try:
            found.append(Record.read(path.stem))
        except SuiteError as error:
            damaged.append(str(error))
    return sorted(found, key=lambda record: record.started, reverse=True), damaged


def lately(within: float) -> list[Record]:
    """The runs whose record was written to in the last `within` seconds; one that cannot be read is left out."""
    since = _now().timestamp() - within
    found: list[Record] = []
    for path in folder().glob("*.jsonl"):
        with suppress(SuiteError, FileNotFoundError):
            if path.stat().st_mtime >= since:
                found.append(Record.read(path.stem))
    return found


def _now() -> datetime:
    return datetime.now(UTC)


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _cut_torn_line(descriptor: int) -> None:
    """Take away what a crash left of a line, which would spoil the next one."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    position = size
    while position > 0:
        begin = max(0, position - 4096)
        os.lseek(descriptor, begin, os.SEEK_SET)
        end = os.read(descriptor, position - begin).rfind(b"\n")
        if end >= 0:
            if begin + end + 1 < size:
                os.ftruncate(descriptor, begin + end + 1)
            return
        position = begin


def _sync_folder(path: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
