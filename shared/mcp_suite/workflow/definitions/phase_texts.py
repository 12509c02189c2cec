"""What is said and written when a phase is complete: the report, the announcement, the rows and the audit."""

from datetime import UTC, date, datetime

from mcp_suite.workflow.definitions.places import plain, quoted, sql
from mcp_suite.workflow.model import Arguments, Known
from mcp_suite.workflow.roadmap import COMPLETE, CURRENT


def number(known: Known) -> int:
    """The number of the phase."""
    return int(known.inputs["phase"])


def ended(known: Known) -> datetime:
    """What is said of a phase's end is not older than that day."""
    return min(datetime.fromisoformat(known.inputs["ended"]).replace(tzinfo=UTC), known.started)


def phase_label(known: Known) -> str:
    """The label of the phase's issues and pages."""
    return f"phase-{known.inputs['phase']}"


def phase_query(known: Known) -> Arguments:
    """The query for the phase and the one after it."""
    this = number(known)
    return sql(
        known,
        "SELECT phase_id, phase_name, status, start_date, estimated_days, deliverables_planned FROM phase_history "
        f"WHERE phase_id IN ({this}, {this + 1}) ORDER BY phase_id",
    )


def report_title(known: Known) -> str:
    """The title of the report."""
    return f"Phase {known.inputs['phase']} completion report"


def days_taken(known: Known) -> float | None:
    """The days from the first to the last, both counted; None where the first is not known."""
    began = known.text("phase", "began")
    if not began or began.startswith("<"):
        return None
    return float((date.fromisoformat(known.inputs["ended"]) - date.fromisoformat(began)).days + 1)


def report(known: Known) -> Arguments:
    """The page of the report."""
    days, name = days_taken(known), plain(known.text("phase", "name"))
    took = "not recorded" if days is None else f"**{days:g} days**"
    closed = known.table("issues", "issues")
    listed = [f"- [{row['key']}]({row['url']}) {plain(row['summary'])} (was {row['status']})" for row in closed]
    lines = [
        f"*Written by the workflow phase-completion: `{known.mark}`*",
        "",
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
    ]
    return {
        "title": report_title(known),
        "body": "\n".join(lines),
        "parent": f"{known.inputs['space']}/{known.inputs['parent']}",
    }


def announcement(known: Known) -> Arguments:
    """The message that says so."""
    count = len(known.table("issues", "issues"))
    closed = f"{count} {'issue was' if count == 1 else 'issues were'} closed."
    return {
        "channel": known.inputs["channel"],
        "text": (
            f"🎉 **Phase {known.inputs['phase']} COMPLETE: {plain(known.text('phase', 'name'))}**\n"
            f"[Report]({known.text('report', 'url')}). {closed}\n\n`{known.mark}`"
        ),
    }


def history_row(known: Known) -> Arguments:
    """The change of the phase's row."""
    days, planned = days_taken(known), known.text("phase", "planned") or "0"
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
    return sql(known, f"UPDATE phase_history SET {written} WHERE phase_id = {number(known)}")


def next_row(known: Known) -> Arguments:
    """The change of the row after it."""
    return sql(
        known,
        f"UPDATE phase_history SET status = {quoted(CURRENT)} "
        f"WHERE phase_id = {number(known) + 1} AND status <> {quoted(COMPLETE)}",
    )


def audit_query(known: Known) -> Arguments:
    """The query that counts the phase's artifacts."""
    return sql(
        known,
        "SELECT COUNT(*) AS made, COALESCE(SUM(CASE WHEN acceptance_status = 'Approved' THEN 1 ELSE 0 END), 0) "
        "AS approved, COALESCE(SUM(CASE WHEN rework_required THEN 1 ELSE 0 END), 0) AS reworked "
        f"FROM artifact_catalog WHERE phase = {number(known)}",
    )


def audit(known: Known) -> Arguments:
    """The alert that tells the audit."""
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
