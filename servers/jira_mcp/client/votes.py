"""Votes for issues (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-votes/)."""

from connector_kit.errors import NotFound, NotPermitted
from jira_mcp.client.watchers import Watchers


class Votes(Watchers):
    """Voting as the account itself: Jira has no way to vote for somebody else."""

    async def vote(self, key: str, *, take_back: bool = False) -> str:
        """Vote for an issue, or take the vote back; answers the issue's key.

        Raises NotPermitted where Jira does not let the account vote, which it answers as if nothing were there.
        """
        key = await self._open(key)
        look = f"jira_list_watchers {key}"
        try:
            await self._write("remove_vote" if take_back else "add_vote", key, look=look)
        except NotFound as error:
            if "vote" not in error.message.lower():
                raise
            step = "" if take_back else "Votes are for issues that are not resolved and that somebody else reported."
            raise NotPermitted(
                error.message, next_step=step, status=error.status, request_id=error.request_id
            ) from error
        return key
