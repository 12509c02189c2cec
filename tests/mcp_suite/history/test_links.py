"""Whoever follows a key or a link from one sandbox to another finds there what was promised."""

import re

import pytest

from .telling import Told

SITE = "https://pm-os.sandbox.invalid"
_KEY = re.compile(r"\b(?:PMOS|DESK)-\d+\b")


def texts(told: Told) -> dict[str, str]:
    """Every text of Slack and Confluence, by where it stands."""
    return {**told.channels, **{told.titles[number]: text for number, text in told.pages.items()}}


def test_every_key_that_is_named_exists(told: Told) -> None:
    named = {(where, key) for where, text in texts(told).items() for key in _KEY.findall(text)}
    assert {(where, key) for where, key in named if key not in told.issues} == set()
    assert len({key for _, key in named}) > 40
    assert len({key for where, key in named if where.startswith("#")}) > 15


def test_every_deliverable_that_is_done_is_named_in_confluence(told: Told) -> None:
    named = {key for text in told.pages.values() for key in _KEY.findall(text)}
    assert {key for key, row in told.issues.items() if row["status"] == "Done" and row["parent"]} <= named


def test_a_key_in_slack_leads_to_its_issue(told: Told) -> None:
    links = [link for text in told.channels.values() for link in re.findall(r"\[([A-Z]+-\d+)\]\((\S+?)\)", text)]
    assert len(links) > 15
    assert [(key, url) for key, url in links if url != f"{SITE}/browse/{key}"] == []


def test_a_summary_in_slack_is_that_of_the_issue(told: Told) -> None:
    said = [found for text in told.channels.values() for found in re.findall(r"\[(PMOS-\d+)\]\(\S+?\) ([A-Z].*)", text)]
    assert said
    for key, words in said:
        assert words.startswith(told.issues[key]["summary"]), key


@pytest.mark.parametrize("channel", ["#pm-os-dev", "#announcements", "#pm-os-metrics"])
def test_a_message_about_a_phase_names_issues_of_that_phase(told: Told, channel: str) -> None:
    checked = 0
    for line in told.channels[channel].splitlines():
        phases = set(re.findall(r"Phase (\d)\b(?! completion)", line))
        for key in _KEY.findall(line) if len(phases) == 1 else ():
            (phase,) = phases
            issue = told.issues[key]
            assert issue["pm_os_phase"] == f"Phase {phase}" or issue["summary"].startswith(f"Phase {phase} "), line
            checked += 1
    assert checked


def test_a_link_to_a_page_leads_to_the_page_of_that_title(told: Told) -> None:
    pattern = rf"\[([^\]]+)\]\({re.escape(SITE)}/wiki/spaces/PMOS/pages/(\d+)\)"
    links = [link for text in told.channels.values() for link in re.findall(pattern, text)]
    assert len(links) > 10
    # A title may say what it shows of the page instead.
    named = [(title, number) for title, number in links if title in told.titles.values()]
    assert len(named) > 10
    assert [(title, number) for title, number in named if told.titles.get(number) != title] == []
    assert {number for _, number in links} <= set(told.titles)


def test_nothing_is_told_before_it_happened(told: Told) -> None:
    """A message that names a deliverable as done is not older than its end, nor older than a page it links to."""
    day = ""
    for line in told.channels["#pm-os-dev"].splitlines():
        if found := re.match(r"## (\d{4}-\d\d-\d\d)", line):
            day = found[1]
        if found := re.match(r"\[(\d\d:\d\d) .*(?:is deployed|are finished|can be read|COMPLETE)", line):
            moment = f"{day} {found[1]}"
            for key in _KEY.findall(line.partition("The guide")[0]):
                issue = told.issues[key]
                if issue["parent"]:
                    assert issue["resolved"] <= moment, line
            for number in re.findall(r"/pages/(\d+)", line):
                made, updated = re.findall(r"^by [^,]+, ([\d-]+); updated (\S+ \S+)", told.pages[number], re.MULTILINE)[
                    0
                ]
                once = " · version 1 · " in told.pages[number]
                assert (updated if once else made) <= moment, line
