"""Commenting."""

from connector_kit.errors import InvalidInput
from connector_kit.wire import as_object
from jira_mcp.client.edit import Edit
from jira_mcp.client.rich_text import document
from jira_mcp.models import Comment


class Comments(Edit):
    """Commenting on issues."""

    async def add_comment(self, key: str, body: str, *, role: str | None = None) -> Comment:
        """Add a comment in Markdown; only a project role may read it if one is named."""
        if not body.strip():
            raise InvalidInput("A comment needs text.", fields={"body": "is empty"})
        key = await self._open(key)
        data: dict[str, object] = {"body": await document(body, "body")}
        if role:
            data["visibility"] = {"type": "role", "value": role}
        answer = as_object(
            await self._write(
                "add_comment", key, data=data, look=f"jira_get_issue {key} with its comments, newest first"
            )
        )
        self._remember_from(answer)
        return self._comment(key, answer)
