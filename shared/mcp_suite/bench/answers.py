"""How much of a model's context the usual answers take."""

import re

from mcp_suite import client_config
from mcp_suite.bench.figures import Figure, MeasurementError, tokens
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import isolated
from mcp_suite.servers import Script

GROUP = "answers"
PROJECT = "PMOS"
SEARCHED, COMMENTS = 25, 5
MOST_SEARCH, MOST_ISSUE, MOST_WRITE = 1500, 800, 150
_COMMENT = (
    "Reviewed the draft with the team. Two points are open: the **owner** of the rollout, and whether the "
    "pilot's figures go into `report.md`. I will ask on Thursday and update this issue."
)


def measure(script: Script) -> list[Figure]:
    """Make each usual call once in a fresh sandbox and count what comes back.

    Raises:
        MeasurementError: a call failed, or answered less than was asked for.
    """
    with (
        isolated(script, client_config.sandbox_environment(script)) as place,
        WireClient(place.command, place.environment, place.folder, place.errors) as client,
    ):
        client.initialize()
        listed, _ = client.call("jira_search_issues", {"project": PROJECT, "limit": SEARCHED})
        found = set(re.findall(rf"(?m)^\W*({PROJECT}-\d+)\b", listed))
        if len(found) < SEARCHED:
            raise MeasurementError(f"the search answered {len(found)} issues, {SEARCHED} are needed")
        writes: dict[str, str] = {}
        created, _ = client.call(
            "jira_create_issue",
            {"project": PROJECT, "type": "Task", "summary": "Measure an answer", "description": f"{_COMMENT}\n\n" * 2},
        )
        writes["create"] = created
        key = re.search(rf"{PROJECT}-\d+", created)
        if key is None:
            raise MeasurementError(f"creating answered no key: {created}")
        for _ in range(COMMENTS):
            writes["comment"], _ = client.call("jira_add_comment", {"key": key[0], "body": _COMMENT})
        writes["transition"], _ = client.call("jira_transition_issue", {"key": key[0], "status": "In Progress"})
        note = {"key": key[0], "name": "notes.md", "text": _COMMENT}
        writes["attachment"], _ = client.call("jira_add_attachment", note)
        writes["update"], _ = client.call("jira_update_issue", {"key": key[0], "fields": {"priority": "High"}})
        issue, _ = client.call("jira_get_issue", {"key": key[0], "include": ["comments"], "comments": COMMENTS})
    if issue.count("Reviewed the draft") < COMMENTS + 1:
        raise MeasurementError("the issue was not answered with its comments")
    longest = max(writes, key=lambda name: len(writes[name].encode()))
    return [
        _figure(f"search, {SEARCHED} issues", listed, MOST_SEARCH),
        _figure(f"one issue with {COMMENTS} comments", issue, MOST_ISSUE),
        _figure("a write", writes[longest], MOST_WRITE, f"the longest of {', '.join(writes)}: {longest}"),
    ]


def _figure(name: str, answer: str, most: int, note: str = "bytes / 4") -> Figure:
    return Figure(GROUP, name, tokens(len(answer.encode())), "tokens", most, note=note)
