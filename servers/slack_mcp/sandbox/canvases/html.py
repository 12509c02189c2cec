"""A canvas as Slack lets it be downloaded: HTML with the ids of its sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from slack_mcp.sandbox.canvases.sections import LIST_KINDS, title_id
from slack_mcp.sandbox.records.files import Section

_STYLES = {"bullet": 5, "ordered": 6, "check": 7}
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[(?P<box>[ xX])\][ \t]+)?(?P<text>.*)", re.DOTALL)
_RULER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_SPAN = re.compile(
    r"`(?P<code>[^`]+)`|!\[[^\]]*\]\((?P<mention>[@#][UWC][A-Z0-9]+)\)"
    r"|\[(?P<label>[^\]]+)\]\((?P<url>[^)\s]+)\)|(?P<link>https?://[^\s<>|\"]*[^\s<>|\".,;:!?)\]])"
    r"|\*\*(?P<bold>\S(?:.*?\S)?)\*\*|~~(?P<strike>\S(?:.*?\S)?)~~"
    r"|(?<![A-Za-z0-9_*])[_*](?P<italic>[^\s_*](?:[^_*]*[^\s_*])?)[_*](?![A-Za-z0-9_*])"
    r"|:(?P<emoji>[a-z0-9_+'-]*[a-z_+-][a-z0-9_+'-]*):"
)


def canvas_html(title: str, canvas_id: str, sections: Sequence[Section]) -> str:
    """The page of a canvas."""
    parts = [f'<h1 id="{title_id(canvas_id)}">{escape(title)}</h1>'] if title else []
    group: list[Section] = []
    for each in [*sections, None]:
        if group and (each is None or each.kind != group[0].kind):
            parts.append(_list(group))
            group = []
        if each is not None:
            if each.kind in LIST_KINDS:
                group.append(each)
            else:
                parts.append(_block(each))
    return f'<div class="quip-canvas-content">{"".join(parts)}</div>'


def _block(section: Section) -> str:
    mark, text = f'id="{section.id}"', section.markdown
    if section.kind in ("h1", "h2", "h3"):
        return f"<{section.kind} {mark}>{inline(text.lstrip('#').strip())}</{section.kind}>"
    if section.kind == "divider":
        return f"<hr {mark}/>"
    if section.kind == "code":
        lines = text.split("\n")[1:]
        if lines and lines[-1].strip()[:3] in ("```", "~~~"):
            lines.pop()
        return f'<pre {mark} class="prettyprint">{"<br>".join(map(escape, lines))}</pre>'
    if section.kind == "quote":
        lines = [line.removeprefix(">").strip() for line in text.split("\n")]
        return f"<blockquote {mark}>{'<br/>'.join(map(inline, lines))}</blockquote>"
    if section.kind == "table":
        return _table(section)
    return f'<p {mark} class="line">{"<br/>".join(map(inline, text.split(chr(10))))}</p>'


def _list(sections: Sequence[Section]) -> str:
    items: list[str] = []
    for number, each in enumerate(sections, 1):
        found = _ITEM.fullmatch(each.markdown)
        box, text = (found["box"], found["text"]) if found else (None, each.markdown)
        kind = "checked" if box and box in "xX" else ""
        items.append(f"<li id='{each.id}' class='{kind}' value='{number}'>{inline(text)}<br/></li>")
    style = _STYLES[sections[0].kind]
    listed = f"<ul id='{sections[0].id}:list'>{''.join(items)}</ul>"
    return f'<div data-section-style=\'{style}\' class="" style="">{listed}</div>'


def _table(section: Section) -> str:
    rows: list[str] = []
    for number, line in enumerate(section.markdown.split("\n")):
        if number == 1 and _RULER.fullmatch(line):
            continue
        cells = line.strip().removeprefix("|").removesuffix("|").split("|")
        made = (
            f'<td><p id="{section.id}:{number}:{column}" class="line">{inline(cell.strip())}</p></td>'
            for column, cell in enumerate(cells)
        )
        rows.append(f"<tr>{''.join(made)}</tr>")
    return f'<table id="{section.id}"><tbody>{"".join(rows)}</tbody></table>'


def inline(text: str) -> str:
    """The inside of a paragraph."""
    parts: list[str] = []
    position = 0
    for found in _SPAN.finditer(text):
        parts += [escape(text[position : found.start()], quote=False), _span(found)]
        position = found.end()
    return "".join([*parts, escape(text[position:], quote=False)])


def _span(found: re.Match[str]) -> str:
    part = found.groupdict()
    if part["code"]:
        return f"<code>{escape(part['code'], quote=False)}</code>"
    if part["mention"]:
        return f'<control data-remapped="true"><a>{part["mention"]}</a></control>'
    if part["url"]:
        return f'<a href="{escape(part["url"])}">{inline(part["label"])}</a>'
    if part["link"]:
        return f'<a href="{escape(part["link"])}">{escape(part["link"], quote=False)}</a>'
    if part["emoji"]:
        name = part["emoji"]
        return f'<control data-remapped="true"><img alt="{name}" data-is-slack="true">:{name}:</img></control>'
    for mark, tag in (("bold", "b"), ("strike", "del"), ("italic", "i")):
        if part[mark]:
            return f"<{tag}>{inline(part[mark])}</{tag}>"
    return escape(found[0], quote=False)
