"""Which fields there are, what they take, and which values one of them has."""

from collections.abc import Sequence

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import as_list
from jira_mcp.client.choices import values_like
from jira_mcp.client.fields import Entry, FieldNames
from jira_mcp.client.matching import listing, matching
from jira_mcp.client.references import is_limited
from jira_mcp.client.writing import Writing, may_not_edit
from jira_mcp.field_models import FieldList, FieldValues
from jira_mcp.models import FieldInfo

_LISTED = 50
_OF_THE_LATEST = "these are those of the latest issues in the projects that JIRA_PROJECTS allows"
_NOT_LISTED = {
    "user": "jira_search_users finds people by a part of their name",
    "issue": "it takes the key of an issue",
    "rich text": "it takes Markdown",
    "estimates": 'it takes {"original": "2d", "remaining": "4h"}',
    "number": "it takes a number",
    "date": "it takes a date like 2026-01-31",
    "datetime": "it takes a moment like 2026-01-31T09:30+01:00",
    "text": "it takes any text",
    "address": "it takes a link like https://example.com",
    "truth": "it takes true or false",
}


class FieldLists(Writing):
    """Finding fields and values."""

    async def site_fields(self, query: str = "") -> tuple[FieldInfo, ...]:
        """The fields of the site that `query` may mean, the likeliest first; all of them by name without it."""
        names = await self.field_names()
        exact = names.find(query) if query.strip() else []
        known = sorted(await self.fields(), key=lambda info: info.name.casefold())
        close = dict.fromkeys(matching(query, list(dict.fromkeys(info.name for info in known))))
        by_name: dict[str, list[FieldInfo]] = {}
        for info in known:
            by_name.setdefault(info.name, []).append(info)
        found = [*exact, *(info for name in close for info in by_name[name])]
        return tuple({info.id: info for info in found}.values())

    async def screen_fields(
        self, *, key: str = "", project: str = "", type_name: str = "", query: str = ""
    ) -> FieldList:
        """The fields that an issue takes (`key`), or a new one of a type in a project; required ones first.

        Raises InvalidInput when project and type are not both given, or there is no such screen.
        """
        where, entries = await self._screen(key, project, type_name)
        shown = [self._open_values(entry).shown() for entry in entries]
        if query.strip():
            names = FieldNames(entry.info for entry in entries)
            exact = {info.id for info in names.find(query)}
            close = matching(query, [field.name for field in shown])
            shown = [field for field in shown if field.id in exact or field.name in close]
        shown.sort(key=lambda field: (not field.required, bool(field.why_not), field.name.casefold()))
        return FieldList(where, tuple(shown), len(entries))

    async def field_values(
        self, field: str, query: str = "", *, key: str = "", project: str = "", type_name: str = ""
    ) -> FieldValues:
        """The values of one field that `query` may mean, on the screen named, or as far as they are known without.

        Raises InvalidInput when the field is not there.
        """
        if not (key.strip() or project.strip()):
            info = await self.field(field)
            values, note = await self._known_values(Entry(info), query)
            if not values and not note and info.form in ("choice", "two levels", "project"):
                note = "its values differ by project: name key, or project and type"
            return FieldValues(info, "this site", None, tuple(values[:_LISTED]), len(values), note)
        where, entries = await self._screen(key, project, type_name)
        names = FieldNames(entry.info for entry in entries)
        by_id = {entry.info.id: entry for entry in entries}
        try:
            entry = self._open_values(await self._on_screen(field, names, by_id, where))
        except InvalidInput as error:
            said = f"{clean_text(field, 60)!r} {error.message}" if error.message[:1].islower() else error.message
            raise InvalidInput(said, fields=error.fields, next_step=error.next_step) from None
        inside = project.strip() or key.strip().rpartition("-")[0]
        values, note = await self._known_values(entry, query, assignable_in=inside if entry.found_by else "")
        return FieldValues(entry.info, where, entry.shown(), tuple(values[:_LISTED]), len(values), note)

    async def _screen(self, key: str, project: str, type_name: str) -> tuple[str, Sequence[Entry]]:
        """The fields of a screen, and what it is called."""
        if key.strip():
            if project.strip() or type_name.strip():
                raise InvalidInput("Name an issue by key, or project and type, not both.")
            key = await self._open(key)
            entries = await self._edit_screen(key)
            if not entries:
                raise may_not_edit(key)
            return f"the edit screen of {key}", entries
        if not type_name.strip():
            types = listing(kind.name for kind in await self.issue_types(project))
            raise InvalidInput("Each type of issue has fields of its own.", fields={"type": f"one of {types}"})
        kind = await self.issue_type(project, type_name)
        return f"the create screen of {kind.name} in {self._project(project)}", await self._create_screen(
            project, kind.id
        )

    async def _known_values(self, entry: Entry, query: str, *, assignable_in: str = "") -> tuple[list[str], str]:
        """The names of a field's values, and what to know where they cannot be listed."""
        info = entry.info
        if entry.why_not:
            return [], entry.why_not
        if entry.allowed:
            return values_like(entry, query), ""
        match info.form:
            case "group":
                return list(await self.group_names(query)), ""
            case "team":
                teams = await self.known_teams(info.id)
                return matching(query, sorted(set(teams.values()))), "these are the teams of the latest issues"
            case "sprint" if self.settings.projects:
                held = await self._sprints_of_issues(info.id, "is not EMPTY")
                return matching(query, [f"{each.name} ({each.id})" for each in held]), _OF_THE_LATEST
            case "label" if self.settings.projects:
                return matching(query, await self._labels_in_use(info)), _OF_THE_LATEST
            case "sprint":
                offered = await self._offered_sprints(query)
                return [f"{sprint.name} ({sprint.id})" for sprint in offered], ""
            case "choice" | "two levels" | "project" if self.settings.projects:
                return [], "its values differ by project: name key, or project and type"
            case "label" | "choice" | "two levels" | "project":
                clause = info.clauses[0] if info.clauses else info.id
                return list(await self.suggested_values(clause, query)), ""
            case "user" if query.strip():
                inside = assignable_in if is_limited(entry) else ""
                people = await self.search_users(query, limit=_LISTED, assignable_in=inside or None)
                return [person.name for person in people], ""
            case form:
                return [], _NOT_LISTED.get(form, "its values cannot be listed")

    async def _labels_in_use(self, info: FieldInfo) -> list[str]:
        """The labels of the latest issues that tools may touch: what Jira offers is that of the whole site."""
        clause = f"cf[{info.id.removeprefix('customfield_')}]" if info.custom else info.id
        found = await self.search(f"{clause} is not EMPTY ORDER BY updated DESC", fields=[info.id], limit=100)
        return sorted({str(label) for issue in found.items for label in as_list(issue.fields.get(info.id))})
