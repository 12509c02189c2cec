"""Writes the sample data into an empty file."""

from __future__ import annotations

from confluence_mcp.sandbox.sample import (
    agents,
    dashboards,
    discovery,
    elsewhere,
    generated,
    home,
    kept,
    posts,
    reports,
    requirements,
    spaces,
    specifications,
)
from confluence_mcp.sandbox.sample.writing import Writer
from confluence_mcp.sandbox.session import Session

_PMOS_PAGES = (
    *home.SECTIONS,
    *requirements.PAGES,
    *specifications.PAGES,
    *agents.PAGES,
    *discovery.PAGES,
    *reports.PAGES,
    *dashboards.PAGES,
    *elsewhere.LEFT,
    *posts.POSTS,
)


def fill(session: Session) -> None:
    """Write every space with what is in it; deterministic."""
    spaces.fill(session)
    writer = Writer(session)
    writer.write(spaces.PMOS.id, _PMOS_PAGES)
    writer.write(spaces.PERSONAL.id, elsewhere.PERSONAL)
    writer.write(spaces.RISK.id, elsewhere.RISK)
    writer.write(spaces.ATTIC.id, elsewhere.ATTIC)
    generated.fill(session, spaces.KB.id)
    kept.fill(session)
    writer.template(
        700_001, spaces.PMOS.id, "Product requirement", "What a requirement says.", posts.PRD_TEMPLATE, "prd"
    )
    writer.template(700_002, spaces.PMOS.id, "Weekly report", "A week in numbers.", posts.WEEKLY_TEMPLATE, "report")
    writer.template(700_003, None, "Decision record", "What was decided, and why.", posts.DECISION_TEMPLATE, "decision")
