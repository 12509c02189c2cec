"""Ids that go into a request: checked before anything is built from them."""

import re

from connector_kit.errors import InvalidInput, clean_text

_CHANNEL = re.compile(r"[CGD][A-Z0-9]{6,20}")
_USER = re.compile(r"[UW][A-Z0-9]{6,20}")
_GROUP = re.compile(r"S[A-Z0-9]{6,20}")
_FILE = re.compile(r"F[A-Z0-9]{6,20}")
_BOOKMARK = re.compile(r"Bk[A-Z0-9]{6,20}")
_SCHEDULED = re.compile(r"Q[A-Z0-9]{6,20}")
_TS = re.compile(r"[0-9]{10}\.[0-9]{6}")
_EMOJI = re.compile(r"[a-z0-9_+'\-\u00c0-\uffff]{1,100}(?:::skin-tone-[2-6])?")
_NEW_NAME = re.compile(r"[^\W_A-Z](?:[^\WA-Z]|[-_]){0,79}")
_CHANNEL_LINK = re.compile(r"https://[^/\s]+/(?:archives|app_redirect\?channel=)/?(?P<id>[CGD][A-Z0-9]{6,20})\b")
_CHANNEL_MENTION = re.compile(r"<#(?P<id>[CGD][A-Z0-9]{6,20})(?:\|[^>]*)?>")
_USER_MENTION = re.compile(r"<@(?P<id>[UW][A-Z0-9]{6,20})(?:\|[^>]*)?>")
_FILE_LINK = re.compile(r"https://[^/\s]+/(?:files|docs)/(?:[A-Z0-9]+/)?(?P<id>F[A-Z0-9]{6,20})(?:[/?#]|$)")


def channel_id_in(text: str) -> str | None:
    """The channel id that a text is, links to, or mentions; None for a name."""
    for pattern in (_CHANNEL_LINK, _CHANNEL_MENTION):
        if match := pattern.match(text):
            return match.group("id")
    return text if _CHANNEL.fullmatch(text) else None


def user_id_in(text: str) -> str | None:
    """The user id that a text is or mentions; None for a name or an address."""
    if match := _USER_MENTION.fullmatch(text):
        return match.group("id")
    wanted = text.removeprefix("@")
    return wanted if _USER.fullmatch(wanted) else None


def is_channel_id(text: str) -> bool:
    """Whether it could be the id of a channel or a direct conversation."""
    return _CHANNEL.fullmatch(text) is not None


def is_group_id(text: str) -> bool:
    """Whether it could be the id of a user group."""
    return _GROUP.fullmatch(text) is not None


def is_ts(text: str) -> bool:
    """Whether it could be the ts of a message."""
    return _TS.fullmatch(text) is not None


def file_id(text: str, field: str = "file") -> str:
    """The id of a file or canvas; a link to it will do. Raises InvalidInput for anything else."""
    wanted = text.strip()
    link = _FILE_LINK.match(wanted)
    wanted = link.group("id") if link else wanted
    if not _FILE.fullmatch(wanted):
        raise InvalidInput(
            f"That is not a {field}.",
            fields={field: f"{clean_text(text, 60)!r} should be an id like F0123456789 or the {field}'s link"},
            next_step="Messages name the ids of their files; slack_list_files shows those of a channel.",
        )
    return wanted


def bookmark_id(text: str) -> str:
    """The id of a bookmark. Raises InvalidInput for anything else."""
    return _checked(_BOOKMARK, text, "bookmark", "Bk0123456789")


def scheduled_id(text: str) -> str:
    """The id of a scheduled message. Raises InvalidInput for anything else."""
    return _checked(_SCHEDULED, text, "scheduled", "Q0123456789")


def emoji_name(text: str) -> str:
    """The name of an emoji without colons. Raises InvalidInput for anything else."""
    wanted = text.strip().strip(":").lower()
    if not _EMOJI.fullmatch(wanted):
        raise InvalidInput(
            "That is not the name of an emoji.",
            fields={"emoji": f"{clean_text(text, 40)!r} should be a name like thumbsup or white_check_mark"},
        )
    return wanted


def new_channel_name(text: str) -> str:
    """A name that a channel can be given. Raises InvalidInput for any other."""
    wanted = text.strip().removeprefix("#")
    if not _NEW_NAME.fullmatch(wanted):
        raise InvalidInput(
            "Slack does not take that name.",
            fields={
                "name": f"{clean_text(text, 100)!r}: small letters, digits, hyphens and underscores, at most 80, "
                "beginning with a letter or digit"
            },
        )
    return wanted


def _checked(pattern: re.Pattern[str], text: str, what: str, example: str) -> str:
    wanted = text.strip()
    if not pattern.fullmatch(wanted):
        raise InvalidInput(
            f"That is not the id of a {what.replace('scheduled', 'scheduled message')}.",
            fields={what: f"{clean_text(text, 60)!r} should look like {example}"},
        )
    return wanted
