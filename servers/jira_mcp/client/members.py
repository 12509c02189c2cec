"""Who works in a project, by role
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-roles/)."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from connector_kit.concurrency import run_all
from connector_kit.errors import NotAuthenticated, NotFound, NotPermitted, ScopeMissing
from connector_kit.wire import JsonObject, as_object, as_text, objects
from jira_mcp.client.ids import is_number
from jira_mcp.client.matching import one_of
from jira_mcp.client.parts import Parts
from jira_mcp.models import UserRef
from jira_mcp.people_models import RoleMembers

_OF_APPS = "atlassian-addons-project-access"
_MOST_ROLES = 30


class Members(Parts):
    """Reading the roles of a project."""

    async def members(self, project: str, role: str = "") -> tuple[RoleMembers, ...]:
        """The roles of a project with their people and groups, or the one role that is named.

        Raises NotPermitted unless the account administers the project, InvalidInput for a role that it has not.
        """
        key = await self._open_project(project)

        async def load() -> Mapping[str, str]:
            return await self._roles(key)

        roles = await self._cached(("roles", key), CATALOGUE_TTL, load, CATALOGUE)
        names = list(roles)
        if role.strip():
            names = [one_of(role, names, names=lambda name: (name, roles[name]), what=f"role of {key}", field="role")]
        found: dict[str, RoleMembers] = {}

        def reading(name: str) -> Callable[[], Coroutine[Any, Any, None]]:
            async def read() -> None:
                found[name] = await self._members_of(key, name, roles[name])

            return read

        if names:
            await run_all([reading(name) for name in names])
        return tuple(found[name] for name in names)

    async def _roles(self, key: str) -> Mapping[str, str]:
        """The ids of a project's roles by their names."""
        answer = await self._for_administrators(key, "get_project_roles", key)
        ids = {name: as_text(address).rpartition("/")[2] for name, address in answer.items() if name != _OF_APPS}
        return dict([each for each in ids.items() if is_number(each[1])][:_MOST_ROLES])

    async def _members_of(self, key: str, name: str, number: str) -> RoleMembers:
        async def load() -> RoleMembers:
            answer = await self._for_administrators(key, "get_project_role", key, number)
            people: list[UserRef] = []
            groups: list[str] = []
            for actor in objects(answer.get("actors")):
                shown = as_text(actor.get("displayName"))
                if account_id := as_text(as_object(actor.get("actorUser")).get("accountId")):
                    people.append(UserRef(account_id, shown or account_id))
                elif shown:
                    groups.append(shown)
            return RoleMembers(name, tuple(people), tuple(groups))

        return await self._cached(("role", key, number), CATALOGUE_TTL, load, CATALOGUE)

    async def _for_administrators(self, key: str, operation: str, *ids: str) -> JsonObject:
        """The answer of an operation that Jira keeps for administrators, whom it turns away in several ways."""
        more = {"exclude_inactive_users": True} if len(ids) > 1 else {}
        try:
            return as_object(await self._call(operation, *ids, data=None, repeatable=None, **more))
        except ScopeMissing:
            raise
        except (NotAuthenticated, NotFound, NotPermitted) as error:
            await self._project_bean(key)  # raises for a project that is not there, and for a token that is not good
            raise NotPermitted(
                f"Jira tells the members of {key} to its administrators only.",
                next_step=f"jira_search_users with project={key} finds those who can be assigned issues there.",
                status=error.status,
                request_id=error.request_id,
            ) from error
