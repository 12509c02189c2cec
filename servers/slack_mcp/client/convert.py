"""Slack's JSON as models. Nothing is promised of it: what is missing stays empty."""

from datetime import UTC, datetime

from connector_kit.errors import clean_text
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects, texts
from slack_mcp.models import Bookmark, ChannelKind, File, Reaction, User, UserGroup

CANVAS = "application/vnd.slack-docs"

_NAME_CHARS = 80
_LINE_CHARS = 500


def moment(value: object) -> str:
    """A ts or a number of epoch seconds as ISO 8601 in UTC; "" for anything else."""
    try:
        seconds = float(as_text(value))
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds > 0 else ""
    except (ValueError, OverflowError, OSError):
        return ""


def user(entry: JsonObject, *, team: str = "") -> User | None:
    """A user object; None for what is none. `team` is our workspace, whose people are not external."""
    user_id = as_text(entry.get("id"))
    if not user_id:
        return None
    profile = as_object(entry.get("profile"))
    handle = clean_text(as_text(entry.get("name")), _NAME_CHARS)
    real = clean_text(as_text(profile.get("real_name")) or as_text(entry.get("real_name")), _NAME_CHARS)
    shown = clean_text(as_text(profile.get("display_name")), _NAME_CHARS)
    status = f"{as_text(profile.get('status_emoji'))} {as_text(profile.get('status_text'))}"
    its_team = as_text(entry.get("team_id"))
    return User(
        id=user_id,
        name=shown or real or handle or user_id,
        handle=handle,
        real_name=real,
        title=clean_text(as_text(profile.get("title")), _NAME_CHARS),
        email=clean_text(as_text(profile.get("email")), 254) or None,
        timezone=clean_text(as_text(entry.get("tz")), _NAME_CHARS),
        status=clean_text(status, 120),
        is_bot=as_flag(entry.get("is_bot")) or user_id == "USLACKBOT",
        active=not as_flag(entry.get("deleted")),
        external=as_flag(entry.get("is_stranger")) or bool(team and its_team and its_team != team),
    )


def user_group(entry: JsonObject) -> UserGroup | None:
    """A user group; None for what is none."""
    group_id = as_text(entry.get("id"))
    if not group_id:
        return None
    members = entry.get("users")
    size = as_int(entry.get("user_count"))
    return UserGroup(
        id=group_id,
        handle=clean_text(as_text(entry.get("handle")), _NAME_CHARS),
        name=clean_text(as_text(entry.get("name")), _NAME_CHARS),
        description=clean_text(as_text(entry.get("description")), _LINE_CHARS),
        size=len(texts(members)) if size is None and members else size,
    )


def channel_kind(entry: JsonObject) -> ChannelKind:
    """What kind of conversation an object describes."""
    if as_flag(entry.get("is_im")):
        return "dm"
    if as_flag(entry.get("is_mpim")):
        return "group_dm"
    private = as_flag(entry.get("is_private")) or as_flag(entry.get("is_group"))
    return "private" if private else "public"


def line_of(entry: JsonObject, name: str) -> str:
    """A channel's topic or purpose in one line."""
    return clean_text(as_text(as_object(entry.get(name)).get("value")), _LINE_CHARS)


def file(entry: JsonObject) -> File | None:
    """A file object; None for what is none."""
    identifier = as_text(entry.get("id"))
    if not identifier:
        return None
    name = clean_text(as_text(entry.get("name")), 255)
    title = clean_text(as_text(entry.get("title")), 255)
    return File(
        id=identifier,
        name=name or title or identifier,
        title=title,
        media_type=clean_text(as_text(entry.get("mimetype")), 100),
        kind=clean_text(as_text(entry.get("pretty_type")) or as_text(entry.get("filetype")), 60),
        size=as_int(entry.get("size")) or 0,
        user=as_text(entry.get("user")),
        created=moment(entry.get("created") or entry.get("timestamp")),
        permalink=clean_text(as_text(entry.get("permalink")), 500),
        external=as_flag(entry.get("is_external")),
    )


def is_canvas(entry: JsonObject) -> bool:
    """Whether a file object is a canvas."""
    return as_text(entry.get("mimetype")) == CANVAS or as_text(entry.get("filetype")) in ("quip", "canvas")


def reactions(value: object) -> tuple[Reaction, ...]:
    """The reactions of a message, users by their ids."""
    return tuple(
        Reaction(
            emoji=clean_text(as_text(entry.get("name")), 100),
            count=as_int(entry.get("count")) or len(texts(entry.get("users"))),
            users=tuple(texts(entry.get("users"))),
        )
        for entry in objects(value)
        if as_text(entry.get("name"))
    )


def bookmark(entry: JsonObject) -> Bookmark | None:
    """A bookmark; None for what is none."""
    identifier = as_text(entry.get("id"))
    if not identifier:
        return None
    return Bookmark(
        id=identifier,
        title=clean_text(as_text(entry.get("title")), 255),
        link=clean_text(as_text(entry.get("link")), 2_000),
        emoji=clean_text(as_text(entry.get("emoji")), 100),
    )


def next_cursor(body: JsonObject) -> str | None:
    """Where a list goes on; None at its end."""
    return as_text(as_object(body.get("response_metadata")).get("next_cursor")) or None
