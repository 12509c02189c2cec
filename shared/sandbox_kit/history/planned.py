"""The deliverables of phases 4 to 7, which have been planned on the evening on which Phase 3 was complete."""

from sandbox_kit.history import people
from sandbox_kit.history.model import Deliverable


def planned_at(number: int) -> str:
    """The moment at which the issue with a number was planned."""
    return f"2026-02-02 19:{number:02d}"


def _plan(
    number: int, phase: int, summary: str, artifact: str, points: int, agent: str, *, due: str = "", bug: bool = False
) -> Deliverable:
    return Deliverable(number, phase, summary, artifact, points, 0, agent, planned_at(number), due=due, bug=bug)


PLANNED = (
    _plan(
        34, 4, "Write the OAuth playbook for all four services", "Spec", 3, people.ENGINEERING_PARTNER, due="2026-02-03"
    ),
    _plan(35, 4, "Jira MCP server", "Integration", 8, people.ENGINEERING_PARTNER, due="2026-02-05"),
    _plan(36, 4, "Confluence MCP server", "Integration", 8, people.ENGINEERING_PARTNER, due="2026-02-07"),
    _plan(37, 4, "Slack MCP server", "Integration", 5, people.ENGINEERING_PARTNER, due="2026-02-10"),
    _plan(38, 4, "Snowflake MCP server", "Integration", 5, people.DATA_ANALYST, due="2026-02-12"),
    _plan(39, 4, "Play three workflows across all four services", "Test", 3, people.HUMAN_PM),
    _plan(40, 4, "Write a setup guide for every server", "Spec", 3, people.DOCUMENTATION_MAINTAINER),
    _plan(41, 4, "Sandbox data leaves out empty and very long fields", "Test", 1, people.SYSTEM_EVALUATOR, bug=True),
    _plan(42, 5, "Answer product questions from the warehouse", "Agent", 8, people.DATA_ANALYST),
    _plan(43, 5, "Find anomalies in the daily metrics", "Agent", 5, people.DATA_ANALYST),
    _plan(44, 5, "Forecast completion from velocity", "Report", 5, people.DATA_ANALYST),
    _plan(45, 5, "Compare experiments", "Report", 5, people.DATA_ANALYST),
    _plan(46, 6, "Commands for the ten most frequent tasks", "Infrastructure", 5, people.ORCHESTRATOR),
    _plan(47, 6, "Load only the context that a task needs", "Infrastructure", 8, people.ORCHESTRATOR),
    _plan(48, 6, "Answer within two seconds in the editor", "Test", 5, people.SYSTEM_EVALUATOR),
    _plan(49, 6, "Templates as snippets", "Template", 2, people.UX_STRATEGIST),
    _plan(50, 7, "Single sign-on", "Infrastructure", 8, people.ENGINEERING_PARTNER),
    _plan(51, 7, "Roles and permissions for teams", "Infrastructure", 8, people.ENGINEERING_PARTNER),
    _plan(52, 7, "A trail of who did what", "Infrastructure", 5, people.ENGINEERING_PARTNER),
    _plan(53, 7, "Several teams side by side", "Infrastructure", 13, people.ORCHESTRATOR),
    _plan(54, 7, "Prepare the security questionnaire of large customers", "Report", 5, people.GTM_STRATEGIST),
)
