"""The projects of the site with their workflows, screens and who may do what in them."""

from __future__ import annotations

from jira_mcp.sandbox.model import Component, Named, Project, Transition, Version
from jira_mcp.sandbox.sample import fields, site
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who

_BACKLOG, _TO_DO, _PROGRESS, _REVIEW, _DONE, _BLOCKED, _RESOLVED, _WAITING = (
    status.id
    for name in (
        "Backlog", "To Do", "In Progress", "In Review", "Done", "Blocked", "Resolved", "Waiting for support"
    )
    for status in site.STATUSES
    if status.name == name
)  # fmt: skip

_PMOS_WORKFLOW = (
    Transition("11", "Put aside", _BACKLOG),
    Transition("21", "Select for sprint", _TO_DO, (_BACKLOG, _BLOCKED)),
    Transition("31", "Start work", _PROGRESS, (_BACKLOG, _TO_DO, _BLOCKED)),
    Transition("41", "Ask for review", _REVIEW, (_PROGRESS,)),
    Transition("51", "Request changes", _PROGRESS, (_REVIEW,)),
    Transition("61", "Complete", _DONE, (_PROGRESS,), resolves="10000"),
    Transition(
        "71",
        "Approve",
        _DONE,
        (_REVIEW,),
        ((fields.ACCEPTANCE_RATE, False), ("resolution", False), ("comment", False)),
        resolves="10000",
    ),
    Transition("81", "Mark as blocked", _BLOCKED, (_TO_DO, _PROGRESS, _REVIEW), (("comment", False),)),
    Transition("91", "Reopen", _PROGRESS, (_DONE,)),
)

_NOVA_WORKFLOW = (
    Transition("11", "Start progress", _PROGRESS, (_TO_DO,)),
    Transition("21", "Stop progress", _TO_DO, (_PROGRESS,)),
    Transition(
        "31",
        "Resolve issue",
        _RESOLVED,
        (_TO_DO, _PROGRESS),
        (("resolution", True), ("fixVersions", False), ("assignee", False), ("comment", False)),
    ),
    Transition("41", "Reopen issue", _TO_DO, (_RESOLVED,)),
)

_DESK_WORKFLOW = (
    Transition("11", "Investigate", _PROGRESS, (_WAITING,)),
    Transition(
        "21",
        "Resolve",
        _RESOLVED,
        (_PROGRESS,),
        (("resolution", True), (fields.ROOT_CAUSE, True), ("comment", False)),
    ),
)

_ENGINES = Named("10000", "Product", "What we sell.")
_SERVICES = Named("10001", "Operations", "What keeps it running.")

_PMOS_ROLES = {account.account_id: "member" for account in who.ACCOUNTS if account.active} | {
    who.HUMAN_PM.account_id: "admin",
    who.ORCHESTRATOR.account_id: "admin",
    who.VIEWER.account_id: "viewer",
}
del _PMOS_ROLES[who.OUTSIDER.account_id]


def _released(number: str, name: str, about: str) -> Version:
    """A version that has been released with the last of its phases."""
    phases = [each for each in history.PHASES if each.version == name]
    return Version(
        number,
        name,
        about,
        True,
        min(each.started for each in phases)[:10],
        max(each.finished for each in phases)[:10],
    )


PMOS = Project(
    "10000",
    "PMOS",
    "PM OS",
    "An operating system for product managers: agents that discover, specify, deliver and measure.",
    who.HUMAN_PM.account_id,
    _ENGINES,
    (site.EPIC, site.STORY, site.TASK, site.BUG, site.SUBTASK),
    _PMOS_WORKFLOW,
    _BACKLOG,
    fields.PRODUCT_SCREEN,
    frozenset(),
    _PMOS_ROLES,
    (
        Component("10000", "Agents", "The agents and their specifications.", who.PRODUCT_ARCHITECT.account_id),
        Component(
            "10001",
            "Integrations",
            "Connections to other tools.",
            who.ENGINEERING_PARTNER.account_id,
            "COMPONENT_LEAD",
        ),
        Component("10002", "Templates", "Documents that agents fill in.", assignee="UNASSIGNED"),
        Component("10003", "Quality", "Measuring, evaluating, reporting.", who.SYSTEM_EVALUATOR.account_id),
        Component("10004", "Foundation", "Folders, conventions, tooling.", assignee="PROJECT_LEAD"),
    ),
    (
        _released("10000", "0.1", "Bootstrap"),
        _released("10001", "0.2", "Core agents and delivery"),
        _released("10002", "0.3", "Self-improvement"),
        Version("10003", "0.4", "Integrations", False, *history.phase_figures(4).due),
        Version("10004", "1.0", "Ready for enterprises", False, None, "2026-06-30"),
    ),
    "0b1d3a2c-8a0e-4b57-9a5b-0f5f5d0a1000",
)

NOVA = Project(
    "10001",
    "NOVA",
    "Nova Storefront",
    "The shop that our customers run. Its backlog is long.",
    who.ALEX_RIVERA.account_id,
    _ENGINES,
    (site.EPIC, site.STORY, site.TASK, site.BUG, site.SUBTASK),
    _NOVA_WORKFLOW,
    _TO_DO,
    fields.SHOP_SCREEN,
    frozenset(),
    {
        who.HUMAN_PM.account_id: "admin",
        who.ALEX_RIVERA.account_id: "member",
        who.ALEX_MOREAU.account_id: "member",
        who.ENGINEERING_PARTNER.account_id: "member",
        who.DATA_ANALYST.account_id: "member",
        who.UX_STRATEGIST.account_id: "member",
    },
    (
        Component("10010", "Checkout"),
        Component("10011", "Search"),
        Component("10012", "Catalogue"),
        Component("10013", "Accounts"),
        Component("10014", "Shipping"),
    ),
    (
        Version("10010", "2025.4", "Winter release", True, "2025-10-01", "2025-12-15"),
        Version("10011", "2026.1", "Spring release", False, "2026-01-05", "2026-03-27"),
        Version("10012", "2026.2", "Summer release", False, "2026-04-01", "2026-06-26"),
    ),
    "0b1d3a2c-8a0e-4b57-9a5b-0f5f5d0a1001",
)

DESK = Project(
    "10002",
    "DESK",
    "Service Desk",
    "Requests and incidents, from customers too. Everybody may ask; only the desk may change.",
    who.ALEX_MOREAU.account_id,
    _SERVICES,
    (site.TASK, site.INCIDENT, site.SERVICE_REQUEST),
    _DESK_WORKFLOW,
    _WAITING,
    fields.DESK_SCREEN,
    frozenset({(site.INCIDENT, fields.SEVERITY)}),
    {
        who.HUMAN_PM.account_id: "reporter",
        who.ALEX_MOREAU.account_id: "admin",
        who.ORCHESTRATOR.account_id: "admin",
        who.ENGINEERING_PARTNER.account_id: "reporter",
    },
    (Component("10020", "Hosting"), Component("10021", "Access")),
    (),
    "0b1d3a2c-8a0e-4b57-9a5b-0f5f5d0a1002",
)

RISK = Project(
    "10003",
    "RISK",
    "Risk Register",
    "Kept by the desk; not for everybody's eyes.",
    who.ALEX_MOREAU.account_id,
    _SERVICES,
    (site.TASK,),
    _DESK_WORKFLOW[:1],
    _WAITING,
    fields.DESK_SCREEN,
    frozenset(),
    {who.ALEX_MOREAU.account_id: "admin", who.ORCHESTRATOR.account_id: "admin"},
    (),
    (),
    "0b1d3a2c-8a0e-4b57-9a5b-0f5f5d0a1003",
)

PROJECTS = (PMOS, NOVA, DESK, RISK)
PROJECT = {project.id: project for project in PROJECTS}
PROJECT_BY_KEY = {project.key: project for project in PROJECTS}
CATEGORIES = (_ENGINES, _SERVICES)
