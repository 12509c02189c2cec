"""Issues that follow the code: what a branch or a pull request means for them."""

from typing import Annotated, Literal

from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.output import one_line
from jira_mcp.tools.development_render import outcome_text
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, FieldMap, Jira

DEVELOPMENT = "development"

Event = Literal["branch_created", "pull_request_opened", "pull_request_merged", "pull_request_declined"]


@TOOLS.tool(
    title="Apply a Git event to Jira issues",
    effect="changes",
    idempotent=True,
    scopes=(READ, PEOPLE, WRITE),
    toolset=DEVELOPMENT,
)
async def jira_apply_git_event(
    event: Annotated[Event, Field(description="What happened.")],
    jira: Jira,
    branch: Annotated[str, Field(description="Name of the branch.", max_length=300)] = "",
    title: Annotated[str, Field(description="Title of the pull request.", max_length=500)] = "",
    message: Annotated[str, Field(description="Commit message or description.", max_length=20_000)] = "",
    url: Annotated[str, Field(description="Address of the pull request or branch.", max_length=2_000)] = "",
    status: Annotated[str, Field(description="Status to move to, instead of the usual one.", max_length=100)] = "",
    fields: FieldMap = {},
    dry_run: Annotated[bool, Field(description="Only tell what would change.")] = False,
) -> str:
    """Move the issues whose keys stand in branch, title or message to where a Git event brings them, and link its url.

    Branch: in progress. Opened: in review, else in progress. Merged: done. Declined: no move. Never backwards, and
    doing it twice changes nothing more.
    """
    done = await jira.apply_git_event(
        event,
        branch=branch,
        title=title,
        message=message,
        url=url,
        status=status,
        values=fields,
        dry_run=dry_run,
    )
    return outcome_text(done, name=one_line(clean_text(branch or title, 80)))
