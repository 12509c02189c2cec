"""What the writing parts share: the issue that is written, and refusals with the values that are allowed."""

from collections.abc import Mapping, Sequence

from connector_kit.errors import InvalidInput, NotPermitted
from connector_kit.wire import JsonObject, as_object, as_text
from jira_mcp.client.convert import Convert
from jira_mcp.client.fields import Entry, screen_entry
from jira_mcp.client.ids import is_number
from jira_mcp.client.matching import listing
from jira_mcp.client.values import names_of

_GIVEN = frozenset({"project", "issuetype"})
"""A screen belongs to a project and mostly to a type: its values for these are what was chosen already. The values
of a field that holds a project are not told either: tools may not be allowed to touch them all."""


class Writing(Convert):
    """Reading what must be known before and after a write."""

    async def _edit_screen(self, key: str) -> tuple[Entry, ...]:
        answer = as_object(await self._call("get_edit_issue_meta", key))
        return tuple(
            screen_entry(field_id, as_object(entry)) for field_id, entry in as_object(answer.get("fields")).items()
        )

    def _remember_from(self, answer: JsonObject) -> None:
        """Remember the issue that an answer is about, from its own id or from the address in `self`."""
        parts = as_text(answer.get("self")).split("/issue/")
        found = as_text(answer.get("issueId")) or (parts[1].split("/")[0] if len(parts) == 2 else "")
        if is_number(found):
            self._remember(found)


def may_not_edit(key: str) -> NotPermitted:
    """What to say of an issue whose edit screen is empty."""
    return NotPermitted(
        f"This account may not edit {key}: it lacks the permission, or the issue's status forbids it.",
        next_step="Ask an administrator of the project, or use another account.",
    )


def with_allowed(error: InvalidInput, screen: Sequence[Entry]) -> InvalidInput:
    """The refusal with the permitted values behind each field that has a list of them."""
    by_name: Mapping[str, Entry] = {entry.info.name: entry for entry in screen}
    fields: dict[str, str] = {}
    for name, reason in error.fields.items():
        entry = by_name.get(name)
        if entry and (entry.info.id in _GIVEN or entry.info.form == "project"):
            entry = None
        values = names_of(list(entry.allowed)) if entry else ()
        fields[name] = f"{reason} Values: {listing(values, 12)}." if values else reason
    return InvalidInput(
        error.message,
        fields=fields,
        next_step=error.next_step,
        status=error.status,
        request_id=error.request_id,
    )
