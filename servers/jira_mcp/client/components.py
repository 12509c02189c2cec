"""Components of a project, and the project at a glance
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-components/)."""

from collections.abc import Mapping, Sequence

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.pages import Page
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects
from jira_mcp.client.ids import numeric_id
from jira_mcp.client.matching import one_of
from jira_mcp.client.offsets import Offset
from jira_mcp.client.parts import part_name, pick
from jira_mcp.client.releasing import Releasing
from jira_mcp.client.values import normal, user_name
from jira_mcp.release_models import Component, ProjectDetail

_PAGE = 50
_EMPTY = "none"
LOOK = "jira_list_components"

_ASSIGNEES: Mapping[str, str] = {
    "project default": "PROJECT_DEFAULT",
    "component lead": "COMPONENT_LEAD",
    "project lead": "PROJECT_LEAD",
    "unassigned": "UNASSIGNED",
}
ASSIGNEES = tuple(_ASSIGNEES)
_WORDS = {value: words for words, value in _ASSIGNEES.items()}


class Components(Releasing):
    """Reading and writing components."""

    async def components(
        self, project: str, query: str = "", *, limit: int = _PAGE, cursor: str | None = None
    ) -> Page[Component]:
        """The components of a project by name, with how many issues each has; `query` is part of name or text."""
        key = await self._open_project(project)
        place = Offset.of("components", cursor, key, query)
        limit = max(1, min(limit, _PAGE))

        async def load() -> Page[Component]:
            answer = await self._call(
                "get_project_components_paginated",
                key,
                start_at=place.start,
                max_results=limit,
                order_by="name",
                query=query.strip() or None,
            )
            return place.page(answer, lambda entry: _component(entry, key))

        return await self._cached(("components", key, query, place.start, limit), CONTENT_TTL, load, CONTENT)

    async def component(self, project: str, text: str) -> Component:
        """The component of a project with this name or id. Raises InvalidInput that lists what may be meant."""
        key = await self._open_project(project)

        async def load() -> Sequence[Component]:
            return tuple(_component(entry, key) for entry in objects(await self._call("get_project_components", key)))

        known = await self._cached(("every component", key), CONTENT_TTL, load, CONTENT)
        return pick(text, known, what="component", project=key, look=LOOK)

    async def component_use(self, project: str, text: str) -> tuple[Component, int]:
        """A component and how many issues have it, never from the cache."""
        found = await self.component(project, text)
        counts = as_object(await self._call("get_component_related_issues", numeric_id(found.id, "component")))
        return found, as_int(counts.get("issueCount")) or 0

    async def create_component(
        self, project: str, name: str, *, description: str = "", lead: str = "", assignee: str = ""
    ) -> Component:
        """Make a component. `lead` is a name, e-mail address, account id or "me"; `assignee` one of ASSIGNEES."""
        key = await self._open_project(project)
        data = await self._component_values(key, name=name, description=description, lead=lead, assignee=assignee)
        data = {"project": key, "name": part_name(name, "component"), **data}
        answer = await self._change_part("create_component", data=data, look=f"{LOOK} {key}")
        return _component(answer, key)

    async def update_component(
        self, project: str, text: str, *, name: str = "", description: str = "", lead: str = "", assignee: str = ""
    ) -> Component:
        """Change what is given; "none" empties the description or takes the lead away."""
        found = await self.component(project, text)
        data = await self._component_values(
            found.project, name=name, description=description, lead=lead, assignee=assignee
        )
        if not data:
            raise InvalidInput("Nothing was given to change.", next_step="Give a name, description, lead or assignee.")
        look = f"{LOOK} {found.project}"
        answer = await self._change_part("update_component", numeric_id(found.id, "component"), data=data, look=look)
        return _component(answer, found.project)

    async def delete_component(self, project: str, text: str, *, move_to: str = "") -> Component:
        """Delete a component for good; its issues get the component `move_to` instead, or have one less."""
        found = await self.component(project, text)
        target = await self.other_component(found, move_to) if move_to.strip() else None
        await self._change_part(
            "delete_component",
            numeric_id(found.id, "component"),
            move_issues_to=numeric_id(target.id, "component") if target else None,
            look=f"{LOOK} {found.project}",
        )
        return found

    async def other_component(self, found: Component, text: str) -> Component:
        """Another component of the same project, for the issues of this one. Raises InvalidInput."""
        target = await self.component(found.project, text)
        if target.id == found.id:
            raise InvalidInput(
                f"The issues of {clean_text(found.name, 60)!r} cannot go to itself.",
                fields={"move_to": "should be another component"},
            )
        return target

    async def _component_values(
        self, key: str, *, name: str, description: str, lead: str, assignee: str
    ) -> dict[str, object]:
        data: dict[str, object] = {}
        if name.strip():
            data["name"] = part_name(name, "component")
        if description.strip():
            data["description"] = "" if normal(description) == _EMPTY else description.strip()
        if normal(lead) == _EMPTY:
            data["leadAccountId"] = ""
        elif lead.strip():
            data["leadAccountId"] = (await self.resolve_user(lead, assignable_in=key)).account_id
        if assignee.strip():
            wanted = one_of(assignee, ASSIGNEES, names=lambda each: (each,), what="default assignee", field="assignee")
            data["assigneeType"] = _ASSIGNEES[wanted]
        return data

    async def project_detail(self, project: str) -> ProjectDetail:
        """A project at a glance: lead, issue types, components, versions, roles."""
        bean = await self._project_bean(project)
        key = as_text(bean.get("key")) or self._project(project)
        return ProjectDetail(
            key,
            as_text(bean.get("name")),
            f"{self.site_url}/browse/{key}",
            user_name(bean.get("lead")),
            as_text(bean.get("projectTypeKey")),
            self._named(bean.get("projectCategory")) or "",
            as_text(bean.get("description")),
            tuple(as_text(each.get("name")) for each in objects(bean.get("issueTypes"))),
            tuple(as_text(each.get("name")) for each in objects(bean.get("components"))),
            tuple(self._version_from(each, key) for each in objects(bean.get("versions"))),
            tuple(name for name in as_object(bean.get("roles")) if not name.startswith("atlassian-addons")),
            as_flag(bean.get("archived")),
        )


def _component(entry: JsonObject, key: str) -> Component:
    kind = as_text(entry.get("assigneeType"))
    return Component(
        as_text(entry.get("id")),
        as_text(entry.get("name")),
        key,
        as_text(entry.get("description")),
        user_name(entry.get("lead")),
        _WORDS.get(kind, kind),
        as_int(entry.get("issueCount")),
    )
