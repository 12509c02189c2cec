"""Ids that go into a request: checked before anything is built from them.

What people paste for a channel, a person, a message or a file is read by `slack_mcp.text`.
"""

import re

from connector_kit.errors import InvalidInput, clean_text

_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,30}")
_USER = re.compile(r"[UW][A-Z0-9]{2,30}")
_GROUP = re.compile(r"S[A-Z0-9]{2,30}")
_FILE = re.compile(r"F[A-Z0-9]{2,30}")
_BOOKMARK = re.compile(r"Bk[A-Z0-9]{2,30}")
_SCHEDULED = re.compile(r"[A-Z][A-Z0-9]{2,30}")
_EMOJI = re.compile(r"[a-z0-9_+'\-\u00c0-\uffff]{1,100}(?:::skin-tone-[2-6])?")
_GLYPHS = {
    "👍": "+1", "👎": "-1", "👀": "eyes", "✅": "white_check_mark", "❌": "x", "🎉": "tada",
    "❤": "heart", "🚀": "rocket", "🙏": "pray", "🔥": "fire", "👏": "clap", "🙌": "raised_hands",
    "💯": "100", "⚠": "warning", "🚨": "rotating_light", "🤔": "thinking_face", "👋": "wave",
    "😄": "smile", "🙂": "slightly_smiling_face", "😂": "joy", "😢": "cry", "🐛": "bug", "💡": "bulb",
    "✨": "sparkles", "📌": "pushpin", "🎯": "dart", "👌": "ok_hand", "💪": "muscle",
    "⏳": "hourglass_flowing_sand", "🔒": "lock", "❓": "question", "❗": "exclamation",
}  # fmt: skip
_NEW_NAME = re.compile(r"[^\W_A-Z](?:[^\WA-Z]|[-_]){0,79}")


def is_channel_id(text: str) -> bool:
    """Whether it could be the id of a channel or a direct conversation."""
    return _CHANNEL.fullmatch(text) is not None


def is_user_id(text: str) -> bool:
    """Whether it could be the id of a person or an app."""
    return _USER.fullmatch(text) is not None


def is_group_id(text: str) -> bool:
    """Whether it could be the id of a user group."""
    return _GROUP.fullmatch(text) is not None


def is_file_id(text: str) -> bool:
    """Whether it could be the id of a file or canvas."""
    return _FILE.fullmatch(text) is not None


def bookmark_id(text: str) -> str:
    """The id of a bookmark. Raises InvalidInput for anything else."""
    return _checked(_BOOKMARK, text, "bookmark", "Bk0123456789")


def scheduled_id(text: str) -> str:
    """The id of a scheduled message. Raises InvalidInput for anything else."""
    return _checked(_SCHEDULED, text, "scheduled message", "Q0123456789")


def emoji_name(text: str) -> str:
    """The name of an emoji without colons; of the usual ones by the emoji itself. Raises InvalidInput for others."""
    said = text.strip().replace("\ufe0f", "")
    wanted = _GLYPHS.get(said) or said.strip(":").lower()
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
            f"That is not the id of a {what}.",
            fields={"id": f"{clean_text(text, 60)!r} should look like {example}"},
        )
    return wanted
