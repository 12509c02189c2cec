"""One thing followed through the four services: what is said in Slack stands in Jira, Confluence and Snowflake, too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mcp_suite.demo.steps import StepError
from mcp_suite.workflow.answers import rows
from mcp_suite.workflow.model import StepError as AnswerError

CHANNEL = "#pm-os-dev"
_COMPLETE = re.compile(r"Phase (?P<phase>\d+)\b.*\bCOMPLETE")
_KEY = re.compile(r"/browse/([A-Z][A-Z0-9_]+-\d+)|\b([A-Z][A-Z0-9_]+-\d+)\b")
_PAGE = re.compile(r"/pages/(\d+)")
_RETURNED = re.compile(r"^returned (?P<count>\d+) issues?; more: no", re.MULTILINE)
_MESSAGE = re.compile(r"^\[\d\d:\d\d ")
PHASES = "SELECT * FROM phase_history ORDER BY phase_id"
LATEST = "SELECT * FROM quality_metrics_daily ORDER BY metric_date DESC LIMIT 1"


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
        {"channel": CHANNEL, "limit": 30},
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
    )
    count = counted(stories)
    report = await ask(
        "confluence",
        "And the report that Slack links?",
        "confluence_get_page",
        {"page": page},
        glance=rf"^{page}\b|^# |deliverables?\b",
    )
    places = {"Slack": message, "Confluence": report}
    now: Now | None = None
    if warehouse:
        table = await ask(
            "snowflake",
            "What does the warehouse say of the phases?",
            "snowflake_run_query",
            {"sql": PHASES},
            glance=rf"^\[{phase},",
        )
        now = _now(
            table,
            await ask(
                "snowflake",
                "And up to which day are there figures?",
                "snowflake_run_query",
                {"sql": LATEST},
                glance=r"^\[",
            ),
        )
        row = _phase_row(table, phase)
        if (row["deliverables_completed"], row["status"]) != (str(count), "Complete"):
            raise StepError(
                f"Snowflake has Phase {phase} as {row['status']} with {row['deliverables_completed']} deliverables, "
                f"Jira as done with {count}"
            )
    for place, text in places.items():
        if not tells(text, count):
            raise StepError(f"{place} does not say that Phase {phase} had {count} deliverables, as Jira does")
    named = ["Slack", "Jira", "Confluence", *(["Snowflake"] if warehouse else [])]
    return [f"Phase {phase} is complete with {count} deliverables: {', '.join(named)} say the same."], now


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
    """The phase, the issue and the page that a message names.

    Raises:
        StepError: it lacks one of them.
    """
    phase, key, page = _COMPLETE.search(message), _KEY.search(message), _PAGE.search(message)
    if phase is None or key is None or page is None:
        raise StepError(f"the message does not name a phase, an issue and a page: {message[:200]}")
    return int(phase["phase"]), key[1] or key[2], page[1]


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


def _phase_row(answer: str, phase: int) -> Mapping[str, str]:
    for row in _rows(answer):
        if row["phase_id"] == str(phase):
            return row
    raise StepError(f"Snowflake has no row of Phase {phase}")


def _now(phases: str, latest: str) -> Now:
    figures = _rows(latest)
    if not figures:
        raise StepError("Snowflake has no daily figures")
    left = [row for row in _rows(phases) if row["status"] != "Complete"]
    return Now(
        day=figures[0]["metric_date"],
        phase=int(left[0]["phase_id"]) if left else None,
        began=left[0]["start_date"] if left else "",
        estimated=int(left[0]["estimated_days"]) if left else 0,
    )


def _rows(answer: str) -> list[dict[str, str]]:
    try:
        return rows(answer)
    except AnswerError as error:
        raise StepError(str(error)) from error
