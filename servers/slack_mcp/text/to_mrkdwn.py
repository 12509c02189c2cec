"""Markdown as Slack's own markup, mrkdwn, for the texts of blocks, which know nothing else.

Headings become bold lines and bullets become "•", for mrkdwn has neither; a table stays as it is written. mrkdwn has
no escape for its marks: a star that Markdown escaped is written plainly.
"""

import re
from typing import Final

from slack_mcp.text.mentions import NOBODY, MentionPolicy, escaped, neutral

_KEPT: Final = "\x00"
_DEEPEST: Final = 4
_INLINE: Final = (
    r"(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|!?\[(?P<label>[^\[\]\n]*)\]\((?:<(?P<bracketed>[^<>\n]+)>|(?P<url>[^\s()<>]+))(?:\s+\"[^\"\n]*\")?\)"
    r"|<(?P<token>(?:[@#!]|https?://|mailto:|tel:)[^<>\n]+)>"
    r"|\\(?P<escape>[!-/:-@\[-`{-~])"
)
_STYLES: Final = (
    r"(?<!\*)\*\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*\*(?!\*)"
    r"|(?<!\w)__(?P<bold_too>[^\s_](?:[^_\n]*[^\s_])?)__(?!\w)"
    r"|(?<![\w*])\*(?P<italic>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<italic_too>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
    r"|~~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~~"
)
_MARKS: Final = {"bold": "*", "bold_too": "*", "italic": "_", "italic_too": "_", "strike": "~"}


def to_mrkdwn(markdown: str, *, mentions: MentionPolicy = NOBODY) -> str:
    """Markdown as mrkdwn. Tokens such as `<@U…>` stay; other brackets and ampersands become entities.

    Mentions of many people are looked for in what is written, too: marks that are dropped may have parted one.
    """
    written: list[str] = []
    fence = ""
    for line in markdown.replace(_KEPT, "").split("\n"):
        found = re.match(r"[ \t]*(`{3,}|~{3,})(.*)", line)
        if fence:
            closes = found is not None and found[1].startswith(fence) and not found[2].strip()
            written.append("```" if closes else escaped(line))
            fence = "" if closes else fence
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            fence = found[1]
            written.append("```")
        else:
            written.append(_line(line))
    if fence:
        written.append("```")
    return neutral("\n".join(written), mentions)


def _line(line: str) -> str:
    heading = re.match(r" {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#*)?[ \t]*$", line)
    if heading:
        text = re.sub(r"\*\*|__", "", heading[1])
        return f"*{_inline(text)}*" if text else ""
    if re.fullmatch(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})", line):
        return "───"
    quote = re.match(r" {0,3}((?:> ?)+)", line)
    if quote:
        return "> " + _line(line[quote.end() :])
    item = re.match(r"([ \t]*)[-*+][ \t]+(?:\[([ xX])\][ \t]+)?", line)
    if item:
        box = {None: "", " ": "☐ "}.get(item[2], "☑ ")
        return f"{item[1]}• {box}{_inline(line[item.end() :])}"
    return _inline(line)


def _inline(text: str) -> str:
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(_piece(found))
        return f"{_KEPT}{len(kept) - 1}{_KEPT}"

    styled = _styled(re.sub(_INLINE, keep, text), 0)
    return re.sub(f"{_KEPT}([0-9]+){_KEPT}", lambda found: kept[int(found[1])], styled)


def _piece(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return f"`{escaped(found['code'].strip().replace('`', 'ˋ'))}`"
    if found["token"] is not None:
        return f"<{_address(found['token'])}>" if "://" in found["token"] else f"<{found['token']}>"
    if found["escape"] is not None:
        return escaped(found["escape"])
    url = re.sub(r"[<>|]", "", found["bracketed"] or found["url"])
    label = re.sub(r"[<>|*_~`]", "", found["label"]).strip()
    if not re.match(r"(?i)(?:https?://|mailto:|tel:|slack:)", url):
        return escaped(f"{label} ({url})" if label else url)
    return f"<{_address(url)}|{escaped(label)}>" if label and label != url else f"<{_address(url)}>"


def _address(url: str) -> str:
    return url.replace("&amp;", "&").replace("&", "&amp;")


def _styled(text: str, depth: int) -> str:
    written: list[str] = []
    position = 0
    for found in re.finditer(_STYLES, text) if depth < _DEEPEST else ():
        mark = _MARKS[found.lastgroup or ""]
        inner = _styled(found[found.lastgroup or 0], depth + 1)
        written += [escaped(text[position : found.start()]), mark, inner, mark]
        position = found.end()
    return "".join([*written, escaped(text[position:])])
