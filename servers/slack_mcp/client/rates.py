"""How often each method may be called (https://docs.slack.dev/apis/web-api/rate-limits)."""

from collections.abc import Mapping

_TIER_2, _TIER_3, _TIER_4 = 20.0, 50.0, 100.0
"""Calls a minute that Slack promises at least, for a method in a workspace by an app."""

_POSTING = 60.0
"""One a second in a channel; more for a short while."""

PER_MINUTE: Mapping[str, float] = {
    "assistant.search.context": _TIER_2,
    "auth.test": _TIER_4,
    "bookmarks.add": _TIER_2,
    "bookmarks.list": _TIER_3,
    "bookmarks.remove": _TIER_2,
    "canvases.create": _TIER_2,
    "canvases.edit": _TIER_3,
    "canvases.getContent": _TIER_3,
    "chat.delete": _TIER_3,
    "chat.deleteScheduledMessage": _TIER_3,
    "chat.postMessage": _POSTING,
    "chat.scheduleMessage": _TIER_3,
    "chat.scheduledMessages.list": _TIER_3,
    "chat.update": _TIER_3,
    "conversations.archive": _TIER_2,
    "conversations.create": _TIER_2,
    "conversations.history": _TIER_3,
    "conversations.info": _TIER_3,
    "conversations.invite": _TIER_3,
    "conversations.join": _TIER_3,
    "conversations.kick": _TIER_3,
    "conversations.leave": _TIER_3,
    "conversations.list": _TIER_2,
    "conversations.mark": _TIER_3,
    "conversations.members": _TIER_4,
    "conversations.open": _TIER_3,
    "conversations.rename": _TIER_2,
    "conversations.replies": _TIER_3,
    "conversations.setPurpose": _TIER_2,
    "conversations.setTopic": _TIER_2,
    "conversations.unarchive": _TIER_2,
    "files.completeUploadExternal": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "files.info": _TIER_4,
    "files.list": _TIER_3,
    "pins.add": _TIER_2,
    "pins.list": _TIER_2,
    "pins.remove": _TIER_2,
    "reactions.add": _TIER_3,
    "reactions.remove": _TIER_2,
    "search.messages": _TIER_2,
    "usergroups.list": _TIER_2,
    "usergroups.users.list": _TIER_2,
    "users.conversations": _TIER_3,
    "users.info": _TIER_4,
    "users.list": _TIER_2,
    "users.lookupByEmail": _TIER_3,
}
"""All methods that this client calls."""
