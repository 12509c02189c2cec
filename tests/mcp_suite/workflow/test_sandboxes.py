"""Each workflow on the sandboxes: what it makes is there, once, also when it is run again."""

from pathlib import Path

import pytest

from mcp_suite.workflow.answers import issues_listed
from mcp_suite.workflow.definitions import WORKFLOWS
from sandbox_kit import history

from .company import Company, channel, search
from .outcomes import CURRENT, LAST, case


@pytest.mark.parametrize("workflow", [each.name for each in WORKFLOWS])
def test_what_a_workflow_makes_is_there_once_and_linked(company: Company, tmp_path: Path, workflow: str) -> None:
    one = case(workflow, tmp_path, 99)
    told = one.begin(company)
    assert one.faults(told) == []
    assert told["summary"]["state"] == "finished"
    assert all(made["url"].startswith("https://") for made in told["summary"]["artefacts"])


def test_a_requirement_that_is_there_already_is_left_alone(company: Company, tmp_path: Path) -> None:
    one = case("feature-proposal", tmp_path, 98)
    one.begin(company)
    again = company.begin("feature-proposal", one.inputs)
    assert again["summary"]["done"] == []
    assert "has a page" in again["summary"]["failed"]["publish"]


def test_a_requirement_may_be_a_file(company: Company, tmp_path: Path) -> None:
    prd = tmp_path / "prd.md"
    prd.write_text("# Agent versioning\n\nNobody knows.\n\n## Stories\n\n- Record it (3)\n- Show it (5)\n")
    told = company.run(
        "feature-proposal", prd=str(prd), ask={"stories": search("parent = $epic.key$ ORDER BY key ASC")}
    )
    assert [each["summary"] for each in issues_listed(told["answers"]["stories"])] == ["Record it", "Show it"]


def test_a_day_is_reported_once_and_what_lasts_is_one_issue(company: Company) -> None:
    day = str(LAST.day)
    first = company.run("daily-metrics", date=day)
    again = company.run("daily-metrics", date=day)
    assert [made["url"] for made in first["artefacts"]] == [made["url"] for made in again["artefacts"]]
    assert {made["found"] for made in again["artefacts"]} == {"yes"}
    assert "issue[velocity]" in first["done"]
    asked = {
        "issues": search('project = PMOS AND labels = "quality-improvement" ORDER BY key ASC'),
        "posts": channel("#pm-os-metrics"),
    }
    company.run("daily-metrics", date="2026-03-01")
    missing = company.run("daily-metrics", date="2026-03-02", ask=asked)
    assert "issue[missing]" in missing["done"]
    summaries = [issue["summary"] for issue in issues_listed(missing["answers"]["issues"])]
    assert summaries == ["Velocity fell by more than 20%", "Daily metrics are missing"]
    assert "no figures of 2026-03-02" in missing["answers"]["posts"]


def test_a_day_before_there_were_figures_is_a_finding(company: Company) -> None:
    told = company.run("daily-metrics", date="2025-01-01", ask={"alerts": channel("#pm-os-alerts")})
    assert "issue[missing]" in told["done"]
    assert "has no figures up to 2025-01-01" in told["answers"]["alerts"]


def test_a_phase_that_is_complete_stays_so_when_it_is_completed_again(company: Company, tmp_path: Path) -> None:
    one = case("phase-completion", tmp_path, 97)
    one.begin(company)
    again = company.begin("phase-completion", one.inputs, ask=one.ask)
    assert one.faults(again) == []
    assert not [unit for unit in again["summary"]["done"] if unit.startswith("close[")]


@pytest.mark.stdio
def test_the_command_plans_with_real_servers_and_lists_what_would_be_closed(company: Company) -> None:
    inputs = ("--input", f"phase={CURRENT}", "--input", "confirmed_by=Human PM", "--input", "ended=2026-02-12")
    planned = company.command("run", "phase-completion", "--sandbox", "--dry-run", *inputs)
    closing = [step for step in planned if step["unit"].startswith("close[")]
    issues = company.ask(
        {"open": search(f"project = PMOS AND labels = phase-{CURRENT} AND statusCategory != Done ORDER BY key")}
    )
    keys = {issue["key"] for issue in issues_listed(issues["open"])}
    assert {step["arguments"]["key"] for step in closing} == keys
    assert len(keys) >= history.phase_figures(CURRENT).planned
