"""A day's figures become a report, a line on the dashboard and, where something is wrong, an issue and an alert."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from mcp_suite.calls import CallError
from mcp_suite.workflow.answers import issue_written, message_posted, page_written, rows
from mcp_suite.workflow.definitions.places import (
    ALERTS,
    DATABASE,
    PROJECT,
    SCHEMA,
    channel_name,
    day,
    figure,
    one_line,
    quoted,
    share,
    sql,
)
from mcp_suite.workflow.looking import issue_with_mark, message_with_mark, section_with_mark
from mcp_suite.workflow.model import Arguments, Call, Input, Item, Known, Outputs, Step, Workflow

Row = Mapping[str, str]
DAYS = 7
"""Days with figures that the dashboard shows."""
_COLUMNS = (
    "metric_date",
    "phases_complete",
    "deliverables_complete",
    "deliverables_total",
    "completion_pct",
    "agents_operational",
    "quality_gate_pass_rate",
    "security_incidents",
    "open_issues",
    "avg_velocity_multiplier",
)


def _query(known: Known) -> Arguments:
    return sql(
        known,
        f"SELECT {', '.join(_COLUMNS)} FROM quality_metrics_daily "
        f"WHERE metric_date <= DATE {quoted(known.inputs['date'])} ORDER BY metric_date DESC LIMIT {DAYS}",
    )


def _figures(answer: str, known: Known) -> Outputs:
    found = rows(answer)
    asked = known.inputs["date"]
    wrong = findings(found, asked, fall=float(known.inputs["fall"]), gate=float(known.inputs["gate"]))
    return {"rows": [dict(row) for row in found], "findings": [dict(one) for one in wrong]}


def findings(found: Sequence[Row], asked: str, *, fall: float, gate: float) -> list[Item]:
    """What is wrong with a day's figures, `found` being those up to that day with the newest first.

    `fall` is by how many percent the velocity may fall against the day before; `gate` is the pass rate to be met.
    """
    if not found:
        detail = f"quality_metrics_daily has no figures up to {asked}."
        return [{"id": "missing", "title": "Daily metrics are missing", "detail": detail}]
    today = found[0]
    if today["metric_date"] != asked:
        detail = f"quality_metrics_daily has no figures of {asked}; the latest are of {today['metric_date']}."
        return [{"id": "missing", "title": "Daily metrics are missing", "detail": detail}]
    wrong: list[Item] = []
    before = _number(found[1], "avg_velocity_multiplier") if len(found) > 1 else None
    now = _number(today, "avg_velocity_multiplier")
    if before and now is not None and (fell := (before - now) / before * 100) > fall:
        detail = (
            f"The velocity is {now:g} times the estimates on {asked}, {fell:.0f}% less than on "
            f"{found[1]['metric_date']} ({before:g}); the limit is {fall:g}%."
        )
        wrong.append({"id": "velocity", "title": f"Velocity fell by more than {fall:g}%", "detail": detail})
    passed = _number(today, "quality_gate_pass_rate")
    if passed is not None and passed < gate:
        detail = f"The quality gate was passed by {passed:g}% on {asked}; it is to be {gate:g}%."
        wrong.append({"id": "gate", "title": "The quality gate failed", "detail": detail})
    return wrong


def _number(row: Row, name: str) -> float | None:
    return float(figure(row, name)) if row.get(name) else None


def _shown(row: Row, name: str, sign: str = "") -> str:
    number = _number(row, name)
    return "unknown" if number is None else f"{number:g}{sign}"


def _today(known: Known) -> Row | None:
    found = known.table("figures", "rows")
    return found[0] if found and found[0]["metric_date"] == known.inputs["date"] else None


def report(known: Known) -> str:
    """The report of the day as Markdown."""
    row, asked = _today(known), known.inputs["date"]
    lines = [f"📊 **Daily metrics, {asked}**"]
    if row is not None:
        done, total = _shown(row, "deliverables_complete"), _shown(row, "deliverables_total")
        lines += [
            f"- Phases complete: {_shown(row, 'phases_complete')}",
            f"- Deliverables complete: {done} of {total} ({_shown(row, 'completion_pct', '%')})",
            f"- Agents operational: {_shown(row, 'agents_operational')}",
            f"- Quality gate pass rate: {_shown(row, 'quality_gate_pass_rate', '%')}",
            f"- Average velocity: {_shown(row, 'avg_velocity_multiplier')} times the estimates",
            f"- Security incidents: {_shown(row, 'security_incidents')}",
            f"- Open issues: {_shown(row, 'open_issues')}",
        ]
    lines += [f"- ⚠️ {one['detail']}" for one in _findings(known)]
    if known.planning and not known.done("figures"):
        lines.append("- <figures.rows>")
    return "\n".join(lines)


def _findings(known: Known) -> Sequence[Item]:
    return known.table("figures", "findings")


def _post(known: Known) -> Arguments:
    return {"channel": known.inputs["channel"], "text": f"{report(known)}\n\n`{known.mark}`"}


def _section(known: Known) -> str:
    lines = [f"## {known.inputs['section']}", ""]
    shown = known.table("figures", "rows")
    if shown:
        lines += ["| Day | Phases | Deliverables | Gate passed | Velocity | Open issues |", "|---|---|---|---|---|---|"]
        for row in shown:
            cells = (
                row["metric_date"],
                _shown(row, "phases_complete"),
                f"{_shown(row, 'deliverables_complete')} of {_shown(row, 'deliverables_total')}",
                _shown(row, "quality_gate_pass_rate", "%"),
                _shown(row, "avg_velocity_multiplier"),
                _shown(row, "open_issues"),
            )
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    lines += [f"- ⚠️ {one['detail']}" for one in _findings(known)]
    return "\n".join([*lines, "", f"*As of {known.inputs['date']}: `{known.mark}`*"])


def _update(known: Known) -> Arguments:
    return {
        "page": known.inputs["dashboard"],
        "part": known.inputs["section"],
        "body": _section(known),
        "message": f"Figures of {known.inputs['date']}",
    }


async def _write_section(call: Call, known: Known) -> str:
    """Rewrites the section of the dashboard, or puts it at the end of a page that has none yet."""
    given = dict(_update(known))
    try:
        return await call("confluence", "confluence_update_page", given)
    except CallError as error:
        if not error.refused or "body has no block or section" not in str(error):
            raise
    del given["part"]
    return await call("confluence", "confluence_update_page", {**given, "how": "append"})


def _issue(known: Known) -> Arguments:
    return {
        "project": known.inputs["project"],
        "type": "Bug",
        "summary": known.item["title"],
        "description": f"{known.item['detail']}\n\nDashboard: {known.text('dashboard', 'url')}",
        "fields": {"labels": [known.mark, _kind(known), "quality-improvement"]},
    }


def _kind(known: Known) -> str:
    return f"daily-metrics-{known.item['id']}"


def _alert(known: Known) -> Arguments:
    found = _findings(known)
    opened = [f"issue[{one['id']}]" for one in found]
    issues = [f"[{known.text(unit, 'key')}]({known.text(unit, 'url')})" for unit in opened]
    return {
        "channel": known.inputs["alerts"],
        "title": f"Daily metrics of {known.inputs['date']}: {' and '.join(one['title'] for one in found)}",
        "severity": "warning",
        "priority": "P2",
        "text": "\n".join(one["detail"] for one in found),
        "fields": {"Issues": ", ".join(issues), "Run": known.mark},
    }


def _since(known: Known) -> datetime:
    """The report of a day is not older than the day, but may be as old."""
    return min(datetime.fromisoformat(known.inputs["date"]).replace(tzinfo=UTC), known.started)


def _in_order(known: Known) -> str:
    return "" if _findings(known) or (known.planning and not known.done("figures")) else "nothing is wrong"


WORKFLOW = Workflow(
    name="daily-metrics",
    title="Report the day's metrics",
    about="The day's row of quality_metrics_daily is posted and put on the dashboard; what is wrong becomes an issue.",
    inputs=(
        Input("date", "The day, like 2026-01-31, or today.", "today", day),
        Input("fall", "By how many percent the velocity may fall in a day.", "20", share),
        Input("gate", "The pass rate of the quality gate that is to be met, in percent.", "100", share),
        Input("channel", "Slack channel of the report.", "#pm-os-metrics", channel_name),
        ALERTS,
        PROJECT,
        Input("dashboard", "Confluence page, as SPACE/Title.", "PMOS/Quality dashboard", one_line),
        Input("section", "The heading on it under which the figures stand.", "Daily metrics", one_line),
        DATABASE,
        SCHEMA,
    ),
    subject=lambda inputs: f"daily-metrics-{inputs['date']}",
    steps=(
        Step(
            name="figures",
            title="Read the figures",
            server="snowflake",
            tool="snowflake_run_query",
            arguments=_query,
            extract=_figures,
            reads=True,
        ),
        Step(
            name="report",
            title="Post the report",
            server="slack",
            tool="slack_post_message",
            arguments=_post,
            extract=lambda answer, known: {**message_posted(answer), "title": known.inputs["channel"]},
            look=message_with_mark(lambda known: known.inputs["channel"], _since),
            also=("slack_read_channel",),
            undo=lambda _, made: f"slack_delete_message message={made.get('id', '')}",
        ),
        Step(
            name="dashboard",
            title="Update the dashboard",
            server="confluence",
            tool="confluence_update_page",
            arguments=_update,
            perform=_write_section,
            extract=lambda answer, _: page_written(answer),
            look=section_with_mark(lambda known: known.inputs["dashboard"], lambda known: known.inputs["section"]),
            also=("confluence_get_page",),
            undo=lambda known, _: f"confluence_restore_version page={known.inputs['dashboard']}",
        ),
        Step(
            name="issue",
            title="Open an issue, unless one is open",
            server="jira",
            tool="jira_create_issue",
            arguments=_issue,
            extract=lambda answer, _: issue_written(answer),
            look=issue_with_mark(lambda known: known.inputs["project"], label=_kind),
            also=("jira_search_issues",),
            each=_findings,
            undo=lambda _, made: f"jira_delete_issue key={made.get('key', '')}",
        ),
        Step(
            name="alert",
            title="Raise the alert",
            server="slack",
            tool="slack_post_alert",
            arguments=_alert,
            extract=lambda answer, known: {**message_posted(answer), "title": known.inputs["alerts"]},
            look=message_with_mark(lambda known: known.inputs["alerts"], _since),
            also=("slack_read_channel",),
            skip=_in_order,
            undo=lambda _, made: f"slack_delete_message message={made.get('id', '')}",
        ),
    ),
)
