"""Who may see a page and how often it was seen
(https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions/, api-group-analytics).
"""

import re
from datetime import UTC, datetime, timedelta

from confluence_mcp.client.base import V1
from confluence_mcp.client.tree import PageTree
from confluence_mcp.toolset_models import PageAccess, Rule, Views
from connector_kit.concurrency import run_all
from connector_kit.errors import InvalidInput, NotFound, clean_text
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_AGO = re.compile(r"-?(\d{1,4})d")
_MOST_ABOVE = 20


class PageAccesses(PageTree):
    """Reading restrictions and views."""

    async def page_access(self, page: str, *, person: str = "", operation: str = "read") -> PageAccess:
        """The restrictions of a page, with those on viewing that it has from above; what one `person` may do.

        Raises NotPermitted where only administrators may ask about others.
        """
        ref, above = await self.ancestors(page)
        places = [(ref.id, ref.title), *((each.id, each.title) for each in above if each.kind == "page")]
        found: dict[str, list[Rule]] = {}

        async def load(number: str, title: str) -> None:
            try:
                found[number] = await self._rules(number, title)
            except NotFound:
                if number == ref.id:
                    raise

        # What may be viewed is narrowed by everything above; what may be changed by the page alone.
        await run_all([lambda at=at: load(*at) for at in places[: _MOST_ABOVE + 1]], at_once=5)
        rules = [
            rule
            for number, _ in places
            for rule in found.get(number, ())
            if number == ref.id or rule.operation == "read"
        ]
        if not person.strip():
            return PageAccess(ref, tuple(rules))
        who = await self.person(person)
        answer = as_object(
            await self._ask(
                f"{V1}/content/{ref.id}/permission/check",
                {"subject": {"type": "user", "identifier": who.account_id}, "operation": operation},
            )
        )
        reasons = tuple(as_text(each.get("translation")) for each in objects(answer.get("errors")))
        return PageAccess(ref, tuple(rules), who.name, as_flag(answer.get("hasPermission")), reasons)

    async def views(self, page: str, *, since: str = "") -> Views:
        """How often a page was viewed and by how many, from a date (2026-01-31, or 30d) on."""
        ref = await self.page_ref(page)
        start = _since(since) if since.strip() else None
        counts: dict[str, int] = {}

        async def load(what: str) -> None:
            answer = await self._get(f"{V1}/analytics/content/{ref.id}/{what}", fromDate=start)
            counts[what] = as_int(answer.get("count")) or 0

        await run_all([lambda what=what: load(what) for what in ("views", "viewers")])
        return Views(ref, counts["views"], counts["viewers"])

    async def _rules(self, number: str, title: str) -> list[Rule]:
        answer = await self._get(
            f"{V1}/content/{number}/restriction", expand=["restrictions.user", "restrictions.group"]
        )
        rules = [_rule(bean, number, title) for bean in objects(answer.get("results"))]
        return [rule for rule in rules if rule.people or rule.groups]


def _rule(bean: JsonObject, number: str, title: str) -> Rule:
    narrowed = as_object(bean.get("restrictions"))
    people = objects(as_object(narrowed.get("user")).get("results"))
    groups = objects(as_object(narrowed.get("group")).get("results"))
    return Rule(
        operation=as_text(bean.get("operation")),
        page=number,
        title=title,
        people=tuple(as_text(each.get("displayName")) or as_text(each.get("accountId")) for each in people),
        groups=tuple(as_text(each.get("name")) for each in groups),
    )


def _since(text: str) -> str:
    wanted = text.strip()
    if _DAY.fullmatch(wanted):
        return f"{wanted}T00:00:00.000Z"
    if ago := _AGO.fullmatch(wanted):
        day = datetime.now(UTC) - timedelta(days=int(ago[1]))
        return f"{day:%Y-%m-%d}T00:00:00.000Z"
    raise InvalidInput(
        "That is no date.", fields={"since": f"{clean_text(text, 40)!r} should be like 2026-01-31, or 30d"}
    )
