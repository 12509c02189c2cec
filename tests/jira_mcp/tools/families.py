"""One call of every family of tools, with the requests that it leads to when Jira is well.

The healthy answers are recorded from the sandbox, so that a fault can be put in the place of any one of them.
"""

import base64
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx2

from connector_kit.access import Access
from connector_kit.http import HttpPolicy
from connector_kit.testing.families import CERTIFICATES, PATIENT, Family
from connector_kit.testing.faults import FaultServer
from jira_mcp.sandbox import create_app
from jira_mcp.settings import JiraSettings

from .conversation import Conversation, converse

API = "/rest/api/3"
EMAIL = "someone@example.org"
TOKEN = "ATATT3xFfGF0-a-token-that-nobody-may-see-4711"
HEADER = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()

FAMILIES = (
    Family("read", "jira_get_issue", {"key": "PMOS-5", "include": []}, "GET", f"{API}/issue/PMOS-5", writes=False),
    Family(
        "search",
        "jira_search_issues",
        {"jql": "project = PMOS", "fields": ["Story Points"]},
        "POST",
        f"{API}/search/jql",
        writes=False,
    ),
    Family("projects", "jira_list_projects", {}, "GET", f"{API}/project/search", writes=False),
    Family("people", "jira_search_users", {"query": "Alex"}, "GET", f"{API}/user/search", writes=False),
    Family(
        "fields",
        "jira_list_fields",
        {"project": "PMOS", "type": "Story"},
        "GET",
        f"{API}/issue/createmeta/PMOS/issuetypes/10001",
        writes=False,
    ),
    Family("editable", "jira_list_fields", {"key": "PMOS-40"}, "GET", f"{API}/issue/PMOS-40/editmeta", writes=False),
    Family(
        "create",
        "jira_create_issue",
        {"project": "PMOS", "type": "Story", "summary": "A new one", "fields": {"Story Points": 3}},
        "POST",
        f"{API}/issue",
    ),
    Family(
        "update",
        "jira_update_issue",
        {"key": "PMOS-40", "fields": {"Story Points": 3}},
        "PUT",
        f"{API}/issue/PMOS-40",
    ),
    Family(
        "transition",
        "jira_transition_issue",
        {"key": "PMOS-40", "status": "In Progress"},
        "POST",
        f"{API}/issue/PMOS-40/transitions",
    ),
    Family("comment", "jira_add_comment", {"key": "PMOS-40", "body": "Well."}, "POST", f"{API}/issue/PMOS-40/comment"),
    Family("comments", "jira_list_comments", {"key": "PMOS-8"}, "GET", f"{API}/issue/PMOS-8/comment", writes=False),
    Family(
        "comment change",
        "jira_update_comment",
        {"key": "PMOS-8", "comment_id": "10003", "body": "Well."},
        "PUT",
        f"{API}/issue/PMOS-8/comment/10003",
    ),
    Family(
        "comment deletion",
        "jira_delete_comment",
        {"key": "PMOS-8", "comment_id": "10003", "confirm": True},
        "DELETE",
        f"{API}/issue/PMOS-8/comment/10003",
    ),
    Family("time", "jira_list_worklogs", {"key": "PMOS-8"}, "GET", f"{API}/issue/PMOS-8/worklog", writes=False),
    Family(
        "worklog change",
        "jira_update_worklog",
        {"key": "PMOS-8", "worklog_id": "10007", "time_spent": "2h"},
        "PUT",
        f"{API}/issue/PMOS-8/worklog/10007",
    ),
    Family(
        "worklog deletion",
        "jira_delete_worklog",
        {"key": "PMOS-8", "worklog_id": "10007", "confirm": True},
        "DELETE",
        f"{API}/issue/PMOS-8/worklog/10007",
    ),
    Family(
        "worklog", "jira_add_worklog", {"key": "PMOS-40", "time_spent": "1h"}, "POST", f"{API}/issue/PMOS-40/worklog"
    ),
    Family(
        "file",
        "jira_get_attachment",
        {"key": "PMOS-22", "attachment": "velocity.csv"},
        "GET",
        f"{API}/issue/PMOS-22",
        writes=False,
    ),
    Family(
        "attach",
        "jira_add_attachment",
        {"key": "PMOS-40", "text": "Well.", "name": "well.txt"},
        "POST",
        f"{API}/issue/PMOS-40/attachments",
    ),
    Family(
        "link",
        "jira_add_link",
        {"from_key": "PMOS-40", "relation": "blocks", "to_key": "PMOS-39"},
        "POST",
        f"{API}/issueLink",
    ),
    Family("delete", "jira_delete_issue", {"key": "PMOS-40", "confirm": True}, "DELETE", f"{API}/issue/PMOS-40"),
    Family(
        "bulk",
        "jira_create_issues",
        {"project": "PMOS", "issues": [{"type": "Task", "summary": f"Part {part}"} for part in range(60)]},
        "POST",
        f"{API}/issue/bulk",
    ),
)


@asynccontextmanager
async def visit(family: Family, database: Path, folder: Path) -> AsyncGenerator[Conversation]:
    """A session with a healthy site, with the family's tool."""
    site = create_app(database)
    async with converse(folder, transport=httpx2.ASGITransport(site), only=family.tool) as jira:
        yield jira
    site.close()


def conversation(
    folder: Path, server: FaultServer, family: Family, policy: HttpPolicy = PATIENT
) -> AbstractAsyncContextManager[Conversation]:
    """A session with a Jira server for which `server` is the site, with the family's tool."""
    given = {"url": server.url, "email": EMAIL, "api_token": TOKEN, "access": Access.DELETE, "sandbox": False}
    # What a client does without being told.
    transport = httpx2.AsyncHTTPTransport(verify=CERTIFICATES)
    settings = JiraSettings.model_validate(given)
    return converse(folder, transport=transport, settings=settings, policy=policy, only=family.tool)
