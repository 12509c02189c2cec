"""Direct messages between two people or more."""

from __future__ import annotations

from collections.abc import Sequence

from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import Conversation, ConversationKind, User
from slack_mcp.sandbox.records.conversations import im_name
from slack_mcp.sandbox.web import Call


def direct_message(call: Call, others: Sequence[User], *, may_create: bool = True) -> Conversation:
    """The direct message of the caller and these people, made when there is none."""
    kind: ConversationKind = "im" if len(others) == 1 else "mpim"
    if kind == "im":
        name = im_name(call.token.user, others[0].id)
    else:
        name = f"mpdm-{'--'.join(sorted(each.name for each in (*others, call.caller)))}-1"
    records = call.session.conversations
    found = records.direct(kind, name)
    if found:
        return found
    if not may_create:
        raise ApiError("channel_not_found")
    now = int(call.now)
    prefix = "D" if kind == "im" else "C"
    conversation = Conversation(call.session.next_id(prefix), kind, name, now, call.token.user, updated=now)
    company = list(dict.fromkeys((call.token.user, *(each.id for each in others))))
    if kind == "mpim":
        conversation.purpose = f"Group messaging with: {' '.join(f'@{each.name}' for each in (call.caller, *others))}"
        conversation.purpose_by, conversation.purpose_at = call.token.user, now
    records.save(conversation)
    records.join(conversation.id, company)
    for member in company:
        records.set_open(conversation.id, member, False)
    return conversation
