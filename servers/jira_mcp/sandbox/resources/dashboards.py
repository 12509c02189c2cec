"""Dashboards and their gadgets; they are only read.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-dashboards.
"""

from __future__ import annotations

from jira_mcp.sandbox import filter_store
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.sample.filters import DASHBOARDS, Dashboard
from jira_mcp.sandbox.shares import share_beans, user_bean
from jira_mcp.sandbox.web import Call, page
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.web import Reply

_ORDERS = ("description", "favorite_count", "id", "is_favorite", "name", "owner")
_EXPAND = frozenset({
    "description", "owner", "viewUrl", "favourite", "favouritedCount", "sharePermissions", "editPermissions",
    "isWritable",
})  # fmt: skip


def search_dashboards(call: Call) -> Reply:
    """GET dashboard/search: of those that the account sees, by words in the name and by owner."""
    order, expand = call.text("orderBy", "name"), set(call.words("expand"))
    if order.lstrip("+- ") not in _ORDERS:
        raise bad_request(f"The orderBy value '{order[:50]}' is not supported.")
    if not expand <= _EXPAND:
        raise bad_request(f"The expand parameter has an invalid value: {', '.join(sorted(expand - _EXPAND))[:100]}.")
    words, owner = call.text("dashboardName").casefold(), call.text("accountId")
    found = [each for each in _visible(call) if words in each.name.casefold() and owner in ("", each.owner)]
    found.sort(key=lambda each: _sort_text(each, order.lstrip("+- ")), reverse=order.startswith("-"))
    return Reply(200, page(found, call, lambda each: _listed(call, each, expand), size=50, most=100))


def get_dashboard(call: Call) -> Reply:
    """GET dashboard/{id}."""
    return Reply(200, _shown(call, _find(call, call.path_values["id"])))


def gadgets(call: Call) -> Reply:
    """GET dashboard/{dashboardId}/gadget."""
    dashboard = _find(call, call.path_values["id"])
    shown: list[JsonObject] = [
        {
            "id": each.id,
            "title": each.title,
            "uri": each.uri,
            "color": each.color,
            "position": {"row": each.row, "column": each.column},
        }
        for each in dashboard.gadgets
    ]
    return Reply(200, {"gadgets": shown})


def _visible(call: Call) -> list[Dashboard]:
    return [each for each in DASHBOARDS if filter_store.visible(call.account, each.owner, each.shares)]


def _find(call: Call, reference: str) -> Dashboard:
    for each in _visible(call):
        if each.id == reference:
            return each
    raise ApiError(
        404,
        "The dashboard you requested either does not exist or you don't have the required permissions to perform "
        "this action.",
    )


def _listed(call: Call, dashboard: Dashboard, expand: set[str]) -> JsonObject:
    full = _shown(call, dashboard)
    names = {"viewUrl": "view", "favourite": "isFavourite", "favouritedCount": "popularity"}
    wanted = ["id", "name", "self", *(names.get(each, each) for each in sorted(expand))]
    return {name: full[name] for name in wanted}


def _shown(call: Call, dashboard: Dashboard) -> JsonObject:
    return {
        "id": dashboard.id,
        "self": call.show.url(f"dashboard/{dashboard.id}"),
        "name": dashboard.name,
        "description": dashboard.description,
        "owner": user_bean(call.show, dashboard.owner),
        "view": f"{call.show.site_url}/jira/dashboards/{dashboard.id}",
        "isFavourite": call.account.account_id in dashboard.favourites,
        "popularity": len(dashboard.favourites),
        "isWritable": call.account.account_id == dashboard.owner,
        "sharePermissions": share_beans(call.show, dashboard.shares),
        "editPermissions": [],
        "systemDashboard": False,
    }


def _sort_text(dashboard: Dashboard, name: str) -> tuple[int, str]:
    numbers = {"id": int(dashboard.id), "favorite_count": len(dashboard.favourites)}
    texts = {"description": dashboard.description, "owner": BY_ID[dashboard.owner].name}
    return numbers.get(name, 0), texts.get(name, dashboard.name).casefold()
