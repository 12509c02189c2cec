"""Changing and deleting an issue."""

from collections.abc import Mapping, Sequence

from connector_kit.errors import InvalidInput, ServiceError
from connector_kit.wire import as_int, as_object, as_text, objects
from jira_mcp.client.create import Create
from jira_mcp.client.fields import Entry
from jira_mcp.client.rich_text import Texts
from jira_mcp.client.values import issue_ref
from jira_mcp.client.writing import may_not_edit, with_allowed
from jira_mcp.models import ChangeResult, DeletionPreview


class Edit(Create):
    """Changing and deleting issues."""

    async def update(self, key: str, values: Mapping[str, object], *, accept_loss: bool = False) -> ChangeResult:
        """Set fields of an issue by their names; None clears a field.

        Lists (labels, components, versions, people, options) take a list that replaces, or
        {"add": [...], "remove": [...]}. Rich text is Markdown, {"find": …, "replace": …} or {"append": …}; an edit
        that drops what Markdown cannot say, or that starts from an older text, is refused unless `accept_loss`.

        Raises InvalidInput with all that is wrong by field, Conflict, or NotPermitted; then nothing was changed.
        """
        if not values:
            raise InvalidInput("Nothing to change was given.", next_step="Name fields with their new values.")
        key = await self._open(key)
        screen = await self._edit_screen(key)
        if not screen:
            raise may_not_edit(key)
        await self.field_names()
        async with self._turn(key):
            return await self._update(key, values, screen, Texts(key, accept_loss))

    async def _update(
        self, key: str, values: Mapping[str, object], screen: Sequence[Entry], texts: Texts
    ) -> ChangeResult:
        written = await self._convert(
            values, screen, project=key.rpartition("-")[0], where=f"the edit screen of {key}", texts=texts
        )
        body: dict[str, object] = {}
        if written.fields:
            body["fields"] = written.fields
        if written.update:
            body["update"] = written.update
        if not body:
            return ChangeResult(key, self.browse_url(key), written.changed, wrote=False)
        try:
            answer = as_object(
                await self._write(
                    "edit_issue",
                    key,
                    data=body,
                    look=f"jira_get_issue {key}",
                    return_issue=True,
                )
            )
        except InvalidInput as error:
            raise with_allowed(error, screen) from error
        issue_id = as_text(answer.get("id"))
        self._remember(issue_id)
        await self._note_texts(key, written.fields, as_object(answer.get("fields")))
        return ChangeResult(key, self.browse_url(key), written.changed, issue_id)

    async def deletion_preview(self, key: str) -> DeletionPreview:
        """What deleting an issue would take away."""
        asked = self._key(key)
        answer = as_object(await self._call("get_issue", asked, fields="summary,status,issuetype,subtasks,comment"))
        key = self._answered_key(asked, answer)
        fields = as_object(answer.get("fields"))
        subtasks = tuple(issue_ref(entry) for entry in objects(fields.get("subtasks")))
        try:
            children = await self.count(f"parent = {key}") - len(subtasks)
        except ServiceError:
            children = 0  # the count is a courtesy, and search may be slower than the issue
        return DeletionPreview(
            key,
            as_text(fields.get("summary")),
            self._named(fields.get("status")) or "",
            self._named(fields.get("issuetype")) or "",
            subtasks,
            as_int(as_object(fields.get("comment")).get("total")) or 0,
            max(0, children),
        )

    async def delete(self, key: str, *, delete_subtasks: bool = False) -> None:
        """Delete an issue for good. One with sub-tasks is deleted only together with them.

        Raises InvalidInput when it has sub-tasks and `delete_subtasks` is off.
        """
        key = await self._open(key)
        await self._write(
            "delete_issue",
            key,
            look=f"jira_get_issue {key}",
            delete_subtasks="true" if delete_subtasks else "false",
        )
