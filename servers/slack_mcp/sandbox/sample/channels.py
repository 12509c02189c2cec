"""The conversations of the workspace, who is in them, and what hangs at their top."""

from __future__ import annotations

from sandbox_kit import history
from slack_mcp.sandbox.model import TEAM_ID, Conversation, ConversationKind, JsonObject, User
from slack_mcp.sandbox.records.conversations import im_name
from slack_mcp.sandbox.sample import people as who
from slack_mcp.sandbox.sample.links import page_url
from slack_mcp.sandbox.sample.record import at

GENERAL = "C0PMOS00001"
DEV = "C0PMOS00002"
ALERTS = "C0PMOS00003"
METRICS = "C0PMOS00004"
LEADS = "C0PMOS00005"
BOOTSTRAP = "C0PMOS00006"
ANNOUNCEMENTS = "C0PMOS00007"
DESIGN = "C0PMOS00008"
TRIO = "C0PMOS00009"
AUDIT = "C0PMOS00010"
WITH_ALEX = "D0PMOS00001"
WITH_ASSISTANT = "D0PMOS00002"
BETWEEN_ALEXES = "D0PMOS00003"

_AGENTS = (
    who.ORCHESTRATOR,
    who.PRODUCT_ARCHITECT,
    who.ENGINEERING_PARTNER,
    who.UX_STRATEGIST,
    who.DATA_ANALYST,
    who.GTM_STRATEGIST,
    who.SYSTEM_EVALUATOR,
    who.DOC_MAINTAINER,
)
_PEOPLE = (who.HUMAN_PM, who.ALEX_RIVERA, who.ALEX_MOREAU)
_OPENED = "2026-01-31 08:00"
_NEXT = history.totals().phases_complete
"""The phase after the last that is complete."""


def _channel(
    number: str,
    name: str,
    purpose: str,
    topic: str = "",
    *,
    kind: ConversationKind = "public_channel",
    creator: User = who.HUMAN_PM,
    created: str = _OPENED,
) -> Conversation:
    moment = at(created)
    return Conversation(
        number,
        kind,
        name,
        moment,
        creator.id,
        topic=topic,
        topic_by=creator.id if topic else "",
        topic_at=moment if topic else 0,
        purpose=purpose,
        purpose_by=creator.id if purpose else "",
        purpose_at=moment if purpose else 0,
        updated=moment,
    )


def _direct(number: str, one: User, other: User) -> Conversation:
    moment = at(_OPENED)
    return Conversation(number, "im", im_name(one.id, other.id), moment, one.id, updated=moment)


def conversations() -> dict[str, tuple[Conversation, tuple[User, ...]]]:
    """Every conversation with its members, by id. New objects each time, since conversations change."""
    general = _channel(GENERAL, "general", "News and questions for everybody", f"PM OS: Phase {_NEXT} comes next")
    general.general = True
    bootstrap = _channel(BOOTSTRAP, "pm-os-bootstrap", "Preparing Phase 0", created="2026-01-29 09:00")
    bootstrap.archived = True
    announcements = _channel(ANNOUNCEMENTS, "announcements", "Decisions; only the product manager posts here")
    announcements.postable_by = [who.HUMAN_PM.id]
    trio = _channel(TRIO, "mpdm-alex.moreau--alex.rivera--human.pm-1", "", kind="mpim")
    trio.purpose = "Group messaging with: @human.pm @alex.rivera @alex.moreau"
    found = [
        (general, (*_PEOPLE, who.JORDAN_BLAKE, *_AGENTS, who.ASSISTANT)),
        (
            _channel(DEV, "pm-os-dev", "Development updates of PM OS", f"Phases 0 to {_NEXT - 1} are done :tada:"),
            (*_PEOPLE, *_AGENTS, who.ASSISTANT),
        ),
        (
            _channel(ALERTS, "pm-os-alerts", "What the System Evaluator has to report"),
            (*_PEOPLE, who.SYSTEM_EVALUATOR, who.ASSISTANT),
        ),
        (
            _channel(METRICS, "pm-os-metrics", "Daily and weekly figures"),
            (who.HUMAN_PM, who.ALEX_RIVERA, who.DATA_ANALYST, who.SYSTEM_EVALUATOR, who.ASSISTANT),
        ),
        (
            _channel(LEADS, "pm-os-leads", "Risks and staffing", kind="private_channel"),
            (who.HUMAN_PM, who.ALEX_MOREAU),
        ),
        (bootstrap, (who.HUMAN_PM, who.ALEX_RIVERA, who.JORDAN_BLAKE)),
        (announcements, (*_PEOPLE, who.ASSISTANT)),
        (
            _channel(DESIGN, "design-critique", "Prototypes, looked at together", creator=who.ALEX_RIVERA),
            (who.ALEX_RIVERA, who.UX_STRATEGIST),
        ),
        (
            _channel(AUDIT, "audit-room", "Questions of the external audit", creator=who.ALEX_MOREAU),
            (who.ALEX_MOREAU, who.NOOR_HADDAD, who.HUMAN_PM),
        ),
        (trio, (who.HUMAN_PM, who.ALEX_RIVERA, who.ALEX_MOREAU)),
        (_direct(WITH_ALEX, who.HUMAN_PM, who.ALEX_RIVERA), (who.HUMAN_PM, who.ALEX_RIVERA)),
        (_direct(WITH_ASSISTANT, who.HUMAN_PM, who.ASSISTANT), (who.HUMAN_PM, who.ASSISTANT)),
        (_direct(BETWEEN_ALEXES, who.ALEX_RIVERA, who.ALEX_MOREAU), (who.ALEX_RIVERA, who.ALEX_MOREAU)),
    ]
    return {conversation.id: (conversation, members) for conversation, members in found}


def _bookmark(number: int, channel: str, title: str, link: str, emoji: str = "") -> JsonObject:
    return {
        "id": f"Bk0PMOS0000{number}",
        "channel_id": channel,
        "title": title,
        "link": link,
        "emoji": emoji,
        "icon_url": f"{link}/favicon.ico",
        "type": "link",
        "entity_id": None,
        "date_created": at(_OPENED),
        "date_updated": 0,
        "rank": f"{number:04d}",
        "last_updated_by_user_id": who.HUMAN_PM.id,
        "last_updated_by_team_id": TEAM_ID,
        "shortcut_id": None,
        "app_id": None,
    }


BOOKMARKS = (
    _bookmark(1, DEV, "Roadmap", page_url("Roadmap"), ":world_map:"),
    _bookmark(2, DEV, "Quality dashboard", page_url("Quality dashboard")),
)


def _group(number: int, handle: str, name: str, description: str, *users: User, deleted: int = 0) -> JsonObject:
    return {
        "id": f"S0PMOS0000{number}",
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "is_subteam": True,
        "name": name,
        "description": description,
        "handle": handle,
        "is_external": False,
        "date_create": at(_OPENED),
        "date_update": at(_OPENED),
        "date_delete": deleted,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": who.HUMAN_PM.id,
        "updated_by": who.HUMAN_PM.id,
        "deleted_by": who.HUMAN_PM.id if deleted else None,
        "prefs": {"channels": [DEV], "groups": []},
        "users": [user.id for user in users],
        "channel_count": 1,
    }


ENGINEERS = "S0PMOS00001"
GROUPS = (
    _group(1, "engineers", "Engineers", "Who keeps PM OS running", who.ALEX_RIVERA, who.ALEX_MOREAU),
    _group(2, "leads", "Leads", "Who decides on risks", who.HUMAN_PM, who.ALEX_MOREAU),
    _group(3, "launch-crew", "Launch crew", "Phase 0 only", who.HUMAN_PM, deleted=at("2026-02-01 08:00")),
)
EMOJI = {"pm-os": "https://emoji.pm-os.example/pm-os.png", "ship-it": "alias:rocket"}
