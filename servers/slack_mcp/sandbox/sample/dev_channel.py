"""#pm-os-dev from 31 January to 2 February 2026: how Phases 0, 2 and 3 went."""

from __future__ import annotations

from slack_mcp.sandbox.sample import people as who
from slack_mcp.sandbox.sample.channels import ALERTS, DEV, ENGINEERS
from slack_mcp.sandbox.sample.record import Post

POSTS = (
    Post(
        DEV,
        "2026-01-31 09:00",
        who.PRODUCT_ARCHITECT,
        ":rocket: We begin with *Phase 0: Bootstrap Foundation*. Eight deliverables are planned.",
        key="phase-0-start",
        reactions={"rocket": (who.HUMAN_PM, who.ALEX_RIVERA)},
    ),
    Post(
        DEV,
        "2026-01-31 11:30",
        who.PRODUCT_ARCHITECT,
        ":white_check_mark: The templates of the Identity Layer are finished: `STRATEGY.md`, `STANDARDS.md` and "
        "`ROADMAP.md`.",
        reactions={"white_check_mark": (who.HUMAN_PM,)},
    ),
    Post(
        DEV,
        "2026-01-31 14:00",
        who.PRODUCT_ARCHITECT,
        ":robot_face: The Orchestrator agent v1.0 is deployed, for Cursor and for Claude.",
        key="orchestrator",
        reactions={"+1": (who.HUMAN_PM, who.ALEX_MOREAU)},
    ),
    Post(
        DEV,
        "2026-01-31 14:12",
        who.ALEX_RIVERA,
        "Do both versions read the same routing table?",
        reply_to="orchestrator",
    ),
    Post(
        DEV,
        "2026-01-31 14:15",
        who.PRODUCT_ARCHITECT,
        "Yes. The table is one file, and each version is rendered from it:\n"
        "```make render TARGET=cursor\nmake render TARGET=claude```",
        reply_to="orchestrator",
        reactions={"+1": (who.ALEX_RIVERA,)},
    ),
    Post(
        DEV,
        "2026-01-31 17:00",
        who.PRODUCT_ARCHITECT,
        ":tada: *Phase 0 is COMPLETE!* All 8 deliverables are done, in one day.",
        key="phase-0-done",
        reactions={
            "tada": (who.HUMAN_PM, who.ALEX_RIVERA, who.ALEX_MOREAU),
            "white_check_mark": (who.HUMAN_PM,),
            "+1": (who.ENGINEERING_PARTNER,),
        },
    ),
    Post(
        DEV,
        "2026-01-31 17:20",
        who.HUMAN_PM,
        "Which of the eight was the hardest?",
        reply_to="phase-0-done",
    ),
    Post(
        DEV,
        "2026-01-31 17:24",
        who.PRODUCT_ARCHITECT,
        "The Orchestrator: it had to know agents that did not exist yet.",
        reply_to="phase-0-done",
    ),
    Post(
        DEV,
        "2026-01-31 18:00",
        who.HUMAN_PM,
        "What a speed! The estimate for Phase 0 was two weeks, and you needed one day :fire:",
        reactions={"fire": (who.PRODUCT_ARCHITECT, who.ALEX_RIVERA)},
    ),
    Post(
        DEV,
        "2026-02-01 10:00",
        who.ENGINEERING_PARTNER,
        ":wrench: Engineering Partner v1.2 is deployed. It can review code for security now.",
        key="engineering-partner",
    ),
    Post(
        DEV,
        "2026-02-01 10:20",
        who.ALEX_RIVERA,
        f"<@{who.ALEX_MOREAU.id}> shall we let it look at the sign-in code first? <!subteam^{ENGINEERS}> please object "
        "by noon.",
        reply_to="engineering-partner",
        edited="2026-02-01 10:22",
    ),
    Post(
        DEV,
        "2026-02-01 11:05",
        who.ALEX_MOREAU,
        "No objection. The review of the sign-in code found one thing: tokens were logged at debug level. Fixed.",
        reply_to="engineering-partner",
        broadcast=True,
        reactions={"eyes": (who.HUMAN_PM,), "white_check_mark": (who.ALEX_RIVERA,)},
    ),
    Post(
        DEV,
        "2026-02-01 12:00",
        who.UX_STRATEGIST,
        ":art: UX Strategist v1.0 is deployed and ready to make prototypes.",
    ),
    Post(
        DEV,
        "2026-02-01 15:00",
        who.DATA_ANALYST,
        ":bar_chart: Data Analyst v1.0 is deployed. It writes SQL queries and checks metrics.",
    ),
    Post(
        DEV,
        "2026-02-01 16:00",
        who.GTM_STRATEGIST,
        ":briefcase: GTM Strategist v1.0 is deployed; positioning and value propositions are ready.",
    ),
    Post(
        DEV,
        "2026-02-01 18:00",
        who.PRODUCT_ARCHITECT,
        ":white_check_mark: *Phase 2 is COMPLETE!* The team of five agents is fully operational.",
        key="phase-2-done",
        reactions={"tada": (who.HUMAN_PM, who.ALEX_RIVERA), "+1": (who.ALEX_MOREAU,)},
    ),
    Post(
        DEV,
        "2026-02-02 12:00",
        who.SYSTEM_EVALUATOR,
        f":mag: System Evaluator v1.0 is deployed. Its quality audits start this week; see <#{ALERTS}|pm-os-alerts>.",
    ),
    Post(
        DEV,
        "2026-02-02 14:00",
        who.DOC_MAINTAINER,
        ":memo: Documentation Maintainer v1.0 is deployed and keeps the documents in step.",
    ),
    Post(
        DEV,
        "2026-02-02 19:00",
        who.DOC_MAINTAINER,
        ":white_check_mark: *Phase 3 is COMPLETE!* The quality dashboard tracks 67 metrics now.",
        key="phase-3-done",
        reactions={"tada": (who.HUMAN_PM, who.ALEX_RIVERA, who.ALEX_MOREAU), "+1": (who.DATA_ANALYST,)},
        pinned_by=who.HUMAN_PM,
    ),
    Post(
        DEV,
        "2026-02-02 19:10",
        who.HUMAN_PM,
        "Thank you all. Please put what you learned into the retrospective before Phase 4.",
        reply_to="phase-3-done",
    ),
)
