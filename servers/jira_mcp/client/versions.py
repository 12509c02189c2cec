"""Versions of a project (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-versions/)."""

from collections.abc import Sequence

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.pages import Page
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects
from jira_mcp.client.ids import numeric_id
from jira_mcp.client.jql import quote
from jira_mcp.client.offsets import Offset
from jira_mcp.client.parts import Parts, pick
from jira_mcp.release_models import Version, VersionDetail, VersionProgress, VersionUse

_PAGE = 50
LOOK = "jira_list_versions"


class Versions(Parts):
    """Reading versions."""

    async def versions(
        self, project: str, query: str = "", *, state: str = "", limit: int = _PAGE, cursor: str | None = None
    ) -> Page[Version]:
        """The versions of a project, the latest first, with how far their issues are.

        `query` is part of a name or description, `state` released, unreleased or archived.
        """
        key = await self._open_project(project)
        place = Offset.of("versions", cursor, key, query, state)
        limit = max(1, min(limit, _PAGE))

        async def load() -> Page[Version]:
            answer = await self._call(
                "get_project_versions_paginated",
                key,
                start_at=place.start,
                max_results=limit,
                order_by="-sequence",
                query=query.strip() or None,
                status=state or None,
                expand="issuesstatus",
            )
            return place.page(answer, lambda entry: self._version_from(entry, key))

        return await self._cached(("versions", key, query, state, place.start, limit), CONTENT_TTL, load, CONTENT)

    async def version(self, project: str, text: str) -> Version:
        """The version of a project with this name or id. Raises InvalidInput that lists what may be meant.

        Versions of other projects are never found.
        """
        key = await self._open_project(project)
        return pick(text, await self._every_version(key), what="version", project=key, look=LOOK)

    async def _every_version(self, key: str) -> Sequence[Version]:
        async def load() -> Sequence[Version]:
            answer = await self._call("get_project_versions", key)
            return tuple(self._version_from(entry, key) for entry in objects(answer))

        return await self._cached(("every version", key), CONTENT_TTL, load, CONTENT)

    async def version_detail(
        self, project: str, text: str, *, limit: int = 100, cursor: str | None = None
    ) -> VersionDetail:
        """A version with its issues by type: what release notes are written from."""
        found = await self.version(project, text)
        number = numeric_id(found.id, "version")
        jql = f"project = {quote(found.project)} AND fixVersion = {number} ORDER BY issuetype ASC, key ASC"
        version = await self._version_now(found)
        return VersionDetail(version, await self.search(jql, limit=limit, cursor=cursor))

    async def _version_now(self, found: Version) -> Version:
        """A version with how far its issues are."""

        async def load() -> JsonObject:
            return as_object(await self._call("get_version", numeric_id(found.id, "version"), expand="issuesstatus"))

        bean = await self._cached(("version", found.id), CONTENT_TTL, load, CONTENT)
        await self._check_owner(bean, found.project, "version")
        return self._version_from(bean, found.project)

    async def version_use(self, project: str, text: str) -> VersionUse:
        """What hangs on a version: asked before it is released or deleted, and never from the cache."""
        found = await self.version(project, text)
        number = numeric_id(found.id, "version")
        counts = as_object(await self._call("get_version_related_issues", number))
        open_ones = as_object(await self._call("get_version_unresolved_issues", number))
        usage = {
            as_text(entry.get("customFieldId")): as_int(entry.get("issueCountWithVersionInCustomField")) or 0
            for entry in objects(counts.get("customFieldUsage"))
        }
        return VersionUse(
            found,
            as_int(counts.get("issuesFixedCount")) or 0,
            as_int(counts.get("issuesAffectedCount")) or 0,
            {field: count for field, count in usage.items() if field and count},
            as_int(open_ones.get("issuesUnresolvedCount")) or 0,
        )

    async def other_version(self, found: Version, text: str, field: str) -> Version:
        """Another version of the same project, for the issues of this one. Raises InvalidInput."""
        target = await self.version(found.project, text)
        if target.id == found.id:
            raise InvalidInput(
                f"The issues of {clean_text(found.name, 60)!r} cannot go to itself.",
                fields={field: "should be another version"},
            )
        if target.archived:
            raise InvalidInput(
                f"{clean_text(target.name, 60)!r} is archived.", fields={field: "should be a version that is in use"}
            )
        return target

    def _version_from(self, entry: JsonObject, key: str) -> Version:
        number, progress = as_text(entry.get("id")), entry.get("issuesStatusForFixVersion")
        return Version(
            number,
            as_text(entry.get("name")),
            key,
            as_flag(entry.get("released")),
            as_flag(entry.get("archived")),
            as_flag(entry.get("overdue")),
            as_text(entry.get("description")),
            as_text(entry.get("startDate")),
            as_text(entry.get("releaseDate")),
            _progress(as_object(progress)) if progress is not None else None,
            as_text(entry.get("self")),
            f"{self.site_url}/projects/{key}/versions/{number}",
        )


def _progress(entry: JsonObject) -> VersionProgress:
    return VersionProgress(
        *(as_int(entry.get(name)) or 0 for name in ("toDo", "inProgress", "done", "unmapped")),
    )
