"""Taking many issues to another project or type at once, shown before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connector_kit.errors import InvalidInput
from connector_kit.wire import JsonObject, as_list, as_object, as_text, is_list, is_object, objects
from jira_mcp.bulk_models import BulkPreview, Planned, Refused
from jira_mcp.client.bulk_selection import MOST, Chosen
from jira_mcp.client.bulk_tasks import BulkTasks, Plan
from jira_mcp.client.fields import Entry
from jira_mcp.client.matching import listing, one_of
from jira_mcp.client.values import normal, plain
from jira_mcp.models import FieldChange, IssueTypeInfo

_STATUSES = "get_all_statuses"
_ALWAYS = frozenset({"summary", "issuetype", "project", "reporter", "parent", "priority"})
"""Required fields that every issue has, or that Jira fills."""


@dataclass
class _Target:
    """Where some issues go: a type of the project, below a parent or not."""

    type: IssueTypeInfo
    statuses: Mapping[str, str]
    screen: tuple[Entry, ...]
    issues: list[Chosen] = field(default_factory=list[Chosen])
    mapping: dict[str, str] = field(default_factory=dict[str, str])


class BulkMove(BulkTasks):
    """Bulk moves."""

    async def preview_move(
        self,
        project: str,
        *,
        keys: Sequence[str] = (),
        jql: str = "",
        issue_type: str = "",
        parent: str = "",
        statuses: Mapping[str, str] | None = None,
        values: Mapping[str, object] | None = None,
        notify: bool = False,
    ) -> BulkPreview:
        """What moving the issues to `project` would change; nothing is changed.

        Each keeps its type by name unless `issue_type` is given. `statuses` say what becomes of those that the target
        lacks, else it is the first of its workflow; `values` are fields that the target requires, by name.
        """
        target = self._project(project)
        above = await self._new_parent(parent, target)
        selection = await self._select_for_bulk(keys, jql)
        types = await self.issue_types(target)
        workflows = await self._workflows(target)
        wanted = (
            one_of(issue_type, types, names=lambda each: (each.name, each.id), what="issue type", field="type")
            if (issue_type.strip())
            else None
        )
        refused = list(selection.refused)
        already: list[str] = []
        targets: dict[str, _Target] = {}
        selected = {issue.key for issue in selection.issues}
        along: set[str] = set()
        for issue in selection.issues:
            kind = wanted or next((each for each in types if normal(each.name) == normal(issue.type)), None)
            if issue.level < 0 and issue.parent in selected and issue.project != target:
                continue  # it goes with its parent
            if reason := _obstacle(issue, kind, target, above):
                refused.append(Refused(issue.key, reason))
                continue
            assert kind is not None
            if issue.project == target and issue.type_id == kind.id and parent in ("", issue.parent):
                already.append(issue.key)
                continue
            if kind.id not in targets:
                screen = await self._create_screen(target, kind.id)
                targets[kind.id] = _Target(kind, workflows.get(kind.id, {}), screen)
            targets[kind.id].issues.append(issue)
            if issue.project != target:
                along |= {*issue.subtasks}
        await self._refuse_empty(targets, values or {}, target, refused)
        chosen = {issue.id: issue for each in targets.values() for issue in each.issues}
        if len(chosen) + len(along) > MOST:
            raise InvalidInput(
                f"With their sub-tasks these are {len(chosen) + len(along):,} issues, and Jira takes at most {MOST:,}.",
                next_step="Split it.",
            )
        planned = [item for each in targets.values() for item in _planned(each, target, statuses or {}, above)]
        notes = _notes(list(chosen.values()), target, along, above)
        preview = BulkPreview(
            "move", selection.number, tuple(planned), "", tuple(already), tuple(refused), notes, notify=notify
        )
        if not chosen:
            return preview
        mapping: dict[str, object] = {}
        for each in targets.values():
            if each.issues:
                place = ",".join(part for part in (target, each.type.id, above.key if above else "") if part)
                mapping[place] = await self._mapped(each, values or {}, target)
        body = {"targetToSourcesMapping": mapping, "sendBulkNotification": notify}
        asked: dict[str, object] = {"keys": list(keys), "jql": jql, "project": project, "type": issue_type}
        asked |= {"parent": parent, "statuses": dict(statuses or {}), "fields": dict(values or {}), "notify": notify}
        look = f"jira_get_issue {planned[0].key}, which is in {target} if they were moved"
        renames = any(issue.project != target for issue in chosen.values())
        return self._keep_plan(preview, Plan("move", "submit_bulk_move", body, chosen, asked, look, renames=renames))

    async def _new_parent(self, parent: str, target: str) -> Chosen | None:
        if not parent.strip():
            return None
        found, _ = await self._fetch_chosen([self._key(parent)], ("summary", "issuetype", "project", "status"))
        if not found or found[0].project != target:
            raise InvalidInput(
                "Nothing was moved.", fields={"parent": f"is no issue of {target} that this account may see"}
            )
        return found[0]

    async def _workflows(self, target: str) -> dict[str, dict[str, str]]:
        """The statuses that each type has in a project, names by id."""
        answer = await self._call(_STATUSES, target)
        return {
            as_text(entry.get("id")): {
                as_text(each.get("id")): as_text(each.get("name")) for each in objects(entry.get("statuses"))
            }
            for entry in objects(answer)
        }

    async def _refuse_empty(
        self, targets: Mapping[str, _Target], values: Mapping[str, object], target: str, refused: list[Refused]
    ) -> None:
        """Leave out issues without a value for a field that the target requires."""
        catalogue = await self.field_names()
        given = {info.id for name in values for info in catalogue.find(name)}
        for each in targets.values():
            needed = {
                entry.info.id: entry.info.name
                for entry in each.screen
                if entry.required and not entry.has_default and entry.info.id not in _ALWAYS | given
            }
            if not needed:
                continue
            found, _ = await self._fetch_chosen([issue.id for issue in each.issues], [*needed, "project"])
            filled = {issue.id: issue.fields for issue in found}
            kept: list[Chosen] = []
            for issue in each.issues:
                has = filled.get(issue.id, {})
                lacking = [name for field_id, name in needed.items() if plain(has.get(field_id)) in (None, "", [])]
                if lacking:
                    reason = f"{target} requires {listing(lacking)} for type {each.type.name}: give it in fields"
                    refused.append(Refused(issue.key, reason))
                else:
                    kept.append(issue)
            each.issues = kept

    async def _mapped(self, each: _Target, values: Mapping[str, object], target: str) -> JsonObject:
        """The part of the request for the issues of one target."""
        entry: dict[str, object] = {
            "issueIdsOrKeys": [issue.id for issue in each.issues],
            "inferClassificationDefaults": True,
            "inferFieldDefaults": not values,
            "inferStatusDefaults": not each.mapping,
            "inferSubtaskTypeDefault": True,
        }
        if each.mapping:
            by_target: dict[str, list[str]] = {}
            for before, after in each.mapping.items():
                by_target.setdefault(after, []).append(before)
            entry["targetStatus"] = [{"statuses": by_target}]
        if values:
            where = f"the create screen of {each.type.name} in {target}"
            written = await self._convert(values, each.screen, project=target, where=where)
            if written.update:
                raise InvalidInput("In a move fields take whole values, not add or remove.")
            entry["targetMandatoryFields"] = [{"fields": {name: _raw(value) for name, value in written.fields.items()}}]
        return entry


def _obstacle(issue: Chosen, kind: IssueTypeInfo | None, target: str, above: Chosen | None) -> str:
    """Why an issue cannot go there, "" if it can."""
    if kind is None:
        return f"{target} has no type {issue.type}: say which it shall become (type)"
    if kind.level < 0 and above is None:
        return "would be a sub-task: say its parent there (parent), or move its parent with it"
    if kind.level < 0 and issue.subtasks:
        return "has sub-tasks, and cannot become one"
    if above is not None and above.level != kind.level + 1:
        return f"an issue of type {kind.name} cannot be below {above.key} of type {above.type}"
    if issue.level < 0 <= kind.level and issue.project != target:
        return "is a sub-task: make it an ordinary issue in its own project first"
    return ""


def _planned(each: _Target, target: str, statuses: Mapping[str, str], above: Chosen | None) -> list[Planned]:
    """What becomes of the issues of one target; fills in the mapping of their statuses."""
    by_name = {normal(name): number for number, name in each.statuses.items()}
    given = {normal(before): after for before, after in statuses.items()}
    missing = {issue.status_id: issue.status for issue in each.issues if issue.status_id not in each.statuses}
    for number, name in missing.items():
        wanted = given.get(normal(name), name)
        if normal(wanted) in by_name:
            each.mapping[number] = by_name[normal(wanted)]
        elif normal(name) in given:
            raise InvalidInput(
                f"{wanted!r} is no status of {each.type.name} in {target}.",
                fields={"statuses": f"one of {listing(each.statuses.values())}"},
            )
    unmapped = [name for number, name in missing.items() if number not in each.mapping]
    if unmapped and each.mapping:
        if statuses:
            raise InvalidInput(
                "Nothing was moved.",
                fields={"statuses": f"say also what becomes of {listing(unmapped)}: {listing(each.statuses.values())}"},
            )
        each.mapping.clear()
    planned: list[Planned] = []
    for issue in each.issues:
        status = issue.status
        if issue.status_id not in each.statuses and each.statuses:
            status = each.statuses.get(each.mapping.get(issue.status_id, ""), "the first of its workflow")
        pairs = (
            ("Project", issue.project, target),
            ("Type", issue.type, each.type.name),
            ("Status", issue.status, status),
            ("Parent", issue.parent, above.key if above else issue.parent),
        )
        changes = tuple(FieldChange(*pair) for pair in pairs if pair[1] != pair[2])
        planned.append(Planned(issue.key, issue.summary, changes))
    return planned


def _notes(issues: Sequence[Chosen], target: str, along: set[str], above: Chosen | None) -> tuple[str, ...]:
    notes: list[str] = []
    leaving = [issue for issue in issues if issue.project != target]
    if leaving:
        notes.append(
            f"Keys change, the old ones lead there. Components and versions that {target} lacks are lost, "
            "and so may be fields that are not on its screens."
        )
    if along:
        notes.append("1 sub-task goes with them." if len(along) == 1 else f"{len(along):,} sub-tasks go with them.")
    if epics := sum(issue.level > 0 for issue in leaving):
        verb = "is" if epics == 1 else "are"
        notes.append(f"{epics:,} of them {verb} above others, which stay where they are: look afterwards.")
    if above is None and (below := sum(bool(issue.parent) and issue.level >= 0 for issue in leaving)):
        verb = "has" if below == 1 else "have"
        notes.append(f"{below:,} of them {verb} a parent and may lose it: look afterwards.")
    return tuple(notes)


def _raw(value: object) -> JsonObject:
    """A field's value as a move takes it: a list of texts, or a document."""
    if is_object(value) and value.get("type") == "doc":
        return {"retain": True, "type": "adf", "value": value}
    items = as_list(value) if is_list(value) else [value]
    return {"retain": True, "type": "raw", "value": [_word(item) for item in items if item is not None]}


def _word(item: object) -> str:
    if not is_object(item):
        return f"{item:g}" if isinstance(item, float) else str(item)
    entry = as_object(item)
    return next((text for name in ("id", "accountId", "value", "name") if (text := as_text(entry.get(name)))), "")
