"""What a client can attach to a conversation by its address, and what it proposes while somebody types one."""

from typing import TYPE_CHECKING

from mcp.server.mcpserver import Context

from connector_kit.output import one_line, quoted, table
from connector_kit.serving.completions import Completions
from connector_kit.serving.offers import Resources
from connector_kit.serving.session import client_of
from jira_mcp.tools.render import columns, detail, row

if TYPE_CHECKING:
    from jira_mcp.client import JiraClient

RESOURCES = Resources("jira")
COMPLETIONS = Completions()

_NEWEST = 20
_PROPOSED = 100
EVENTS = ("branch_created", "pull_request_opened", "pull_request_merged", "pull_request_declined")


@RESOURCES.template("jira://issue/{key}", title="Jira issue", media_type="text/markdown")
async def jira_issue(key: str, ctx: Context) -> str:
    """An issue with its description, links, sub-tasks and newest comments, by its key."""
    jira = await client_of(ctx)
    return detail(await jira.issue(key, include=["comments"]), description_offset=0)


@RESOURCES.template("jira://project/{key}", title="Jira project", media_type="text/markdown")
async def jira_project(key: str, ctx: Context) -> str:
    """A project: its issue types, and the issues that were changed last."""
    jira = await client_of(ctx)
    kinds = await jira.issue_types(key)
    name = key.strip().upper()
    found = await jira.search(f'project = "{name}" ORDER BY updated DESC', limit=_NEWEST)
    shown = table(columns(()), map(row, found.items))
    types = ", ".join(one_line(kind.name) for kind in kinds)
    return quoted(f"project {name}", f"issue types: {types}\nchanged last:\n{shown.text}")


@COMPLETIONS.of("project")
async def projects(jira: "JiraClient", typed: str) -> list[str]:
    """Keys of projects, by a part of key or name."""
    return [project.key for project in (await jira.projects(typed.strip()[:100], limit=50)).items]


@COMPLETIONS.of("key", "epic")
async def issues(jira: "JiraClient", typed: str) -> list[str]:
    """Keys of issues changed last, once the project is typed; before that, projects."""
    project, dash, number = typed.strip().upper().partition("-")
    if not dash:
        return [f"{key}-" for key in await projects(jira, project)]
    if number and not number.isdecimal():
        return []
    key = next((each for each in await projects(jira, project) if each == project), None)
    if key is None:
        return []
    found = await jira.search(f'project = "{key}" ORDER BY updated DESC', limit=_PROPOSED)
    return [issue.key for issue in found.items if issue.key.startswith(f"{key}-{number}")]


@COMPLETIONS.of("status")
async def statuses(jira: "JiraClient", typed: str) -> list[str]:
    """Names of statuses."""
    known = await jira.statuses()
    return [name for name in known if typed.strip().casefold() in name.casefold()]


@COMPLETIONS.of("event")
async def events(_jira: "JiraClient", typed: str) -> list[str]:
    """What may happen in a repository."""
    wanted = typed.strip().casefold().replace(" ", "_")
    return [event for event in EVENTS if wanted in event]
