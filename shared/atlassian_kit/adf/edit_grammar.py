"""The Markdown that is edited: that of `grammar` with placeholders, mentions by name, colours, cards and frames."""

import re
from functools import lru_cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import getLine
from markdown_it.rules_inline import StateInline

from atlassian_kit.adf.dialects import dialect
from atlassian_kit.adf.grammar import Dialect, build
from atlassian_kit.adf.nodes import is_script_link

_PLACEHOLDER: Final = re.compile(r"adf:[0-9]{6,24}", re.ASCII)
_NAME: Final = re.compile(r"@\[([^\[\]\n\\]{1,120})\](?!\()")
_COLOUR: Final = re.compile(r'<(?:font|mark) color="#[0-9a-fA-F]{6}">|</(?:font|mark)>')
_FRAME: Final = re.compile(
    r":::(?:[ \t]+(?P<name>layout|column|adf:[0-9]{6,24})(?:[ \t]+(?P<rest>[^\n]*))?)?[ \t]*$", re.ASCII
)
_LONGEST_SCHEME: Final = 12
_LONGEST_NAME: Final = 600
_CARD: Final = re.compile(r"::(card|embed)[ \t]+(\S{1,5000})[ \t]*$")


@lru_cache(maxsize=2)
def edit_parser(*, tables: bool = True) -> MarkdownIt:
    """Return the parser of text that is edited, which is built once; without tables for the cells of one.

    Beside the tokens of `grammar.parser` it gives `frame_open` (meta "name", "rest") and `frame_close`,
    which need not come in pairs and stand only in the document itself, `card` (meta "kind", "url"), and
    within a line `mention` (content: the name).
    """
    markdown = build(_EditDialect)
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    markdown.block.ruler.before("html_block", "frame", _frame, ends)
    markdown.block.ruler.before("html_block", "card", _card, ends)
    markdown.inline.ruler.before("link", "mention", _mention)
    markdown.inline.ruler.before("html_inline", "colour", _colour)
    if not tables:
        markdown.disable("table")
    markdown.helpers = _Helpers  # pyright: ignore[reportAttributeAccessIssue] - a module, by default
    return markdown


class _Helpers:
    """What the rules of links call; names of pages and files may hold blanks."""

    parseLinkLabel = staticmethod(parseLinkLabel)  # noqa: N815
    parseLinkTitle = staticmethod(parseLinkTitle)  # noqa: N815

    @staticmethod
    def parseLinkDestination(text: str, pos: int, maximum: int) -> Any:  # noqa: N802
        found: Any = parseLinkDestination(text, pos, maximum)
        if found.ok and text[found.pos : found.pos + 1] == ")":
            return found
        if text[pos : pos + _LONGEST_SCHEME].partition(":")[0] not in dialect().schemes:
            return found
        end = _named_end(text, pos, min(maximum, pos + _LONGEST_NAME))
        if end > pos:
            found.ok, found.pos, found.str = True, end, unescapeAll(text[pos:end])
        return found


def _named_end(text: str, start: int, maximum: int) -> int:
    """Return where an address with blanks ends: before the bracket that closes the link, or the title before that."""
    level = 0
    for position in range(start, maximum):
        character = text[position]
        if character == "\n":
            break
        level += (character == "(") - (character == ")")
        if level < 0:
            said = text[start:position].rstrip()
            title = said.find(' "') if said.endswith('"') else -1
            return start + (title if title > 0 else len(said))
    return start


class _EditDialect(Dialect):
    def validateLink(self, url: str) -> bool:  # noqa: N802
        return _PLACEHOLDER.fullmatch(url) is not None or super().validateLink(url)


def _frame(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803, ARG001
    # In a list or quote nothing would say where the frame ends but the end of the list.
    if state.level > 0 or state.is_code_block(startLine):
        return False
    found = _FRAME.match(getLine(state, startLine))
    if found is None:
        return False
    if not silent:
        token = state.push("frame_open" if found["name"] else "frame_close", "", 0)
        token.meta = {"name": found["name"], "rest": found["rest"] or ""}
        state.line = startLine + 1
    return True


def _card(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803, ARG001
    found = None if state.is_code_block(startLine) else _CARD.match(getLine(state, startLine))
    if found is None or is_script_link(found[2]):
        return False
    if not silent:
        token = state.push("card", "", 0)
        token.meta = {"kind": found[1], "url": found[2]}
        state.line = startLine + 1
    return True


def _mention(state: StateInline, silent: bool) -> bool:
    found = _NAME.match(state.src, state.pos, state.posMax)
    if found is None or not found[1].strip():
        return False
    if not silent:
        state.push("mention", "", 0).content = found[1].strip()
    state.pos = found.end()
    return True


def _colour(state: StateInline, silent: bool) -> bool:
    found = _COLOUR.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = found[0]
    state.pos = found.end()
    return True
