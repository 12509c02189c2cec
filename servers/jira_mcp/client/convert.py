"""Plain values as the fields of Jira want them: names become ids, Markdown becomes ADF."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from connector_kit.errors import InvalidInput, ServiceError, clean_text
from connector_kit.wire import JsonObject, as_list, as_object, as_text, is_list, is_object, objects
from jira_mcp.client import durations
from jira_mcp.client.fields import Entry, FieldNames
from jira_mcp.client.ids import is_number
from jira_mcp.client.issues import Issues
from jira_mcp.client.jql import quote, within_projects
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.rich_text import document
from jira_mcp.client.values import normal, plain
from jira_mcp.models import PlainValue

_NOBODY = frozenset({"", "unassigned", "nobody", "none"})
NOTHING_WRITTEN = "Nothing was written."
_PERSON = ("accountId", "id", "emailAddress", "email", "displayName", "name")
"""What an object that stands for a person may call it, the surest first."""
_MOST = 200
"""Fields that can be written at once: more than any screen has."""
_ELSEWHERE: Mapping[str, str] = {
    "status": "jira_transition_issue changes the status",
    "comment": "jira_add_comment adds comments",
    "worklog": "jira_add_worklog logs work",
    "timespent": "jira_add_worklog logs work",
    "issuelinks": "jira_add_link links issues",
    "subtasks": "create the sub-task with this issue as its parent",
}
_NEVER_MEANT = frozenset({*_ELSEWHERE, "summary", "issuetype", "project"})
"""Not worth telling when a field is not among those of a screen: nobody takes another one for these."""
_ESTIMATES: Mapping[str, str] = {
    "timeoriginalestimate": "originalEstimate",
    "timeestimate": "remainingEstimate",
}


@dataclass
class Written:
    """What is sent: `fields` are set, `update` are operations; `changed` tells it in names."""

    fields: dict[str, object] = field(default_factory=dict[str, object])
    update: dict[str, list[dict[str, object]]] = field(default_factory=dict[str, list[dict[str, object]]])
    changed: dict[str, PlainValue] = field(default_factory=dict[str, PlainValue])


class Convert(Issues):
    """Writing values into fields."""

    async def _convert(
        self,
        values: Mapping[str, object],
        screen: Sequence[Entry],
        *,
        project: str,
        where: str,
    ) -> Written:
        """Find each field by its name on `screen`, and make its value what the field takes.

        `where` names the screen. Raises one InvalidInput that tells all that is wrong, by field.
        """
        if len(values) > _MOST:
            raise InvalidInput(f"{len(values):,} fields at once are too many: at most {_MOST}.")
        written, wrong = Written(), dict[str, str]()
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
                await self._write_value(written, entry, value, project)
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
        known = [info.id for info in catalogue.find(name)]
        for field_id in known:
            if field_id in _ESTIMATES and "timetracking" in entries:
                return Entry(entries["timetracking"].info, operations=(field_id,))
        found = names.find(name)
        if len(found) == 1:
            return entries[found[0].id]
        if len(found) > 1:
            names.resolve(name)
        for field_id in known:
            if field_id in _ELSEWHERE:
                raise InvalidInput(f"cannot be set here: {_ELSEWHERE[field_id]}.")
        if known:
            there = listing(entry.info.name for entry in entries.values() if entry.info.id not in _NEVER_MEANT)
            raise InvalidInput(f"is not on {where}. Fields there: {there or 'none'}.")
        close = suggestion(name, [entry.info.name for entry in entries.values()])
        raise InvalidInput(
            f"is no field of {where}.{close}" if close else f"is no field of this site, nor of {where}.",
            next_step="" if close else "jira_list_issue_types with a type lists the fields of a project.",
        )

    async def _write_value(self, written: Written, entry: Entry, value: object, project: str) -> None:
        info = entry.info
        if info.id in _ELSEWHERE:
            raise InvalidInput(f"cannot be set here: {_ELSEWHERE[info.id]}.")
        if info.id == "timetracking":
            self._write_estimates(written, entry, value)
            return
        if is_object(value) and info.items and set(value) <= {"add", "remove"}:
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
        if info.kind == "sprint":
            return await self._sprint(info.id, value)
        if info.items:
            if value is None:
                return [], []
            items = value if is_list(value) else [value]
            pairs = [await self._one(entry, info.items, item, project) for item in items]
            return [sent for sent, _ in pairs], [shown for _, shown in pairs]
        return await self._one(entry, info.kind, value, project)

    async def _one(self, entry: Entry, kind: str, value: object, project: str) -> tuple[object, PlainValue]:
        if kind == "user":
            return await self._person(value, project)
        if value is None:
            return None, None
        if kind == "Markdown":
            return await _rich_text(_text(value), entry.info.name)
        if kind == "issue key":
            key = self._key(_text(value))
            return {"key": key}, key
        if kind == "string" and entry.info.id == "labels":
            return _label(value)
        if kind == "datetime":
            sent = await self._stamp(_text(value), entry.info.name)
            return sent, sent
        if simple := _SIMPLE.get(kind):
            sent = simple(value, entry.info.name)
            return sent, plain(sent)
        if kind == "option with a second level":
            return _two_levels(entry, value)
        if is_object(value):
            return value, plain(value)
        return _choice(entry, kind, _text(value))

    async def _person(self, value: object, project: str) -> tuple[object, PlainValue]:
        if is_object(value):
            given = [as_text(value.get(name)) for name in _PERSON]
            value = next((text for text in given if text.strip()), None)
            if value is None:  # must not be taken for nobody
                raise InvalidInput("takes a name, an e-mail address or an account id; null for nobody.")
        if value is None or normal(_text(value)) in _NOBODY:
            return None, None
        person = await self.resolve_user(_text(value), assignable_in=project)
        return {"accountId": person.account_id}, person.name

    async def _sprint(self, field_id: str, value: object) -> tuple[object, PlainValue]:
        if is_list(value) and len(value) == 1:
            value = value[0]
        if value is None or value == "":
            return None, None
        if isinstance(value, int) or is_number(_text(value).strip()):
            return int(_text(value)), int(_text(value))
        name = _text(value).strip()
        found, near = await self._sprints_of_issues(field_id, name), dict[int, str]()
        if not found:
            found, near = await self._suggested_sprints(name)
        if len(found) == 1:
            number, shown = next(iter(found.items()))
            return number, shown
        if found:
            raise InvalidInput(
                f"There are {len(found)} sprints called {clean_text(name, 60)!r}: name the one you mean by its id.",
                fields={str(number): shown for number, shown in found.items()},
            )
        likely = " or ".join(f"{shown} ({number})" for number, shown in list(near.items())[:5])
        raise InvalidInput(
            f"No sprint called {clean_text(name, 60)!r} was found." + (f" Did you mean {likely}?" if likely else ""),
            next_step="" if likely else "Give the sprint's number: its board and its report have it in their address.",
        )

    async def _sprints_of_issues(self, field_id: str, name: str) -> dict[int, str]:
        """Sprints of this name that have issues; their values hold the id that names lack."""
        clause = f"cf[{field_id.removeprefix('customfield_')}]"
        jql, _ = within_projects(f"{clause} = {quote(name)} ORDER BY updated", self.settings.projects)
        try:
            answer = await self._call(
                "search_and_reconsile_issues_using_jql_post",
                data={"jql": jql, "maxResults": 50, "fields": [field_id]},
                repeatable=True,
            )
        except InvalidInput:
            return {}
        found: dict[int, str] = {}
        for issue in objects(as_object(answer).get("issues")):
            for sprint in objects(as_object(issue.get("fields")).get(field_id)):
                number = sprint.get("id")
                if isinstance(number, int) and normal(as_text(sprint.get("name"))) == normal(name):
                    found[number] = as_text(plain(sprint))
        return found

    async def _suggested_sprints(self, name: str) -> tuple[dict[int, str], dict[int, str]]:
        """Sprints of this name, and others that begin so, empty ones too, as Jira's JQL editor offers them."""
        try:
            answer = await self._call("get_field_auto_complete_for_query_string", field_name="sprint", field_value=name)
        except ServiceError:
            return {}, {}
        found: dict[int, str] = {}
        near: dict[int, str] = {}
        for entry in objects(as_object(answer).get("results")):
            number, shown = as_text(entry.get("value")), _without_tags(as_text(entry.get("displayName")))
            if is_number(number):
                # The board's name may follow: another sprint is never taken for one whose name begins alike.
                same = normal(name) in (normal(shown), normal(shown.partition(" - ")[0]))
                (found if same else near)[int(number)] = shown
        return found, near


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else str(value)
    raise InvalidInput("takes a text.")


async def _rich_text(text: str, name: str) -> tuple[object, PlainValue]:
    if not text.strip():
        return None, None
    return await document(text, name), f"{len(text):,} characters"


def _number(value: object, _name: str) -> float | int:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        number = float(str(value))
    except ValueError:
        raise InvalidInput(f"takes a number, not {clean_text(str(value), 40)!r}.") from None
    return int(number) if number.is_integer() else number


def _string(value: object, _name: str) -> str:
    return _text(value)


def _day(value: object, name: str) -> str:
    return durations.day(value, name)


_SIMPLE: Mapping[str, Callable[[object, str], object]] = {
    "text": _string,
    "string": _string,
    "number": _number,
    "date": _day,
}


def _label(value: object) -> tuple[object, PlainValue]:
    label = _text(value).strip()
    if not label or any(char.isspace() for char in label):
        raise InvalidInput(f"{clean_text(label, 40)!r} is no label: a label has no spaces.")
    return label, label


def _choice(entry: Entry, kind: str, name: str) -> tuple[object, PlainValue]:
    """An option, priority, component, version or the like by its name, checked where Jira lists them."""
    by = "value" if kind == "option" else "name"
    if not entry.allowed:
        return {by: name}, name
    candidates = [
        (allowed, [as_text(allowed.get(key)) for key in ("value", "name", "key", "id")]) for allowed in entry.allowed
    ]
    for same in (str.strip, normal):
        for allowed, called in candidates:
            if same(name) in [same(text) for text in called if text]:
                shown = next(text for text in called if text)
                allowed_id = as_text(allowed.get("id"))
                return ({"id": allowed_id} if allowed_id else {by: shown}), shown
    known = [next((text for text in called if text), "") for _, called in candidates]
    raise InvalidInput(
        f"{clean_text(name, 40)!r} is not among its values.{suggestion(name, known)} Values: {listing(known)}."
    )


def _two_levels(entry: Entry, value: object) -> tuple[object, PlainValue]:
    """A cascading select: "Parent / Child", or a list of the two."""
    if is_object(value):
        return value, plain(value)
    parts = [_text(item) for item in value] if is_list(value) else _text(value).split("/")
    first, *rest = [part.strip() for part in parts]
    sent, shown = _choice(entry, "option", first)
    if not rest or not rest[0]:
        return sent, shown
    chosen = next((item for item in entry.allowed if as_text(item.get("value")) == shown), None)
    children = Entry(entry.info, allowed=tuple(objects(as_object(chosen).get("children"))))
    child, child_shown = _choice(children, "option", rest[0])
    return {**as_object(sent), "child": child}, f"{shown} / {child_shown}"


def _without_tags(text: str) -> str:
    return text.replace("<b>", "").replace("</b>", "").strip()
