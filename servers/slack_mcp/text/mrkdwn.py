"""Slack's own markup, mrkdwn, as Markdown.

What Slack documents in https://docs.slack.dev/messaging/formatting-message-text: `*bold*`, `_italic_`,
`~strike~`, code in backticks, quotes by ">", and tokens in angle brackets: `<url|label>`, `<@U…>`, `<#C…|name>`,
`<!subteam^S…>`, `<!here>`, `<!date^seconds^format^url|fallback>`. "&", "<" and ">" are written as entities where
they mean themselves. There is no escape for the other characters: a star is bold where it stands around words.
"""

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from slack_mcp.text.markdown import Line, code_span, emphasised, fence, link, quote
from slack_mcp.text.names import Names, channel_mention, group_mention, user_mention
from slack_mcp.text.shapes import whole

_KEPT: Final = "\x00"
"""Stands around the number of a piece that is Markdown already; no text from Slack keeps this character."""

_DEEPEST: Final = 6
_STYLES: Final = (
    r"(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>[^\s_](?:(?:[^_\n]|(?<=\w)_(?=\w))*[^\s_])?)_(?!\w)"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)
_BROADCASTS: Final = ("here", "channel", "everyone", "group")


class Reference(NamedTuple):
    """What a token refers to: literal text, or a link when there is an address."""

    text: str
    url: str = ""


def unescaped(text: str) -> str:
    """`text` with the three entities of Slack as the characters that they stand for."""
    return re.sub(r"&(amp|lt|gt);", lambda found: {"amp": "&", "lt": "<", "gt": ">"}[found[1]], text)


def mrkdwn(text: str, names: Names) -> str:
    """A text in Slack's markup as Markdown."""
    parts = re.split(r"```(.+?)```", text.replace(_KEPT, ""), flags=re.DOTALL)
    written: list[str] = []
    for number, part in enumerate(parts):
        if number % 2:
            written.append(fence(_as_code(part, names)))
        elif prose := _prose(part.strip("\n") if len(parts) > 1 else part, names):
            written.append(prose)
    return "\n".join(written)


def tokens_only(markdown: str, names: Names) -> str:
    """Foreign Markdown with Slack's mentions in it spelt out; everything else is left alone."""

    def spelt(found: re.Match[str]) -> str:
        return found[0] if found[1] else _reference(found[2], names).text

    return re.sub(r"(```.*?(?:```|\Z)|`[^`\n]+`)|<([@#!][^<>\n]+)>", spelt, markdown, flags=re.DOTALL)


def moment(seconds: object) -> str:
    """A time in seconds since 1970 as date and minute in UTC; empty for what is no time."""
    value = whole(seconds)
    if not 0 < value < 253_402_300_800:
        return ""
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _prose(text: str, names: Names) -> str:
    written: list[str] = []
    quoted: list[str] = []
    everything = False
    for line in text.split("\n"):
        mark = re.match(r"(?:&gt;|>){3}[ ]?|(?:&gt;|>)[ ]?", line)
        if everything or mark:
            long_mark = mark is not None and mark[0].strip() in ("&gt;" * 3, ">>>")
            content = line if everything or mark is None else line[mark.end() :]
            everything = everything or long_mark
            quoted.append(_line(content, names))
            continue
        if quoted:
            written += [quote("\n".join(quoted)), *([""] if line.strip() else [])]
            quoted = []
        written.append(_line(line, names))
    if quoted:
        written.append(quote("\n".join(quoted)))
    return "\n".join(written)


def _line(text: str, names: Names) -> str:
    kept: list[Reference | str] = []

    def keep(found: re.Match[str]) -> str:
        code = found[1]
        kept.append(code_span(_as_code(code, names)) if code else _reference(found[2], names))
        return f"{_KEPT}{len(kept) - 1}{_KEPT}"

    line = Line()
    _styled(re.sub(r"`([^`\n]+)`|<([^<>\n]+)>", keep, text), kept, line, 0)
    return str(line)


def _styled(text: str, kept: list[Reference | str], line: Line, depth: int) -> None:
    position = 0
    for found in re.finditer(_STYLES, text) if depth < _DEEPEST else ():
        _plain(text[position : found.start()], kept, line)
        inner = Line()
        style = found.lastgroup or ""
        _styled(found[style], kept, inner, depth + 1)
        line.add(emphasised(str(inner), bold=style == "bold", italic=style == "italic", strike=style == "strike"))
        position = found.end()
    _plain(text[position:], kept, line)


def _plain(text: str, kept: list[Reference | str], line: Line) -> None:
    for number, part in enumerate(re.split(f"{_KEPT}([0-9]+){_KEPT}", text)):
        if number % 2 == 0:
            line.text(unescaped(part))
            continue
        piece = kept[int(part)]
        if isinstance(piece, str):
            line.add(piece)
        elif piece.url:
            line.add(link(piece.url, piece.text))
        else:
            line.text(piece.text)


def _as_code(text: str, names: Names) -> str:
    """Text within code, where a token shows what it refers to and nothing is markup."""

    def spelt(found: re.Match[str]) -> str:
        reference = _reference(found[1], names)
        return reference.text or reference.url

    return unescaped(re.sub(r"<([^<>\n]+)>", spelt, text))


def _reference(token: str, names: Names) -> Reference:
    head, _, label = token.partition("|")
    text = unescaped(label)
    if head.startswith("@"):
        return Reference(user_mention(head[1:], names, label=text))
    if head.startswith("#"):
        return Reference(channel_mention(head[1:], names, label=text))
    if head.startswith("!"):
        return _command(head[1:], text, names, token)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", head):
        return Reference(text, unescaped(head))
    return Reference(unescaped(f"<{token}>"))


def _command(name: str, label: str, names: Names, token: str) -> Reference:
    kind, *arguments = name.split("^")
    if kind in _BROADCASTS:
        return Reference("@" + kind)
    if kind == "subteam" and arguments:
        return Reference(group_mention(arguments[0], names, label=label))
    if kind == "date" and arguments:
        text = label or moment(arguments[0]) or arguments[0]
        return Reference(text, unescaped(arguments[2]) if len(arguments) > 2 else "")
    return Reference(label or unescaped(f"<{token}>"))
