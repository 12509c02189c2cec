"""Dashboards (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-dashboards/)."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from connector_kit.concurrency import run_all
from connector_kit.pages import Page
from connector_kit.wire import JsonObject, as_flag, as_object, as_text, objects
from jira_mcp.client.ids import is_number
from jira_mcp.client.offsets import Offset
from jira_mcp.client.saved_filters import SavedFilters
from jira_mcp.client.values import user_name
from jira_mcp.filter_models import Dashboard

_PAGE = 50
WITH_GADGETS = 10
"""Dashboards in a page whose gadgets are listed: each of them is a request more."""
_EXPAND = "description,owner,viewUrl,favourite,sharePermissions"


class Dashboards(SavedFilters):
    """Reading dashboards."""

    async def dashboards(
        self, query: str = "", *, owner: str = "", gadgets: bool = False, limit: int = 25, cursor: str | None = None
    ) -> Page[Dashboard]:
        """The dashboards that the account may see, by name; `query` is part of the name, `owner` a person."""
        account = (await self.resolve_user(owner)).account_id if owner.strip() else None
        place = Offset.of("dashboards", cursor, query, account, gadgets)
        limit = max(1, min(limit, WITH_GADGETS if gadgets else _PAGE))

        async def load() -> Page[Dashboard]:
            answer = await self._call(
                "get_dashboards_paginated",
                dashboard_name=query.strip() or None,
                account_id=account,
                order_by="name",
                start_at=place.start,
                max_results=limit,
                expand=_EXPAND,
            )
            page = place.page(answer, self._dashboard)
            return replace(page, items=await self._with_gadgets(page.items)) if gadgets else page

        key = ("dashboards", query, account, gadgets, place.start, limit)
        return await self._cached(key, CATALOGUE_TTL, load, CATALOGUE)

    async def _with_gadgets(self, dashboards: tuple[Dashboard, ...]) -> tuple[Dashboard, ...]:
        titles: dict[str, tuple[str, ...]] = {}

        def reading(number: str) -> Callable[[], Coroutine[Any, Any, None]]:
            async def read() -> None:
                answer = as_object(await self._call("get_all_gadgets", number))
                titles[number] = tuple(as_text(each.get("title")) for each in objects(answer.get("gadgets")))

            return read

        numbers = [each.id for each in dashboards if is_number(each.id)]
        if numbers:
            await run_all([reading(number) for number in numbers])
        return tuple(replace(each, gadgets=titles.get(each.id, ())) for each in dashboards)

    def _dashboard(self, entry: JsonObject) -> Dashboard:
        number = as_text(entry.get("id"))
        return Dashboard(
            number,
            as_text(entry.get("name")),
            user_name(entry.get("owner")) or "",
            as_text(entry.get("description")),
            as_flag(entry.get("isFavourite")),
            tuple(self.share(each) for each in objects(entry.get("sharePermissions"))),
            f"{self.site_url}/jira/dashboards/{number}",
        )
