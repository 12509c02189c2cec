"""The table that the tool modules fill, and the parameter types that they share."""

from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Resolve
from pydantic import AfterValidator, Field

from connector_kit.serving.session import client_of
from connector_kit.serving.toolset import Toolset

TOOLS = Toolset("jira")

READ, PEOPLE, WRITE = "read:jira-work", "read:jira-user", "write:jira-work"
"""The scopes: for issues and projects, for the accounts of people, for all that changes or deletes
(https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/)."""

if TYPE_CHECKING:
    from jira_mcp.client import JiraClient

    Jira = Annotated[JiraClient, Resolve(client_of)]
else:
    # The SDK reads this annotation when the server starts; the client is imported by the first call.
    Jira = Annotated[Any, Resolve(client_of)]

_LONGEST_KEY = 300
"""Characters: a link to an issue will do as its key."""


def _like_a_key(text: str) -> str:
    if len(text) > _LONGEST_KEY:
        raise ValueError(f"{len(text):,} characters are no key")
    return text


# Checked by a function: limits in the schema would cost as much as the descriptions.
IssueKey = Annotated[str, Field(description="Issue key, like PROJ-123."), AfterValidator(_like_a_key)]
ProjectKey = Annotated[str, Field(description="Project key, like PROJ."), AfterValidator(_like_a_key)]
Summary = Annotated[str, Field(description="Title, one line.", min_length=1, max_length=255)]
Cursor = Annotated[str, Field(description="Next cursor of the answer before; all else as then.")]
FieldMap = Annotated[
    dict[str, Any],
    Field(description='Further fields by name: {"Story Points": 3, "labels": ["api"]}; null empties.'),
]
Markdown = Annotated[str, Field(description="Markdown.")]
