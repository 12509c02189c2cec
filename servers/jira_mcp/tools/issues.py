"""Reading, changing and deleting one issue."""

from typing import Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.errors import InvalidInput
from connector_kit.serving.consent import Answer, Consent, ask, require
from jira_mcp.tools.render import counted, detail, parts_shown, values
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, FieldMap, IssueKey, Jira
from jira_mcp.tools.texts import AcceptLoss

Part = Literal["comments", "worklogs", "children", "changes", "transitions", "all_fields"]


@TOOLS.tool(title="Get a Jira issue", effect="reads", scopes=(READ,))
async def jira_get_issue(
    key: IssueKey,
    jira: Jira,
    include: Annotated[list[Part], Field(description="What to read besides the issue itself and its links.")] = [
        "comments"
    ],
    fields: Annotated[list[str], Field(description="Names of further fields to show.", max_length=20)] = [],
    comments: Annotated[int, Field(description="The newest comments, at most.", ge=1, le=100)] = 5,
    description_offset: Annotated[int, Field(description="Read a long description on from here.", ge=0)] = 0,
) -> str:
    """Read one issue: description, people, dates, links, sub-tasks, attachments and the parts in `include`.

    Use jira_search_issues when you know what an issue says but not its key.
    """
    parts = [] if description_offset else include
    found = await jira.issue(key, include=parts, fields=fields, comments=comments)
    for place, start, end in parts_shown(found, description_offset):
        jira.note_part(place, start, end)
    return detail(found, description_offset=description_offset)


@TOOLS.tool(title="Update a Jira issue", effect="changes", scopes=(READ, PEOPLE, WRITE))
async def jira_update_issue(
    key: IssueKey,
    jira: Jira,
    fields: FieldMap,
    accept_loss: AcceptLoss = False,
) -> str:
    """Set fields of an issue by name; only the named ones change.

    Values replace: {"summary": "…", "assignee": "Ann", "priority": "High", "parent": "PROJ-1", "due":
    "2026-12-24"}. Lists can be edited instead: {"labels": {"add": ["api"], "remove": ["old"]}};
    texts too: {"description": {"find": "…", "replace": "…"}}, {"append": "…"}; rewriting one, keep its (adf:…)
    links. Use jira_transition_issue for the status.
    """
    done = await jira.update(key, fields, accept_loss=accept_loss)
    if not done.wrote:
        return f"{done.key} is so already; nothing was written {done.url}\n{values(done.changed)}"
    return f"updated {done.key} {done.url}\n{values(done.changed)}"


async def ask_before_deleting(
    ctx: Context, key: str, delete_subtasks: bool, confirm: bool, jira: Jira
) -> Consent | Elicit[Consent]:
    """The question whether to delete, with what would be lost."""
    loss = await jira.deletion_preview(key)
    subtasks = f"{counted(len(loss.subtasks), 'sub-task')} ({', '.join(item.key for item in loss.subtasks[:10])})"
    if loss.subtasks and not delete_subtasks:
        raise InvalidInput(
            f"{loss.key} has {subtasks}; nothing was deleted.",
            next_step="They can only be deleted together with it: delete_subtasks=true, if the user wants that.",
        )
    besides = [counted(loss.comments, "comment")] if loss.comments else []
    if loss.subtasks:
        besides.append(subtasks)
    with_them = f" with {' and '.join(besides)}" if besides else ""
    lose = "issue loses its parent" if loss.children == 1 else "issues lose their parent"
    orphans = f" {loss.children} {lose}." if loss.children else ""
    question = f'Delete {loss.type} {loss.key} "{loss.summary}" ({loss.status}){with_them} for good?{orphans}'
    return ask(ctx, question, confirmed=confirm)


@TOOLS.tool(title="Delete a Jira issue", effect="destroys", scopes=(READ, WRITE))
async def jira_delete_issue(
    key: IssueKey,
    jira: Jira,
    answer: Annotated[Answer, Resolve(ask_before_deleting)],
    delete_subtasks: Annotated[bool, Field(description="Delete its sub-tasks with it.")] = False,
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Delete an issue for good, with its comments and history. The user is asked first.

    To close an issue, use jira_transition_issue instead.
    """
    require(answer)
    await jira.delete(key, delete_subtasks=delete_subtasks)
    return f"deleted {key}"
