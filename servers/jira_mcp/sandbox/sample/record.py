"""One line of the sample data, before it becomes a stored issue."""

from __future__ import annotations

from dataclasses import dataclass

from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.sample import site
from sandbox_kit.atlassian.accounts import Account


@dataclass(frozen=True, slots=True)
class Note:
    """A comment: who, when ("2026-01-31 09:00", UTC), what."""

    author: Account
    when: str
    body: JsonObject


@dataclass(frozen=True, slots=True)
class Record:
    """An issue of the sample data. Names stand where the stored issue has ids; `when` texts are UTC.

    `work` is hours by the moment they were started. An issue with `finished` is done; one with only `started`
    is in progress.
    """

    number: int
    summary: str
    description: JsonObject
    type: str = site.STORY
    phase: int | None = None
    owner: str = ""
    artifact: str = ""
    assignee: Account | None = None
    reporter: Account | None = None
    points: float | None = None
    priority: str = "3"
    labels: tuple[str, ...] = ()
    component: str = ""
    version: str = ""
    parent: int | None = None
    created: str = ""
    started: str = ""
    finished: str = ""
    status: str = ""
    due: str | None = None
    estimate_hours: float | None = None
    work: tuple[tuple[str, float, str], ...] = ()
    notes: tuple[Note, ...] = ()
    links: tuple[tuple[str, int], ...] = ()
    acceptance: float | None = None
    severity: str = ""
