"""How PM OS was built: the one history that the samples of all sandboxes tell.

What happened is written down once, in `phases`, `done`, `planned`, `agents` and `measures`; every other figure is
counted from it, in `figures`. A sample that names a figure, a date, a name or a key takes it from here.
"""

from sandbox_kit.history import measures, people
from sandbox_kit.history.agents import AGENTS
from sandbox_kit.history.done import DONE
from sandbox_kit.history.figures import (
    AGENT,
    DELIVERABLE,
    DELIVERABLES,
    AgentFigures,
    DayFigures,
    PhaseFigures,
    Totals,
    accepted,
    agent_figures,
    artifacts,
    days,
    percent,
    phase_figures,
    readings,
    totals,
)
from sandbox_kit.history.measures import MEASURES, METRIC_GROUPS, METRICS
from sandbox_kit.history.model import (
    FIRST_EPIC,
    PROJECT,
    Agent,
    Artifact,
    Deliverable,
    Measure,
    Phase,
    Release,
    day_of,
    epic,
    epic_number,
    in_words,
    key,
)
from sandbox_kit.history.phases import PHASES
from sandbox_kit.history.planned import PLANNED, planned_at

__all__ = [
    "AGENT",
    "AGENTS",
    "DELIVERABLE",
    "DELIVERABLES",
    "DONE",
    "FIRST_EPIC",
    "MEASURES",
    "METRICS",
    "METRIC_GROUPS",
    "PHASES",
    "PLANNED",
    "PROJECT",
    "Agent",
    "AgentFigures",
    "Artifact",
    "DayFigures",
    "Deliverable",
    "Measure",
    "Phase",
    "PhaseFigures",
    "Release",
    "Totals",
    "accepted",
    "agent_figures",
    "artifacts",
    "day_of",
    "days",
    "epic",
    "epic_number",
    "in_words",
    "key",
    "measures",
    "people",
    "percent",
    "phase_figures",
    "planned_at",
    "readings",
    "totals",
]
