"""#pm-os-alerts and #pm-os-metrics on 2 February 2026: blocks, attachments and a daily report."""

from __future__ import annotations

from slack_mcp.sandbox.model import JsonObject
from slack_mcp.sandbox.sample import people as who
from slack_mcp.sandbox.sample.channels import ALERTS, METRICS
from slack_mcp.sandbox.sample.record import Post


def _mrkdwn(text: str) -> JsonObject:
    return {"type": "mrkdwn", "text": text, "verbatim": False}


_GATE: tuple[JsonObject, ...] = (
    {"type": "header", "text": {"type": "plain_text", "text": ":dart: Quality gate: Phase 3", "emoji": True}},
    {
        "type": "section",
        "fields": [_mrkdwn("*Pass rate*\n100%"), _mrkdwn("*Deliverables*\n7 of 7"), _mrkdwn("*Rework*\nnone")],
    },
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "open_report",
                "text": {"type": "plain_text", "text": "Open the report", "emoji": True},
                "url": "https://docs.pm-os.example/quality/phase-3",
            }
        ],
    },
    {"type": "context", "elements": [_mrkdwn("Measured by System Evaluator v1.0")]},
)

_VELOCITY: tuple[JsonObject, ...] = (
    {
        "id": 1,
        "color": "daa038",
        "title": "Phase 3 was 7.5 times as fast as estimated",
        "title_link": "https://docs.pm-os.example/velocity",
        "text": "Two days instead of three weeks.",
        "fields": [
            {"title": "Estimate", "value": "3 weeks", "short": True},
            {"title": "Actual", "value": "2 days", "short": True},
        ],
        "footer": "System Evaluator",
        "ts": "1770060660",
        "fallback": "Phase 3 was 7.5 times as fast as estimated: 2 days instead of 3 weeks",
        "mrkdwn_in": ["text"],
    },
)

POSTS = (
    Post(
        ALERTS,
        "2026-02-02 19:30",
        who.SYSTEM_EVALUATOR,
        "Quality gate: Phase 3 passed at 100% (7 of 7 deliverables, no rework)",
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
        ":chart_with_upwards_trend: North Star metric: 12 discovery artifacts a week, 50% above the target of 8.",
        metadata={"event_type": "north_star_updated", "event_payload": {"per_week": 12, "target": 8}},
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
    Post(
        METRICS,
        "2026-02-02 20:00",
        who.SYSTEM_EVALUATOR,
        ":bar_chart: *Daily metrics, 2 February 2026*\n"
        "• Phases complete: 4 of 7 (57%)\n"
        "• Deliverables complete: 25 of 37 (67.6%)\n"
        "• Agents operational: 7 of 7 (100%)\n"
        "• Quality gate pass rate: 100%\n"
        "• Average velocity: 11 times the estimates\n"
        "• Active risks: 1 (OAuth in Phase 4 is complex; being watched)\n"
        "• Open issues: 0",
        key="daily",
        reactions={"+1": (who.HUMAN_PM,)},
        pinned_by=who.HUMAN_PM,
    ),
)
