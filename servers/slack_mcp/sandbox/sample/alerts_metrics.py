"""#pm-os-alerts on 2 February 2026, with blocks and attachments; the daily reports of #pm-os-metrics."""

from __future__ import annotations

from sandbox_kit import history
from slack_mcp.sandbox.model import JsonObject
from slack_mcp.sandbox.sample import people as who
from slack_mcp.sandbox.sample.channels import ALERTS, METRICS
from slack_mcp.sandbox.sample.links import epic, page_url
from slack_mcp.sandbox.sample.record import Post

_LOOP = history.phase_figures(3)
_REWORKED = sum(1 for each in _LOOP.deliverables if each.reworked)
_PASSED = history.accepted(_LOOP.deliverables)
_NORTH_STAR = next(each for each in history.MEASURES if each.unit == "count")
_PER_WEEK = _NORTH_STAR.current or 0
_WORK_ENDED = ("23:30", "20:00", "20:00")
"""When the report of each day was posted: not before the last deliverable of the day was done."""


def _mrkdwn(text: str) -> JsonObject:
    return {"type": "mrkdwn", "text": text, "verbatim": False}


_GATE: tuple[JsonObject, ...] = (
    {"type": "header", "text": {"type": "plain_text", "text": ":dart: Quality gate: Phase 3", "emoji": True}},
    {
        "type": "section",
        "fields": [
            _mrkdwn(f"*Pass rate*\n{_PASSED:g}%"),
            _mrkdwn(f"*Deliverables*\n{_LOOP.completed} of {_LOOP.planned}"),
            _mrkdwn(f"*Rework*\n{_REWORKED or 'none'}"),
        ],
    },
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "open_report",
                "text": {"type": "plain_text", "text": "Open the report", "emoji": True},
                "url": page_url("Phase 3 completion report"),
            }
        ],
    },
    {
        "type": "context",
        "elements": [_mrkdwn(f"Measured by System Evaluator v{history.AGENT['System Evaluator'].version}")],
    },
)

_FASTER = f"Phase 3 was {_LOOP.multiple:g} times as fast as estimated"
_VELOCITY: tuple[JsonObject, ...] = (
    {
        "id": 1,
        "color": "daa038",
        "title": _FASTER,
        "title_link": page_url("Velocity"),
        "text": f"{_LOOP.took} instead of {_LOOP.phase.estimate}.",
        "fields": [
            {"title": "Estimate", "value": _LOOP.phase.estimate, "short": True},
            {"title": "Actual", "value": _LOOP.took, "short": True},
        ],
        "footer": "System Evaluator",
        "ts": "1770060660",
        "fallback": f"{_FASTER}: {_LOOP.took} instead of {_LOOP.phase.estimate}",
        "mrkdwn_in": ["text"],
    },
)


def _daily(day: history.DayFigures, at: str) -> Post:
    """The report of a day, as the workflow daily-metrics posts it; that of the last day tells a risk, and is pinned."""
    last = day is history.days()[-1]
    lines = [
        f"Phases complete: {day.phases_complete}",
        f"Deliverables complete: {day.deliverables_complete} of {day.deliverables_total} ({day.completion_pct:g}%)",
        f"Agents operational: {day.agents}",
        f"Quality gate pass rate: {day.gate_pass_rate:g}%",
        f"Average velocity: {day.velocity_multiple or 0:g} times the estimates",
        f"Security incidents: {day.security_incidents}",
        f"Open issues: {day.open_issues}",
    ]
    if last:
        lines.append(f":warning: Risk being watched: signing in to four services in Phase 4 ({epic(4)})")
    head = f":bar_chart: *Daily metrics, {day.day.day} {day.day:%B %Y}*"
    return Post(
        METRICS,
        f"{day.day} {at}",
        who.SYSTEM_EVALUATOR,
        "\n• ".join([head, *lines]),
        key=f"daily-{day.day}",
        reactions={"+1": (who.HUMAN_PM,)} if last else {},
        pinned_by=who.HUMAN_PM if last else None,
    )


POSTS = (
    Post(
        ALERTS,
        "2026-02-02 19:30",
        who.SYSTEM_EVALUATOR,
        f"Quality gate: Phase 3 passed at {_PASSED:g}% ({_LOOP.completed} of {_LOOP.planned} deliverables, "
        f"{_REWORKED or 'no'} rework)",
        key="gate",
        blocks=_GATE,
        reactions={"white_check_mark": (who.HUMAN_PM, who.ALEX_MOREAU)},
    ),
    Post(
        ALERTS,
        "2026-02-02 19:31",
        who.SYSTEM_EVALUATOR,
        ":zap: Velocity alert",
        key="velocity",
        attachments=_VELOCITY,
    ),
    Post(
        ALERTS,
        "2026-02-02 19:32",
        who.SYSTEM_EVALUATOR,
        f":chart_with_upwards_trend: North Star metric: {_PER_WEEK:g} discovery artifacts a week, "
        f"{(_PER_WEEK / _NORTH_STAR.target - 1) * 100:g}% above the target of {_NORTH_STAR.target:g}.",
        metadata={
            "event_type": "north_star_updated",
            "event_payload": {"per_week": round(_PER_WEEK), "target": round(_NORTH_STAR.target)},
        },
    ),
    Post(
        ALERTS,
        "2026-02-02 19:40",
        who.ALEX_MOREAU,
        f"<@{who.HUMAN_PM.id}> is the estimate the old one, from before the agents?",
        reply_to="velocity",
    ),
    Post(
        ALERTS,
        "2026-02-02 19:46",
        who.HUMAN_PM,
        "It is. We keep it for Phase 4, then we estimate anew.",
        reply_to="velocity",
    ),
    *(_daily(day, at) for day, at in zip(history.days(), _WORK_ENDED, strict=True)),
)
