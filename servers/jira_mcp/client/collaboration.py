"""Links."""

from collections.abc import Mapping

from connector_kit.errors import InvalidInput, NotFound, NotPermitted, clean_text
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.values import normal
from jira_mcp.client.wording import PERMISSION
from jira_mcp.client.worklog_changes import WorklogChanges
from jira_mcp.models import LinkResult, LinkTypeInfo


class Collaboration(WorklogChanges):
    """Linking."""

    async def link(self, source: str, phrase: str, target: str) -> LinkResult:
        """Link two issues so that it reads `source` `phrase` `target`: "PROJ-1", "is blocked by", "PROJ-2".

        `phrase` is either side's wording of a link type, or the type's name, which reads outward.
        Raises InvalidInput that lists the phrases.
        """
        source, target = await self._open(source), await self._open(target)
        if source == target:
            raise InvalidInput("An issue cannot be linked to itself.")
        kind, inward = direction(phrase, await self.link_types())
        # Jira reads a link from its inward issue: inwardIssue <outward phrase> outwardIssue.
        first, second = (target, source) if inward else (source, target)
        data: Mapping[str, object] = {
            "type": {"name": kind.name},
            "inwardIssue": {"key": first},
            "outwardIssue": {"key": second},
        }
        try:
            await self._write("link_issues", data=data, look=f"jira_get_issue {source} shows its links")
        except NotFound as error:
            if "Permission" in error.message:  # Jira answers 404 for that too, and names the issue
                raise NotPermitted(
                    error.message, next_step=PERMISSION, status=error.status, request_id=error.request_id
                ) from error
            raise NotFound(  # it does not say which of the two
                f"{source} or {target}: {error.message}",
                next_step=error.next_step,
                status=error.status,
                request_id=error.request_id,
            ) from error
        return LinkResult(source, kind.inward if inward else kind.outward, target, self.browse_url(source))


def direction(phrase: str, types: tuple[LinkTypeInfo, ...]) -> tuple[LinkTypeInfo, bool]:
    """The type that a phrase belongs to, and whether it is the inward one."""
    wanted = normal(phrase)
    for kind in types:
        if wanted == normal(kind.outward):
            return kind, False
    for kind in types:
        if wanted == normal(kind.inward):
            return kind, True
    for kind in types:
        if wanted == normal(kind.name):
            return kind, False
    known = [text for kind in types for text in (kind.outward, kind.inward)]
    raise InvalidInput(
        f"{clean_text(phrase, 60)!r} is no way to link issues.{suggestion(phrase, known)}",
        fields={"relation": f"one of {listing(known)}"},
    )
