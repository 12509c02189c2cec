"""Saved filters and dashboards of the sample."""

from __future__ import annotations

from dataclasses import dataclass, field

from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.sample.groups import PRODUCT_TEAM, SERVICE_TEAM
from jira_mcp.sandbox.sample.projects import DESK, PMOS
from sandbox_kit.atlassian import accounts as who


@dataclass(slots=True)
class Filter:
    """A query that somebody saved. `shares` say with whom, `favourites` are the accounts that starred it."""

    id: int
    name: str
    jql: str
    owner: str
    description: str = ""
    shares: list[JsonObject] = field(default_factory=list[JsonObject])
    favourites: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Gadget:
    """A part of a dashboard, in a row and column."""

    id: int
    title: str
    uri: str
    color: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of gadgets."""

    id: str
    name: str
    owner: str
    description: str = ""
    shares: tuple[JsonObject, ...] = ()
    favourites: tuple[str, ...] = ()
    gadgets: tuple[Gadget, ...] = ()


_EVERYBODY: JsonObject = {"type": "authenticated"}
_IN_PMOS: JsonObject = {"type": "project", "project": PMOS.id}

FILTERS = (
    Filter(
        10000,
        "My open work",
        "assignee = currentUser() AND resolution is EMPTY ORDER BY priority DESC, updated DESC",
        who.HUMAN_PM.account_id,
        favourites=[who.HUMAN_PM.account_id],
    ),
    Filter(
        10001,
        "PM OS: what is planned",
        "project = PMOS AND statusCategory != Done ORDER BY Rank",
        who.HUMAN_PM.account_id,
        "Everything that the roadmap still holds.",
        [_IN_PMOS],
        [who.HUMAN_PM.account_id, who.ORCHESTRATOR.account_id],
    ),
    Filter(
        10002,
        "Phase 4 scope",
        'project = PMOS AND fixVersion = "0.4" ORDER BY Rank',
        who.ORCHESTRATOR.account_id,
        "What 0.4 will bring.",
        [{"type": "projectRole", "project": PMOS.id, "role": 10002}, {"type": "group", "group": PRODUCT_TEAM.id}],
        [who.ORCHESTRATOR.account_id],
    ),
    Filter(
        10003,
        "Nova: open bugs",
        "project = NOVA AND issuetype = Bug AND statusCategory != Done ORDER BY created DESC",
        who.ALEX_RIVERA.account_id,
        "Triage happens on Mondays.",
        [_EVERYBODY],
        [who.HUMAN_PM.account_id],
    ),
    Filter(
        10004,
        "Incidents",
        "project = DESK AND issuetype = Incident ORDER BY created DESC",
        who.ENGINEERING_PARTNER.account_id,
        shares=[{"type": "project", "project": DESK.id}, {"type": "group", "group": SERVICE_TEAM.id}],
    ),
    Filter(10005, "Risks without an owner", "project = RISK AND assignee is EMPTY", who.ORCHESTRATOR.account_id),
    Filter(
        10006,
        "My open work",
        "assignee = currentUser() AND statusCategory != Done",
        who.ALEX_RIVERA.account_id,
        shares=[_EVERYBODY],
    ),
)

_GADGET = "rest/gadgets/1.0/g/com.atlassian.jira.gadgets:{0}/gadgets/{0}.xml"

DASHBOARDS = (
    Dashboard(
        "10000",
        "PM OS delivery",
        who.HUMAN_PM.account_id,
        "Where the roadmap stands.",
        (_IN_PMOS,),
        (who.HUMAN_PM.account_id, who.ORCHESTRATOR.account_id),
        (
            Gadget(10100, "PM OS: what is planned", _GADGET.format("filter-results-gadget"), "blue", 0, 0),
            Gadget(10101, "Sprint burndown", _GADGET.format("greenhopper-gadget-burndown"), "green", 0, 1),
            Gadget(10102, "Issues by phase", _GADGET.format("two-dimensional-stats-gadget"), "yellow", 1, 0),
        ),
    ),
    Dashboard(
        "10001",
        "Nova health",
        who.ALEX_RIVERA.account_id,
        "Bugs and how fast they go.",
        (_EVERYBODY,),
        (),
        (
            Gadget(10110, "Nova: open bugs", _GADGET.format("filter-results-gadget"), "red", 0, 0),
            Gadget(10111, "Created and resolved", _GADGET.format("created-vs-resolved-gadget"), "gray", 0, 1),
        ),
    ),
    Dashboard(
        "10002",
        "Risk watch",
        who.ORCHESTRATOR.account_id,
        gadgets=(Gadget(10120, "Risks without an owner", _GADGET.format("filter-results-gadget"), "purple", 0, 0),),
    ),
)
