"""What Slack's error codes mean (https://docs.slack.dev/reference/methods: the errors of each method).

Slack refuses with status 200, `ok` false and a code. What can be done about it is said here, as data.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connector_kit.errors import (
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    RateLimited,
    ScopeMissing,
    ServiceError,
    Unavailable,
    clean_text,
)
from connector_kit.wire import JsonObject, as_object, as_text, texts

PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
"""Slack failed: a call may have been carried out all the same, and may work the next time."""

TOKEN_REFUSED = frozenset({"token_expired", "token_revoked", "invalid_auth", "not_authed"})
"""Another token may be accepted; nothing was done with this one."""

_LOG_IN = "Ask the user to correct SLACK_TOKEN, or to log in again with `mcp-suite auth login slack`."
_JOIN = (
    "slack_join_channel joins a public channel; into a private one the user has to invite the account, or the app with "
    "`/invite @app`."
)
_CHANNELS = "slack_list_channels finds channels by name."
_PEOPLE = "slack_search_users finds people by name or e-mail address."
_ADMIN = "Ask the user or an administrator of the workspace to do it."
_READ_AGAIN = "Read the channel again: it may have been deleted."


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a code means; {place} stands for the channel that the call was about."""

    kind: type[ServiceError]
    message: str
    next_step: str = ""


REFUSALS: Mapping[str, Refusal] = {  # by code, or by METHOD:CODE where a method means something else by it
    # Credentials
    "invalid_auth": Refusal(NotAuthenticated, "Slack does not accept the token.", _LOG_IN),
    "not_authed": Refusal(NotAuthenticated, "Slack got no token.", _LOG_IN),
    "token_expired": Refusal(NotAuthenticated, "The token has expired.", _LOG_IN),
    "token_revoked": Refusal(NotAuthenticated, "The token was revoked.", _LOG_IN),
    "account_inactive": Refusal(NotAuthenticated, "The account or the app of the token was deactivated.", _LOG_IN),
    "org_login_required": Refusal(NotAuthenticated, "The workspace is being moved to an organisation.", "Try later."),
    "two_factor_setup_required": Refusal(
        NotAuthenticated, "The account must set up two-factor sign-in first.", "Ask the user to do so in Slack."
    ),
    # What the token or the account may do
    "not_allowed_token_type": Refusal(
        NotPermitted,
        "Slack does not allow this with the kind of token that is used.",
        "Some things need a person's token (xoxp-), others a bot's (xoxb-): see the setup guide.",
    ),
    "no_permission": Refusal(NotPermitted, "The token's account lacks the permission for this in Slack.", _ADMIN),
    "access_denied": Refusal(NotPermitted, "Slack denies access to this.", _ADMIN),
    "ekm_access_denied": Refusal(NotPermitted, "The workspace's administrators suspended posting.", _ADMIN),
    "team_access_not_granted": Refusal(NotPermitted, "The app is not allowed in that workspace.", _ADMIN),
    "restricted_action": Refusal(NotPermitted, "A setting of the workspace forbids this in {place}.", _ADMIN),
    "restricted_action_read_only_channel": Refusal(NotPermitted, "{place} is read-only.", "Post elsewhere."),
    "restricted_action_thread_only_channel": Refusal(
        NotPermitted, "{place} takes replies in threads only.", "Reply to a message there instead."
    ),
    "restricted_action_non_threadable_channel": Refusal(
        NotPermitted, "{place} takes no replies in threads.", "Post to the channel instead."
    ),
    "restricted_action_thread_locked": Refusal(NotPermitted, "The thread is locked.", "Post to the channel instead."),
    "not_in_channel": Refusal(NotPermitted, "This account is not in {place}.", _JOIN),
    "no_access": Refusal(NotPermitted, "The account may not read {place}.", _JOIN),
    "user_is_restricted": Refusal(NotPermitted, "A guest may not do this.", _ADMIN),
    "user_is_ultra_restricted": Refusal(NotPermitted, "A guest of one channel may not do this.", _ADMIN),
    "user_is_bot": Refusal(NotPermitted, "A bot may not do this.", "It needs a person's token (xoxp-)."),
    "feature_not_enabled": Refusal(NotPermitted, "The workspace has not switched this on.", _ADMIN),
    "paid_only": Refusal(NotPermitted, "The workspace's plan does not include this.", ""),
    "paid_teams_only": Refusal(NotPermitted, "The workspace's plan does not include this.", ""),
    "free_teams_cannot_create_non_tabbed_canvases": Refusal(
        NotPermitted, "On the free plan a canvas belongs to a channel.", "Name a channel for it."
    ),
    "cant_update_message": Refusal(NotPermitted, "Only its author may edit this message.", "Reply to it instead."),
    "cant_delete_message": Refusal(NotPermitted, "Only its author may delete this message.", ""),
    "edit_window_closed": Refusal(NotPermitted, "The time for editing this message is over.", "Reply to it instead."),
    "message_limit_exceeded": Refusal(NotPermitted, "The workspace has reached its number of messages.", _ADMIN),
    "cant_invite": Refusal(NotPermitted, "These people cannot be invited to {place}.", _ADMIN),
    "cant_invite_self": Refusal(InvalidInput, "The account cannot invite itself.", "slack_join_channel joins."),
    "cant_kick_self": Refusal(
        InvalidInput, "The account cannot remove itself.", "slack_join_channel with leave=true leaves."
    ),
    "cant_kick_from_general": Refusal(NotPermitted, "Nobody can be removed from {place}."),
    "cant_leave_general": Refusal(NotPermitted, "Nobody can leave {place}."),
    "last_member": Refusal(NotPermitted, "The last member cannot leave {place}.", "Archive the channel instead."),
    "cant_archive_general": Refusal(NotPermitted, "{place} cannot be archived."),
    "cant_archive_required": Refusal(NotPermitted, "{place} cannot be archived: people must be in it."),
    "cannot_dm_bot": Refusal(NotPermitted, "Apps cannot write to apps directly.", "Name a person."),
    "user_disabled": Refusal(NotFound, "The person was deactivated.", _PEOPLE),
    "missing_action_token": Refusal(
        NotPermitted, "A bot may only search while it answers a message.", "Searching needs a person's token (xoxp-)."
    ),
    # What does not exist, or is not visible
    "channel_not_found": Refusal(
        NotFound, "There is no such channel, or the token's account may not see it.", f"{_CHANNELS} {_JOIN}"
    ),
    "user_not_found": Refusal(NotFound, "There is no such person in the workspace.", _PEOPLE),
    "users_not_found": Refusal(NotFound, "Some of these people are not in the workspace.", _PEOPLE),
    "user_not_visible": Refusal(NotFound, "The account may not see this person.", _PEOPLE),
    "not_in_group": Refusal(NotFound, "They are not in {place}."),
    "no_such_subteam": Refusal(NotFound, "There is no such user group.", "slack_list_groups shows them."),
    "message_not_found": Refusal(NotFound, "There is no such message.", _READ_AGAIN),
    "thread_not_found": Refusal(NotFound, "There is no such thread.", _READ_AGAIN),
    "no_item_specified": Refusal(InvalidInput, "Slack was not told which message is meant."),
    "bad_timestamp": Refusal(InvalidInput, "The message's ts is not one.", "Give the message's permalink."),
    "file_not_found": Refusal(NotFound, "There is no such file, or the account may not see it."),
    "file_deleted": Refusal(NotFound, "The file was deleted."),
    "canvas_not_found": Refusal(NotFound, "There is no such canvas, or the account may not see it."),
    "canvas_deleted": Refusal(NotFound, "The canvas was deleted."),
    "invalid_scheduled_message_id": Refusal(
        NotFound, "No such message is scheduled any more.", "slack_list_scheduled_messages shows those that are."
    ),
    "bookmark_not_found": Refusal(
        NotFound, "There is no such bookmark.", "slack_get_channel with include=bookmarks lists them."
    ),
    "files.list:unknown_type": Refusal(
        InvalidInput, "Slack knows no such kind of file.", "Give images, pdfs, snippets, canvases or zips, or none."
    ),
    "bookmarks.remove:not_found": Refusal(
        NotFound, "There is no such bookmark in {place}.", "slack_get_channel with include=bookmarks lists them."
    ),
    "not_found": Refusal(NotFound, "It does not exist, or the account may not see it."),
    "team_not_found": Refusal(NotFound, "There is no such workspace."),
    # States
    "is_archived": Refusal(Conflict, "{place} is archived.", "Unarchive it first, or post elsewhere."),
    "already_archived": Refusal(Conflict, "{place} is archived already."),
    "not_archived": Refusal(Conflict, "{place} is not archived."),
    "name_taken": Refusal(Conflict, "A channel of that name exists, maybe a private or archived one.", _CHANNELS),
    "already_in_channel": Refusal(Conflict, "They are in {place} already."),
    "already_reacted": Refusal(Conflict, "The reaction is there already."),
    "no_reaction": Refusal(Conflict, "The reaction is not there."),
    "already_pinned": Refusal(Conflict, "It is pinned already."),
    "not_pinned": Refusal(Conflict, "It is not pinned."),
    "no_pin": Refusal(Conflict, "It is not pinned."),
    "too_many_pins": Refusal(Conflict, "{place} has as many pins as Slack allows.", "Unpin something first."),
    "too_many_reactions": Refusal(Conflict, "The message has as many reactions as Slack allows."),
    "too_many_emoji": Refusal(Conflict, "The message has as many different reactions as Slack allows."),
    "channel_canvas_already_exists": Refusal(Conflict, "{place} has a canvas already.", "Append to that one."),
    "canvas_tab_creation_failed": Refusal(Conflict, "Slack could not add the canvas to {place}."),
    "canvas_editing_failed": Refusal(Conflict, "Slack could not change the canvas.", "Read it again, then decide."),
    # Arguments
    "invalid_name_required": Refusal(InvalidInput, "A channel needs a name."),
    "invalid_name_punctuation": Refusal(InvalidInput, "A channel's name cannot be punctuation alone."),
    "invalid_name_maxlength": Refusal(InvalidInput, "A channel's name has at most 80 characters."),
    "invalid_name_specials": Refusal(InvalidInput, "A channel's name has small letters, digits, - and _ only."),
    "invalid_name": Refusal(InvalidInput, "Slack does not take that name."),
    "too_long": Refusal(InvalidInput, "The text is longer than Slack takes.", "Shorten it."),
    "msg_too_long": Refusal(InvalidInput, "The message is longer than Slack takes.", "Post it in parts."),
    "no_text": Refusal(InvalidInput, "The message has no text."),
    "msg_blocks_too_long": Refusal(InvalidInput, "The blocks hold more text than Slack takes.", "Shorten it."),
    "invalid_blocks": Refusal(InvalidInput, "Slack does not take the message's blocks."),
    "time_in_past": Refusal(InvalidInput, "The time to post at has passed.", "Name a later one."),
    "time_too_far": Refusal(InvalidInput, "Slack schedules at most 120 days ahead.", "Name an earlier time."),
    "invalid_time": Refusal(InvalidInput, "Slack does not understand the time to post at."),
    "invalid_emoji": Refusal(InvalidInput, "The workspace has no emoji of that name."),
    "reactions.add:invalid_name": Refusal(InvalidInput, "The workspace has no emoji of that name."),
    "invalid_link": Refusal(InvalidInput, "Slack does not take the link.", "Give a whole address with https://."),
    "invalid_cursor": Refusal(
        InvalidInput, "Slack does not know the cursor any more.", "Repeat the call without cursor to start over."
    ),
    "method_not_supported_for_channel_type": Refusal(
        InvalidInput, "Slack cannot do this in {place}: it is a direct conversation or another kind of channel."
    ),
    "too_many_users": Refusal(InvalidInput, "Slack takes fewer people at a time.", "Name at most eight people."),
    "not_enough_users": Refusal(InvalidInput, "Name at least one person."),
    "file_uploads_disabled": Refusal(NotPermitted, "Uploads are switched off.", _ADMIN),
    "file_upload_size_restricted": Refusal(InvalidInput, "The file is larger than Slack takes."),
    "storage_limit_reached": Refusal(NotPermitted, "The workspace's space for files is used up.", _ADMIN),
    "posting_to_channel_denied": Refusal(NotPermitted, "Nothing may be shared in {place}.", _ADMIN),
    "posting_to_general_channel_denied": Refusal(NotPermitted, "The account may not post in {place}.", _ADMIN),
    "unknown_method": Refusal(NotFound, "Slack does not have this method here."),
    "method_deprecated": Refusal(NotFound, "Slack has retired this method."),
    # Slack's own trouble
    "ratelimited": Refusal(RateLimited, "Slack takes no more calls of this kind for now.", "Try again in a minute."),
    "rate_limited": Refusal(RateLimited, "Slack takes no more calls of this kind for now.", "Try again in a minute."),
    "accesslimited": Refusal(NotPermitted, "Access to this is limited on this workspace.", _ADMIN),
    "internal_error": Refusal(Unavailable, "Slack had an internal error.", "Try again in a minute."),
    "fatal_error": Refusal(Unavailable, "Slack had an internal error.", "Try again in a minute."),
    "service_unavailable": Refusal(Unavailable, "Slack is not available now.", "Try again in a minute."),
    "request_timeout": Refusal(Unavailable, "Slack did not get the whole call in time.", "Try again."),
    "team_added_to_org": Refusal(Unavailable, "The workspace is being moved to an organisation.", "Try again later."),
}


def explain_refusal(method: str, body: JsonObject, *, place: str = "the channel") -> ServiceError:
    """The error for an answer of `method` whose `ok` is not true; `place` is how to call its channel."""
    code = as_text(body.get("error"))
    said = clean_text(" ".join(texts(as_object(body.get("response_metadata")).get("messages"))), 300)
    if code == "missing_scope":
        return _scope_missing(method, body)
    if not code:
        return Unavailable(f"Slack answered {method} without saying whether it worked.", next_step="Try again later.")
    known = REFUSALS.get(f"{method}:{code}") or REFUSALS.get(code)
    if known is None:
        detail = f": {said}" if said else ""
        return InvalidInput(f"Slack refused {method} with {clean_text(code, 60)!r}{detail}.")
    message = known.message.format(place=place)
    return known.kind(
        f"{message[:1].upper()}{message[1:]}" + (f" ({said})" if said else ""),
        next_step=known.next_step.format(place=place),
    )


def _scope_missing(method: str, body: JsonObject) -> ServiceError:
    needed = [clean_text(scope, 60) for scope in as_text(body.get("needed")).split(",") if scope.strip()]
    provided = [scope for scope in as_text(body.get("provided")).split(",") if scope.strip()]
    wanted = " or ".join(needed) or "another scope"
    return ScopeMissing(
        f"{method} needs the scope {wanted}, which the token lacks"
        + (f" (it has {len(provided)} others)." if provided else "."),
        next_step="Ask the user to add the scope to the Slack app, to install the app again and to set the new token, "
        "or to log in again with `mcp-suite auth login slack`.",
    )
