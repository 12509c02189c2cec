"""Files of agents in Claude Code's folders: put there, brought up to date, removed, and never lost.

A record in the state folder says what was put where. A file that differs from it is the user's.
"""

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import cast

from connector_kit.errors import NotConfigured
from connector_kit.paths import private_dir, state_dir
from connector_kit.private_files import read_private, write_private
from mcp_suite.agents.definitions import Agent
from mcp_suite.errors import SuiteError
from mcp_suite.install.clients import Machine
from mcp_suite.install.config_file import ConfigFile, locked


class Outcome(Enum):
    """What became of a file."""

    ADDED = "added"
    UPDATED = "brought up to date"
    REPLACED = "replaced"
    UNCHANGED = "is there already"
    REMOVED = "removed"
    ABSENT = "was not there"
    CHANGED = "was changed by you; left alone"
    FOREIGN = "was not put there by mcp-suite; left alone"


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of an agent's file, and where the user's version of it is kept, if there was one."""

    name: str
    outcome: Outcome
    kept: Path | None = None


def user_folder(machine: Machine) -> Path:
    """Where Claude Code looks for the user's agents."""
    chosen = machine.environ.get("CLAUDE_CONFIG_DIR", "")
    return (Path(chosen).expanduser().absolute() if chosen else machine.home / ".claude") / "agents"


def project_folder(project: Path) -> Path:
    """Where Claude Code looks for the agents of a project."""
    return project / ".claude" / "agents"


def put(agent: Agent, folder: Path, *, force: bool, now: datetime) -> Placed:
    """Write an agent's file; one that is the user's stays, or with `force` is kept beside the new one.

    Raises:
        SuiteError: the file or the record cannot be read or written.
    """
    path = folder / f"{agent.name}.md"
    with _record() as record:
        return _put(agent, path, record, force=force, now=now)


def _put(agent: Agent, path: Path, record: "_Record", *, force: bool, now: datetime) -> Placed:
    file = ConfigFile.read(path)
    if file.content is None:
        outcome = Outcome.ADDED
    elif _digest(file.text) == _digest(agent.text):
        return Placed(agent.name, Outcome.UNCHANGED)
    elif record.has(path, file.text):
        outcome = Outcome.UPDATED
    elif not force:
        return Placed(agent.name, Outcome.CHANGED if record.has(path) else Outcome.FOREIGN)
    else:
        outcome = Outcome.REPLACED
    # Said before it is done: what was cut off in between is still known as ours.
    record.add(path, agent.text)
    kept = file.replace(agent.text, now)
    if kept is not None and outcome is Outcome.UPDATED:
        kept.unlink()
        kept = None
    return Placed(agent.name, outcome, kept)


def take_away(name: str, folder: Path) -> Placed:
    """Remove an agent's file if it is as it was put there.

    Raises:
        SuiteError: the file or the record cannot be read or written.
    """
    path = folder / f"{name}.md"
    with _record() as record:
        return _take_away(name, path, record)


def _take_away(name: str, path: Path, record: "_Record") -> Placed:
    file = ConfigFile.read(path)
    if file.content is None:
        outcome = Outcome.ABSENT
    elif not record.has(path):
        return Placed(name, Outcome.FOREIGN)
    elif not record.has(path, file.text):
        return Placed(name, Outcome.CHANGED)
    else:
        outcome = Outcome.REMOVED
        try:
            path.unlink()
        except OSError as error:
            raise SuiteError(f"{path} cannot be removed: {error.strerror}.") from error
    record.forget(path)
    return Placed(name, outcome)


def placed_in(folder: Path) -> Sequence[str]:
    """The names of the agents whose files were put into a folder.

    Raises:
        SuiteError: the record cannot be read.
    """
    return sorted(path.stem for path in map(Path, _Record.read().digests) if path.parent == folder)


@contextmanager
def _record() -> Generator["_Record"]:
    """The record, held so that two runs at once do not lose what the other writes."""
    path = _record_path()
    try:
        private_dir(path.parent)
    except OSError as error:
        raise SuiteError(f"{path.parent} cannot be used: {error.strerror}. Nothing was changed.") from error
    with locked(path):
        yield _Record.read()


def _record_path() -> Path:
    try:
        return state_dir() / "agents.json"
    except NotConfigured as error:
        raise SuiteError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Record:
    """Digests of what was put at each path."""

    path: Path
    digests: dict[str, list[str]]

    @classmethod
    def read(cls) -> "_Record":
        path = _record_path()
        try:
            content: object = json.loads(read_private(path))
        except FileNotFoundError:
            content = {}
        except NotConfigured as error:
            raise SuiteError(str(error)) from error
        except ValueError:
            raise SuiteError(f"{path} is damaged; delete it. Files that it knew then count as yours.") from None
        told = cast("dict[object, object]", content) if isinstance(content, dict) else {}
        return cls(
            path,
            {
                str(key): [str(one) for one in cast("list[object]", value)]
                for key, value in told.items()
                if isinstance(value, list)
            },
        )

    def has(self, path: Path, text: str | None = None) -> bool:
        """Whether something, or this, was put at a path."""
        known = self.digests.get(str(path), [])
        return bool(known) if text is None else _digest(text) in known

    def add(self, path: Path, text: str) -> None:
        known = self.digests.setdefault(str(path), [])
        if _digest(text) not in known:
            known.append(_digest(text))
            self._write()

    def forget(self, path: Path) -> None:
        if self.digests.pop(str(path), None) is not None:
            self._write()

    def _write(self) -> None:
        try:
            write_private(self.path, json.dumps(self.digests, indent=1).encode())
        except OSError as error:
            raise SuiteError(f"{self.path} cannot be written: {error.strerror}. Nothing was changed.") from error


def _digest(text: str) -> str:
    # A checkout may have given the lines other ends.
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
