"""What is measured of the Jira server."""

from collections.abc import Mapping, Sequence
from typing import Any

from mcp_suite.bench import answers, day, latency, load, reading
from mcp_suite.bench.figures import Figure
from mcp_suite.bench.issues import keys
from mcp_suite.bench.latency import Ask, Case
from mcp_suite.bench.reading import Reading
from mcp_suite.bench.service import Service
from mcp_suite.bench.services import Read
from mcp_suite.isolated import Isolated
from mcp_suite.servers import Script

READS_PER_RUN = 10
CONCURRENT = 100
PINGS = 20
ISSUE = Reading("jira_get_issue", "key", keys, {"include": []}, {"include": ["worklogs"]})
"""A read that Jira answers in one request."""
PROJECT = "PMOS"
MOST_CALLS = 300
"""More issues than one tool is asked about in a run."""
MOST_MS = 2000.0
"""What a call may take by the plan of the product."""
_TEXT = "Agreed with the team: **Tuesday**, 30 minutes; see `notes.md`.\n\n- one decision\n- one owner\n"


def _cases(service: Service, place: Isolated) -> Sequence[Case]:
    del place
    issues = keys(service, MOST_CALLS)

    def transition(number: int, ask: Ask) -> Mapping[str, Any]:
        made = ask("jira_create_issue", {"project": PROJECT, "type": "Task", "summary": f"Moved, no. {number}"})
        return {"key": made.split()[1], "status": "In Progress"}

    return [
        Case("jira_search_issues", lambda n, _: {"project": PROJECT, "limit": 10 + n}),
        Case("jira_get_issue", lambda n, _: {"key": issues[n]}),
        Case("jira_list_comments", lambda n, _: {"key": issues[n]}),
        Case("jira_list_projects", lambda n, _: {"limit": 10 + n}),
        Case("jira_search_users", lambda n, _: {"query": chr(ord("a") + n % 26)}),
        Case(
            "jira_create_issue",
            lambda n, _: {"project": PROJECT, "type": "Task", "summary": f"Measured, no. {n}", "description": _TEXT},
        ),
        Case("jira_update_issue", lambda n, _: {"key": issues[n], "fields": {"labels": [f"measured-{n}"]}}),
        Case("jira_transition_issue", transition),
        Case("jira_add_comment", lambda n, _: {"key": issues[n], "body": f"{_TEXT}\nNo. {n}"}),
        Case("jira_add_attachment", lambda n, _: {"key": issues[n], "name": f"notes-{n}.md", "text": _TEXT}),
    ]


TOOLS = latency.Plan(MOST_MS, _cases)
READS: Sequence[Read] = (
    ("jira_get_issue", lambda n: {"key": f"{PROJECT}-{n % 40 + 1}"}),
    ("jira_search_issues", lambda n: {"project": PROJECT, "limit": 5 + n % 20}),
    ("jira_list_comments", lambda n: {"key": f"{PROJECT}-{n % 40 + 1}"}),
)


def _answers(script: Script, runs: int) -> list[Figure]:
    del runs
    return answers.measure(script)


def _overhead(script: Script, runs: int) -> list[Figure]:
    return reading.measure(script, ISSUE, runs * READS_PER_RUN)


def _load(script: Script, runs: int) -> list[Figure]:
    return load.measure(script, ISSUE, rounds=min(runs, 3), concurrent=CONCURRENT, pings=PINGS)


def _cache(script: Script, runs: int) -> list[Figure]:
    del runs
    return day.measure(script)


def _latency(script: Script, runs: int) -> list[Figure]:
    return latency.measure(script, TOOLS, runs)


GROUPS = {"latency": _latency, "answers": _answers, "overhead": _overhead, "load": _load, "cache": _cache}
