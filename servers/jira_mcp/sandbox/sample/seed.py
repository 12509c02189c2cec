"""Writes the sample data into an empty file."""

from __future__ import annotations

from collections.abc import Iterable

from jira_mcp.sandbox import agile_sample, filter_store, project_parts
from jira_mcp.sandbox.model import Issue, JsonObject, Project
from jira_mcp.sandbox.sample import attachments, field_values, fields, generated, outward, site
from jira_mcp.sandbox.sample.desk import DESK_RECORDS, RISK_RECORDS
from jira_mcp.sandbox.sample.following import follow
from jira_mcp.sandbox.sample.pmos_epics import EPICS
from jira_mcp.sandbox.sample.pmos_phase0 import PHASE_0
from jira_mcp.sandbox.sample.pmos_phases123 import PHASES_1_TO_3
from jira_mcp.sandbox.sample.pmos_planned import PLANNED
from jira_mcp.sandbox.sample.projects import DESK, NOVA, PMOS, RISK
from jira_mcp.sandbox.sample.record import Record
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_FIRST_ID = {PMOS.id: 10000, NOVA.id: 20000, DESK.id: 30000, RISK.id: 40000}
_FIRST_FREE_ID = 50000
_STATUS = {status.name: status.id for status in site.STATUSES}
_OPTION = {(field.id, option.value): option.id for field in fields.FIELDS for option in field.options}


def fill(session: Session) -> None:
    """Write every sample issue with its history and links; deterministic."""
    issues = [
        *_write(session, PMOS, (*PHASE_0, *PHASES_1_TO_3, *EPICS, *PLANNED)),
        *_write(session, DESK, DESK_RECORDS),
        *_write(session, RISK, RISK_RECORDS),
        *generated.issues(_FIRST_ID[NOVA.id]),
    ]
    field_values.fill(issues)
    agile_sample.fill(session, issues)
    project_parts.fill(session)
    filter_store.fill(session)
    follow(issues)
    attachments.fill(session, issues)
    outward.fill(session, issues)
    for issue in sorted(issues, key=lambda each: each.id):
        session.insert(issue, changed=0.0)
    for project in (PMOS, DESK, RISK, NOVA):
        numbers = [issue.number for issue in issues if issue.project == project.id]
        session.set_sequence(f"key:{project.key}", max(numbers))
    session.set_sequence("issue", _FIRST_FREE_ID)


def _write(session: Session, project: Project, records: Iterable[Record]) -> list[Issue]:
    first = _FIRST_ID[project.id]
    made: list[Issue] = []
    for record in records:
        issue = _issue(session, project, record, first)
        made.append(issue)
        _write_history(session, issue, record)
        for phrase, other in record.links:
            _write_link(session, phrase, issue.id, first + other)
    return made


def _issue(session: Session, project: Project, record: Record, first: int) -> Issue:
    reporter = record.reporter or who.HUMAN_PM
    created = at(record.created)
    status = record.status or (_STATUS["Done"] if record.finished else _STATUS["In Progress"] if record.started else "")
    spent = round(sum(hours for _, hours, _ in record.work) * 3600)
    estimate = round(record.estimate_hours * 3600) if record.estimate_hours is not None else None
    moments = [created, *(at(note.when) for note in record.notes)]
    moments += [at(when) for when in (record.started, record.finished) if when]
    issue = Issue(
        id=first + record.number,
        key=f"{project.key}-{record.number}",
        project=project.id,
        number=record.number,
        type=record.type,
        summary=record.summary,
        status=status or project.initial_status,
        created=created,
        updated=max(moments),
        creator=reporter.account_id,
        reporter=reporter.account_id,
        status_changed=at(record.finished or record.started) if record.started else created,
        description=record.description,
        priority=record.priority,
        resolution="10000" if record.finished else None,
        resolved=at(record.finished) if record.finished else None,
        assignee=record.assignee.account_id if record.assignee else None,
        due=record.due,
        labels=list(record.labels),
        components=[item.id for item in project.components if item.name == record.component],
        fix_versions=[item.id for item in project.versions if item.name == record.version],
        parent=first + record.parent if record.parent else None,
        original_estimate=estimate,
        remaining_estimate=None if estimate is None else 0 if record.finished else max(0, estimate - spent),
        time_spent=spent or None,
        custom=_custom(record),
        watchers=[reporter.account_id],
    )
    for note in record.notes:
        moment = at(note.when)
        issue.comments.append(
            {
                "id": session.next_number("comment", 10000),
                "author": note.author.account_id,
                "body": note.body,
                "created": moment,
                "updated": moment,
            }
        )
    for when, hours, words in record.work:
        author = record.assignee or reporter
        issue.worklogs.append(
            {
                "id": session.next_number("worklog", 10000),
                "author": author.account_id,
                "started": at(when),
                "seconds": round(hours * 3600),
                "comment": {
                    "version": 1,
                    "type": "doc",
                    "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}],
                },
                "created": at(when),
                "updated": at(when),
            }
        )
    return issue


def _custom(record: Record) -> JsonObject:
    custom: JsonObject = {}
    if record.points is not None:
        custom[fields.STORY_POINTS] = record.points
    if record.acceptance is not None:
        custom[fields.ACCEPTANCE_RATE] = record.acceptance
    for field_id, value in (
        (fields.PHASE, f"Phase {record.phase}"),
        (fields.AGENT_OWNER, record.owner),
        (fields.ARTIFACT_TYPE, record.artifact),
        (fields.SEVERITY, record.severity),
    ):
        if (field_id, value) in _OPTION:
            custom[field_id] = _OPTION[field_id, value]
    if record.phase is not None and record.type != site.EPIC and (record.started or record.status):
        custom[fields.SPRINT_FIELD] = [record.phase + 1]
    return custom


def _write_history(session: Session, issue: Issue, record: Record) -> None:
    if not record.started or record.status:
        return
    author = (record.assignee or who.HUMAN_PM).account_id
    start = ("10000", "Backlog") if issue.project == PMOS.id else (_STATUS["To Do"], "To Do")
    session.add_change(issue.id, at(record.started), author, [_move("status", *start, "3", "In Progress")])
    if record.finished:
        items = [
            _move("resolution", None, None, "10000", "Done"),
            _move("status", "3", "In Progress", _STATUS["Done"], "Done"),
        ]
        session.add_change(issue.id, at(record.finished), author, items)


def _move(field_id: str, old: str | None, old_name: str | None, new: str | None, new_name: str | None) -> JsonObject:
    return {
        "field": field_id,
        "fieldtype": "jira",
        "fieldId": field_id,
        "from": old,
        "fromString": old_name,
        "to": new,
        "toString": new_name,
    }


def _write_link(session: Session, phrase: str, here: int, there: int) -> None:
    for link_type in site.LINK_TYPES:
        if phrase == link_type.outward:
            session.add_link(link_type.id, here, there)
            return
        if phrase == link_type.inward:
            session.add_link(link_type.id, there, here)
            return
    raise ValueError(phrase)
