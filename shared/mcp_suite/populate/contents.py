"""What is written: the history that the sandboxes tell, in the form that tools take."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

MARK = "pm-os-sample"
"""On everything that is made: a label in Jira and Confluence, a line in Slack, a comment in Snowflake."""
MOST = 100
"""Rounds, at most."""
ROUND = 1_000
"""What the numbers of a round are higher by than those of the round before."""

State = Literal["open", "started", "done"]
Level = Literal["epic", "standard", "sub-task"]
Service = Literal["jira", "confluence", "slack", "snowflake"]
Value: TypeAlias = str | int | float | bool | None

SERVICES: tuple[Service, ...] = ("jira", "confluence", "slack", "snowflake")
"""In the order in which they are written: pages name issues, and messages name both."""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody said at a moment, like "2026-01-31 09:00" in UTC; the text is Markdown."""

    who: str
    when: str
    text: str

    @property
    def head(self) -> str:
        """Who said it and when, as the text begins; it tells these words from all others of an issue or page."""
        return f"**{self.who}** · {self.when} UTC"


@dataclass(frozen=True, slots=True)
class Work:
    """An issue. `number` is that of the sample's key, higher by `ROUND` in each further round."""

    number: int
    level: Level
    kind: str
    summary: str
    text: str
    phase: int | None
    parent: int | None
    state: State
    owner: str = ""
    artifact: str = ""
    points: float | None = None
    priority: str = ""
    labels: tuple[str, ...] = ()
    history: str = ""
    words: tuple[Words, ...] = ()
    links: tuple[tuple[str, int], ...] = ()

    @property
    def mark(self) -> str:
        """The label that tells it from the other issues."""
        return f"{MARK}-{self.number}"

    @property
    def round(self) -> int:
        """The round that it is of, from 0."""
        return self.number // ROUND


@dataclass(frozen=True, slots=True)
class Page:
    """A page; `number` is its id in the sample, `round` the round that it is of, from 0."""

    number: int
    title: str
    parent: int | None
    text: str
    written: str
    labels: tuple[str, ...] = ()
    words: tuple[Words, ...] = ()
    round: int = 0

    @property
    def id(self) -> tuple[int, int]:
        """What tells it from the other pages."""
        return self.number, self.round

    @property
    def mark(self) -> str:
        """The mark in its text."""
        return f"{MARK}-{self.number}" + (f"-{self.round}" if self.round else "")


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a channel, named by what follows the prefix; `thread` is the mark of the one it replies to."""

    mark: str
    channel: str
    words: Words
    thread: str = ""
    round: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; rows are told apart by the values of its `key` columns. Each round has as many rows as the others."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    each_round: int
    rounds: int = 1

    def of_type(self, kind: str) -> list[int]:
        """Where the columns of a type stand."""
        return [place for place, column in enumerate(self.columns) if column.type.upper().startswith(kind)]

    def row_keys(self) -> list[tuple[Value, ...]]:
        """What tells each row from the others."""
        places = [place for place, column in enumerate(self.columns) if column.name in self.key]
        return [tuple(row[place] for place in places) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that is written."""

    work: tuple[Work, ...] = ()
    pages: tuple[Page, ...] = ()
    messages: tuple[Message, ...] = ()
    tables: tuple[Table, ...] = field(default=())

    @property
    def channels(self) -> list[str]:
        """The channels, by what follows the prefix."""
        return list(dict.fromkeys(message.channel for message in self.messages))


def later(when: str, days: int) -> str:
    """A moment or day so many days later, written as it was."""
    if not when or not days:
        return when
    if len(when) == len("2026-01-31"):
        return (date.fromisoformat(when) + timedelta(days=days)).isoformat()
    return (datetime.fromisoformat(when) + timedelta(days=days)).strftime("%Y-%m-%d %H:%M")


def span(days: Sequence[str]) -> int:
    """How many days lie from the first of these to the last, both counted."""
    known = [date.fromisoformat(day) for day in days]
    return (max(known) - min(known)).days + 1 if known else 0
