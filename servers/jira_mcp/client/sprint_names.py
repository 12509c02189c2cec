"""Sprints by name, without the agile API and its scopes: from issues, and as Jira's JQL editor offers them."""

from collections.abc import Sequence
from dataclasses import dataclass

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, NotFound, NotPermitted, clean_text
from connector_kit.wire import JsonObject, as_int, as_object, as_text, is_list, is_object, objects
from jira_mcp.client.ids import is_number
from jira_mcp.client.issues import Issues
from jira_mcp.client.jql import quote, within_projects
from jira_mcp.client.scalars import text
from jira_mcp.client.values import normal
from jira_mcp.models import PlainValue

_NONE = frozenset({"", "none", "backlog", "nosprint"})
_RUNNING = frozenset({"active", "current", "activesprint", "currentsprint"})
_SHOWN = 5
_LOOKED_THROUGH = 100
"""Issues whose sprints are looked at, the latest ones."""
NOTHING_OFFERED = (InvalidInput, NotPermitted, NotFound)
"""How Jira refuses to offer values: others can say where they are; anything else is a failure."""


@dataclass(frozen=True, slots=True)
class KnownSprint:
    """A sprint as far as it is known; `state` is "" where only its name is."""

    id: int
    name: str
    state: str = ""
    board: int | None = None

    def __str__(self) -> str:
        told = [self.state] if self.state else []
        if self.board is not None:
            told.append(f"board {self.board}")
        return self.name + (f" ({', '.join(told)})" if told else "")


class SprintNames(Issues):
    """Finding the sprint that a text means."""

    async def _sprint_value(self, field_id: str, value: object, project: str) -> tuple[object, PlainValue]:
        """The number of a sprint, which is what Jira takes, and its name."""
        if is_list(value):
            if len(value) > 1:
                raise InvalidInput("takes one sprint: an issue is in one open sprint at most.")
            value = value[0] if value else None
        if is_object(value):
            value = as_int(value.get("id")) or as_text(value.get("name"))
        if value is None or (isinstance(value, str) and normal(value) in _NONE):
            return None, None
        wanted = text(value).strip()
        if is_number(wanted):
            return int(wanted), int(wanted)
        found = await self._sprint_called(field_id, wanted, project)
        if found.state == "closed":
            raise InvalidInput(f"{found.name!r} is closed: issues can only be put into an active or future sprint.")
        return found.id, f"{found.name} ({found.state})" if found.state else found.name

    async def _sprint_called(self, field_id: str, name: str, project: str) -> KnownSprint:
        """The one sprint of this name. Raises InvalidInput that lists those that may be meant."""

        async def load() -> tuple[list[KnownSprint], list[KnownSprint]]:
            return await self._look_for_sprint(field_id, name, project)

        found, near = await self._cached(("sprint named", field_id, name, project), CONTENT_TTL, load, CONTENT)
        if len(found) == 1:
            return found[0]
        shown = clean_text(name, 60)
        if found:
            raise InvalidInput(
                f"There are {len(found)} sprints called {shown!r}: name the one you mean by its id.",
                fields={str(sprint.id): str(sprint) for sprint in found[:_SHOWN]},
            )
        if normal(name) in _RUNNING:
            raise InvalidInput(f"No issue of {project} is in an active sprint: name the sprint, or give its number.")
        likely = " or ".join(f"{each.name} ({each.id})" for each in near[:_SHOWN])
        raise InvalidInput(
            f"No sprint called {shown!r} was found." + (f" Did you mean {likely}?" if likely else ""),
            next_step="" if likely else "Give the sprint's number: its board and its report have it in their address.",
        )

    async def _look_for_sprint(
        self, field_id: str, name: str, project: str
    ) -> tuple[list[KnownSprint], list[KnownSprint]]:
        """The sprints of this name, closed ones only if there are no others, and those whose names begin so."""
        held = await self._sprints_of_issues(field_id, f"= {quote(name)}")
        held = [sprint for sprint in held if normal(sprint.name) == normal(name)]
        if found := [sprint for sprint in held if sprint.state != "closed"]:
            return found, []
        closed = {sprint.id for sprint in held}
        offered = [sprint for sprint in await self._offered_sprints(name) if sprint.id not in closed]
        # The board's name may follow: another sprint is never taken for one whose name begins alike.
        found = [each for each in offered if normal(name) in (normal(each.name), normal(_without_board(each.name)))]
        near = [each for each in offered if each not in found]
        if near and self.settings.projects:  # Jira offers those of all boards: only what allowed issues tell is named
            inside = await self._sprints_of_issues(field_id, "is not EMPTY")
            near = [each for each in inside if normal(each.name).startswith(normal(name))]
        if not found and normal(name) in _RUNNING:
            found = await self._running_sprints(field_id, project)
        return found or held, near

    async def _running_sprints(self, field_id: str, project: str) -> list[KnownSprint]:
        found = await self._sprints_of_issues(field_id, "in openSprints()", project=project)
        return [sprint for sprint in found if sprint.state == "active"]

    async def _sprints_of_issues(self, field_id: str, condition: str, *, project: str = "") -> list[KnownSprint]:
        """Sprints that have issues; their values hold the id that names lack."""
        clause = f"cf[{field_id.removeprefix('customfield_')}] {condition}"
        if project:
            clause = f"project = {quote(project)} AND {clause}"
        jql, _ = within_projects(f"{clause} ORDER BY updated DESC", self.settings.projects)
        try:
            answer = await self._call(
                "search_and_reconsile_issues_using_jql_post",
                data={"jql": jql, "maxResults": _LOOKED_THROUGH, "fields": [field_id]},
                repeatable=True,
            )
        except InvalidInput:
            return []
        issues = objects(as_object(answer).get("issues"))
        return _unique([_sprint(each) for issue in issues for each in _values(issue, field_id)])

    async def _offered_sprints(self, name: str) -> list[KnownSprint]:
        """Sprints whose names begin so, empty ones too."""
        try:
            answer = await self._call("get_field_auto_complete_for_query_string", field_name="sprint", field_value=name)
        except NOTHING_OFFERED:
            return []
        return [
            KnownSprint(int(number), shown)
            for entry in objects(as_object(answer).get("results"))
            if is_number(number := as_text(entry.get("value"))) and (shown := without_tags(entry.get("displayName")))
        ]


def _values(issue: JsonObject, field_id: str) -> Sequence[JsonObject]:
    return objects(as_object(issue.get("fields")).get(field_id))


def _sprint(entry: JsonObject) -> KnownSprint | None:
    number = as_int(entry.get("id"))
    if number is None:
        return None
    return KnownSprint(number, as_text(entry.get("name")), as_text(entry.get("state")), as_int(entry.get("boardId")))


def _unique(sprints: Sequence[KnownSprint | None]) -> list[KnownSprint]:
    return list({sprint.id: sprint for sprint in sprints if sprint is not None}.values())


def _without_board(shown: str) -> str:
    return shown.partition(" - ")[0]


def without_tags(shown: object) -> str:
    """A suggestion's text without the marks around what was asked for."""
    return as_text(shown).replace("<b>", "").replace("</b>", "").strip()
