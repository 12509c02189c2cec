"""The storefront's fields: one at least of each type that administrators and apps can add."""

from __future__ import annotations

from jira_mcp.sandbox.sample.field_spec import LIST, custom

_GREENHOPPER = "com.pyxis.greenhopper.jira:"
_FORGE = (
    "ari:cloud:ecosystem::extension/8f0d2f0a-7d6b-4bb4-9d1a-1f2c3d4e5f60/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/static/"
)
_KINDS_OF_GOODS = ("Paper", "Ink", "Boxes", "Labels", "Pallets")
_SUPPLIERS_IN_EACH = 5
_TOWNS = (
    "Aalborg", "Bergen", "Coimbra", "Dresden", "Eindhoven", "Florence", "Ghent", "Hamburg", "Innsbruck", "Jena",
    "Kaunas", "Leiden", "Malmö", "Nantes", "Odense", "Porto", "Rennes", "Salzburg", "Turku", "Utrecht",
)  # fmt: skip

CHANNEL = "customfield_10120"
MARKETS = "customfield_10121"
REGION = "customfield_10122"
OWNER = "customfield_10123"
APPROVERS = "customfield_10124"
INFORMED = "customfield_10125"
GO_LIVE = "customfield_10126"
KEYWORDS = "customfield_10127"
FOUND_IN = "customfield_10128"
SHIPS_IN = "customfield_10129"
RELATED = "customfield_10130"
CONTRACT = "customfield_10131"
SUPPLIER = "customfield_10132"
NOTES = "customfield_10133"
EFFORT = "customfield_10134"
HEALTH = "customfield_10135"
LEGACY_ID = "customfield_10136"
TEAM = "customfield_10001"
COLOUR = "customfield_10017"
FLAGGED = "customfield_10021"
DEVELOPMENT = "customfield_10000"

SHOP_FIELDS = (
    custom(10000, "Development", "given", "any", "com.atlassian.jira.plugins.jira-development-integration-plugin:devsummarycf", operations=()),  # noqa: E501
    custom(10001, "Team", "team", "team", "atlassian-team", configuration={"com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team": True}),  # noqa: E501
    custom(10017, "Issue color", "colour", "string", _GREENHOPPER + "jsw-issue-color"),
    custom(10021, "Flagged", "options", "array", "multicheckboxes", items="option", options=("Impediment",), operations=LIST),  # noqa: E501
    custom(10120, "Sales channel", "option", "option", "radiobuttons", options=("Web", "App", "Shop", "Phone")),
    custom(10121, "Markets", "options", "array", "multicheckboxes", items="option", options=("DACH", "Nordics", "UK", "US"), operations=LIST),  # noqa: E501
    custom(
        10122,
        "Region",
        "cascade",
        "option-with-child",
        "cascadingselect",
        options=("Europe", "Americas", "Asia/Pacific"),
        children={
            "Europe": ("France", "Germany", "Norway"),
            "Americas": ("Brazil", "Canada"),
            "Asia/Pacific": ("Japan", "New Zealand"),
        },
    ),
    custom(10123, "Product owner", "user", "user", "userpicker"),
    custom(10124, "Approving group", "group", "group", "grouppicker"),
    custom(10125, "Informed groups", "groups", "array", "multigrouppicker", items="group", operations=LIST),
    custom(10126, "Go-live", "datetime", "datetime", "datetime"),
    custom(10127, "Keywords", "labels", "array", "labels", items="string", operations=LIST),
    custom(10128, "Found in", "version", "version", "version"),
    custom(10129, "Ships in", "versions", "array", "multiversion", items="version", operations=LIST),
    custom(10130, "Related project", "project_pick", "project", "project"),
    custom(10131, "Contract", "url", "string", "url"),
    custom(
        10132,
        "Supplier",
        "option",
        "option",
        "select",
        description="Who delivers what the change needs.",
        options=tuple(
            f"{goods} {town} {number + 1}"
            for goods in _KINDS_OF_GOODS
            for town in _TOWNS
            for number in range(_SUPPLIERS_IN_EACH)
        ),
    ),
    custom(10133, "Acceptance notes", "rich_text", "string", "textarea"),
    custom(10134, "Effort score", "number", "number", _FORGE + "effort-score", description="Of an app."),
    custom(10135, "Health", "given", "object", _FORGE + "health", description="An app works it out.", operations=()),
    custom(10136, "Legacy id", "given", "string", "readonlyfield", operations=()),
)  # fmt: skip
