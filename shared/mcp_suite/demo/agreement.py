"""One thing followed through the four services: what is said in Slack stands in Jira, Confluence and Snowflake, too."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mcp_suite.demo.steps import StepError
from mcp_suite.workflow.answers import rows
from mcp_suite.workflow.model import StepError as AnswerError

CHANNEL = "#pm-os-dev"
_COMPLETE = re.compile(r"Phase (?P<phase>\d+)\b.*\bCOMPLETE")
_EPIC = re.compile(r"\bepic:? \[?(?P<key>[A-Z][A-Z0-9_]+-\d+)", re.IGNORECASE)
_REPORT = re.compile(r"\[[^\]]*\breport\b[^\]]*\]\(\S+/pages/(?P<page>\d+)", re.IGNORECASE)
_RETURNED = re.compile(r"^returned (?P<count>\d+) issues?; more: no", re.MULTILINE)
_MESSAGE = re.compile(r"^\[\d\d:\d\d ")
PHASES = (
    "SELECT phase_id, status, deliverables_completed, start_date, end_date, estimated_days "
    "FROM phase_history ORDER BY phase_id"
)
LATEST = (
    "SELECT metric_date, deliverables_complete, deliverables_total "
    "FROM quality_metrics_daily ORDER BY metric_date DESC LIMIT 1"
)


class Ask(Protocol):
    """Asks a server something as a person would, and shows it."""

    async def __call__(
        self, server: str, ask: str, tool: str, arguments: Mapping[str, Any], *, shows: str = "", glance: str = ""
    ) -> str:
        """The answer's text; of it, what matches `glance` is shown. Raises StepError."""
        ...


@dataclass(frozen=True, slots=True)
class Now:
    """Where the history ends: the day of the last figures, and the phase under way or next, if one is left.

    That phase began on a day, if it did, and is `estimated` to take so many days.
    """

    day: str
    phase: int | None
    began: str
    estimated: int


async def follow(ask: Ask, *, warehouse: bool) -> tuple[list[str], Now | None]:
    """Follow the phase that Slack last called complete; answers what agrees, and where the history ends.

    Without the `warehouse` the fourth is left out.

    Raises:
        StepError: a service did not answer, or they do not say the same.
    """
    channel = await ask(
        "slack",
        "What was finished last?",
        "slack_read_channel",
        {"channel": CHANNEL, "limit": 3},
        glance=_COMPLETE.pattern,
    )
    message = last_complete(channel)
    phase, key, page = parts(message)
    epic = await ask(
        "jira", f"Slack names {key}. How does it stand?", "jira_get_issue", {"key": key}, glance=f"{key} · |^# "
    )
    if f"{key} · Epic · Done" not in epic or f"Phase {phase}" not in epic:
        raise StepError(f"Jira does not call {key} the finished epic of Phase {phase}")
    stories = await ask(
        "jira",
        "Which deliverables belong to it?",
        "jira_search_issues",
        {"jql": f"parent = {key} AND statusCategory = Done ORDER BY key ASC", "limit": 100},
        glance="^returned",
    )
    count = counted(stories)
    report = await ask(
        "confluence",
        "And the report that Slack links?",
        "confluence_get_page",
        {"page": page},
        glance=rf"^{page}\b|^# |^\| [! ]*(Phase|Began|Ended|Deliverables)\b",
    )
    if key not in report:
        raise StepError(f"the report {page} does not name {key}")
    for place, text in {"Slack": message, "Confluence": report}.items():
        if not tells(text, count):
            raise StepError(f"{place} does not say that Phase {phase} had {count} deliverables, as Jira does")
    same = f"Phase {phase} is complete with {count} deliverables: Slack, Jira"
    if not warehouse:
        return [f"{same} and Confluence say so."], None
    table = await ask(
        "snowflake",
        "What does the warehouse say of the phases?",
        "snowflake_run_query",
        {"sql": PHASES},
        glance=rf"^\[{phase},",
    )
    latest = await ask(
        "snowflake",
        "And in all, on the last day that has figures?",
        "snowflake_run_query",
        {"sql": LATEST},
        glance=r"^\[",
    )
    phases, figures = _rows(table), _rows(latest)
    row = next((each for each in phases if each["phase_id"] == str(phase)), None)
    if row is None or not figures:
        raise StepError(f"Snowflake has no row of Phase {phase}, or no daily figures")
    if (row["status"], row["deliverables_completed"]) != ("Complete", str(count)):
        raise StepError(
            f"Snowflake has Phase {phase} as {row['status']} with {row['deliverables_completed']} deliverables, "
            f"Jira as done with {count}"
        )
    began, ended = row["start_date"], row["end_date"]
    if began not in report or ended not in report:
        raise StepError(f"Snowflake says that Phase {phase} went from {began} to {ended}, Confluence does not")
    done = sum(int(each["deliverables_completed"]) for each in phases)
    day, counted_there = figures[0]["metric_date"], figures[0]["deliverables_complete"]
    if counted_there != str(done):
        raise StepError(f"the phases have {done} deliverables in all, the figures of {day} {counted_there}")
    total = figures[0]["deliverables_total"]
    return [
        f"{same}, Confluence and Snowflake say so.",
        f"It went from {began} to {ended}: Confluence and Snowflake.",
        f"{done} of {total} deliverables in all: the sum of the phases, and the day's figure.",
    ], _now(phases, day)


def last_complete(answer: str) -> str:
    """The last message of a channel that calls a phase complete, with all of its lines.

    Raises:
        StepError: none does.
    """
    messages: list[str] = []
    for line in answer.splitlines():
        if _MESSAGE.match(line) or not messages:
            messages.append(line)
        else:
            messages[-1] += f"\n{line}"
    found = [message for message in messages if _COMPLETE.search(message)]
    if not found:
        raise StepError("no message calls a phase complete")
    return found[-1]


def parts(message: str) -> tuple[int, str, str]:
    """The phase, the epic and the report that a message names.

    Raises:
        StepError: it lacks one of them.
    """
    phase, epic, report = _COMPLETE.search(message), _EPIC.search(message), _REPORT.search(message)
    if phase is None or epic is None or report is None:
        raise StepError(f"the message does not name a phase, its epic and its report: {message[:200]}")
    return int(phase["phase"]), epic["key"], report["page"]


def counted(answer: str) -> int:
    """How many issues a search found.

    Raises:
        StepError: it does not say so, or there are more.
    """
    found = _RETURNED.search(answer)
    if found is None:
        raise StepError("the answer does not say how many issues there are in all")
    return int(found["count"])


def tells(text: str, count: int) -> bool:
    """Whether a line about deliverables has this number."""
    return any(
        re.search(rf"(?<![\d.]){count}(?![\d.]*\d)", line)
        for line in text.splitlines()
        if "deliverable" in line.casefold()
    )


def _now(phases: Sequence[Mapping[str, str]], day: str) -> Now:
    left = next((row for row in phases if row["status"] != "Complete"), None)
    if left is None:
        return Now(day, None, "", 0)
    return Now(day, int(left["phase_id"]), left["start_date"], int(left["estimated_days"]))


def _rows(answer: str) -> list[dict[str, str]]:
    try:
        return rows(answer)
    except AnswerError as error:
        raise StepError(str(error)) from error
