"""What the tools' answers say that a later step needs: addresses, keys, rows."""

import json
import re
from typing import cast

from mcp_suite.workflow.model import Outputs, StepError

_PAGE = re.compile(
    r'^(?:created|updated|labelled|nothing was written:) (?P<id>\d+) "(?P<title>.*)"(?: v(?P<version>\d+))? (?P<url>https://\S+)$'
)
_READ_PAGE = re.compile(r"^(?P<id>\d+) · space (?P<space>\S+) · version (?P<version>\d+) · (?P<url>https://\S+)$")
_ISSUE = re.compile(r"^(?:created|moved|updated) (?P<key>[A-Z][A-Z0-9_]+-\d+) (?P<url>https://\S+)$")
_POSTED = re.compile(r"^posted to \S+: (?P<id>[CDG][A-Z0-9]+:\d+\.\d+) (?P<url>https://\S+)$")
_BROWSE = re.compile(r"; each at (?P<base>https://\S+/browse/)<key>$")
_MORE = re.compile(r"next cursor: (?P<cursor>[^\s;]+)")


def first_line(answer: str) -> str:
    """The first line of an answer, which is the tool's own and holds nothing of others'."""
    return answer.split("\n", 1)[0]


def page_written(answer: str) -> Outputs:
    """Id, title and url of a page that was written.

    Raises:
        StepError: the answer does not say so.
    """
    found = _PAGE.match(first_line(answer))
    if found is None:
        raise StepError(f"Confluence answered something else than a page: {first_line(answer)[:200]}")
    return {"id": found["id"], "title": found["title"], "url": found["url"]}


def page_read(answer: str) -> Outputs:
    """Id and url of a page that was read.

    Raises:
        StepError: the answer is not a page.
    """
    found = _READ_PAGE.match(first_line(answer))
    if found is None:
        raise StepError(f"Confluence answered something else than a page: {first_line(answer)[:200]}")
    return {"id": found["id"], "url": found["url"]}


def issue_written(answer: str) -> Outputs:
    """Key and url of an issue that was created or moved.

    Raises:
        StepError: the answer does not say so.
    """
    found = _ISSUE.match(first_line(answer))
    if found is None:
        raise StepError(f"Jira answered something else than an issue: {first_line(answer)[:200]}")
    return {"key": found["key"], "title": found["key"], "url": found["url"]}


def issues_listed(answer: str) -> list[dict[str, str]]:
    """The rows of a list of issues, each with key, type, status, summary and url."""
    lines = answer.splitlines()
    last = _BROWSE.search(lines[-1]) if lines else None
    if last is None:
        return []
    head = lines[0].split(" | ")
    rows = [dict(zip(head, line.split(" | ", len(head) - 1), strict=False)) for line in lines[1:-1]]
    return [{**row, "url": f"{last['base']}{row['key']}"} for row in rows if row.get("key")]


def message_posted(answer: str) -> Outputs:
    """Id and url of a message that was posted.

    Raises:
        StepError: the answer does not say so.
    """
    found = _POSTED.match(first_line(answer))
    if found is None:
        raise StepError(f"Slack answered something else than a message: {first_line(answer)[:200]}")
    return {"id": found["id"], "url": found["url"]}


def rows(answer: str) -> list[dict[str, str]]:
    """The rows of a query, by the columns' names in small letters; an empty text stands for null.

    Raises:
        StepError: the answer holds no rows, or not all of them.
    """
    lines = answer.split("\n")  # a value may hold other characters that end a line
    columns = next((line for line in lines if line.startswith("columns: ")), None)
    if columns is None:
        raise StepError(f"Snowflake answered something else than rows: {first_line(answer)[:200]}")
    if any(line.startswith("rows ") and "next cursor" in line for line in lines):
        raise StepError("Snowflake answered only some of the rows")
    names = [part.rsplit(" ", 1)[0].strip('"').lower() for part in _columns(columns.removeprefix("columns: "))]
    found: list[dict[str, str]] = []
    for line in lines:
        if line.startswith("["):
            values = cast("list[object]", json.loads(line))
            found.append({name: _written(value) for name, value in zip(names, values, strict=True)})
    return found


def next_cursor(answer: str) -> str:
    """The cursor that leads to the next page, or "" on the last one; it is told after the data."""
    found = _MORE.search(answer.rsplit("\n", 1)[-1])
    return found["cursor"].rstrip(".") if found else ""


def _columns(text: str) -> list[str]:
    """Columns as `NAME TYPE`, where a type's own comma is in brackets."""
    return re.split(r", (?![^()]*\))", text)


def _written(value: object) -> str:
    return "" if value is None else str(value)
