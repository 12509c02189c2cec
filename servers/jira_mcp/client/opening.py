"""What stands before everything that is done with one issue: whether tools may touch it, and what was shown of it."""

from functools import cached_property

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, NotFound, clean_text
from connector_kit.wire import JsonObject, as_object, as_text
from jira_mcp.client.ids import is_number
from jira_mcp.client.readings import Readings
from jira_mcp.client.search import Search

_WHERE = {
    "comment": "jira_list_comments shows the ids.",
    "worklog": 'jira_get_issue with include=["worklogs"] shows the ids.',
}


class Opening(Search):
    """Finding the issue that a key means, and telling whether a part is its own."""

    @cached_property
    def _readings(self) -> Readings:
        return Readings()

    async def _open(self, key: str) -> str:
        """The key of an issue that tools may touch, also if it was moved to another project meanwhile."""
        asked = self._key(key)
        if not self.settings.projects:
            return asked
        real, _ = await self._where(asked)
        return self._answered_key(asked, {"key": real})

    async def _where(self, asked: str) -> tuple[str, str]:
        """The key and the id under which Jira knows an issue now."""

        async def load() -> tuple[str, str]:
            answer = as_object(await self._call("get_issue", asked, fields="project"))
            return as_text(answer.get("key")) or asked, as_text(answer.get("id"))

        return await self._cached(("moved", asked), CONTENT_TTL, load, CONTENT)

    async def _check_part(self, key: str, part: JsonObject, what: str) -> None:
        """Raise NotFound unless a comment or worklog is one of this issue.

        Only where tools are held to some projects: the id of a part could lead out of them.
        """
        if not self.settings.projects:
            return
        _, issue_id = await self._where(key)
        inside = as_text(part.get("issueId")) or as_text(part.get("self")).partition("/issue/")[2].partition("/")[0]
        if not issue_id or inside != issue_id:
            raise NotFound(f"{key} has no {what} with this id.", next_step=f"jira_get_issue {key} shows what it has.")


def part_id(text: str, what: str) -> str:
    """The number of a comment or a worklog. Raises InvalidInput, naming `what`_id, for anything else."""
    number = text.strip()
    if not is_number(number):
        raise InvalidInput(
            f"That is no {what} id.",
            fields={f"{what}_id": f"{clean_text(text, 60)!r} should be a number"},
            next_step=_WHERE[what],
        )
    return number
