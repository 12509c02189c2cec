"""Groups by a part of their name (developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-groups)."""

from __future__ import annotations

from jira_mcp.sandbox.model import JsonObject, Named
from jira_mcp.sandbox.sample.directory import GROUPS
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.web import Reply


def find_groups(call: Call) -> Reply:
    """GET groups/picker: those that hold `query`, told apart by case unless `caseInsensitive`."""
    query, same_case = call.text("query"), not call.flag("caseInsensitive")
    left_out = {*call.words("exclude"), *call.words("excludeId")}
    found = [
        group
        for group in GROUPS
        if (query in group.name if same_case else query.casefold() in group.name.casefold())
        and not left_out & {group.id, group.name}
    ]
    shown = found[: call.number("maxResults", 20, least=1, most=1000)]
    return Reply(
        200,
        {
            "header": f"Showing {len(shown)} of {len(found)} matching groups",
            "total": len(found),
            "groups": [_group(group, query) for group in shown],
        },
    )


def _group(group: Named, query: str) -> JsonObject:
    start = group.name.casefold().find(query.casefold()) if query else -1
    end = start + len(query)
    marked = f"{group.name[:start]}<b>{group.name[start:end]}</b>{group.name[end:]}" if start >= 0 else group.name
    return {"name": group.name, "html": marked, "groupId": group.id, "labels": []}
