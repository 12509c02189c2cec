"""What each workflow is told, and whether the four services hold afterwards what it makes, each thing once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp_suite.workflow.answers import issues_listed, rows
from sandbox_kit import history

from .company import Asked, Company, Told, channel, query, search

LAST = history.days()[-1]
CURRENT = next(phase.number for phase in history.PHASES if not phase.finished)
STORIES = ("Record it", "Show it")
ROADMAP = f"| Phase | Status |\n|---|---|\n| {CURRENT} | In progress |\n| {CURRENT + 1} | Planned |\n"
BEFORE = (
    f"UPDATE phase_history SET status = 'Planned', end_date = NULL WHERE phase_id >= {CURRENT}",  # noqa: S608
)
"""What takes back in Snowflake what a completed phase has changed there."""


@dataclass(frozen=True, slots=True)
class Case:
    """A workflow with inputs of its own, what is asked afterwards, and what is wrong with the answers."""

    workflow: str
    inputs: Mapping[str, str]
    ask: Asked
    wrong: Callable[[Mapping[str, str]], list[str]]

    def begin(self, company: Company, **job: Any) -> Told:
        """Begin a run on sandboxes as they were at first."""
        sql: Sequence[str] = ()
        if roadmap := self.inputs.get("roadmap"):
            Path(roadmap).write_text(ROADMAP)
            sql = BEFORE
        return company.begin(self.workflow, self.inputs, fresh=True, sql=sql, ask=self.ask, **job)

    def resume(self, company: Company, run: str, **job: Any) -> Told:
        """Go on with it."""
        return company.resume(run, ask=self.ask, **job)

    def faults(self, told: Told) -> list[str]:
        """What is wrong when a run should have come to its end; nothing, as it should be."""
        if told["status"] != 0:
            return [str(told)]
        return self.wrong(told["answers"])


def case(workflow: str, folder: Path, number: int) -> Case:
    """A case of this workflow, like which there is no other."""
    return {"feature-proposal": proposal, "daily-metrics": day, "phase-completion": completion}[workflow](
        folder, number
    )


def counted(found: Mapping[str, tuple[int, int]]) -> list[str]:
    return [f"{name}: {count}, not {wanted}" for name, (count, wanted) in found.items() if count != wanted]


def proposal(_: Path, number: int) -> Case:
    title = f"Agents' versions {number}"
    ask: Asked = {
        "epics": search("project = PMOS AND issuetype = Epic ORDER BY key DESC"),
        "stories": search("parent = $epic.key$ ORDER BY key ASC"),
        "epic": ("jira_get_issue", {"key": "$epic.key$", "include": ["all_fields"]}),
        "story": ("jira_get_issue", {"key": "$story[1].key$", "include": ["all_fields"]}),
        "links": ("jira_list_remote_links", {"key": "$story[2].key$"}),
        "page": ("confluence_get_page", {"page": f"PMOS/{title}"}),
        "posts": channel("#pm-os-dev"),
        "row": query(f"SELECT * FROM artifact_catalog WHERE artifact_name = 'Agents'' versions {number}'"),  # noqa: S608
    }

    def wrong(told: Mapping[str, str]) -> list[str]:
        epics = [issue for issue in issues_listed(told["epics"]) if issue["summary"] == title]
        stories = issues_listed(told["stories"])
        head = told["page"].partition("Nobody knows")[0]
        url = told["page"].split("\n", 1)[0].rsplit(" ", 1)[-1]
        faults = counted(
            {
                "epics": (len(epics), 1),
                "sections": (told["page"].count("## Work in Jira"), 1),
                "links on the page": (len(set(re.findall(r"browse/(PMOS-\d+)", told["page"]))), 3),
                "links to the page": (told["links"].count(url), 1),
                "posts": (told["posts"].count(f"New PRD: **{title}**"), 1),
                "links in the post": (told["posts"].count(url), 1),
                "rows": (len(rows(told["row"])), 1),
            }
        )
        faults += [] if [each["summary"] for each in stories] == list(STORIES) else [f"stories: {told['stories']}"]
        faults += [] if all(label in head for label in ("prd", "phase-4", "agent-generated")) else [f"labels: {head}"]
        for place in (told["epic"], told["story"]):
            faults += [] if "pm_os_phase: Phase 4" in place and url in place else [f"fields: {place}"]
        faults += [] if re.search(r"[Ss]tory [Pp]oints: 3", told["story"]) else [f"points: {told['story']}"]
        return faults

    inputs = {"title": title, "summary": "Nobody knows.", "stories": f"{STORIES[0]} (3); {STORIES[1]} (5)"}
    return Case("feature-proposal", inputs, ask, wrong)


def day(_: Path, __: int) -> Case:
    when = str(LAST.day)
    ask: Asked = {
        "issues": search('project = PMOS AND labels = "quality-improvement" ORDER BY key ASC'),
        "posts": channel("#pm-os-metrics"),
        "alerts": channel("#pm-os-alerts"),
        "page": ("confluence_get_page", {"page": "PMOS/Quality dashboard", "part": "Daily metrics"}),
    }

    def wrong(told: Mapping[str, str]) -> list[str]:
        line = f"| {when} | {LAST.phases_complete} | {LAST.deliverables_complete} of {LAST.deliverables_total} |"
        velocity = [one for one in issues_listed(told["issues"]) if one["summary"] == "Velocity fell by more than 20%"]
        return counted(
            {
                "issues": (len(velocity), 1),
                "posts": (told["posts"].count(f"Daily metrics, {when}"), 1),
                "alerts": (told["alerts"].count(f"Daily metrics of {when}"), 1),
                "sections": (told["page"].count("## Daily metrics"), 1),
                "lines": (told["page"].count(line), 1),
            }
        )

    return Case("daily-metrics", {"date": when}, ask, wrong)


def completion(folder: Path, number: int) -> Case:
    roadmap = folder / f"ROADMAP-{number}.md"
    inputs = {"phase": str(CURRENT), "confirmed_by": "Human PM", "began": "2026-02-03", "ended": "2026-02-12"}
    ask: Asked = {
        "open": search(f"project = PMOS AND labels = phase-{CURRENT} AND statusCategory != Done"),
        "next": search(
            f'project = PMOS AND issuetype = Epic AND labels = phase-{CURRENT + 1} AND status = "In Progress"'
        ),
        "page": ("confluence_get_page", {"page": f"PMOS/Phase {CURRENT} completion report"}),
        "posts": channel("#pm-os-dev"),
        "alerts": channel("#pm-os-alerts"),
        "rows": query(f"SELECT * FROM phase_history WHERE phase_id >= {CURRENT} ORDER BY phase_id"),  # noqa: S608
    }

    def wrong(told: Mapping[str, str]) -> list[str]:
        this, following, *_ = rows(told["rows"])
        complete = (this["status"], this["end_date"], this["duration_days"])
        faults = counted(
            {
                "open issues": (len(issues_listed(told["open"])), 0),
                "next epics": (len(issues_listed(told["next"])), 1),
                "posts": (told["posts"].count(f"Phase {CURRENT} COMPLETE"), 1),
                "alerts": (told["alerts"].count(f"Quality audit of Phase {CURRENT}"), 1),
            }
        )
        faults += [] if "**10 days**" in told["page"] else [f"page: {told['page']}"]
        faults += [] if complete == ("Complete", "2026-02-12", "10.00") else [f"row: {this}"]
        faults += [] if following["status"] == "Current" else [f"next row: {following}"]
        after = ROADMAP.replace("In progress", "Complete").replace("Planned", "Current")
        return faults + ([] if roadmap.read_text() == after else [f"roadmap: {roadmap.read_text()}"])

    return Case("phase-completion", {**inputs, "roadmap": str(roadmap)}, ask, wrong)
