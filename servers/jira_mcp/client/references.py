"""People, groups, teams and projects in fields, by their names."""

import re

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import as_object, as_text, is_object, objects
from jira_mcp.client.choices import choice
from jira_mcp.client.fields import Entry
from jira_mcp.client.jql import within_projects
from jira_mcp.client.matching import listing, matching, suggestion
from jira_mcp.client.scalars import text
from jira_mcp.client.sprint_names import NOTHING_OFFERED, SprintNames, without_tags
from jira_mcp.client.values import normal
from jira_mcp.models import PlainValue

_NOBODY = frozenset({"", "unassigned", "nobody", "none"})
_PERSON = ("accountId", "id", "emailAddress", "email", "displayName", "name")
"""What an object that stands for a person may call it, the surest first."""
_TEAM_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:-\d{1,10})?", re.IGNORECASE)
_GROUPS = 50
_TEAM_ISSUES = 100
_TEAM_ADDRESS = (
    "A team's id is the last part of the address of its page, after /team/; Jira's API does not list teams that no "
    "issue has."
)


class References(SprintNames):
    """Writing names of what has ids."""

    async def _person(self, entry: Entry, value: object, project: str) -> tuple[object, PlainValue]:
        if is_object(value):
            given = [as_text(value.get(name)) for name in _PERSON]
            value = next((each for each in given if each.strip()), None)
            if value is None:  # must not be taken for nobody
                raise InvalidInput("takes a name, an e-mail address or an account id; null for nobody.")
        if value is None or normal(text(value)) in _NOBODY:
            return None, None
        person = await self.resolve_user(text(value), assignable_in=project if is_limited(entry) else None)
        return {"accountId": person.account_id}, person.name

    async def _group(self, value: object) -> tuple[object, PlainValue]:
        if is_object(value):
            if group_id := as_text(value.get("groupId")):
                return {"groupId": group_id}, as_text(value.get("name")) or group_id
            value = value.get("name")
        wanted = text(value).strip()
        if not wanted:
            raise InvalidInput("takes the name of a group; null for none.")
        groups = await self.group_names(wanted)
        exact = [name for name in groups if name == wanted] or [
            name for name in groups if normal(name) == normal(wanted)
        ]
        if len(exact) == 1:
            return {"name": exact[0]}, exact[0]
        if not groups:  # or the account may not look for groups: Jira knows
            return {"name": wanted}, wanted
        raise InvalidInput(f"There is no group called {clean_text(wanted, 60)!r}. Did you mean {listing(groups, 5)}?")

    async def group_names(self, query: str) -> tuple[str, ...]:
        """The groups that hold `query` in their name, at most fifty."""

        async def load() -> tuple[str, ...]:
            answer = as_object(
                await self._call("find_groups", query=query or None, max_results=_GROUPS, case_insensitive="true")
            )
            return tuple(name for entry in objects(answer.get("groups")) if (name := as_text(entry.get("name"))))

        return await self._cached(("groups", query), CATALOGUE_TTL, load, CATALOGUE)

    async def _team(self, field_id: str, value: object) -> tuple[object, PlainValue]:
        """The id of a team as a text, which alone Jira takes."""
        if is_object(value):
            value = as_text(value.get("id")) or value.get("name")
        wanted = text(value).strip()
        if not wanted:
            return None, None
        if _TEAM_ID.fullmatch(wanted):
            return wanted, wanted
        teams = await self.known_teams(field_id)
        found = {number: name for number, name in teams.items() if normal(name) == normal(wanted)}
        if not found and wanted in teams:
            found = {wanted: teams[wanted]}
        if len(found) == 1:
            number, name = next(iter(found.items()))
            return number, name
        if found:
            raise InvalidInput(
                f"There are {len(found)} teams called {clean_text(wanted, 60)!r}: name the one you mean by its id.",
                fields=found,
            )
        known = sorted(set(teams.values()))
        told = f"{suggestion(wanted, known)} Teams of issues: {listing(matching(wanted, known) or known, 8)}."
        raise InvalidInput(
            f"No issue has a team called {clean_text(wanted, 60)!r}.{told if known else ''}", next_step=_TEAM_ADDRESS
        )

    async def known_teams(self, field_id: str) -> dict[str, str]:
        """The teams that the latest issues have, names by id: no public operation lists the teams of a site."""

        async def load() -> dict[str, str]:
            clause = f"cf[{field_id.removeprefix('customfield_')}] is not EMPTY ORDER BY updated DESC"
            jql, _ = within_projects(clause, self.settings.projects)
            answer = await self._call(
                "search_and_reconsile_issues_using_jql_post",
                data={"jql": jql, "maxResults": _TEAM_ISSUES, "fields": [field_id]},
                repeatable=True,
            )
            found = [
                as_object(as_object(issue.get("fields")).get(field_id))
                for issue in objects(as_object(answer).get("issues"))
            ]
            return {as_text(team.get("id")): as_text(team.get("name")) for team in found if as_text(team.get("id"))}

        try:
            return await self._cached(("teams", field_id), CATALOGUE_TTL, load, CATALOGUE)
        except InvalidInput:
            return {}

    def _project_value(self, entry: Entry, value: object) -> tuple[object, PlainValue]:
        """A project in a field: one that tools may touch."""
        if is_object(value):
            value = next((each for name in ("key", "id", "name") if (each := as_text(value.get(name)))), "")
        if entry.allowed:
            return choice(self._open_values(entry), text(value))
        key = self._project(text(value))
        return {"key": key}, key

    async def suggested_values(self, clause: str, query: str) -> tuple[str, ...]:
        """What Jira's JQL editor offers for a field, such as the labels in use; nothing where it offers nothing."""
        try:
            answer = await self._call(
                "get_field_auto_complete_for_query_string", field_name=clause, field_value=query or None
            )
        except NOTHING_OFFERED:
            return ()
        return tuple(
            name
            for entry in objects(as_object(answer).get("results"))
            if (name := without_tags(entry.get("displayName")))
        )


def is_limited(entry: Entry) -> bool:
    """Whether a field takes only people who may be assigned issues, as the assignee does; others take anybody."""
    return entry.info.id == "assignee" or "assignable" in entry.found_by
