"""Killed at any moment, with any server lost, and in storms of refusals: resumed, each workflow has made all, once.

`WORKFLOW_PROOF=full` takes every moment, call and request of each workflow instead of some of them; that takes an hour.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from mcp_suite.workflow.definitions import WORKFLOWS

from .company import Company, Told
from .conftest import FULL, KILLED
from .outcomes import Case, case

Moment = dict[str, str | int]
NAMES = [workflow.name for workflow in WORKFLOWS]
STOPPED = 3
"""The exit status of a run of which a step failed."""
TRIES = 60
"""Attempts after which a storm should be over."""


def some(moments: Sequence[Moment], count: int, offset: int) -> Sequence[Moment]:
    """So many of them, from the beginning to the end; all of them for a full proof."""
    if FULL or len(moments) <= count:
        return moments
    step = len(moments) / count
    return [moments[int(offset + index * step) % len(moments)] for index in range(count)]


@pytest.fixture(scope="module")
def whole() -> dict[str, Told]:
    """What a run of each workflow was like in which nothing happened."""
    return {}


@pytest.fixture
def usual(company: Company, tmp_path: Path, whole: dict[str, Told]) -> Iterator[Any]:
    """How each workflow runs when nothing happens, and its cases, one after the other."""

    def of(workflow: str) -> Told:
        if workflow not in whole:
            one = case(workflow, tmp_path, 0)
            told = one.begin(company)
            assert one.faults(told) == []
            whole[workflow] = told
        return whole[workflow]

    yield of


def numbered(workflow: str, folder: Path) -> Iterator[Case]:
    return (case(workflow, folder, number) for number in range(1, 10_000))


@pytest.mark.parametrize("workflow", NAMES)
def test_killed_at_any_moment_it_makes_each_thing_once(
    company: Company, tmp_path: Path, usual: Any, workflow: str
) -> None:
    seen: Mapping[str, int] = usual(workflow)["seen"]
    moments: list[Moment] = [
        {"what": what, "number": number, "when": when}
        for what in ("line", "call", "request")
        for number in range(1, seen[what] + 1)
        for when in ("before", "after")
    ]
    chosen = some(moments, 2, NAMES.index(workflow) * 2 + 1)
    for moment, one in zip(chosen, numbered(workflow, tmp_path), strict=False):
        killed = one.begin(company, run=f"kill-{workflow}-{moments.index(moment)}", die=moment)
        assert killed["status"] == KILLED, (moment, killed)
        again = one.resume(company, f"kill-{workflow}-{moments.index(moment)}")
        assert one.faults(again) == [], moment
    print(f"{workflow}: killed at {len(chosen)} of {len(moments)} moments")  # noqa: T201 - the figures of the proof


@pytest.mark.parametrize("workflow", NAMES if FULL else NAMES[:1])
def test_killed_at_each_line_in_turn_one_run_makes_each_thing_once(
    company: Company, tmp_path: Path, usual: Any, workflow: str
) -> None:
    lines: int = usual(workflow)["seen"]["line"]
    one = case(workflow, tmp_path, 0)
    run = f"again-{workflow}"
    told = one.begin(company, run=run, die={"what": "line", "number": 2, "when": "before"})
    tries = 1
    while told["status"] == KILLED:
        told = one.resume(company, run, die={"what": "line", "number": 3 if FULL else 9, "when": "before"})
        tries += 1
        assert tries <= lines
    assert one.faults(told) == []
    assert tries > 2


@pytest.mark.parametrize("workflow", NAMES)
def test_with_any_server_lost_it_stops_and_goes_on(company: Company, tmp_path: Path, usual: Any, workflow: str) -> None:
    calls: Sequence[str] = usual(workflow)["calls"]
    last = {tool.partition("_")[0]: number for number, tool in enumerate(calls, start=1)}
    chosen = last if workflow == NAMES[0] else {"slack": last["slack"]}
    numbers = range(1, len(calls) + 1) if FULL else chosen.values()
    moments = [(number, when) for number in numbers for when in (("before", "after") if FULL else ("after",))]
    for (number, when), one in zip(moments, numbered(workflow, tmp_path), strict=False):
        run = f"lose-{workflow}-{number}-{when}"
        stopped = one.begin(company, run=run, lose={"number": number, "when": when})
        assert stopped["status"] == STOPPED, stopped
        assert "the server is gone" in stopped["error"]
        assert stopped["summary"]["resume"] == f"mcp-suite workflow resume {run}"
        again = one.resume(company, run)
        assert one.faults(again) == [], (number, when)
    print(f"{workflow}: a server lost at {len(numbers)} of {len(calls)} calls")  # noqa: T201


@pytest.mark.parametrize("workflow", NAMES)
def test_with_any_service_out_of_reach_it_stops_and_goes_on(
    company: Company, tmp_path: Path, usual: Any, workflow: str
) -> None:
    requests: int = usual(workflow)["seen"]["request"]
    moments: list[Moment] = [
        {"number": number, "when": when} for number in range(1, requests + 1) for when in ("before", "after")
    ]
    chosen = some(moments, 1, NAMES.index(workflow) * 3 + 7)
    for moment, one in zip(chosen, numbered(workflow, tmp_path), strict=False):
        run = f"down-{workflow}-{moments.index(moment)}"
        stopped = one.begin(company, run=run, down=moment)
        if stopped["status"] != 0:  # the last answer of a service may be one that nobody misses
            assert stopped["status"] == STOPPED, (moment, stopped)
            stopped = one.resume(company, run)
        assert one.faults(stopped) == [], moment
    print(f"{workflow}: out of reach at {len(chosen)} of {len(moments)} requests")  # noqa: T201


@pytest.mark.parametrize("service", ["confluence", "jira", "slack"] if FULL else ["jira", "slack"])
@pytest.mark.parametrize("workflow", NAMES if FULL else NAMES[:1])
def test_in_a_storm_of_refusals_it_stops_and_goes_on(
    company: Company, tmp_path: Path, workflow: str, service: str
) -> None:
    one = case(workflow, tmp_path, {"confluence": 1, "jira": 2, "slack": 3}[service])
    run = f"storm-{workflow}-{service}"
    told = one.begin(company, run=run, storm={service: 40 if FULL else 9})
    tries = 1
    assert told["status"] == STOPPED
    assert re.search("429|no more often", told["error"])
    while told["status"] == STOPPED:
        told = one.resume(company, run)
        tries += 1
        assert tries < TRIES
    assert one.faults(told) == []
