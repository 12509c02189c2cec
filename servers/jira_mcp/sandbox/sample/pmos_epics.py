"""The eight phases of PM OS, each an epic."""

from __future__ import annotations

from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.record import Record
from jira_mcp.sandbox.sample.text import doc, h, p, panel, table, text, ul
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who


def _epic(phase: history.Phase) -> Record:
    blocks = [h(2, "Goal"), p(phase.goal), h(2, "Outcomes"), ul(*phase.outcomes)]
    if phase.finished:
        figures = history.phase_figures(phase.number)
        took = f"{figures.took} of work" if phase.in_hours else figures.took
        blocks += [h(2, "Estimate and result"), table(("Planned", "Took"), (phase.estimate, took))]
    else:
        blocks.append(panel("info", p("Planned to take ", text(phase.estimate, "strong"), ".")))
    return Record(
        history.epic_number(phase.number),
        phase.title,
        doc(*blocks),
        site.EPIC,
        phase.number,
        history.people.ORCHESTRATOR,
        "",
        who.HUMAN_PM,
        who.HUMAN_PM,
        labels=(phase.label, "roadmap"),
        priority="2",
        version=phase.version,
        created="2026-01-30 16:00",
        started=phase.started,
        finished=phase.finished,
        links=tuple(("is blocked by", history.epic_number(each)) for each in phase.after),
        acceptance=100 if phase.finished else None,
    )


EPICS = tuple(map(_epic, history.PHASES))
