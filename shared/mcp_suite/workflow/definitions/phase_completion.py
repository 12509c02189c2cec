"""A phase that somebody has confirmed to be complete is closed everywhere, and the next one begins."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from mcp_suite.workflow.answers import first_line, issues_listed, message_posted, next_cursor, page_written, rows
from mcp_suite.workflow.definitions.phase_texts import (
    announcement,
    audit,
    audit_query,
    ended,
    history_row,
    next_row,
    number,
    phase_label,
    phase_query,
    report,
    report_title,
)
from mcp_suite.workflow.definitions.places import (
    ALERTS,
    DATABASE,
    DEV,
    PROJECT,
    SCHEMA,
    SPACE,
    day,
    day_in,
    existing_file,
    figure,
    maybe,
    one_line,
    whole_number,
)
from mcp_suite.workflow.looking import confirmed, message_with_mark, moved, page_with_mark, status_of
from mcp_suite.workflow.model import (
    HERE,
    Arguments,
    Call,
    Input,
    InputError,
    Item,
    Known,
    Outputs,
    Step,
    StepError,
    Workflow,
)
from mcp_suite.workflow.roadmap import update_file

DONE = "Done"
_TYPES = ("sub-task", "bug", "task", "story", "epic")
"""From the smallest on: what holds others is closed after them."""
_PAGES = 10
"""Pages of a hundred issues that a phase has at most."""


def complete(values: dict[str, str]) -> dict[str, str]:
    """The same inputs, if a phase ends after it began."""
    if values["began"] and values["began"] > values["ended"]:
        raise InputError("began", f"is after the phase ended ({values['ended']})")
    return values


def _phase(answer: str, known: Known) -> Outputs:
    by_number = {int(row["phase_id"]): row for row in rows(answer)}
    this, following = by_number.get(number(known)), by_number.get(number(known) + 1)
    if this is None:
        raise StepError(f"phase_history has no row of phase {known.inputs['phase']}: is the number right?")
    began = known.inputs["began"] or day_in(this, "start_date")
    if began > known.inputs["ended"]:
        raise StepError(f"phase_history says that the phase begins on {began}: give --input ended=… or began=…")
    return {
        "name": this["phase_name"],
        "planned": figure(this, "deliverables_planned"),
        "estimated": figure(this, "estimated_days"),
        "began": began,
        "next": following["phase_name"] if following else "",
    }


def _open(known: Known) -> Arguments:
    jql = f'project = "{known.inputs["project"]}" AND labels = "{phase_label(known)}" AND statusCategory != Done'
    return {"jql": f"{jql} ORDER BY key ASC", "limit": 100}


async def _all_open(call: Call, known: Known) -> str:
    given, found = dict(_open(known)), list[dict[str, str]]()
    for _ in range(_PAGES):
        answer = await call("jira", "jira_search_issues", given)
        found += issues_listed(answer)
        if not (cursor := next_cursor(answer)):
            return json.dumps(found)
        given["cursor"] = cursor
    raise StepError(f"more than {_PAGES * 100} issues with the label {phase_label(known)} are open")


def _issues(answer: str, _: Known) -> Outputs:
    found: list[Mapping[str, str]] = json.loads(answer)
    kept = [{name: row[name] for name in ("key", "type", "status", "summary", "url")} for row in found]
    kept.sort(key=lambda row: _TYPES.index(row["type"].casefold()) if row["type"].casefold() in _TYPES else 2)
    told = f"{len(kept)} open" + (f": {', '.join(row['key'] for row in kept)}" if kept else "")
    return {"issues": [dict(row) for row in kept], "count": len(kept), "title": told}


async def _still_open(call: Call, known: Known) -> str:
    """The issues that are open; of those that this run has closed it asks each, since a search may lag behind."""
    found: list[dict[str, str]] = json.loads(await _all_open(call, known))
    return json.dumps(
        [row for row in found if not (known.done(f"close[{row['key']}]") and await status_of(call, row["key"]) == DONE)]
    )


def _to_close(known: Known) -> Sequence[Item]:
    return [
        {"id": row["key"], "url": row["url"], "title": f"{row['key']} {row['summary']}"}
        for row in known.table("issues", "issues")
    ]


async def _write_roadmap(_: Call, known: Known) -> str:
    changed = update_file(Path(known.inputs["roadmap"]), number(known))
    return "rewritten" if changed else "says so already"


def _changed(answer: str, _: Known) -> Outputs:
    return {"title": "phase_history", "answer": first_line(answer)}


def _audited(answer: str, _: Known) -> Outputs:
    row = rows(answer)[0]
    return {name: int(row[name]) for name in ("made", "approved", "reworked")}


def _no_next(known: Known) -> str:
    if known.planning and not known.done("phase"):
        return ""
    return "" if known.text("phase", "next") else "there is no phase after it"


def _next_epic_query(known: Known) -> Arguments:
    jql = f'project = "{known.inputs["project"]}" AND issuetype = Epic AND labels = "phase-{number(known) + 1}"'
    return {"jql": f"{jql} AND statusCategory != Done ORDER BY key ASC", "limit": 5}


def _next_epics(answer: str, _: Known) -> Outputs:
    return {"issues": [{"key": row["key"], "url": row["url"]} for row in issues_listed(answer)]}


def _to_begin(known: Known) -> Sequence[Item]:
    return [{"id": row["key"], "url": row["url"]} for row in known.table("next_epics", "issues")[:1]]


def _moved(_: str, known: Known) -> Outputs:
    return {"key": known.item["id"], "title": known.item["id"], "url": known.item["url"]}


def _id(known: Known) -> str:
    return known.item["id"]


WORKFLOW = Workflow(
    name="phase-completion",
    title="Complete a phase",
    about="A confirmed phase is closed in roadmap, report, issues and phase_history, and audited; the next one begins.",
    inputs=(
        Input("phase", "Number of the phase.", None, whole_number),
        Input("confirmed_by", "Who has confirmed that it is complete.", None, one_line),
        Input("ended", "Day it ended.", "today", day),
        Input("began", "Day it began; by default as in phase_history.", "", maybe(day)),
        Input("learned", "What was learned, as Markdown.", ""),
        Input("roadmap", "Markdown file of the roadmap; empty: none.", "", maybe(existing_file)),
        PROJECT,
        SPACE,
        Input("parent", "Page that the report is published under.", "Phase Reports", one_line),
        DEV,
        ALERTS,
        DATABASE,
        SCHEMA,
    ),
    complete=complete,
    subject=lambda inputs: f"phase-{inputs['phase']}-completion",
    steps=(
        Step("phase", "Read the phase", "snowflake", "snowflake_run_query", phase_query, _phase, reads=True),
        Step(
            name="issues",
            title="List its open issues",
            server="jira",
            tool="jira_search_issues",
            arguments=_open,
            perform=_all_open,
            extract=_issues,
            reads=True,
        ),
        Step(
            name="roadmap",
            title="Update the roadmap",
            server=HERE,
            tool="",
            arguments=lambda known: {"path": known.inputs["roadmap"], "phase": number(known)},
            perform=_write_roadmap,
            extract=lambda answer, known: {"title": known.inputs["roadmap"], "answer": answer},
            skip=lambda known: "" if known.inputs["roadmap"] else "no roadmap file was named",
        ),
        Step(
            name="report",
            title="Publish the report",
            server="confluence",
            tool="confluence_create_page",
            arguments=report,
            extract=lambda answer, _: page_written(answer),
            look=page_with_mark(lambda known: f"{known.inputs['space']}/{report_title(known)}"),
            also=("confluence_get_page",),
            undo=lambda _, made: f"confluence_delete_page page={made.get('id', '')}",
        ),
        Step(
            name="label",
            title="Label the report",
            server="confluence",
            tool="confluence_update_labels",
            arguments=lambda known: {"page": known.text("report", "id"), "add": ["report", phase_label(known)]},
            extract=lambda answer, _: {"id": str(page_written(answer)["id"])},
        ),
        Step(
            name="close",
            title="Close an issue",
            server="jira",
            tool="jira_transition_issue",
            arguments=lambda known: {"key": _id(known), "status": DONE},
            perform=moved(_id, DONE),
            extract=_moved,
            each=_to_close,
            undo=lambda _, made: f"jira_transition_issue key={made.get('key', '')}",
        ),
        Step(
            name="announce",
            title="Announce it",
            server="slack",
            tool="slack_post_message",
            arguments=announcement,
            extract=lambda answer, known: {**message_posted(answer), "title": known.inputs["channel"]},
            look=message_with_mark(lambda known: known.inputs["channel"], ended),
            also=("slack_read_channel",),
            undo=lambda _, made: f"slack_delete_message message={made.get('id', '')}",
        ),
        Step(
            name="history",
            title="Enter it into phase_history",
            server="snowflake",
            tool="snowflake_run_change",
            arguments=history_row,
            perform=confirmed(history_row),
            extract=_changed,
        ),
        Step("audited", "Count its artifacts", "snowflake", "snowflake_run_query", audit_query, _audited, reads=True),
        Step(
            name="remaining",
            title="Count what is still open",
            server="jira",
            tool="jira_search_issues",
            arguments=_open,
            perform=_still_open,
            extract=_issues,
            reads=True,
            also=("jira_get_issue",),
        ),
        Step(
            name="audit",
            title="Post the audit",
            server="slack",
            tool="slack_post_alert",
            arguments=audit,
            extract=lambda answer, known: {**message_posted(answer), "title": known.inputs["alerts"]},
            look=message_with_mark(lambda known: known.inputs["alerts"], ended),
            also=("slack_read_channel",),
            undo=lambda _, made: f"slack_delete_message message={made.get('id', '')}",
        ),
        Step(
            name="next_row",
            title="Make the next phase current",
            server="snowflake",
            tool="snowflake_run_change",
            arguments=next_row,
            perform=confirmed(next_row),
            extract=_changed,
            skip=_no_next,
        ),
        Step(
            name="next_epics",
            title="Find its epic",
            server="jira",
            tool="jira_search_issues",
            arguments=_next_epic_query,
            extract=_next_epics,
            reads=True,
            skip=_no_next,
        ),
        Step(
            name="begin",
            title="Begin the next phase",
            server="jira",
            tool="jira_transition_issue",
            arguments=lambda known: {"key": _id(known), "status": "In Progress"},
            perform=moved(_id, "In Progress"),
            extract=_moved,
            each=_to_begin,
            undo=lambda _, made: f"jira_transition_issue key={made.get('key', '')}",
        ),
    ),
)
