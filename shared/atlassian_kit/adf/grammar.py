"""The Markdown that we read: CommonMark and tables, with rules that lose nothing and stay quick.

Importing this module imports markdown-it; only `writer` does so.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, html_block, reference, table
from markdown_it.rules_block.table import escapedSplit, getLine
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from atlassian_kit.adf.links import find_bare_url, is_markdown_link, normalized
from atlassian_kit.adf.nodes import MAX_DEPTH

INLINE_TAGS: Final = "u|ins|sub|sup|b|strong|i|em|s|del|strike|code|kbd|br"

_MAX_LEVEL: Final = MAX_DEPTH + 4
_MAX_INLINE: Final = 20_000
"""Characters of a paragraph that are parsed together: some rules take quadratic time."""
_MAX_SUMMARY_LINES: Final = 20
_MAX_IMAGE_DEPTH: Final = 3
_MAX_LINK_WORK: Final = 4_000_000
"""Characters looked at in vain for the ends of links, after which brackets are just brackets."""

_INLINE_TAG_LINE: Final = re.compile(rf"</?(?:{INLINE_TAGS})\s*/?>", re.IGNORECASE)
_INLINE_TAG: Final = re.compile(rf"</?(?:{INLINE_TAGS})\s*/?>|<!--\s{{0,100}}-->", re.IGNORECASE)
_FOREIGN_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_DETAILS: Final = re.compile(
    r"<details(?:\s[^<>]{0,500})?>(?:\s*<summary(?:\s[^<>]{0,500})?>(.{0,1000}?)</summary\s*>)?|</details\s*>",
    re.IGNORECASE | re.DOTALL,
)
_SUMMARY: Final = re.compile(r"\s*<summary[\s>]", re.IGNORECASE)
_PROTOCOL: Final = re.compile(r"(?<![\w.+-])https?$", re.IGNORECASE)


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """Return the parser of `to_adf`, which is built once (see `build`)."""
    return build(Dialect)


def build(dialect: type[MarkdownIt]) -> MarkdownIt:
    """Return a new parser.

    Beside CommonMark's tokens it gives `details_open` (meta "title": str or None) and
    `details_close`, which need not come in pairs, and `definition` (the source of a link definition,
    meta "label", None when an earlier one of the same name counts).
    """
    markdown = dialect("commonmark", {"maxNesting": _MAX_LEVEL + 8, "store_labels": True})
    markdown.enable(["table", "strikethrough"])
    block = markdown.block.ruler
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    block.before("table", "too_deep", _too_deep)
    block.at("table", _table, {"alt": ["paragraph", "reference"]})
    block.at("reference", _definition)
    block.at("html_block", _html_block, ends)
    block.before("html_block", "details", _details, ends)
    inline = markdown.inline.ruler
    inline.at("linkify", _bare_link)
    inline.enable("linkify")
    inline.at("link", _link)
    inline.at("image", _image)
    inline.at("html_inline", _tag)
    markdown.core.ruler.at("inline", _inline)
    return markdown


class Dialect(MarkdownIt):
    """A parser that makes links only of what we let through, and leaves their addresses as they are."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return is_markdown_link(url)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return normalized(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


def _too_deep(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    # Beyond its own limit markdown-it would drop the lines without a word.
    if silent or state.level < _MAX_LEVEL:
        return False
    line = startLine
    while line < endLine and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    token = state.push("code_block", "code", 0)
    token.content = state.getLines(startLine, line, state.blkIndent, False).rstrip("\n") + "\n"
    state.line = line
    return True


def _table(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    # GitHub's tables drop the cells that a row has beyond the header's; ours keep them.
    first = len(state.tokens)
    if not table(state, startLine, endLine, silent):
        return False
    if silent:
        return True
    kept: list[Token] = []
    columns = 0
    for token in state.tokens[first:]:
        if token.type == "tr_open":
            columns = 0
        elif token.type in ("td_open", "th_open"):
            columns += 1
        elif token.type == "tr_close":
            row = next(earlier for earlier in reversed(kept) if earlier.type == "tr_open")
            for cell in _cells(state, row)[columns:]:
                kept += [
                    Token("td_open", "td", 1),
                    Token("inline", "", 0, content=cell.strip(), children=[]),
                    Token("td_close", "td", -1),
                ]
        kept.append(token)
    state.tokens[first:] = kept
    return True


def _cells(state: StateBlock, row: Token) -> list[str]:
    line = row.map[0] if row.map else 0
    cells = escapedSplit(getLine(state, line).strip())
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return cells


def _definition(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    known = len(state.env.get("references", {}))
    if not reference(state, startLine, endLine, silent):
        return False
    if not silent:
        labels = list(state.env["references"])
        token = state.push("definition", "", 0)
        token.content = state.getLines(startLine, state.line, state.blkIndent, False).strip()
        token.meta = {"label": labels[-1] if len(labels) > known else None}
    return True


def _html_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    # A line that is nothing but <br> or <u> is still a paragraph to us.
    if _INLINE_TAG_LINE.match(getLine(state, startLine)):
        return False
    return html_block(state, startLine, endLine, silent)


def _details(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    if state.is_code_block(startLine) or not _DETAILS.match(getLine(state, startLine)):
        return False
    if silent:
        return True
    text, line = getLine(state, startLine), startLine + 1
    while line < min(endLine, startLine + _MAX_SUMMARY_LINES) and _goes_on(text, state, line):
        text += "\n" + getLine(state, line)
        line += 1
    position = 0
    for tag in _DETAILS.finditer(text):
        _push_paragraph(state, text[position : tag.start()])
        closes = tag[0].startswith("</")
        token = state.push("details_close" if closes else "details_open", "details", 0)
        token.meta = {"title": tag[1]}
        position = tag.end()
    _push_paragraph(state, text[position:])
    state.line = line
    return True


def _goes_on(text: str, state: StateBlock, line: int) -> bool:
    """Whether the summary of a section stands, or goes on, in the next line."""
    if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
        return False
    lower = text.lower()
    if "<summary" in lower:
        return "</summary" not in lower
    tag = _DETAILS.match(text)
    return (
        tag is not None
        and not tag[0].startswith("</")
        and not text[tag.end() :].strip()
        and _SUMMARY.match(getLine(state, line)) is not None
    )


def _push_paragraph(state: StateBlock, text: str) -> None:
    if text.strip():
        state.push("paragraph_open", "p", 1)
        token = state.push("inline", "", 0)
        token.content = text.strip()
        token.children = []
        state.push("paragraph_close", "p", -1)


def _inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline":
            children: list[Token] = []
            for part in _parts(token.content):
                state.md.inline.parse(part, state.md, state.env, children)
            token.children = children


def _parts(content: str) -> Iterator[str]:
    """Cut a very long paragraph where a word ends; markup that spans a cut stays text."""
    start = 0
    while len(content) - start > _MAX_INLINE:
        end = start + _MAX_INLINE
        cut = max(content.rfind("\n", start, end), content.rfind(" ", start, end)) + 1
        if cut <= start:
            cut = end - 1 if content[end - 1] == "\\" else end
        yield content[start:cut]
        start = cut
    yield content[start:]


def _bare_link(state: StateInline, silent: bool) -> bool:
    if silent or state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    # What stands before it may be markup, of which the pending text knows nothing.
    protocol = _PROTOCOL.search(state.src[max(state.pos - 8, 0) : state.pos])
    if protocol is None or not state.pending.endswith(protocol[0]):
        return False
    start = state.pos - len(protocol[0])
    url = find_bare_url(state.src, start)
    if not url or start + len(url) > state.posMax:
        return False
    state.pending = state.pending[: -len(protocol[0])]
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": url}
    state.push("text", "", 0).content = url
    state.push("link_close", "a", -1)
    state.pos = start + len(url)
    return True


def _link(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    return _within_budget(link, state, silent)


def _image(state: StateInline, silent: bool) -> bool:
    # The parser calls itself for what a picture's description holds, without a limit of its own.
    depth: int = state.env.get("image_depth", 0)
    if depth >= _MAX_IMAGE_DEPTH or not state.src.startswith("![", state.pos):
        return False
    state.env["image_depth"] = depth + 1
    try:
        return _within_budget(image, state, silent)
    finally:
        state.env["image_depth"] = depth


def _within_budget(rule: Callable[[StateInline, bool], bool], state: StateInline, silent: bool) -> bool:
    start = state.pos
    if state.env.get("link_work", 0) > _MAX_LINK_WORK or state.src.find("]", start, state.posMax) < 0:
        return False
    found = rule(state, silent)
    if not found:
        state.env["link_work"] = state.env.get("link_work", 0) + state.posMax - start
    return found


def _tag(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<":
        return False
    known = _INLINE_TAG.match(state.src, state.pos, state.posMax)
    found = known or _FOREIGN_TAG.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        # Any other tag is text to us, and so is the Markdown within its attributes.
        state.push("html_inline" if known else "text", "", 0).content = found[0]
    state.pos = found.end()
    return True
