"""The tables that every project shares: statuses, types, priorities, resolutions, link types, sprints."""

from __future__ import annotations

from jira_mcp.sandbox.model import IssueType, LinkType, Named, Sprint, Status, StatusCategory
from sandbox_kit import history
from sandbox_kit.atlassian.clock import at

NO_CATEGORY = StatusCategory(1, "undefined", "No Category", "medium-gray", "UNDEFINED")
TO_DO = StatusCategory(2, "new", "To Do", "blue-gray", "TODO")
IN_PROGRESS = StatusCategory(4, "indeterminate", "In Progress", "yellow", "IN_PROGRESS")
DONE = StatusCategory(3, "done", "Done", "green", "DONE")
STATUS_CATEGORIES = (NO_CATEGORY, TO_DO, IN_PROGRESS, DONE)

STATUSES = (
    Status("10000", "Backlog", TO_DO, "Known, not yet chosen."),
    Status("10001", "To Do", TO_DO, "Chosen for a sprint."),
    Status("3", "In Progress", IN_PROGRESS, "Somebody works on it right now."),
    Status("10002", "In Review", IN_PROGRESS, "Waits for a second pair of eyes."),
    Status("10003", "Done", DONE, "Finished."),
    Status("10004", "Blocked", IN_PROGRESS, "Cannot go on until something else happens."),
    Status("10005", "Resolved", DONE, "A resolution has been chosen."),
    Status("10006", "Waiting for support", TO_DO, "A request that nobody has answered yet."),
)

EPIC, STORY, TASK, BUG, SUBTASK = "10000", "10001", "10002", "10003", "10004"
INCIDENT, SERVICE_REQUEST = "10005", "10006"
ISSUE_TYPES = (
    IssueType(EPIC, "Epic", 1, "A large piece of work that holds stories, tasks and bugs together."),
    IssueType(STORY, "Story", 0, "Something that a user can do when it is finished."),
    IssueType(TASK, "Task", 0, "Work that has to be done."),
    IssueType(BUG, "Bug", 0, "Something that does not work as it should."),
    IssueType(SUBTASK, "Sub-task", -1, "A part of another issue."),
    IssueType(INCIDENT, "Incident", 0, "A service that is down or degraded."),
    IssueType(SERVICE_REQUEST, "Service Request", 0, "Somebody asks for something."),
)

PRIORITIES = (
    Named("1", "Highest", "This stops everything else."),
    Named("2", "High", "Serious; it could stop progress."),
    Named("3", "Medium", "Has the potential to hold up progress."),
    Named("4", "Low", "A small problem, or one that is easy to get around."),
    Named("5", "Lowest", "Trivial; little or no effect."),
)
PRIORITY_COLORS = {"1": "#d04437", "2": "#f15C75", "3": "#f79232", "4": "#707070", "5": "#999999"}
DEFAULT_PRIORITY = "3"

RESOLUTIONS = (
    Named("10000", "Done", "The work has been finished."),
    Named("10001", "Won't Do", "There will be no work on this."),
    Named("10002", "Duplicate", "Another issue says the same."),
    Named("10003", "Cannot Reproduce", "The behaviour could not be seen again."),
)

LINK_TYPES = (
    LinkType("10000", "Blocks", "is blocked by", "blocks"),
    LinkType("10001", "Cloners", "is cloned by", "clones"),
    LinkType("10002", "Duplicate", "is duplicated by", "duplicates"),
    LinkType("10003", "Relates", "relates to", "relates to"),
)

PMOS_BOARD, NOVA_BOARD = 1, 2


def _sprint(phase: history.Phase, goal: str) -> Sprint:
    """The sprint of a phase that is complete: it was planned for whole days and closed with the phase."""
    return Sprint(
        phase.number + 1,
        f"Phase {phase.number}",
        "closed",
        PMOS_BOARD,
        goal,
        at(f"{phase.first_day} 08:30"),
        at(f"{phase.last_day} 20:30"),
        at(phase.finished),
    )


_FROM, _TO = history.phase_figures(4).due

SPRINTS = (
    _sprint(history.PHASES[0], "A repository that agents can work in."),
    _sprint(history.PHASES[1], "Three agents and the first integration."),
    _sprint(history.PHASES[2], "Specs, prototypes, queries, positioning."),
    _sprint(history.PHASES[3], "The system measures and corrects itself."),
    Sprint(
        5,
        "Phase 4",
        "active",
        PMOS_BOARD,
        "Jira, Confluence, Slack and Snowflake within reach of every agent.",
        at(f"{_FROM} 08:30"),
        at(f"{_TO} 18:00"),
    ),
    Sprint(6, "Phase 5", "future", PMOS_BOARD, "Questions answered from the warehouse."),
    Sprint(
        21,
        "Nova 41",
        "closed",
        NOVA_BOARD,
        "Checkout in two steps.",
        at("2026-01-05 09:00"),
        at("2026-01-16 17:00"),
        at("2026-01-16 16:20"),
    ),
    Sprint(
        22,
        "Nova 42",
        "active",
        NOVA_BOARD,
        "Search that forgives typing errors.",
        at("2026-01-19 09:00"),
        at("2026-01-30 17:00"),
    ),
)

STATUS = {status.id: status for status in STATUSES}
ISSUE_TYPE = {kind.id: kind for kind in ISSUE_TYPES}
PRIORITY = {priority.id: priority for priority in PRIORITIES}
RESOLUTION = {resolution.id: resolution for resolution in RESOLUTIONS}
LINK_TYPE = {link.id: link for link in LINK_TYPES}
SPRINT = {sprint.id: sprint for sprint in SPRINTS}
