"""Looking for what a step makes, by the mark in it, and the calls of a step that takes more than one."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from mcp_suite.calls import CallError
from mcp_suite.workflow.answers import (
    first_line,
    issues_listed,
    next_cursor,
    page_read,
)
from mcp_suite.workflow.model import Arguments, Call, Known, Look, Outputs, Perform, StepError

MESSAGES = 100
"""Messages of a page that is looked through."""
PAGES = 20
"""Pages of messages after which a channel is too busy to be looked through."""
TRANSITIONS = 8
"""Moves after which an issue's workflow is taken to have no way to a status."""
_NO_PAGE = re.compile(r"^Space \S+ has no page titled ")
_NO_HEADING = re.compile(r"^The page has no heading ")
_TOKEN = re.compile(r"\brun=(\S+)")
_CHANNEL = re.compile(r'<data from="\S+ ([CDG][A-Z0-9]+)">')
_HEAD = re.compile(r"^\[\d\d:\d\d [^·]*? · (?P<ts>\d+\.\d+)(?P<own> · you)?[ \]]")
_PERMALINK = re.compile(r"Permalink of a message: (https://\S+/p) and its ts")
_STUCK = re.compile(r" is (?P<now>.+?) and cannot go to .*\[status: one of (?P<ways>[^\]]+)\]", re.DOTALL)
_STATUS = re.compile(r"^[A-Z][A-Z0-9_]+-\d+ · [^·]+ · (?P<status>[^·]+) · ")


def issue_with_mark(project: Callable[[Known], str], *, label: Callable[[Known], str] | None = None) -> Look:
    """Looks for an issue with the run's mark as a label, or with another label that is not done yet."""

    async def look(call: Call, known: Known) -> Outputs | None:
        if label is None:
            jql = f'project = "{project(known)}" AND labels = "{known.mark}"'
        else:
            jql = f'project = "{project(known)}" AND labels = "{label(known)}" AND statusCategory != Done'
        answer = await call("jira", "jira_search_issues", {"jql": f"{jql} ORDER BY key ASC", "limit": 5})
        found = issues_listed(answer)
        return {"key": found[0]["key"], "title": found[0]["key"], "url": found[0]["url"]} if found else None

    return look


def page_with_mark(page: Callable[[Known], str]) -> Look:
    """Looks for a page by its title (SPACE/Title), which must hold the run's mark.

    A page of that title without it is somebody else's: that raises StepError.
    """

    async def look(call: Call, known: Known) -> Outputs | None:
        name = page(known)
        try:
            answer = await call("confluence", "confluence_get_page", {"page": name})
        except CallError as error:
            if error.refused and _NO_PAGE.match(str(error)):
                return None
            raise
        found = {**page_read(answer), "title": name.partition("/")[2]}
        if known.mark not in answer:
            raise StepError(
                f"there is a page {name} already, which this workflow has not made: {found['url']} "
                "Rename it, or choose another title."
            )
        return found

    return look


def section_with_mark(page: Callable[[Known], str], heading: Callable[[Known], str]) -> Look:
    """Looks for the run's mark below a heading of a page; only that part is read, since a long page is cut."""

    async def look(call: Call, known: Known) -> Outputs | None:
        name = page(known)
        try:
            answer = await call("confluence", "confluence_get_page", {"page": name, "part": heading(known)})
        except CallError as error:
            if error.refused and _NO_HEADING.match(str(error)):
                return None
            raise
        return {**page_read(answer), "title": name.partition("/")[2]} if known.mark in answer else None

    return look


def message_with_mark(channel: Callable[[Known], str], since: Callable[[Known], datetime]) -> Look:
    """Looks through a channel for a message with the run's mark, from a day on."""

    async def look(call: Call, known: Known) -> Outputs | None:
        days = max((datetime.now(UTC) - since(known)).days + 2, 2)
        arguments: dict[str, str | int] = {"channel": channel(known), "window": f"{days}d", "limit": MESSAGES}
        for _ in range(PAGES):
            answer = await call("slack", "slack_read_channel", arguments)
            if found := message_in(answer, f"`{known.mark}`", known.mark):
                return {**found, "title": channel(known)}
            if not (cursor := next_cursor(answer)):
                return None
            arguments["cursor"] = cursor
        raise StepError(f"{channel(known)} holds too many messages of {days} days to be looked through")

    return look


def message_in(answer: str, *marks: str) -> Outputs | None:
    """The message of ours in a transcript in which one of these marks stands by itself on a line.

    Marks can be guessed: in somebody else's message they say nothing.
    """
    channel, link = _CHANNEL.search(first_line(answer)), _PERMALINK.search(answer.rsplit("\n", 1)[-1])
    stamp = ""
    for line in answer.split("\n"):
        if head := _HEAD.match(line):
            stamp = head["ts"] if head["own"] else ""
        if stamp and channel and line.strip() in marks:
            url = f"{link[1]}{stamp.replace('.', '')}" if link else ""
            return {"id": f"{channel[1]}:{stamp}", "url": url}
    return None


def confirmed(arguments: Callable[[Known], Arguments]) -> Perform:
    """Runs a change of Snowflake: its preview first, then the same call with the preview's token."""

    async def change(call: Call, known: Known) -> str:
        given = dict(arguments(known))
        preview = await call("snowflake", "snowflake_run_change", given)
        token = _TOKEN.search(preview)
        if token is None:
            raise StepError(f"Snowflake showed no token to go on with: {first_line(preview)[:200]}")
        return await call("snowflake", "snowflake_run_change", {**given, "run": token[1]})

    return change


def moved(key: Callable[[Known], str], status: str) -> Perform:
    """Moves an issue to a status, through others where the workflow has no direct way; from there again after a crash.

    Of the ways that Jira names, it takes the first that it has not been at, those towards being done before others.
    """

    async def move(call: Call, known: Known) -> str:
        issue = key(known)
        been: set[str] = set()
        goal = status
        for _ in range(TRANSITIONS):
            try:
                answer = await call("jira", "jira_transition_issue", {"key": issue, "status": goal})
            except CallError as error:
                stuck = _STUCK.search(str(error)) if error.refused else None
                ways = [] if stuck is None else [way.strip() for way in stuck["ways"].split(",")]
                been |= set() if stuck is None else {stuck["now"]}
                ahead = sorted((way for way in ways if way not in been), key=_ahead)
                if goal != status or not ahead:
                    raise
                goal = ahead[0]
                continue
            if goal == status:
                return answer
            been.add(goal)
            goal = status
        raise StepError(f"{issue} has not come to {status} after {TRANSITIONS} moves")

    return move


async def status_of(call: Call, key: str) -> str:
    """The status of an issue."""
    answer = await call("jira", "jira_get_issue", {"key": key, "include": []})
    found = _STATUS.match(first_line(answer))
    return found["status"] if found else ""


def _ahead(status: str) -> tuple[int, str]:
    """Orders statuses: work first, then checks, then queues, and what holds work up last."""
    told = status.casefold()
    order = ("progress", "review", "test", "ready", "to do", "selected")
    place = next((number for number, word in enumerate(order) if word in told), len(order))
    return (place, told) if "block" not in told else (len(order) + 1, told)
