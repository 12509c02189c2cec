"""Short names for the parts of a body in the storage format, to write the sample pages with.

Documentation: confluence.atlassian.com/doc/confluence-storage-format-790796544.html.
"""

from __future__ import annotations

import re
import uuid
from html import escape
from typing import TypeAlias

from sandbox_kit.atlassian.accounts import Account

_IDS = uuid.UUID("6d4c2f0e-5b1a-4c7e-9a34-0a1b2c3d4e60")


class Markup(str):
    """Storage format, as opposed to plain words."""

    __slots__ = ()


Part: TypeAlias = str | Markup


def body(*blocks: Part) -> str:
    """A body; plain words become a paragraph."""
    return "".join(_block(block) for block in blocks)


def text(words: str) -> Markup:
    """Plain words as storage format."""
    return Markup(escape(words, quote=False))


def _inline(*parts: Part) -> Markup:
    return Markup("".join(part if isinstance(part, Markup) else text(part) for part in parts))


def _block(block: Part) -> Markup:
    return block if isinstance(block, Markup) else p(block)


def _blocks(blocks: tuple[Part, ...]) -> str:
    return "".join(_block(block) for block in blocks)


def p(*parts: Part) -> Markup:
    """A paragraph."""
    return Markup(f"<p>{_inline(*parts)}</p>")


def h(level: int, *parts: Part) -> Markup:
    """A heading."""
    return Markup(f"<h{level}>{_inline(*parts)}</h{level}>")


def strong(*parts: Part) -> Markup:
    """Bold words."""
    return Markup(f"<strong>{_inline(*parts)}</strong>")


def em(*parts: Part) -> Markup:
    """Words in italics."""
    return Markup(f"<em>{_inline(*parts)}</em>")


def mono(words: str) -> Markup:
    """Words as code."""
    return Markup(f"<code>{text(words)}</code>")


def coloured(colour: str, *parts: Part) -> Markup:
    """Words in a colour, as rgb(…)."""
    return Markup(f'<span style="color: {colour};">{_inline(*parts)}</span>')


def br() -> Markup:
    """A line break."""
    return Markup("<br />")


def hr() -> Markup:
    """A line across the page."""
    return Markup("<hr />")


def ul(*items: Part) -> Markup:
    """A list with bullets; plain words become an item's paragraph."""
    return Markup(f"<ul>{''.join(f'<li>{_block(item)}</li>' for item in items)}</ul>")


def ol(*items: Part) -> Markup:
    """A numbered list."""
    return Markup(f"<ol>{''.join(f'<li>{_block(item)}</li>' for item in items)}</ol>")


def both(*blocks: Part) -> Markup:
    """Several blocks where one is expected."""
    return Markup(_blocks(blocks))


def quote(*blocks: Part) -> Markup:
    """What somebody else said."""
    return Markup(f"<blockquote>{_blocks(blocks)}</blockquote>")


def table(header: tuple[Part, ...], *rows: tuple[Part, ...], layout: str = "default") -> Markup:
    """A table with a header row."""

    def line(tag: str, cells: tuple[Part, ...]) -> str:
        return f"<tr>{''.join(f'<{tag}>{_block(cell)}</{tag}>' for cell in cells)}</tr>"

    lines = line("th", header) + "".join(line("td", row) for row in rows)
    about = f'data-table-width="760" data-layout="{layout}" ac:local-id="{_id("table", lines)}"'
    return Markup(f"<table {about}><tbody>{lines}</tbody></table>")


def mention(person: Account) -> Markup:
    """A person named in the text."""
    return Markup(f'<ac:link><ri:user ri:account-id="{person.account_id}" /></ac:link>')


def day(date: str) -> Markup:
    """A date like 2026-02-03."""
    return Markup(f'<time datetime="{date}" />')


def link(words: str, address: str) -> Markup:
    """A link to somewhere else."""
    return Markup(f'<a href="{escape(address)}">{text(words)}</a>')


def card(address: str, appearance: str = "inline") -> Markup:
    """A smart link: inline, or block or embed in a paragraph of its own."""
    url = escape(address)
    made = Markup(f'<a href="{url}" data-card-appearance="{appearance}">{url}</a>')
    return made if appearance == "inline" else p(made)


def page(title: str, words: str = "", *, space: str = "", anchor: str = "") -> Markup:
    """A link to a page, of another space if one is named."""
    in_space = f' ri:space-key="{space}"' if space else ""
    to = f' ac:anchor="{escape(anchor)}"' if anchor else ""
    shown = f"<ac:link-body>{text(words)}</ac:link-body>" if words else ""
    return Markup(f'<ac:link{to}><ri:page{in_space} ri:content-title="{escape(title)}" />{shown}</ac:link>')


def file(name: str, words: str = "") -> Markup:
    """A link to an attachment of the page."""
    shown = f"<ac:plain-text-link-body><![CDATA[{words}]]></ac:plain-text-link-body>" if words else ""
    return Markup(f'<ac:link><ri:attachment ri:filename="{escape(name)}" />{shown}</ac:link>')


def image(name: str, alt: str, *, width: int = 480, caption: str = "") -> Markup:
    """A picture that is an attachment of the page."""
    below = f"<ac:caption><p>{text(caption)}</p></ac:caption>" if caption else ""
    told = f'ac:align="center" ac:layout="center" ac:width="{width}" ac:alt="{escape(alt)}"'
    return Markup(f'<ac:image {told}><ri:attachment ri:filename="{escape(name)}" />{below}</ac:image>')


def macro(name: str, parameters: dict[str, Part] | None = None, rich: str = "", plain: str | None = None) -> Markup:
    """A macro, with a body of storage format or of plain words."""
    told = "".join(
        f'<ac:parameter ac:name="{key}">{value if isinstance(value, Markup) else text(value)}</ac:parameter>'
        for key, value in (parameters or {}).items()
    )
    inner = f"<ac:rich-text-body>{rich}</ac:rich-text-body>" if rich else ""
    if plain is not None:
        safe = plain.replace("]]>", "]]]]><![CDATA[>")
        inner = f"<ac:plain-text-body><![CDATA[{safe}]]></ac:plain-text-body>"
    number = _id(name, told + inner)
    return Markup(
        f'<ac:structured-macro ac:name="{name}" ac:schema-version="1" ac:macro-id="{number}">{told}{inner}'
        "</ac:structured-macro>"
    )


def box(kind: str, *blocks: Part, title: str = "") -> Markup:
    """A coloured box: info, note, tip or warning."""
    return macro(kind, {"title": title} if title else {}, _blocks(blocks))


def panel(title: str, *blocks: Part, colour: str = "#F4F5F7") -> Markup:
    """A box with a title, of any colour."""
    return macro("panel", {"title": title, "bgColor": colour}, _blocks(blocks))


def custom_panel(emoji: str, colour: str, *blocks: Part) -> Markup:
    """A box with a picture of its own, named like ":rocket:"."""
    return macro("panel", {"panelIcon": emoji, "bgColor": colour}, _blocks(blocks))


def purple_panel(*blocks: Part) -> Markup:
    """The newer editor's box for notes, which has no macro; older readers get the part that it falls back to."""
    inner = _blocks(blocks)
    node = f"{_attribute('panel-type', 'note')}<ac:adf-content>{inner}</ac:adf-content>"
    fallback = f'<ac:adf-fallback><div class="panel">{inner}</div></ac:adf-fallback>'
    return Markup(f'<ac:adf-extension><ac:adf-node type="panel">{node}</ac:adf-node>{fallback}</ac:adf-extension>')


def decisions(name: str, *items: tuple[str, Part]) -> Markup:
    """What was decided: the state of each (DECIDED, UNDECIDED) and its words."""
    inner = "".join(
        f'<ac:adf-node type="decision-item">{_attribute("local-id", _id(name, state + words))}'
        f"{_attribute('state', state)}<ac:adf-content>{_inline(words)}</ac:adf-content></ac:adf-node>"
        for state, words in items
    )
    fallback = "".join(f"<li>{_inline(words)}</li>" for _, words in items)
    node = f'<ac:adf-node type="decision-list">{_attribute("local-id", _id("decisions", name))}{inner}</ac:adf-node>'
    older = f'<ac:adf-fallback><ul class="decision-list">{fallback}</ul></ac:adf-fallback>'
    return Markup(f"<ac:adf-extension>{node}{older}</ac:adf-extension>")


def _attribute(key: str, value: str) -> str:
    return f'<ac:adf-attribute key="{key}">{value}</ac:adf-attribute>'


def emoji(name: str, number: str, character: str) -> Markup:
    """A small picture in the text."""
    shown = f'ac:emoji-shortname=":{name}:" ac:emoji-id="{number}" ac:emoji-fallback="{character}"'
    return Markup(f'<ac:emoticon ac:name="blue-star" {shown} />')


def expand(title: str, *blocks: Part) -> Markup:
    """Something to open."""
    return macro("expand", {"title": title}, _blocks(blocks))


def code(language: str, lines: str, title: str = "") -> Markup:
    """A block of code."""
    named: dict[str, Part] = {"language": language}
    return macro("code", {**named, "title": title} if title else named, plain=lines)


def status(words: str, colour: str = "Grey") -> Markup:
    """A coloured word: Grey, Red, Yellow, Green, Blue or Purple."""
    return macro("status", {"title": words, "colour": colour})


def toc(deepest: int = 3) -> Markup:
    """The table of contents."""
    return macro("toc", {"minLevel": "1", "maxLevel": str(deepest)})


def jira(key: str) -> Markup:
    """An issue of the site's Jira in the running text."""
    return macro("jira", {"server": "System Jira", "serverId": _id("server", "jira"), "key": key})


def jira_table(query: str, columns: str = "key,summary,status,assignee") -> Markup:
    """The issues that a query finds."""
    told: dict[str, Part] = {"server": "System Jira", "columns": columns, "maximumIssues": "20", "jqlQuery": query}
    return macro("jira", {**told, "serverId": _id("server", "jira")})


def properties(*rows: tuple[Part, Part]) -> Markup:
    """The page's properties, which reports collect."""
    lines = "".join(f"<tr><th>{_block(name)}</th><td>{_block(value)}</td></tr>" for name, value in rows)
    return macro("details", {}, f"<table><tbody>{lines}</tbody></table>")


def tasks(*items: tuple[int, bool, Part]) -> Markup:
    """Boxes to tick: the number of each, whether it is done, and its words."""
    inner = "".join(
        f"<ac:task>\n<ac:task-id>{number}</ac:task-id>\n"
        f"<ac:task-uuid>{_id('task', f'{number}{words}')}</ac:task-uuid>\n"
        f"<ac:task-status>{'complete' if done else 'incomplete'}</ac:task-status>\n"
        f'<ac:task-body><span class="placeholder-inline-tasks">{_inline(words)}</span></ac:task-body>\n</ac:task>\n'
        for number, done, words in items
    )
    return Markup(f"<ac:task-list>\n{inner}</ac:task-list>")


def line(*parts: Part) -> Markup:
    """Several parts of one line."""
    return _inline(*parts)


def layout(*sections: tuple[str, tuple[Markup, ...]]) -> Markup:
    """Columns: each section has a kind (single, two_equal, two_right_sidebar, …) and its cells."""
    inner = "".join(
        f'<ac:layout-section ac:type="{kind}" ac:breakout-mode="default">'
        + "".join(f"<ac:layout-cell>{cell}</ac:layout-cell>" for cell in cells)
        + "</ac:layout-section>"
        for kind, cells in sections
    )
    return Markup(f"<ac:layout>{inner}</ac:layout>")


def marked(reference: str, *parts: Part) -> Markup:
    """Words that an inline comment is about."""
    return Markup(f'<ac:inline-comment-marker ac:ref="{reference}">{_inline(*parts)}</ac:inline-comment-marker>')


def with_local_ids(source: str) -> str:
    """The body as the newer editor saves it: each paragraph and heading has an id of its own."""
    count = iter(range(1, 100_000))
    return re.sub(
        r"<(p|h[1-6])>", lambda found: f'<{found[1]} local-id="{_id("node", str(next(count)))[:12]}">', source
    )


def marker(name: str) -> str:
    """The reference of an inline comment."""
    return _id("marker", name)


def _id(kind: str, name: str) -> str:
    return str(uuid.uuid5(_IDS, f"{kind}:{name}"))
