"""Each workflow on the sandboxes, by real servers: what it makes is there, once, also when it is run again."""

import json
import os
from pathlib import Path

import pytest

from mcp_suite.workflow.answers import issues_listed, rows

from .company import Company, channel, given, query, search


@pytest.mark.stdio
def test_a_feature_is_proposed_in_all_four_services(company: Company, tmp_path: Path) -> None:
    prd = tmp_path / "prd.md"
    prd.write_text("# Agent's versions\n\nNobody knows.\n\n## Stories\n\n- Record it (3)\n- Show it (5)\n")
    done = company.run("run", "feature-proposal", "--sandbox", *given(prd=str(prd)))
    epic = done["outputs"]["epic"]["key"]
    told = company.ask(
        {
            "stories": search(f"parent = {epic} ORDER BY key ASC"),
            "epic": ("jira_get_issue", {"key": epic, "include": ["all_fields"]}),
            "links": ("jira_list_remote_links", {"key": epic}),
            "page": ("confluence_get_page", {"page": "PMOS/Agent's versions"}),
            "post": channel("#pm-os-dev"),
            "row": query("SELECT * FROM artifact_catalog WHERE artifact_name = 'Agent''s versions'"),
        }
    )
    assert [issue["summary"] for issue in issues_listed(told["stories"])] == ["Record it", "Show it"]
    assert "pm_os_phase: Phase 4" in told["epic"]
    page = done["outputs"]["publish"]["url"]
    assert page in told["links"]
    assert "labels: agent-generated, phase-4, prd" in told["page"] or "prd" in told["page"].split("labels:")[1][:60]
    assert told["page"].count("## Work in Jira") == 1
    assert epic in told["page"]
    assert told["post"].count("New PRD") == 1
    assert page in told["post"]
    (row,) = rows(told["row"])
    assert (row["artifact_type"], row["phase"], row["acceptance_status"]) == ("PRD", "4", "Proposed")
    again = company.run("run", "feature-proposal", "--sandbox", *given(prd=str(prd)), status=1)
    assert again["done"] == []
    assert "has a page" in again["failed"]["publish"]


@pytest.mark.stdio
def test_the_days_metrics_are_reported_once_and_a_fall_becomes_one_issue(company: Company) -> None:
    first = company.run("run", "daily-metrics", "--sandbox", *given(date="2026-02-02"))
    again = company.run("run", "daily-metrics", "--sandbox", *given(date="2026-02-02"))
    missing = company.run("run", "daily-metrics", "--sandbox", *given(date="2026-02-03"))
    assert [made["url"] for made in first["artefacts"]] == [made["url"] for made in again["artefacts"]]
    assert {made["found"] for made in again["artefacts"]} == {"yes"}
    assert "issue[velocity]" in first["done"]
    assert "issue[missing]" in missing["done"]
    told = company.ask(
        {
            "issues": search('project = PMOS AND labels = "quality-improvement" ORDER BY key ASC'),
            "posts": channel("#pm-os-metrics"),
            "alerts": channel("#pm-os-alerts"),
            "page": ("confluence_get_page", {"page": "PMOS/Quality dashboard", "part": "Daily metrics"}),
        }
    )
    summaries = [issue["summary"] for issue in issues_listed(told["issues"])]
    assert summaries == ["Velocity fell by more than 20%", "Daily metrics are missing"]
    assert told["posts"].count("Daily metrics, 2026-02-02") == 1
    assert "no figures of 2026-02-03" in told["posts"]
    assert told["alerts"].count("Daily metrics of 2026-02-02") == 1
    assert "| 2026-02-02 | 4 | 25 of 46 | 100% | 10.5 |" in told["page"]


@pytest.mark.stdio
def test_a_phase_is_completed_everywhere_and_the_next_one_begins(company: Company, tmp_path: Path) -> None:
    roadmap = tmp_path / "ROADMAP.md"
    roadmap.write_text("| Phase | Status |\n|---|---|\n| 4 | In progress |\n| 5 | Planned |\n")
    inputs = given(phase="4", confirmed_by="Human PM", began="2026-02-03", ended="2026-02-12", roadmap=str(roadmap))
    planned = company.run("run", "phase-completion", "--sandbox", "--dry-run", *inputs)
    closing = [step for step in planned if step["unit"].startswith("close[")]
    assert len(closing) == 11
    done = company.run("run", "phase-completion", "--sandbox", *inputs)
    again = company.run("run", "phase-completion", "--sandbox", *inputs)
    assert done["state"] == again["state"] == "finished"
    told = company.ask(
        {
            "open": search("project = PMOS AND labels = phase-4 AND statusCategory != Done"),
            "next": search('project = PMOS AND issuetype = Epic AND labels = phase-5 AND status = "In Progress"'),
            "page": ("confluence_get_page", {"page": "PMOS/Phase 4 completion report"}),
            "posts": channel("#pm-os-dev"),
            "alerts": channel("#pm-os-alerts"),
            "rows": query("SELECT * FROM phase_history WHERE phase_id IN (4, 5) ORDER BY phase_id"),
        }
    )
    assert issues_listed(told["open"]) == []
    assert len(issues_listed(told["next"])) == 1
    assert "**10 days**" in told["page"]
    assert told["posts"].count("Phase 4 COMPLETE") == 1
    assert told["alerts"].count("Quality audit of Phase 4") == 1
    this, following = rows(told["rows"])
    assert (this["status"], this["end_date"], this["duration_days"]) == ("Complete", "2026-02-12", "10.00")
    assert following["status"] == "Current"
    assert roadmap.read_text() == "| Phase | Status |\n|---|---|\n| 4 | Complete |\n| 5 | Current |\n"


@pytest.mark.stdio
def test_an_interrupted_proposal_goes_on_by_itself_what_it_made_being_found(company: Company) -> None:
    run = company.run("run", "feature-proposal", "--sandbox", *given(title="Cut short", summary="Why.", stories="One"))
    record = Path(os.environ["MCP_SUITE_STATE_DIR"]) / "workflows" / f"{run['run']}.jsonl"
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    kept = [line for line in lines if line["event"] in ("begun", "intended")]
    record.write_text("".join(f"{json.dumps(line)}\n" for line in kept))
    again = company.run("resume", run["run"])
    assert [made["url"] for made in again["artefacts"]] == [made["url"] for made in run["artefacts"]]
    told = company.ask(
        {
            "issues": search('project = PMOS AND summary ~ "Cut short" AND issuetype = Epic'),
            "page": ("confluence_get_page", {"page": "PMOS/Cut short"}),
            "post": channel("#pm-os-dev"),
            "row": query("SELECT * FROM artifact_catalog WHERE artifact_name = 'Cut short'"),
        }
    )
    assert len(issues_listed(told["issues"])) == 1
    assert told["page"].count("## Work in Jira") == 1
    assert told["post"].count("New PRD: **Cut short**") == 1
    assert len(rows(told["row"])) == 1
