"""Values in the fields of the storefront and of the service desk: a few issues have some in each."""

from __future__ import annotations

from collections.abc import Iterable

from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.sample import desk_fields, directory, shop_fields
from jira_mcp.sandbox.sample.projects import PMOS
from jira_mcp.sandbox.sample.text import doc
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_FULL = "NOVA-1990"
"""The issue that has a value in every field."""

_STOREFRONT, _PAYMENTS = directory.TEAMS[0].id, directory.TEAMS[1].id


def _option(field_id: str, *names: str) -> list[str]:
    field = next(each for each in shop_fields.SHOP_FIELDS if each.id == field_id)
    return [option.id for name in names for option in field.options if option.value == name]


def _region(first: str, second: str) -> list[str]:
    field = next(each for each in shop_fields.SHOP_FIELDS if each.id == shop_fields.REGION)
    parent = next(each for each in field.options if each.value == first)
    return [parent.id, *(each.id for each in parent.children if each.value == second)]


VALUES: dict[str, JsonObject] = {
    _FULL: {
        shop_fields.DEVELOPMENT: ("{pullrequest={dataType=pullrequest, state=OPEN, stateCount=1}, json={}}"),
        shop_fields.TEAM: _STOREFRONT,
        shop_fields.COLOUR: "dark_teal",
        shop_fields.FLAGGED: _option(shop_fields.FLAGGED, "Impediment"),
        shop_fields.CHANNEL: _option(shop_fields.CHANNEL, "App")[0],
        shop_fields.MARKETS: _option(shop_fields.MARKETS, "DACH", "Nordics"),
        shop_fields.REGION: _region("Europe", "Norway"),
        shop_fields.OWNER: who.ALEX_RIVERA.account_id,
        shop_fields.APPROVERS: directory.GROUPS[3].id,
        shop_fields.INFORMED: [directory.GROUPS[2].id, directory.GROUPS[4].id],
        shop_fields.GO_LIVE: at("2026-03-27 07:00"),
        shop_fields.KEYWORDS: ["returns", "mobile"],
        shop_fields.FOUND_IN: "10010",
        shop_fields.SHIPS_IN: ["10011"],
        shop_fields.RELATED: PMOS.id,
        shop_fields.CONTRACT: "https://contracts.pm-os.example/nova/17",
        shop_fields.SUPPLIER: _option(shop_fields.SUPPLIER, "Boxes Ghent 3")[0],
        shop_fields.NOTES: doc("Tried with three customers; all found the button."),
        shop_fields.EFFORT: 3.5,
        shop_fields.HEALTH: {"status": "green", "checks": 4},
        shop_fields.LEGACY_ID: "SHOP-4711",
        "security": directory.SECURITY_LEVELS[0].id,
    },
    "NOVA-1991": {
        shop_fields.TEAM: _PAYMENTS,
        shop_fields.MARKETS: _option(shop_fields.MARKETS, "UK"),
        shop_fields.REGION: _region("Asia/Pacific", ""),
        shop_fields.DEVELOPMENT: "{}",
    },
    "NOVA-1992": {shop_fields.TEAM: _STOREFRONT, shop_fields.KEYWORDS: ["gift-cards"]},
    "DESK-1": {
        desk_fields.RESOLUTION_TIME: desk_fields.running_goal("4h", "-1h 10m", "5h 10m", breached=True),
        desk_fields.PARTICIPANTS: [who.ENGINEERING_PARTNER.account_id],
    },
    "DESK-2": {
        desk_fields.REQUEST_TYPE: desk_fields.request_type("Ask for access", "Waiting for support"),
        desk_fields.RESOLUTION_TIME: desk_fields.running_goal("16h", "9h 30m", "6h 30m", breached=False),
    },
    "DESK-3": {
        desk_fields.REQUEST_TYPE: desk_fields.request_type("Report a problem", "Waiting for support"),
        desk_fields.SATISFACTION: {"rating": 4},
    },
}


def fill(issues: Iterable[Issue]) -> None:
    """Put the values into their issues."""
    for issue in issues:
        if found := VALUES.get(issue.key):
            issue.custom.update(found)
