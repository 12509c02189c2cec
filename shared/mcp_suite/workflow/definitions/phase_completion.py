"""A phase that somebody has confirmed to be complete is closed everywhere, and the next one begins."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from mcp_suite.workflow.answers import first_line, issues_listed, message_posted, next_cursor, page_written, rows
from mcp_suite.workflow.definitions.places import (
    ALERTS,
    DATABASE,
    DEV,
    PROJECT,
    SCHEMA,
    SPACE,
    day,
    existing_file,
    maybe,
    one_line,
    plain,
    quoted,
    sql,
    whole_number,
)
from mcp_suite.workflow.looking import confirmed, message_with_mark, moved, page_with_mark
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
from mcp_suite.workflow.roadmap import COMPLETE, CURRENT, update_file

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


def _number(known: Known) -> int:
    return int(known.inputs["phase"])


def _since(known: Known) -> datetime:
    """What is said of a phase's end is not older than that day."""
    return min(datetime.fromisoformat(known.inputs["ended"]).replace(tzinfo=UTC), known.started)


def _label(known: Known) -> str:
    return f"phase-{known.inputs['phase']}"


def _phase_query(known: Known) -> Arguments:
    number = _number(known)
    return sql(
        known,
        "SELECT phase_id, phase_name, status, start_date, estimated_days, deliverables_planned FROM phase_history "
        f"WHERE phase_id IN ({number}, {number + 1}) ORDER BY phase_id",
    )


def _phase(answer: str, known: Known) -> Outputs:
    by_number = {int(row["phase_id"]): row for row in rows(answer)}
    this, following = by_number.get(_number(known)), by_number.get(_number(known) + 1)
    if this is None:
        raise StepError(f"phase_history has no row of phase {known.inputs['phase']}: is the number right?")
    return {
        "name": this["phase_name"],
        "planned": this["deliverables_planned"],
        "estimated": this["estimated_days"],
        "began": known.inputs["began"] or this["start_date"],
        "next": following["phase_name"] if following else "",
    }


def _open(known: Known) -> Arguments:
    jql = f'project = "{known.inputs["project"]}" AND labels = "{_label(known)}" AND statusCategory != Done'
    return {"jql": f"{jql} ORDER BY key ASC", "limit": 100}


async def _all_open(call: Call, known: Known) -> str:
    given, found = dict(_open(known)), list[dict[str, str]]()
    for _ in range(_PAGES):
        answer = await call("jira", "jira_search_issues", given)
        found += issues_listed(answer)
        if not (cursor := next_cursor(answer)):
            return json.dumps(found)
        given["cursor"] = cursor
    raise StepError(f"more than {_PAGES * 100} issues with the label {_label(known)} are open")


def _issues(answer: str, _: Known) -> Outputs:
    found: list[Mapping[str, str]] = json.loads(answer)
    kept = [{name: row[name] for name in ("key", "type", "status", "summary", "url")} for row in found]
    kept.sort(key=lambda row: _TYPES.index(row["type"].casefold()) if row["type"].casefold() in _TYPES else 2)
    return {"issues": [dict(row) for row in kept], "count": len(kept)}


def _to_close(known: Known) -> Sequence[Item]:
    return [
        {"id": row["key"], "url": row["url"], "title": f"{row['key']} {row['summary']}"}
        for row in known.table("issues", "issues")
    ]


async def _write_roadmap(_: Call, known: Known) -> str:
    changed = update_file(Path(known.inputs["roadmap"]), _number(known))
    return "rewritten" if changed else "says so already"


def _title(known: Known) -> str:
    return f"Phase {known.inputs['phase']} completion report"


def _days(known: Known) -> float | None:
    began = known.text("phase", "began")
    if not began or began.startswith("<"):
        return None
    return float((date.fromisoformat(known.inputs["ended"]) - date.fromisoformat(began)).days + 1)


def _report(known: Known) -> Arguments:
    days, name = _days(known), plain(known.text("phase", "name"))
    took = "not recorded" if days is None else f"**{days:g} days**"
    closed = known.table("issues", "issues")
    listed = [f"- [{row['key']}]({row['url']}) {plain(row['summary'])} (was {row['status']})" for row in closed]
    lines = [
        "## In short",
        "",
        f"Phase {known.inputs['phase']}, {name}, is complete since {known.inputs['ended']}, "
        f"as confirmed by {plain(known.inputs['confirmed_by'])}.",
        "",
        "## Planned and done",
        "",
        "|  | Planned | Done |",
        "|---|---|---|",
        f"| Deliverables | {known.text('phase', 'planned')} | {known.text('phase', 'planned')} |",
        f"| Time | {known.text('phase', 'estimated')} days | {took} |",
        "",
        "## Closed with the phase",
        "",
        *(listed or ["No issue was open."]),
        "",
        *(["## What we learned", "", known.inputs["learned"], ""] if known.inputs["learned"] else []),
        "---",
        "",
        f"*Written by the workflow phase-completion: `{known.mark}`*",
    ]
    return {
        "title": _title(known),
        "body": "\n".join(lines),
        "parent": f"{known.inputs['space']}/{known.inputs['parent']}",
    }


def _announce(known: Known) -> Arguments:
    count = len(known.table("issues", "issues"))
    closed = f"{count} {'issue was' if count == 1 else 'issues were'} closed."
    return {
        "channel": known.inputs["channel"],
        "text": (
            f"🎉 **Phase {known.inputs['phase']} COMPLETE: {plain(known.text('phase', 'name'))}**\n"
            f"[Report]({known.text('report', 'url')}). {closed}\n\n`{known.mark}`"
        ),
    }


def _history(known: Known) -> Arguments:
    days, planned = _days(known), known.text("phase", "planned") or "0"
    began = known.text("phase", "began")
    changes = {
        "status": quoted(COMPLETE),
        "start_date": f"DATE {quoted(began)}" if began else "NULL",
        "end_date": f"DATE {quoted(known.inputs['ended'])}",
        "duration_days": "NULL" if days is None else f"{days:g}",
        "deliverables_completed": planned,
        "completion_pct": "100",
        "velocity_per_day": "NULL" if days is None else f"ROUND({planned} / {days:g}, 2)",
    }
    written = ", ".join(f"{name} = {value}" for name, value in changes.items())
    return sql(known, f"UPDATE phase_history SET {written} WHERE phase_id = {_number(known)}")


def _next_row(known: Known) -> Arguments:
    return sql(
        known,
        f"UPDATE phase_history SET status = {quoted(CURRENT)} "
        f"WHERE phase_id = {_number(known) + 1} AND status <> {quoted(COMPLETE)}",
    )


def _changed(answer: str, _: Known) -> Outputs:
    return {"title": "phase_history", "answer": first_line(answer)}


def _audit_query(known: Known) -> Arguments:
    return sql(
        known,
        "SELECT COUNT(*) AS made, COALESCE(SUM(CASE WHEN acceptance_status = 'Approved' THEN 1 ELSE 0 END), 0) "
        "AS approved, COALESCE(SUM(CASE WHEN rework_required THEN 1 ELSE 0 END), 0) AS reworked "
        f"FROM artifact_catalog WHERE phase = {_number(known)}",
    )


def _audited(answer: str, _: Known) -> Outputs:
    row = rows(answer)[0]
    return {name: int(row[name]) for name in ("made", "approved", "reworked")}


def _audit(known: Known) -> Arguments:
    made, approved = known.text("audited", "made"), known.text("audited", "approved")
    reworked, left = known.text("audited", "reworked"), known.text("remaining", "count")
    well = (left, reworked) == ("0", "0") and made == approved
    return {
        "channel": known.inputs["alerts"],
        "title": f"Quality audit of Phase {known.inputs['phase']}: {'passed' if well else 'please look'}",
        "severity": "info" if well else "warning",
        "text": f"[Report]({known.text('report', 'url')})",
        "fields": {
            "Artifacts approved": f"{approved} of {made}",
            "Reworked": reworked,
            "Issues still open": left,
            "Run": known.mark,
        },
    }


def _no_next(known: Known) -> str:
    if known.planning and not known.done("phase"):
        return ""
    return "" if known.text("phase", "next") else "there is no phase after it"


def _next_epic_query(known: Known) -> Arguments:
    jql = f'project = "{known.inputs["project"]}" AND issuetype = Epic AND labels = "phase-{_number(known) + 1}"'
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
        Step("phase", "Read the phase", "snowflake", "snowflake_run_query", _phase_query, _phase, reads=True),
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
            arguments=lambda known: {"path": known.inputs["roadmap"], "phase": _number(known)},
            perform=_write_roadmap,
            extract=lambda answer, known: {"title": known.inputs["roadmap"], "answer": answer},
            skip=lambda known: "" if known.inputs["roadmap"] else "no roadmap file was named",
        ),
        Step(
            name="report",
            title="Publish the report",
            server="confluence",
            tool="confluence_create_page",
            arguments=_report,
            extract=lambda answer, _: page_written(answer),
            look=page_with_mark(lambda known: f"{known.inputs['space']}/{_title(known)}"),
            also=("confluence_get_page",),
            undo=lambda _, made: f"confluence_delete_page page={made.get('id', '')}",
        ),
        Step(
            name="label",
            title="Label the report",
            server="confluence",
            tool="confluence_update_labels",
            arguments=lambda known: {"page": known.text("report", "id"), "add": ["report", _label(known)]},
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
            also=("jira_get_issue",),
            each=_to_close,
            undo=lambda known, made: f"jira_transition_issue key={made.get('key', '')}",
        ),
        Step(
            name="announce",
            title="Announce it",
            server="slack",
            tool="slack_post_message",
            arguments=_announce,
            extract=lambda answer, known: {**message_posted(answer), "title": known.inputs["channel"]},
            look=message_with_mark(lambda known: known.inputs["channel"], _since),
            also=("slack_read_channel",),
            undo=lambda _, made: f"slack_delete_message message={made.get('id', '')}",
        ),
        Step(
            name="history",
            title="Enter it into phase_history",
            server="snowflake",
            tool="snowflake_run_change",
            arguments=_history,
            perform=confirmed(_history),
            extract=_changed,
        ),
        Step("audited", "Count its artifacts", "snowflake", "snowflake_run_query", _audit_query, _audited, reads=True),
        Step(
            name="remaining",
            title="Count what is still open",
            server="jira",
            tool="jira_search_issues",
            arguments=_open,
            perform=_all_open,
            extract=_issues,
            reads=True,
        ),
        Step(
            name="audit",
            title="Post the audit",
            server="slack",
            tool="slack_post_alert",
            arguments=_audit,
            extract=lambda answer, known: {**message_posted(answer), "title": known.inputs["alerts"]},
            look=message_with_mark(lambda known: known.inputs["alerts"], _since),
            also=("slack_read_channel",),
            undo=lambda _, made: f"slack_delete_message message={made.get('id', '')}",
        ),
        Step(
            name="next_row",
            title="Make the next phase current",
            server="snowflake",
            tool="snowflake_run_change",
            arguments=_next_row,
            perform=confirmed(_next_row),
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
            also=("jira_get_issue",),
            each=_to_begin,
            undo=lambda known, made: f"jira_transition_issue key={made.get('key', '')}",
        ),
    ),
)
