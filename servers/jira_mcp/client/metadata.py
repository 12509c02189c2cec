"""What the site is made of: the account, fields, projects, issue types and their screens, link types."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

from typing_extensions import override

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from connector_kit.errors import BadAnswer, ServiceError, clean_text
from connector_kit.pages import Page
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects
from jira_mcp.client import durations
from jira_mcp.client.base import JiraBase
from jira_mcp.client.fields import Entry, FieldNames, field_info, screen_entry
from jira_mcp.client.ids import numeric_id
from jira_mcp.client.matching import one_of
from jira_mcp.client.offsets import Offset
from jira_mcp.client.values import user, user_name
from jira_mcp.models import FieldInfo, IssueTypeInfo, LinkTypeInfo, ProjectSummary, UserRef

_META_PAGE = 200
_PROJECTS_PAGE = 50
FIELDS = "fields"
"""What the catalogue of fields is marked with in the cache."""
_JUST_READ = 15.0
"""Seconds for which a catalogue is taken as new: a name that it lacks then is wrong."""
_ERROR_NAMES = {
    "parentId": "parent",
    "timeLogged": "time_spent",
    "commentLevel": "visible_to",
    "filterName": "name",
    "leadAccountId": "lead",
    "assigneeType": "assignee",
    "startDate": "start",
    "releaseDate": "release_date",
}
"""Names in Jira's errors that are no field's."""


class Metadata(JiraBase):
    """Reads that hold for long."""

    _names: FieldNames | None = None
    _names_read: float = 0.0
    _myself: UserRef | None = None
    _zone: tzinfo | None = None

    @cached_property
    def _screens_read(self) -> dict[str, float]:
        """When each create screen was read."""
        return {}

    @property
    @override
    def account(self) -> str | None:
        """The account id of whoever signed in, once an answer has told."""
        return self._myself.account_id if self._myself else self._account

    async def myself(self) -> UserRef:
        """Who signed in."""
        if self._myself is None:
            answer = as_object(await self._call("get_current_user"))
            person = user(answer)
            if person is None:
                raise BadAnswer("Jira did not say who signed in.", next_step="Check the address of the site.")
            self._myself, self._zone = person, _time_zone(as_text(answer.get("timeZone")))
        return self._myself

    async def _stamp(self, text: str, field: str) -> str:
        """A moment as Jira reads it. Without a zone in the text it is meant where the account's profile says it
        lives, as in Jira's own forms; UTC if that is not known. Raises InvalidInput."""
        moment = durations.moment(text, field)
        if moment.tzinfo is None:
            # A token may lack the scope to ask, which should not keep work from being logged.
            with contextlib.suppress(ServiceError):
                await self.myself()
            moment = moment.replace(tzinfo=self._zone)
        return durations.stamp(moment)

    async def check(self) -> str:
        """Sign in and name the account and the site in one line.

        Raises ServiceError when the site cannot be reached or refuses the credentials.
        """
        person = await self.myself()
        info = as_object(await self._call("get_server_info"))
        where = as_text(info.get("baseUrl")) or self.site_url
        title = as_text(info.get("serverTitle")) or "Jira"
        return clean_text(f"signed in to {title} at {where} as {person.name}")

    def field_name(self, field_id: str) -> str:
        """What a field is called, as far as the catalogue has been read; else its id."""
        known = _ERROR_NAMES.get(field_id, field_id)
        return self._names.name(known) if self._names else known

    async def field_names(self, *, lacking: str = "") -> FieldNames:
        """All fields of the site, to be found by name.

        With `lacking` they are read again, unless that was done a moment ago: the field of this name may be new.
        """
        now = self._clock()
        if self._names is not None and lacking and now >= self._names_read + _JUST_READ:
            self.cache.invalidate(FIELDS)
            self._names = None
        if self._names is None or now >= self._names_read + CATALOGUE_TTL:
            self._names = FieldNames(await self.fields())
            self._names_read = now
        return self._names

    async def field(self, name: str) -> FieldInfo:
        """The one field of the site that `name` means; one that was made lately is found too.

        Raises InvalidInput with what it could be.
        """
        names = await self.field_names()
        if not names.find(name):
            names = await self.field_names(lacking=name)
        return names.resolve(name)

    async def fields(self) -> tuple[FieldInfo, ...]:
        """All fields of the site."""
        return await self._cached(("fields",), CATALOGUE_TTL, self._load_fields, FIELDS)

    async def _load_fields(self) -> tuple[FieldInfo, ...]:
        answer = await self._call("get_fields")
        return tuple(field_info(entry) for entry in objects(answer))

    async def projects(
        self, query: str = "", *, limit: int = _PROJECTS_PAGE, cursor: str | None = None
    ) -> Page[ProjectSummary]:
        """Projects that the account may see, by key; `query` is part of a key or name. At most 50 at once."""
        place = Offset.of("projects", cursor, query)
        limit = max(1, min(limit, _PROJECTS_PAGE))
        keys: Sequence[str] | None = self.settings.projects or None

        async def load() -> Page[ProjectSummary]:
            answer = await self._call(
                "search_projects",
                start_at=place.start,
                max_results=limit,
                order_by="key",
                query=query or None,
                keys=keys,
                expand="lead",
            )
            return place.page(answer, self._project_summary)

        return await self._cached(("projects", query, place.start, limit), CATALOGUE_TTL, load, CATALOGUE)

    def _project_summary(self, entry: JsonObject) -> ProjectSummary:
        key = as_text(entry.get("key"))
        return ProjectSummary(
            key,
            as_text(entry.get("id")),
            as_text(entry.get("name")),
            f"{self.site_url}/browse/{key}",
            user_name(entry.get("lead")),
            as_text(entry.get("projectTypeKey")),
            self._named(entry.get("projectCategory")),
        )

    async def issue_types(self, project: str) -> tuple[IssueTypeInfo, ...]:
        """The types of issue that can be created in a project, epics first."""
        key = self._project(project)

        async def load() -> tuple[IssueTypeInfo, ...]:
            entries = await self._all("get_create_issue_meta_issue_types", key, part="issueTypes")
            types = [
                IssueTypeInfo(
                    as_text(entry.get("id")),
                    as_text(entry.get("name")),
                    as_int(entry.get("hierarchyLevel")) or (-1 if entry.get("subtask") is True else 0),
                    as_text(entry.get("description")),
                )
                for entry in entries
            ]
            return tuple(sorted(types, key=lambda kind: -kind.level))

        return await self._cached(("issue types", key), CATALOGUE_TTL, load, CATALOGUE)

    async def issue_type(self, project: str, name: str) -> IssueTypeInfo:
        """A type of issue of a project by its name or id. Raises InvalidInput that lists the types."""
        types = await self.issue_types(project)
        return one_of(
            name,
            types,
            names=lambda kind: (kind.name, kind.id),
            what=f"issue type of {self._project(project)}",
            field="type",
        )

    async def _all(self, operation: str, *ids: str, part: str) -> list[JsonObject]:
        """All entries of a catalogue that comes in pages; `part` is their name in the answer, or "results"."""
        entries: list[JsonObject] = []
        while True:
            answer = as_object(await self._call(operation, *ids, start_at=len(entries), max_results=_META_PAGE))
            page = objects(answer.get(part)) or objects(answer.get("results"))
            entries.extend(page)
            if not page or len(entries) >= (as_int(answer.get("total")) or 0):
                return entries

    def _open_values(self, entry: Entry) -> Entry:
        """The entry with the projects only that tools may touch, where its values are projects."""
        if entry.info.form != "project" or not self.settings.projects:
            return entry
        allowed = tuple(value for value in entry.allowed if self._allowed(as_text(value.get("key"))))
        return replace(entry, allowed=allowed)

    async def _create_screen(self, project: str, issue_type: str, *, anew: bool = False) -> tuple[Entry, ...]:
        """The fields of a create screen; `anew` reads them again, unless that was done a moment ago."""
        key = self._project(project)
        kind = await self.issue_type(key, issue_type)
        type_id = numeric_id(kind.id, "issue type")
        tag, now = f"create screen {key} {type_id}", self._clock()
        if anew and now >= self._screens_read.get(tag, now) + _JUST_READ:
            self.cache.invalidate(tag)

        async def load() -> tuple[Entry, ...]:
            entries = await self._all("get_create_issue_meta_issue_type_id", key, type_id, part="fields")
            self._screens_read[tag] = now
            return tuple(screen_entry(as_text(entry.get("fieldId")), entry) for entry in entries)

        return await self._cached(("create screen", key, type_id), CATALOGUE_TTL, load, tag)

    async def link_types(self) -> tuple[LinkTypeInfo, ...]:
        """The relations that issues can have."""

        async def load() -> tuple[LinkTypeInfo, ...]:
            answer = as_object(await self._call("get_issue_link_types"))
            return tuple(
                LinkTypeInfo(
                    as_text(entry.get("id")),
                    as_text(entry.get("name")),
                    as_text(entry.get("inward")),
                    as_text(entry.get("outward")),
                )
                for entry in objects(answer.get("issueLinkTypes"))
            )

        return await self._cached(("link types",), CATALOGUE_TTL, load, CATALOGUE)

    async def priorities(self) -> tuple[str, ...]:
        """The names of the priorities that a query can use."""

        async def load() -> tuple[str, ...]:
            # The operation that lists priorities is for administrators, where a login has scopes.
            answer = await self._call("get_field_auto_complete_for_query_string", field_name="priority")
            return tuple(as_text(entry.get("displayName")) for entry in objects(as_object(answer).get("results")))

        return await self._cached(("priorities",), CATALOGUE_TTL, load, CATALOGUE)

    async def statuses(self) -> tuple[str, ...]:
        """The names of all statuses on the site."""

        async def load() -> tuple[str, ...]:
            answer = await self._call("get_statuses")
            return tuple(dict.fromkeys(as_text(entry.get("name")) for entry in objects(answer)))

        return await self._cached(("statuses",), CATALOGUE_TTL, load, CATALOGUE)


def _time_zone(name: str) -> tzinfo | None:
    """The zone of this name, if this machine knows it."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return None
