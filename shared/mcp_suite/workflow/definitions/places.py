"""Inputs that several workflows take: where the work is done."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from mcp_suite.workflow.model import Arguments, Input, Known, StepError

LONGEST_TITLE = 200
"""Characters of a title: it becomes an issue's summary and a row's name."""
_PROJECT = re.compile(r"[A-Z][A-Z0-9_]+")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?")
_CHANNEL = re.compile(r"#?[^\s#`]{1,80}")


def project_key(value: str) -> str:
    """A Jira project's key."""
    if not _PROJECT.fullmatch(value.strip()):
        raise ValueError("is no project key like PMOS")
    return value.strip()


def channel_name(value: str) -> str:
    """A channel's name."""
    if not _CHANNEL.fullmatch(value.strip()):
        raise ValueError("is no channel like #pm-os-dev")
    return value.strip()


def one_line(value: str) -> str:
    """A text of one line, which may be a title."""
    text = " ".join(value.split())
    if len(text) > LONGEST_TITLE:
        raise ValueError(f"is longer than {LONGEST_TITLE} characters")
    return text


def whole_number(value: str) -> str:
    """A number from 0 to 99."""
    if not re.fullmatch(r"\d{1,2}", value.strip()):
        raise ValueError("is no whole number from 0 to 99")
    return str(int(value))


def share(value: str) -> str:
    """A percentage, with or without its sign."""
    number = value.strip().removesuffix("%").rstrip()
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", number) or float(number) > 100:
        raise ValueError("is no percentage from 0 to 100")
    return number


def day(value: str) -> str:
    """A day as 2026-01-31; `today` is the day it is here."""
    if value.strip() == "today":
        return datetime.now().astimezone().date().isoformat()
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise ValueError("is no day like 2026-01-31, and not `today`") from None


def maybe(check: Callable[[str], str]) -> Callable[[str], str]:
    """The same check for an input that may be empty."""
    return lambda value: check(value) if value.strip() else ""


def text_of_file(value: str) -> str:
    """The text of a file, which is kept so that a run goes on with what it began with."""
    path = Path(value).expanduser()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"{path} cannot be read: {reason}") from None


def existing_file(value: str) -> str:
    """The absolute path of a file that is there."""
    path = Path(value).expanduser().absolute()
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return str(path)


PROJECT = Input("project", "Jira project, by key.", "PMOS", project_key)
SPACE = Input("space", "Confluence space, by key.", "PMOS", one_line)
DEV = Input("channel", "Slack channel of the announcement.", "#pm-os-dev", channel_name)
ALERTS = Input("alerts", "Slack channel of alerts.", "#pm-os-alerts", channel_name)
DATABASE = Input("database", "Snowflake database; empty: the usual one.", "", one_line)
SCHEMA = Input("schema", "Snowflake schema; empty: the usual one.", "", one_line)


def sql(known: Known, statement: str) -> Arguments:
    """The arguments of a statement, in the database and schema that were chosen."""
    chosen = {name: known.inputs[name] for name in ("database", "schema") if known.inputs[name]}
    return {"sql": statement, **chosen}


def figure(row: Mapping[str, str], name: str) -> str:
    """A number in a row, or "" for null.

    Raises:
        StepError: it is a text, which must become no part of a statement or a page.
    """
    if row[name] and not _NUMBER.fullmatch(row[name]):
        raise StepError(f"{name} holds no number but {row[name]!r:.60}")
    return row[name]


def day_in(row: Mapping[str, str], name: str) -> str:
    """A day in a row, or "" for null.

    Raises:
        StepError: it is something else.
    """
    try:
        return date.fromisoformat(row[name]).isoformat() if row[name] else ""
    except ValueError:
        raise StepError(f"{name} holds no day but {row[name]!r:.60}") from None


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def plain(text: str) -> str:
    """A text that stands in Markdown as it is, without links, mentions or emphasis of its own."""
    return re.sub(r"([\\`*_\[\]<>|@#~])", r"\\\1", text)
