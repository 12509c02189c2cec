"""Setting fields of many issues at once, shown before it is done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import anyio.to_thread

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import JsonObject, as_object, as_text, objects, texts
from jira_mcp.bulk_models import BulkPreview, Planned, Refused
from jira_mcp.client.bulk_inputs import ONE_BY_ONE, EditInput, edit_input
from jira_mcp.client.bulk_selection import Chosen
from jira_mcp.client.bulk_tasks import BulkTasks, Plan
from jira_mcp.client.matching import listing
from jira_mcp.client.values import plain
from jira_mcp.models import FieldChange, PlainValue

_SCREENS = 30
"""Combinations of project and type that are looked at."""
_PAGES = 20
_FIELDS = "get_bulk_editable_fields"
_NOTE = "{0}NOTE{1}: "
_LOSS = "would lose what Markdown cannot say; jira_update_issue names it"


@dataclass(frozen=True, slots=True)
class _Group:
    """Issues with the same screen, and what they are to be given there."""

    issues: tuple[Chosen, ...]
    input: EditInput
    changed: Mapping[str, PlainValue]
    ids: Mapping[str, str]


class BulkEdit(BulkTasks):
    """Bulk edits."""

    async def preview_edit(
        self, values: Mapping[str, object], *, keys: Sequence[str] = (), jql: str = "", notify: bool = False
    ) -> BulkPreview:
        """What setting these fields, named as in `update`, would change in the issues; nothing is changed.

        Issues that are so already, or on whose screen a field is missing, are left out and told. Raises InvalidInput
        when no issue can be changed so, or when a field cannot be edited in bulk.
        """
        if not values:
            raise InvalidInput("Nothing to change was given.", next_step="Name fields with their new values.")
        names = await self.field_names()
        asked_ids = [info.id for name in values for info in names.find(name)]
        selection = await self._select_for_bulk(keys, jql, asked_ids)
        if not selection.issues:
            return BulkPreview("edit", selection.number, (), refused=selection.refused)
        groups, refused = await self._edit_groups(list(selection.alike()), values)
        sent = groups[0].input
        await self._check_bulk_editable([group.issues[0].key for group in groups], sent)
        refused = [*selection.refused, *refused]
        planned: list[Planned] = []
        already: list[str] = []
        chosen: dict[str, Chosen] = {}
        markdown = {
            info.id: value if isinstance(value, str) else ""
            for name, value in values.items()
            for info in names.find(name)
            if info.form == "rich text"
        }
        for group in groups:
            for issue in group.issues:
                changes = _changes(issue, group)
                if not changes:
                    already.append(issue.key)
                    continue
                if markdown and (losing := await anyio.to_thread.run_sync(_losing, issue, markdown)):
                    refused.append(Refused(issue.key, f"{self.field_name(losing)} {_LOSS}"))
                    continue
                planned.append(Planned(issue.key, issue.summary, changes))
                chosen[issue.id] = issue
        preview = BulkPreview(
            "edit", selection.number, tuple(planned), "", tuple(already), tuple(refused), notify=notify
        )
        if not chosen:
            return preview
        body = {
            "selectedActions": sent.actions,
            "selectedIssueIdsOrKeys": list(chosen),
            "editedFieldsInput": sent.values,
            "sendBulkNotification": notify,
        }
        asked = {"keys": list(keys), "jql": jql, "fields": dict(values), "notify": notify}
        look = (
            "jira_update_issues with the same keys or jql and fields, without run, tells which are so already; "
            f"jira_get_issue {planned[0].key} shows one of them"
        )
        return self._keep_plan(preview, Plan("edit", "submit_bulk_edit", body, chosen, asked, look))

    async def _edit_groups(
        self, screens: Sequence[tuple[Chosen, ...]], values: Mapping[str, object]
    ) -> tuple[list[_Group], list[Refused]]:
        groups: list[_Group] = []
        refused: list[Refused] = []
        errors: list[InvalidInput] = []
        if len(screens) > _SCREENS:
            raise InvalidInput(
                f"The issues have {len(screens)} combinations of project and type, each with a screen of its own.",
                next_step=f"At most {_SCREENS} go at once: limit the query to a project or a type.",
            )
        for issues in screens:
            first = issues[0]
            where = f"the edit screen of {first.type} in {first.project}"
            try:
                screen = await self._edit_screen(first.key)
                if not screen:
                    raise InvalidInput(f"this account may not edit {first.type} issues in {first.project}.")
                written = await self._convert(values, screen, project=first.project, where=where)
                ids = {entry.info.name: entry.info.id for entry in screen}
                groups.append(_Group(issues, edit_input(written, screen), written.changed, ids))
            except InvalidInput as error:
                errors.append(error)
                reasons = "; ".join(f"{name}: {reason}" for name, reason in error.fields.items()) or error.message
                refused += [Refused(issue.key, clean_text(reasons, 300)) for issue in issues]
        if not groups:
            raise errors[0]
        first = groups[0].input
        for group in groups[1:]:
            if differing := _differing(first, group.input):
                one, other = groups[0].issues[0], group.issues[0]
                raise InvalidInput(
                    f"In {one.project} and {other.project} these are different values of the same name. "
                    "Nothing was changed.",
                    fields=dict.fromkeys(differing, "belongs to the project"),
                    next_step="Edit one project at a time.",
                )
        return groups, refused

    async def _check_bulk_editable(self, keys: Sequence[str], sent: EditInput) -> None:
        """Ask Jira whether the fields can be edited in bulk, all of them in all of these issues."""
        offered = await self._bulk_editable(keys)
        wrong: dict[str, str] = {}
        for field_id in sent.actions:
            entry, name = offered.get(field_id), self.field_name(field_id)
            if entry is None:
                wrong[name] = "Jira does not offer it for bulk edits of these issues"
            elif why := as_text(entry.get("unavailableMessage")):
                wrong[name] = clean_text(why.removeprefix(_NOTE), 200)
            elif (
                field_id in sent.options
                and (possible := texts(entry.get("multiSelectFieldOptions")))
                and sent.options[field_id] not in possible
            ):
                wrong[name] = f"can only be changed by {listing(each.lower() for each in possible)}"
        if wrong:
            raise InvalidInput(
                "Jira cannot edit this in bulk. Nothing was changed.",
                fields=wrong,
                next_step=ONE_BY_ONE if len(keys) == 1 else f"Try one project or type at a time. {ONE_BY_ONE}",
            )

    async def _bulk_editable(self, keys: Sequence[str]) -> dict[str, JsonObject]:
        """The fields that Jira offers for bulk edits of these issues, by id."""
        offered: dict[str, JsonObject] = {}
        after = ""
        for _ in range(_PAGES):
            asked = {"issue_ids_or_keys": ",".join(keys), "starting_after": after or None}
            answer = as_object(await self._call(_FIELDS, data=None, repeatable=None, **asked))
            fresh = {as_text(entry.get("id")): entry for entry in objects(answer.get("fields"))}
            after = as_text(answer.get("startingAfter"))
            if not after or not fresh.keys() - offered.keys():
                return {**offered, **fresh}
            offered |= fresh
        return offered


def _losing(issue: Chosen, markdown: Mapping[str, str]) -> str:
    """The id of a field in which an issue has more than Markdown can say, and the new text would drop it; else ""."""
    from atlassian_kit.adf import write_back

    for field_id, text in markdown.items():
        before = issue.fields.get(field_id)
        if before is not None and write_back(before, text).lost:
            return field_id
    return ""


def _differing(one: EditInput, other: EditInput) -> list[str]:
    if one.actions != other.actions:
        return sorted({*one.actions} ^ {*other.actions}) or ["fields"]
    return [
        slot
        for slot in {**one.values, **other.values}
        if json.dumps(one.values.get(slot), sort_keys=True) != json.dumps(other.values.get(slot), sort_keys=True)
    ]


def _changes(issue: Chosen, group: _Group) -> tuple[FieldChange, ...]:
    """What would change in an issue; nothing for fields that are so already."""
    found: list[FieldChange] = []
    for name, wanted in group.changed.items():
        before = plain(issue.fields.get(group.ids.get(name, name)))
        after = _after(before, wanted)
        if _same(before, after):
            continue
        found.append(FieldChange(name, _shown(before), _shown(after)))
    return tuple(found)


def _after(before: PlainValue, wanted: PlainValue) -> PlainValue:
    """The value that a field has afterwards, also where values are added and removed."""
    if not isinstance(wanted, dict) or not {*wanted} <= {"add", "remove", "set"}:
        return wanted
    now = _list(wanted["set"]) if "set" in wanted else _list(before)
    gone = _list(wanted.get("remove"))
    now = [each for each in now if each not in gone]
    return [*now, *(each for each in _list(wanted.get("add")) if each not in now)]


def _list(value: PlainValue) -> list[PlainValue]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _same(before: PlainValue, after: PlainValue) -> bool:
    if isinstance(before, list) or isinstance(after, list):
        return sorted(map(str, _list(before))) == sorted(map(str, _list(after)))
    if before in (None, "") and after in (None, ""):
        return True
    return before == after


def _shown(value: PlainValue) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean_text(str(value), 80)
