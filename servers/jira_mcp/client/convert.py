"""Plain values as the fields of Jira want them: names become ids, Markdown becomes ADF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from atlassian_kit.rich_text import TextRefused
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import JsonObject, as_list, as_object, as_text, is_list, is_object
from jira_mcp.client import durations, scalars
from jira_mcp.client.choices import choice, two_levels
from jira_mcp.client.fields import SAME_ELSEWHERE, Entry, FieldNames
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.references import References
from jira_mcp.client.rich_text import NEW, RichText, Texts
from jira_mcp.client.values import normal, plain
from jira_mcp.models import FieldInfo, PlainValue

NOTHING_WRITTEN = "Nothing was written."
_MOST = 200
"""Fields that can be written at once: more than any screen has."""
_TOLD = 10
"""Fields of a screen that are told when another is not there; jira_list_fields tells the rest."""
_VERBS = frozenset({"add", "remove", "set"})
_NEVER_MEANT = frozenset(
    {"status", "comment", "worklog", "timespent", "issuelinks", "subtasks", "summary", "issuetype", "project"}
)
"""Not worth telling when a field is not among those of a screen: nobody takes another one for these."""
_ESTIMATES: Mapping[str, str] = {
    "timeoriginalestimate": "originalEstimate",
    "timeestimate": "remainingEstimate",
}
_PERMISSIONS: Mapping[str, str] = {
    "reporter": "Modify Reporter",
    "assignee": "Assign Issues",
    "duedate": "Schedule Issues",
    "fixVersions": "Resolve Issues",
    "security": "Set Issue Security",
}
"""Fields that Jira hides from whoever lacks a permission of the project."""


@dataclass
class Written:
    """What is sent: `fields` are set, `update` are operations; `changed` tells it in names.

    `texts` are the rich texts as they were before.
    """

    fields: dict[str, object] = field(default_factory=dict[str, object])
    update: dict[str, list[dict[str, object]]] = field(default_factory=dict[str, list[dict[str, object]]])
    changed: dict[str, PlainValue] = field(default_factory=dict[str, PlainValue])
    texts: Texts = NEW


class Convert(References, RichText):
    """Writing values into fields."""

    async def _convert(
        self,
        values: Mapping[str, object],
        screen: Sequence[Entry],
        *,
        project: str,
        where: str,
        texts: Texts = NEW,
    ) -> Written:
        """Find each field by its name on `screen`, and make its value what the field takes.

        `where` names the screen, `texts` are the rich texts that the issue has. Raises one InvalidInput that tells
        all that is wrong, by field.
        """
        if len(values) > _MOST:
            raise InvalidInput(f"{len(values):,} fields at once are too many: at most {_MOST}.")
        written, wrong = Written(texts=texts), dict[str, str]()
        names = FieldNames(entry.info for entry in screen)
        entries = {entry.info.id: entry for entry in screen}
        named: dict[str, str] = {}
        steps: dict[str, None] = {}
        for name, value in values.items():
            own = {name, "key"}
            try:
                entry = await self._on_screen(name, names, entries, where)
                own.add(entry.info.name)
                meant = entry.operations[0] if entry.info.id == "timetracking" and entry.operations else entry.info.id
                if meant in named:
                    raise InvalidInput(f"is the same field as {clean_text(named[meant], 60)!r}: give it once.")
                named[meant] = name
                await self._write_value(written, entry, value, project, texts)
            except TextRefused:
                raise
            except InvalidInput as error:
                reasons = "; ".join(why if key in own else f"{key}: {why}" for key, why in error.fields.items())
                told = error.message.removesuffix(".")
                wrong[name] = f"{told}{':' if told != error.message else ''} {reasons}" if reasons else told
                steps[error.next_step] = None
        if wrong:
            raise InvalidInput(NOTHING_WRITTEN, fields=wrong, next_step=" ".join(step for step in steps if step))
        return written

    async def _on_screen(self, name: str, names: FieldNames, entries: Mapping[str, Entry], where: str) -> Entry:
        catalogue = await self.field_names()
        known = catalogue.find(name)
        for info in known:
            if info.id in _ESTIMATES and "timetracking" in entries:
                return replace(entries["timetracking"], operations=(info.id,))
        found = names.find(name) or [info for info in known if info.id in entries]
        if (own := catalogue.called(name)) and not names.called(name):
            found = [info for info in own if info.id in entries] or found
            if not any(info.id in entries for info in own) and normal(name) not in SAME_ELSEWHERE:
                found = []  # the field of that very name is not here; what else it may mean is not meant
        if len(found) == 1:
            epic = found[0].plugin == "gh-epic-link" and "parent" in entries  # the parent has taken its place
            return entries["parent" if epic else found[0].id]
        if len(found) > 1:
            names.resolve(name)
        if not known:  # somebody may have made it since the fields were read
            known = (await self.field_names(lacking=name)).find(name)
        for info in known:
            if reason := self._why_not(info):
                raise InvalidInput(f"cannot be set here: {reason}.")
        if known:
            raise self._off_screen(known[0], entries, where)
        close = suggestion(name, [entry.info.name for entry in entries.values()])
        raise InvalidInput(
            f"is no field of {where}.{close}" if close else f"is no field of this site, nor of {where}.",
            next_step="" if close else "jira_list_fields lists the fields of a project's issue type, or of an issue.",
        )

    @staticmethod
    def _why_not(info: FieldInfo) -> str:
        return Entry(info).why_not

    @staticmethod
    def _off_screen(info: FieldInfo, entries: Mapping[str, Entry], where: str) -> InvalidInput:
        """A field of the site that this screen lacks: what the screen has, and why that may be."""
        there = listing(
            (entry.info.name for entry in entries.values() if entry.info.id not in _NEVER_MEANT and not entry.why_not),
            _TOLD,
        )
        if info.id in _PERMISSIONS:
            step = f"It may be hidden because the account lacks the permission {_PERMISSIONS[info.id]!r}."
        elif info.project:
            step = f"{info.name} belongs to another, team-managed project."
        else:
            step = "An administrator of the project can add it to the screen; jira_list_fields tells all that is there."
        return InvalidInput(f"is not on {where}. Fields there: {there or 'none'}.", next_step=step)

    async def _write_value(self, written: Written, entry: Entry, value: object, project: str, texts: Texts) -> None:
        info = entry.info
        if entry.why_not:
            raise InvalidInput(f"cannot be set here: {entry.why_not}.")
        if is_object(value) and set(value) == {"set"}:
            value = value["set"]
        if info.form == "rich text":
            await self._write_text(written.fields, written.changed, info, value, texts)
            return
        if info.id == "timetracking":
            self._write_estimates(written, entry, value)
            return
        if is_object(value) and value and set(value) <= _VERBS:
            await self._write_operations(written, entry, value, project)
            return
        sent, shown = await self._to_jira(entry, value, project)
        written.fields[info.id] = sent
        written.changed[info.name] = shown

    @staticmethod
    def _write_estimates(written: Written, entry: Entry, value: object) -> None:
        """Both estimates are parts of one field, which must be sent at once."""
        if entry.operations and entry.operations[0] in _ESTIMATES:
            given: Mapping[str, object] = {_ESTIMATES[entry.operations[0]]: value}
        elif is_object(value):
            aliases = {"original": "originalEstimate", "remaining": "remainingEstimate"}
            given = {aliases.get(key, key): item for key, item in value.items()}
        else:
            given = {"originalEstimate": value}
        tracking = dict(as_object(written.fields.get("timetracking")))
        for part, item in given.items():
            if part not in _ESTIMATES.values():
                raise InvalidInput('takes "original" and "remaining".')
            name = "Original estimate" if part == "originalEstimate" else "Remaining estimate"
            tracking[part] = durations.words(item if item is not None else 0, name)
            written.changed[name] = as_text(tracking[part])
        written.fields["timetracking"] = tracking

    async def _write_operations(self, written: Written, entry: Entry, value: JsonObject, project: str) -> None:
        if not entry.info.items or entry.info.form == "sprint":
            raise InvalidInput("holds one value: give that, or null to empty it.")
        if "set" in value:
            raise InvalidInput('takes "set" alone, or "add" and "remove".')
        operations: list[dict[str, object]] = []
        told: dict[str, PlainValue] = {}
        for verb in ("remove", "add"):
            if verb not in value:
                continue
            if entry.operations and verb not in entry.operations:
                raise InvalidInput(f'cannot be written with "{verb}": give the whole list.')
            if value[verb] is None:
                raise InvalidInput(f'"{verb}" takes a list.')
            sent, shown = await self._to_jira(entry, value[verb], project)
            operations.extend({verb: item} for item in as_list(sent))
            told[verb] = shown
        written.update[entry.info.id] = operations
        written.changed[entry.info.name] = told

    async def _to_jira(self, entry: Entry, value: object, project: str) -> tuple[object, PlainValue]:
        """The value as Jira takes it, and as it was understood."""
        info = entry.info
        if info.form == "sprint":
            return await self._sprint_value(info.id, value, project)
        if info.items:
            if value is None:
                return [], []
            if isinstance(value, bool):
                value = _ticked(entry, value)
            items = value if is_list(value) else [value]
            pairs = [await self._one(entry, item, project) for item in items]
            pairs = [pair for pair in pairs if pair[0] is not None]
            return [sent for sent, _ in pairs], [shown for _, shown in pairs]
        if is_list(value) and len(value) == 1 and info.form not in ("object", "two levels"):
            value = value[0]
        return await self._one(entry, value, project)

    async def _one(self, entry: Entry, value: object, project: str) -> tuple[object, PlainValue]:
        info = entry.info
        if info.form == "user":
            return await self._person(entry, value, project)
        if value is None:
            return None, None
        match info.form:
            case "text":
                sent: object = scalars.line(value) if info.plugin == "textfield" else scalars.text(value)
            case "datetime":
                sent = await self._stamp(scalars.moment(value), info.name)
            case "issue":
                key = self._key(as_text(as_object(value).get("key")) if is_object(value) else scalars.text(value))
                return (key if info.plugin == "gh-epic-link" else {"key": key}), key
            case "group":
                return await self._group(value)
            case "team":
                return await self._team(info.id, value)
            case "project":
                return self._project_value(entry, value)
            case "two levels":
                return two_levels(entry, value)
            case "choice":
                return choice(entry, value)
            case form if form in scalars.SCALARS:
                sent = scalars.SCALARS[form](value)
            case _:
                return _as_it_is(value)
        return sent, plain(sent)


def _ticked(entry: Entry, value: bool) -> list[object]:
    """What a tick means for a field with a single box, such as Flagged."""
    if len(entry.allowed) != 1:
        raise InvalidInput("takes a list of its values, not true or false.")
    return [dict(entry.allowed[0])] if value else []


def _as_it_is(value: object) -> tuple[object, PlainValue]:
    """The value of a field of another app, whose form only that app knows."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        raise InvalidInput("takes an object: give it as one, not as a text.")
    return value, plain(value)
