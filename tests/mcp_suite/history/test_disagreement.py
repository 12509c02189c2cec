"""One wrong figure in one of the four is found: what finds them agreeing can also find them in disagreement."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from .telling import Row, Told
from .test_agents import test_the_version_and_the_day_of_an_agent_are_the_same_everywhere as agent
from .test_days import test_slack_reports_what_the_warehouse_has as slack_day
from .test_days import test_the_dashboard_shows_what_the_warehouse_has as dashboard_day
from .test_days import test_the_warehouse_counts_what_jira_has as jira_day
from .test_links import test_a_link_to_a_page_leads_to_the_page_of_that_title as link
from .test_links import test_every_key_that_is_named_exists as key
from .test_phases import test_points_and_velocity_of_a_phase_are_the_same_everywhere as points
from .test_phases import test_the_days_of_a_phase_are_the_same_everywhere as days

LAST = "2026-02-02"


def issue(told: Told, number: str, **changed: str) -> Told:
    return replace(told, issues={**told.issues, number: {**told.issues[number], **changed}})


def table(told: Told, name: str, changed: Callable[[Row], Row]) -> Told:
    return replace(told, tables={**told.tables, name: [changed(row) for row in told.tables[name]]})


def wording(texts: Mapping[str, str], where: str, old: str, new: str) -> dict[str, str]:
    assert old in texts[where]
    return {**texts, where: texts[where].replace(old, new)}


def slack(told: Told, channel: str, old: str, new: str) -> Told:
    return replace(told, channels=wording(told.channels, channel, old, new))


def page(told: Told, number: str, old: str, new: str) -> Told:
    return replace(told, pages=wording(told.pages, number, old, new))


WRONG: Mapping[str, tuple[Callable[[Told], Told], Callable[[Told], None]]] = {
    "an issue of Jira that was done a day later": (
        lambda told: issue(told, "PMOS-13", resolved="2026-02-02 09:30"),
        lambda told: jira_day(told, "2026-02-01"),
    ),
    "a story point in Jira": (
        lambda told: issue(told, "PMOS-24", **{"Story Points": "4"}),
        lambda told: points(told, 3),
    ),
    "a day in the warehouse": (
        lambda told: table(told, "phase_history", lambda row: {**row, "end_date": LAST}),
        lambda told: days(told, 0),
    ),
    "a version in the warehouse": (
        lambda told: table(told, "agent_performance", lambda row: {**row, "version": "v1.1"}),
        lambda told: agent(told, "Engineering Partner"),
    ),
    "a figure in Slack": (
        lambda told: slack(told, "#pm-os-metrics", "Agents operational: 8", "Agents operational: 7"),
        lambda told: slack_day(told, LAST),
    ),
    "a key in Slack": (
        lambda told: slack(told, "#pm-os-dev", "PMOS-19", "PMOS-919"),
        key,
    ),
    "a link in Slack": (
        lambda told: slack(told, "#pm-os-dev", "pages/98454", "pages/98453"),
        link,
    ),
    "a figure on the dashboard": (
        lambda told: page(told, "98461", "| 25 of ", "| 24 of "),
        lambda told: dashboard_day(told, LAST),
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_it_is_found(told: Told, wrong: str) -> None:
    spoil, finds = WRONG[wrong]
    finds(told)
    with pytest.raises(AssertionError):
        finds(spoil(told))
