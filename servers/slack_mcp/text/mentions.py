"""Mentions that call many people at once, taken out of what is to be posted.

Slack notifies for tokens in angle brackets: `<!channel>`, `<!here>`, `<!everyone>` (and `<!group>`, an old name),
`<!subteam^S…>` for a user group, `<@U…>` for a person
(https://docs.slack.dev/messaging/formatting-message-text). It does so in mrkdwn and in Markdown, wherever the
token stands: in a link, in a table, perhaps in code. "@channel" in plain letters notifies only with `link_names`
or `parse=full`, which this package's callers never send; it is taken apart all the same, for other software reads
messages too. An entity such as "&lt;" is decoded for display and not read as a token again; the forms with
entities are treated like the others, so that nothing depends on that.

What remains shows the same word, "@channel", with an invisible character in it that ends the word for a parser.
It is not a token even to one that drops the character.
"""

import re
from dataclasses import dataclass
from typing import Final

_JOINER: Final = "\u2060"
"""WORD JOINER: no width, no line break, not part of a name."""

_UNSEEN: Final = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]*"
)
"""Characters that nobody sees, any number of them."""

_OPEN: Final = r"(?:<|&(?:lt|#0*60|#x0*3c);?)"
_CLOSE: Final = r"(?:>|&(?:gt|#0*62|#x0*3e);?)"
_BANG: Final = r"\\?(?:!|&(?:excl|#0*33|#x0*21);?)"
_AT: Final = r"(?:@|&(?:commat|#0*64|#x0*40);?)"
_BROADCASTS: Final = ("channel", "here", "everyone", "group")


@dataclass(frozen=True, slots=True)
class MentionPolicy:
    """Which calls to many people a text may make: the whole channel or workspace, and user groups."""

    broadcast: bool = False
    groups: bool = False


NOBODY: Final = MentionPolicy()
"""Nobody but single people may be called."""


def neutral(text: str, mentions: MentionPolicy = NOBODY) -> str:
    """`text` without the mentions that `mentions` does not allow; those of single people stay.

    `<@U123|name>` becomes `<@U123>`, the only form that Slack still links. Applying it twice changes nothing more.
    """
    if not mentions.broadcast:
        text = re.sub(_broadcast_token(), lambda found: f"@{_JOINER}{_word(found[1])}", text, flags=re.IGNORECASE)
        text = re.sub(_broadcast_word(), lambda found: f"@{_JOINER}{_word(found[1])}", text, flags=re.IGNORECASE)
    if not mentions.groups:
        text = re.sub(_group_token(), _group_name, text, flags=re.IGNORECASE)
    return re.sub(r"<@([UW][A-Z0-9]+)\|[^<>\n]*>", r"<@\1>", text)


def mutes(text: str) -> bool:
    """Whether `neutral` takes a mention of many people out of the text."""
    return neutral(text) != neutral(text, MentionPolicy(broadcast=True, groups=True))


def escaped(text: str) -> str:
    """`text` for a field in mrkdwn: the three characters of Slack's tokens as entities, tokens as they are."""
    kept = re.split(r"(<(?:[@#!][^<>\n]+|(?:https?|mailto|tel):[^<>\n]+)>)", text)
    entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    return "".join(
        part if number % 2 else re.sub("[&<>]", lambda found: entities[found[0]], part)
        for number, part in enumerate(kept)
    )


def _letters(word: str) -> str:
    return _UNSEEN.join(word)


def _words() -> str:
    return "|".join(_letters(word) for word in _BROADCASTS)


def _broadcast_token() -> str:
    label = rf"(?:[|^](?:(?!{_OPEN}|{_CLOSE})[^<>\n]){{0,300}})?"
    return rf"{_OPEN}{_UNSEEN}{_BANG}{_UNSEEN}({_words()})(?![\w-])(?:{_UNSEEN}+{label}{_UNSEEN}+{_CLOSE})?"


def _broadcast_word() -> str:
    return rf"(?<!\w){_AT}(?!{_JOINER}){_UNSEEN}({_words()})(?![\w-])"


def _group_token() -> str:
    subteam = _letters("subteam")
    label = rf"(?:{_UNSEEN}\|((?:(?!{_CLOSE}|{_OPEN})[^<>\n]){{0,300}}))?"
    return rf"{_OPEN}{_UNSEEN}{_BANG}{_UNSEEN}{subteam}{_UNSEEN}\^?{_UNSEEN}([\w-]*){label}{_UNSEEN}{_CLOSE}?"


def _word(text: str) -> str:
    return re.sub(_UNSEEN, "", text).lower()


def _group_name(found: re.Match[str]) -> str:
    label = re.sub(rf"^(?:{_AT})?{_UNSEEN}", "", (found[2] or "").strip())
    return f"@{_JOINER}{label or found[1] or 'group'}"
