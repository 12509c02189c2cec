"""Bulk operations as the model sees them: what one would do, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jira_mcp.models import FieldChange

Action = Literal["edit", "transition", "move", "delete"]


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one issue: `changes` are its fields before and after."""

    key: str
    summary: str
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An issue that is left out, or with which it went wrong, and why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk operation would do; `token` runs it, "" when there is nothing to run.

    `selected` is how many issues were named or found. `already` are the keys of those that are so already, `notes`
    what else there is to know, `notify` whether Jira would mail the people who watch.
    """

    action: Action
    selected: int
    planned: tuple[Planned, ...]
    token: str = ""
    already: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()
    notify: bool = False


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """How far a bulk operation has come, and what it did.

    `state` is "done", "running", "failed" (Jira gave up: what it did until then counts) or "unknown" (its progress
    could not be read: `trouble`). `done` are keys, or ids where nobody knows the key; `moved` are new keys by the old
    ones. `lost` are those of which Jira says nothing, `hidden` the number of issues that it does not name.
    """

    task: str
    state: Literal["done", "running", "failed", "unknown"]
    percent: int = 0
    action: Action | None = None
    total: int = 0
    done: tuple[str, ...] = ()
    failed: tuple[Refused, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict[str, str])
    lost: tuple[str, ...] = ()
    hidden: int = 0
    outside: int = 0
    trouble: str = ""
