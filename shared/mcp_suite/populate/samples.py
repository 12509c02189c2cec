"""The contents, taken from what the sandboxes are filled with, so that there is one history."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from confluence_mcp.sandbox.sample import agents, dashboards, discovery, home, reports, requirements, specifications
from confluence_mcp.sandbox.sample.record import Note as PageNote
from confluence_mcp.sandbox.sample.record import Page as PageRecord
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.pmos_epics import EPICS
from jira_mcp.sandbox.sample.pmos_phase0 import PHASE_0
from jira_mcp.sandbox.sample.pmos_phases123 import PHASES_1_TO_3
from jira_mcp.sandbox.sample.pmos_planned import PLANNED
from jira_mcp.sandbox.sample.record import Record
from mcp_suite.populate.contents import (
    MARK,
    ROUND,
    Column,
    Contents,
    Level,
    Message,
    Page,
    Service,
    Table,
    Value,
    Words,
    Work,
    later,
    span,
)
from mcp_suite.populate.texts import from_adf, from_slack, from_storage
from sandbox_kit.atlassian.accounts import ACCOUNTS
from slack_mcp.sandbox.sample import alerts_metrics, channels, dev_channel, people
from slack_mcp.sandbox.sample.record import Post
from snowflake_mcp.sandbox import sample as warehouse

_DAYS = 3
"""Days by which each round is later than the one before, as many as the history took."""
_LEFT_OUT = frozenset({98425, 98426})
"""Pages that only show how long pages and odd macros are read, which is lost on the way."""
_CHANNELS = {channels.DEV: "dev", channels.ALERTS: "alerts", channels.METRICS: "metrics"}
_KEYS = {
    "phase_history": ("phase_id",),
    "agent_performance": ("agent_name",),
    "artifact_catalog": ("artifact_id",),
    "quality_metrics_daily": ("metric_date",),
    "north_star_metrics": ("metric_name", "metric_date"),
}
_ONCE = frozenset({"agent_performance"})
"""Tables that are the same in every round: the agents are."""
_NAMES = {account.account_id: account.name for account in ACCOUNTS}


def contents(scale: int = 1, services: Iterable[Service] = ("jira", "confluence", "slack", "snowflake")) -> Contents:
    """What is written for these services: the history, and `scale` - 1 rounds more of what grows with time."""
    chosen = frozenset(services)
    return Contents(
        work=tuple(_all_work(scale)) if "jira" in chosen else (),
        pages=tuple(_all_pages(scale)) if "confluence" in chosen else (),
        messages=tuple(_all_messages(scale)) if "slack" in chosen else (),
        tables=tuple(_all_tables(scale)) if "snowflake" in chosen else (),
    )


def _all_work(scale: int) -> Iterable[Work]:
    first = [_work(record) for record in (*EPICS, *PHASE_0, *PHASES_1_TO_3, *PLANNED)]
    for number in range(scale):
        yield from (_work_of_round(work, number) for work in first)


def _work(record: Record) -> Work:
    kind = site.ISSUE_TYPE[record.type]
    level: Level = "epic" if kind.level > 0 else "sub-task" if kind.level < 0 else "standard"
    hours = sum(hours for _, hours, _ in record.work)
    told = [f"{record.points:g} points" if record.points is not None else "", f"{hours:g} h of work" if hours else ""]
    told += [f"started {record.started} UTC" if record.started else ""]
    told += [f"finished {record.finished} UTC" if record.finished else ""]
    return Work(
        number=record.number,
        level=level,
        kind=kind.name,
        summary=record.summary,
        text=from_adf(record.description),
        phase=record.phase,
        parent=record.parent,
        state="done" if record.finished else "started" if record.started else "open",
        owner=record.owner,
        artifact=record.artifact,
        points=record.points,
        priority=site.PRIORITY[record.priority].name,
        labels=record.labels,
        history="; ".join(each for each in told if each),
        words=tuple(Words(note.author.name, note.when, from_adf(note.body)) for note in record.notes),
        links=record.links,
    )


def _work_of_round(work: Work, number: int) -> Work:
    if not number:
        return work
    higher = number * ROUND
    return replace(
        work,
        number=work.number + higher,
        summary=f"{work.summary} (round {number + 1})",
        parent=None if work.parent is None else work.parent + higher,
        history="",
        words=(),
        links=tuple((phrase, other + higher) for phrase, other in work.links if phrase != "relates to"),
    )


def _all_pages(scale: int) -> Iterable[Page]:
    records = (
        *home.SECTIONS,
        *requirements.PAGES,
        *specifications.PAGES,
        *agents.PAGES,
        *discovery.PAGES,
        *reports.PAGES,
        *dashboards.PAGES,
    )
    pages = [_page(record) for record in records if record.id not in _LEFT_OUT]
    yield from pages
    for number in range(1, scale):
        for page in pages:
            if page.parent == home.REPORTS:
                yield replace(page, title=f"{page.title} (round {number + 1})", words=(), round=number)


def _page(record: PageRecord) -> Page:
    last = record.edits[-1] if record.edits else None
    return Page(
        number=record.id,
        title=record.title,
        parent=record.parent,
        text=from_storage(last.body, _NAMES) if last else "",
        written=f"{last.author.name}, {last.when} UTC" if last else "",
        labels=record.labels,
        words=tuple(words for note in record.notes for words in _words(note)),
    )


def _words(note: PageNote) -> Iterable[Words]:
    about = f"> {note.selection}\n\n" if note.selection else ""
    yield Words(note.author.name, note.when, f"{about}{from_storage(note.body, _NAMES)}")
    for reply in note.replies:
        yield from _words(reply)


def _all_messages(scale: int) -> Iterable[Message]:
    posts = sorted((*dev_channel.POSTS, *alerts_metrics.POSTS), key=lambda post: post.when)
    first = _messages([post for post in posts if post.channel in _CHANNELS and not post.deleted])
    for number in range(scale):
        yield from (_message_of_round(message, number) for message in first)


def _messages(posts: Iterable[Post]) -> list[Message]:
    names = {user.id: user.real_name for user in people.USERS}
    called = {number: f"pm-os-{name}" for number, name in _CHANNELS.items()}
    said: dict[str, int] = {}
    marks: dict[str, str] = {}
    made: list[Message] = []
    for post in posts:
        told = f"{post.channel} {post.when} {post.author.id}"
        said[told] = said.get(told, 0) + 1
        mark = hashlib.sha256(f"{told} {said[told]}".encode()).hexdigest()[:8]
        if post.key:
            marks[post.key] = mark
        if post.reply_to and post.reply_to not in marks:
            continue
        body = {"text": post.text, "blocks": list(post.blocks), "attachments": list(post.attachments)}
        text = from_slack(body, names, called)
        if text:
            words = Words(post.author.real_name, post.when, text)
            made.append(Message(mark, _CHANNELS[post.channel], words, marks.get(post.reply_to, "")))
    return made


def _message_of_round(message: Message, number: int) -> Message:
    if not number:
        return message
    words = replace(message.words, when=later(message.words.when, _DAYS * number))
    thread = f"{message.thread}-{number}" if message.thread else ""
    return replace(message, mark=f"{message.mark}-{number}", words=words, thread=thread, round=number)


def _all_tables(scale: int) -> Iterable[Table]:
    rows: Mapping[str, list[tuple[Value, ...]]] = warehouse.tables()
    for name, (comment, columns) in warehouse.COLUMNS.items():
        told = tuple(Column(*column) for column in columns)
        first = Table(name, comment, told, _KEYS[name], tuple(rows[name]), len(rows[name]))
        rounds = 1 if name in _ONCE else scale
        more = tuple(row for number in range(rounds) for row in _rows_of_round(first, number))
        yield replace(first, rows=more, rounds=rounds)


def _rows_of_round(table: Table, number: int) -> Iterable[tuple[Value, ...]]:
    """The rows again, with the next numbers and days."""
    numbered = [
        place for place, column in enumerate(table.columns) if column.name in table.key and column.type == "INT"
    ]
    dated = table.of_type("DATE")
    in_key = [place for place in dated if table.columns[place].name in table.key]
    days = span([str(row[in_key[0]]) for row in table.rows]) if in_key else _DAYS

    def value(place: int, given: Value) -> Value:
        if place in numbered and isinstance(given, int):
            return given + number * ROUND
        return later(given, days * number) if place in dated and isinstance(given, str) else given

    return [tuple(value(place, given) for place, given in enumerate(row)) for row in table.rows]


def mark_of(message: Message) -> str:
    """The mark as it stands in a message."""
    return f"{MARK}-{message.mark}"
