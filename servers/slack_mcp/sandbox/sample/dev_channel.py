"""#pm-os-dev from 31 January to 2 February 2026: how Phases 0 to 3 went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox_kit import history
from sandbox_kit.history import measures
from slack_mcp.sandbox.model import User
from slack_mcp.sandbox.sample import people as who
from slack_mcp.sandbox.sample.channels import ALERTS, DEV, ENGINEERS
from slack_mcp.sandbox.sample.links import deliverable, epic, issue, page
from slack_mcp.sandbox.sample.record import Post

_BOOTSTRAP, _TEAM, _EXECUTION, _LOOP = (history.phase_figures(number) for number in range(4))
_HARDEST = history.DELIVERABLE[6]


def _deployed(
    name: str,
    author: User,
    emoji: str,
    more: str,
    version: int = 0,
    *,
    key: str = "",
    reactions: Mapping[str, Sequence[User]] | None = None,
) -> Post:
    """The message that a version of an agent is in use, when it came to be; its specification is linked."""
    release = history.AGENT[name].releases[version]
    text = f":{emoji}: {page(name)} v{release.version} is deployed ({issue(release.deliverable)}). {more}"
    return Post(DEV, release.since, author, text, key=key, reactions=reactions or {})


def _complete(
    phase: int, when: str, author: User, said: str, *, emoji: str, reactions: Mapping[str, Sequence[User]], **more: User
) -> Post:
    """The message that a phase is complete, with its epic and its report."""
    links = f"Epic: {epic(phase)}; report: {page(f'Phase {phase} completion report')}."
    text = f":{emoji}: *Phase {phase} is COMPLETE!* {said} {links}"
    return Post(
        DEV, when, author, text, key=f"phase-{phase}-done", reactions=reactions, pinned_by=more.get("pinned_by")
    )


POSTS = (
    Post(
        DEV,
        "2026-01-31 09:00",
        who.PRODUCT_ARCHITECT,
        f":rocket: We begin with *Phase 0: {_BOOTSTRAP.phase.name}* ({epic(0)}). {_BOOTSTRAP.planned} deliverables are "
        "planned.",
        key="phase-0-start",
        reactions={"rocket": (who.HUMAN_PM, who.ALEX_RIVERA)},
    ),
    Post(
        DEV,
        history.DELIVERABLE[2].finished,
        who.PRODUCT_ARCHITECT,
        ":white_check_mark: The templates of the Identity Layer are finished: `STRATEGY.md`, `STANDARDS.md` and "
        f"`ROADMAP.md` ({issue(2)}).",
        reactions={"white_check_mark": (who.HUMAN_PM,)},
    ),
    _deployed(
        "Orchestrator",
        who.PRODUCT_ARCHITECT,
        "robot_face",
        "It runs in Cursor and in Claude.",
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
    _deployed(
        "Product Architect", who.PRODUCT_ARCHITECT, "triangular_ruler", "It writes the requirements from now on."
    ),
    _complete(
        0,
        "2026-01-31 17:00",
        who.PRODUCT_ARCHITECT,
        f"All {_BOOTSTRAP.completed} deliverables are done, in {_BOOTSTRAP.took}.",
        emoji="tada",
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
        "Which of them was the hardest?",
        reply_to="phase-0-done",
    ),
    Post(
        DEV,
        "2026-01-31 17:24",
        who.PRODUCT_ARCHITECT,
        f"{deliverable(_HARDEST.number)}: it had to know agents that did not exist yet.",
        reply_to="phase-0-done",
    ),
    Post(
        DEV,
        "2026-01-31 18:00",
        who.HUMAN_PM,
        f"What a speed! The estimate for Phase 0 was {_BOOTSTRAP.phase.estimate}, and you needed {_BOOTSTRAP.took} "
        ":fire:",
        reactions={"fire": (who.PRODUCT_ARCHITECT, who.ALEX_RIVERA)},
    ),
    _deployed("Engineering Partner", who.ENGINEERING_PARTNER, "wrench", "It says whether a requirement can be built."),
    _deployed("UX Strategist", who.UX_STRATEGIST, "art", "It reads requirements as a user would."),
    Post(
        DEV,
        "2026-01-31 23:05",
        who.ENGINEERING_PARTNER,
        f":file_folder: Google Drive can be read ({issue(11)}): {measures.DRIVE_LATENCY_MS} ms for a document. The "
        f"guide comes next ({issue(12)}).",
    ),
    _complete(
        1,
        "2026-02-01 09:30",
        who.ENGINEERING_PARTNER,
        f"All {_TEAM.completed} deliverables are done, in {_TEAM.took}; planned were {_TEAM.phase.estimate}.",
        emoji="white_check_mark",
        reactions={"tada": (who.HUMAN_PM,)},
    ),
    _deployed(
        "Engineering Partner",
        who.ENGINEERING_PARTNER,
        "wrench",
        "It can review code for security now.",
        version=-1,
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
        history.DELIVERABLE[15].finished,
        who.UX_STRATEGIST,
        f":art: UX Strategist makes prototypes from requirements now ({issue(15)}).",
    ),
    _deployed("Data Analyst", who.DATA_ANALYST, "bar_chart", "It writes SQL queries and checks metrics."),
    _deployed("GTM Strategist", who.GTM_STRATEGIST, "briefcase", "Positioning and value propositions are ready."),
    _complete(
        2,
        "2026-02-01 18:00",
        who.PRODUCT_ARCHITECT,
        f"The handover between five agents works ({issue(18)}); it took {_EXECUTION.took} of work.",
        emoji="white_check_mark",
        reactions={"tada": (who.HUMAN_PM, who.ALEX_RIVERA), "+1": (who.ALEX_MOREAU,)},
    ),
    _deployed(
        "System Evaluator",
        who.SYSTEM_EVALUATOR,
        "mag",
        f"Its quality audits start this week; see <#{ALERTS}|pm-os-alerts>.",
    ),
    _deployed("Documentation Maintainer", who.DOC_MAINTAINER, "memo", "It keeps the documents in step."),
    _complete(
        3,
        "2026-02-02 19:00",
        who.DOC_MAINTAINER,
        f"All {_LOOP.completed} deliverables are done, in {_LOOP.took}. The {page('Quality dashboard')} tracks "
        f"{history.METRICS} metrics now.",
        emoji="white_check_mark",
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
