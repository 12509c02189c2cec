"""The one history of PM OS: what is written down fits together, and what is counted from it is right."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox_kit import history
from sandbox_kit.atlassian.accounts import ACCOUNTS
from sandbox_kit.history import DELIVERABLES, DONE, PHASES, PLANNED, Measure


def test_deliverables_and_epics_have_numbers_of_their_own() -> None:
    numbers = [each.number for each in DELIVERABLES]
    assert numbers == sorted(set(numbers))
    assert not set(numbers) & {history.epic_number(phase.number) for phase in PHASES}
    assert [phase.number for phase in PHASES] == list(range(8))
    assert (history.key(21), history.epic(4)) == ("PMOS-21", "PMOS-30")


def test_everybody_in_it_is_a_person_of_the_sites() -> None:
    names = {account.name for account in ACCOUNTS}
    assert {each.agent for each in DELIVERABLES} | set(history.AGENT) <= names


@pytest.mark.parametrize("each", DONE, ids=lambda each: each.key)
def test_work_begins_after_it_was_opened_and_ends_within_its_phase(each: history.Deliverable) -> None:
    phase = PHASES[each.phase]
    assert each.created <= each.started < each.finished <= phase.finished
    assert phase.started <= each.started
    assert sum(hours for _, hours in each.templates) <= each.hours


def test_phases_follow_one_another_and_end_with_a_deliverable_or_after_it() -> None:
    for phase in PHASES:
        assert all(earlier < phase.number for earlier in phase.after)
        last = max((each.finished for each in DELIVERABLES if each.phase == phase.number and each.done), default="")
        assert last <= phase.finished
    for earlier, later in pairwise(PHASES[:4]):
        assert earlier.finished <= later.started


def test_what_is_planned_has_neither_begun_nor_cost_hours() -> None:
    assert {(each.started, each.finished, each.hours) for each in PLANNED} == {("", "", 0)}
    assert {PHASES[each.phase].status for each in PLANNED} == {"Planned"}
    assert {PHASES[each.phase].status for each in DONE} == {"Complete"}


def test_phases_in_numbers() -> None:
    told = [
        (each.planned, each.completed, each.points, each.took, each.velocity_per_day, each.multiple)
        for each in map(history.phase_figures, range(5))
    ]
    assert told == [
        (8, 8, 21, "1 day", 8.0, 14.0),
        (5, 5, 23, "2 days", 2.5, 10.5),
        (5, 5, 19, "4 hours", 30.0, 126.0),
        (7, 7, 23, "2 days", 3.5, 10.5),
        (8, 0, 36, "", None, None),
    ]
    assert [phase.estimate for phase in PHASES[:5]] == ["2 weeks", "3 weeks", "3 weeks", "3 weeks", "8 days"]


def test_days_in_numbers() -> None:
    assert [
        (each.day.isoformat(), each.phases_complete, each.deliverables_complete, each.agents, each.velocity_multiple)
        for each in history.days()
    ] == [("2026-01-31", 1, 11, 4, 14.0), ("2026-02-01", 3, 18, 6, 19.38), ("2026-02-02", 4, 25, 8, 10.5)]
    assert {each.deliverables_total for each in history.days()} == {len(DELIVERABLES)}
    assert [each.open_issues for each in history.days()] == [0, 0, 1]


def test_the_last_day_leaves_what_the_phases_sum_up_to() -> None:
    totals, last = history.totals(), history.days()[-1]
    phases = [history.phase_figures(phase.number) for phase in PHASES]
    assert totals.deliverables == last.deliverables_total == sum(each.planned for each in phases)
    assert totals.deliverables_complete == last.deliverables_complete == sum(each.completed for each in phases)
    assert totals.points == sum(each.points for each in phases)
    assert totals.hours == sum(each.hours for each in phases)
    assert totals.phases_complete == sum(1 for phase in PHASES if phase.finished)
    assert (totals.completion_pct, totals.phases_pct) == (last.completion_pct, 50.0) == (54.35, 50.0)
    assert (totals.first_day, totals.last_day) == (date(2026, 1, 31), date(2026, 2, 2))


def test_agents_in_numbers() -> None:
    told = {name: history.agent_figures(name) for name in history.AGENT}
    assert {name: (len(each.artifacts), each.mean_hours) for name, each in told.items()} == {
        "Orchestrator": (0, None),
        "Product Architect": (5, 1.44),
        "Engineering Partner": (6, 1.6),
        "UX Strategist": (3, 1.5),
        "Data Analyst": (1, 1.0),
        "GTM Strategist": (1, 1.0),
        "System Evaluator": (3, 1.5),
        "Documentation Maintainer": (3, 1.67),
    }
    assert told["Orchestrator"].acceptance_rate is None
    partner = told["Engineering Partner"].agent
    assert (partner.version, partner.upgrades, partner.last_upgrade) == ("1.2", 2, date(2026, 2, 1))
    for each in told.values():
        assert PHASES[each.phase_deployed].started <= each.agent.releases[0].since
        assert all(one.finished_on is None or one.finished_on >= each.agent.deployed for one in each.deliverables[1:])


def test_the_catalogue_has_every_finished_work_of_an_agent_that_is_one_and_the_templates() -> None:
    catalogue = history.artifacts()
    assert len(catalogue) == history.totals().artifacts == 22
    assert [each.number for each in catalogue] == list(range(1, 23))
    assert all(each.name for each in catalogue)
    assert len({each.name for each in catalogue}) == len(catalogue)
    assert sum(len(history.agent_figures(name).artifacts) for name in history.AGENT) == len(catalogue)


def test_measures_are_judged_by_their_targets() -> None:
    assert [each.status for each in history.MEASURES] == ["Pending", "Exceeding", "Exceeding", "Exceeding", "Met"]
    falling = Measure("Rework", "percent", 40, 10, None, (0,))
    assert [falling.judged(value) for value in (None, 40, 20, 10, 0)] == [
        "Pending", "Baseline", "Improving", "Met", "Exceeding"
    ]  # fmt: skip
    days = [day for day, _ in history.readings(history.MEASURES[0])]
    assert (len(days), days[0], days[-1]) == (15, date(2026, 1, 19), date(2026, 2, 2))


def test_lengths_in_words() -> None:
    assert list(map(history.in_words, (1 / 24, 4 / 24, 1, 2, 8, 7, 42))) == [
        "1 hour", "4 hours", "1 day", "2 days", "8 days", "1 week", "6 weeks"
    ]  # fmt: skip


def test_it_needs_nothing_but_the_standard_library() -> None:
    shared = Path(history.__file__).parents[2]
    code = f"import sys; sys.path.append({str(shared)!r}); import sandbox_kit.history"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
