"""Linking issues."""

from typing import Annotated

from pydantic import Field

from jira_mcp.tools.table import READ, TOOLS, WRITE, IssueKey, Jira


@TOOLS.tool(title="Link two Jira issues", effect="adds", idempotent=True, scopes=(READ, WRITE))
async def jira_add_link(
    from_key: IssueKey,
    relation: Annotated[str, Field(description='How from_key relates to to_key, like "blocks".', min_length=1)],
    to_key: IssueKey,
    jira: Jira,
) -> str:
    """Link two issues so that it reads: from_key relation to_key. For an epic, set the parent field instead."""
    done = await jira.link(from_key, relation, to_key)
    return f"linked {done.source} {done.phrase} {done.target} {done.url}"
