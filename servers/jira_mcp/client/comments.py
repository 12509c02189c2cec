"""Writing comments (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/)."""

from connector_kit.errors import InvalidInput
from connector_kit.wire import as_object
from jira_mcp.client.opening import part_id
from jira_mcp.client.visibility import Visibility, chosen, kept, same
from jira_mcp.models import Comment


class Comments(Visibility):
    """Commenting on issues."""

    async def add_comment(self, key: str, body: str, *, visible_to: str = "") -> Comment:
        """Add a comment in Markdown; only a role, or the group of "group:NAME", may read it if one is named."""
        if not body.strip():
            raise InvalidInput("A comment needs text.", fields={"body": "is empty"})
        key = await self._open(key)
        data: dict[str, object] = {"body": await self._new_text(body, "body")}
        level = chosen(visible_to)
        if level:
            data["visibility"] = level
        look = f"jira_get_issue {key} with its comments, newest first"
        try:
            answer = as_object(await self._write("add_comment", key, data=data, look=look))
        except InvalidInput as error:
            raise await self._readers_refused(error, key, level) from error
        self._remember_from(answer)
        return self._comment(key, answer)

    async def update_comment(
        self, key: str, comment_id: str, body: str, *, visible_to: str = "", accept_loss: bool = False
    ) -> tuple[Comment, str]:
        """Give a comment a new text, or other readers; and what became of the text in a few words.

        Who may read it stays as it is unless `visible_to` says otherwise ("everyone" lifts a restriction).
        The words are "" when everything was so already and nothing was written.

        Raises Conflict or InvalidInput as `update` does.
        """
        if not body.strip() and not visible_to.strip():
            raise InvalidInput("Nothing to change was given.", fields={"body": "is empty"})
        key = await self._open(key)
        async with self._turn(key):
            before = await self._comment_answer(key, comment_id)
            number = part_id(comment_id, "comment")
            place = (key, "comment", number)
            look = f"jira_list_comments {key}"
            said, document = "", before.get("body")
            if body.strip():
                done = await self._rewrite(place, "body", document, body, accept_loss=accept_loss, look=look)
                if done is not None:
                    said, document = done.said, done.document
            level = chosen(visible_to) if visible_to.strip() else kept(before)
            if before.get("parentId") and not visible_to.strip():
                level = None  # an answer is read by whoever may read what it answers, and Jira refuses to be told so
            if not said and (not visible_to.strip() or same(level, before)):
                return self._comment(key, before), ""
            data: dict[str, object] = {"body": document}
            if level:
                data["visibility"] = level
            try:
                answer = as_object(await self._write("update_comment", key, number, data=data, look=look))
            except InvalidInput as error:
                raise await self._readers_refused(error, key, level) from error
            self._remember_from(answer)
            comment = self._comment(key, answer)
            if said:
                self._readings.note(place, comment.body)
            return comment, said or "text unchanged"

    async def delete_comment(self, key: str, comment_id: str) -> None:
        """Delete a comment for good."""
        key = await self._open(key)
        if self.settings.projects:
            await self._comment_answer(key, comment_id)
        await self._write("delete_comment", key, part_id(comment_id, "comment"), look=f"jira_list_comments {key}")
