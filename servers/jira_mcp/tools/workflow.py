"""Moving an issue through its workflow."""

from typing import Annotated

from pydantic import Field

from connector_kit.output import one_line
from jira_mcp.tools.render import values
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, FieldMap, IssueKey, Jira, Markdown


@TOOLS.tool(title="Move a Jira issue to a status", effect="changes", scopes=(READ, PEOPLE, WRITE))
async def jira_transition_issue(
    key: IssueKey,
    status: Annotated[str, Field(description="Target status by name, or the name of a transition.", min_length=1)],
    jira: Jira,
    fields: FieldMap = {},
    comment: Markdown = "",
) -> str:
    """Move an issue to another status, filling the fields that the transition's screen requires.

    When the status cannot be reached from here, the answer lists those that can.
    """
    done = await jira.transition(key, status, values=fields, comment=comment)
    if not done.moved:
        ignored = [name for name, given in (("fields", fields), ("comment", comment)) if given]
        unused = f", {' and '.join(ignored)} not used" if ignored else ""
        return f"{done.key} is {done.after} already; nothing was changed{unused} {done.url}"
    changed = f"\n{values(done.changed)}" if done.changed else ""
    return f"moved {done.key} {done.url}\nstatus: {one_line(done.before)} → {one_line(done.after)}{changed}"
