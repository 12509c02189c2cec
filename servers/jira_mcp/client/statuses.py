"""The statuses of the site with their categories, which say whether work has begun and whether it is over."""

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from connector_kit.wire import as_object, as_text, objects
from jira_mcp.client.base import JiraBase
from jira_mcp.history_models import StatusInfo


class Statuses(JiraBase):
    """Reading the statuses once for all that has to judge them."""

    async def status_infos(self) -> dict[str, StatusInfo]:
        """All statuses that the account may see, by id."""

        async def load() -> dict[str, StatusInfo]:
            answer = await self._call("get_statuses")
            return {info.id: info for info in map(status_info, objects(answer))}

        return await self._cached(("status infos",), CATALOGUE_TTL, load, CATALOGUE)


def status_info(value: object) -> StatusInfo:
    """A status as Jira shows it."""
    entry = as_object(value)
    category = as_text(as_object(entry.get("statusCategory")).get("key"))
    return StatusInfo(as_text(entry.get("id")), as_text(entry.get("name")), category)
