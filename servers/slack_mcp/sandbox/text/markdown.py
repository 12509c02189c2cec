"""Standard Markdown, as `markdown_text` and the block `markdown` take it, turned into rich blocks.

Slack's rendering is documented by what it supports (docs.slack.dev/reference/block-kit/blocks/markdown-block):
bold, italic, links, lists, quotes, code, headings, dividers, task lists and tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from slack_mcp.sandbox.model import JsonObject
from slack_mcp.sandbox.text.inline import BARE_LINK, MENTION, link_element, plain, split, text_element

_FENCE = re.compile(r"(?P<fence>```+|~~~+)[^`]*")
_HEADING = re.compile(r"(?P<level>#{1,6}) +(?P<title>.+?) *#*")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})\s*")
_ITEM = re.compile(r"(?P<indent> *)(?:(?P<number>\d{1,9})[.)]|[-*+]) +(?P<text>.*)")
_ROW = re.compile(r"\|?.+\|.*")
_RULER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_STYLED = re.compile(
    rf"\\(?P<escaped>[!-/:-@\[-`{{-~])|(?P<whole>{MENTION.pattern}|{BARE_LINK.pattern})"
    r"|`(?P<code>[^`]+)`|\[(?P<name>[^\]]+)\]\((?P<url>[^)\s]+)\)"
    r"|\*\*(?P<bold>\S(?:.*?\S)?)\*\*|__(?P<bold2>\S(?:.*?\S)?)__|~~(?P<strike>\S(?:.*?\S)?)~~"
    r"|\*(?P<italic>[^\s*](?:[^*]*[^\s*])?)\*|(?<![A-Za-z0-9_])_(?P<italic2>[^\s_](?:[^_]*[^\s_])?)_(?![A-Za-z0-9_])"
)


def blocks(markdown: str) -> list[JsonObject]:
    """The blocks of a Markdown text, without ids."""
    reader = _Reader(markdown.split("\n"))
    reader.read()
    return reader.blocks


def inline(text: str, style: Sequence[str] = ()) -> list[JsonObject]:
    """The elements of one paragraph."""

    def styled(found: re.Match[str]) -> list[JsonObject]:
        part = found.groupdict()
        if part["whole"]:
            return plain(found[0], style)
        if part["escaped"] or part["code"]:
            code = ["code"] if part["code"] else []
            return [text_element(part["escaped"] or part["code"], [*style, *code])]
        if part["url"]:
            return [link_element(part["url"], part["name"], style)]
        for mark in ("bold", "strike", "italic"):
            inside = part[mark] or part.get(f"{mark}2")
            if inside:
                return inline(inside, [*style, mark])
        return []

    return split(text, _STYLED, style, styled, plain)


class _Reader:
    """Reads line by line. Rich text that follows rich text shares a block."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        self.blocks: list[JsonObject] = []

    def read(self) -> None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.strip():
                self._at += 1
            elif fence := _FENCE.fullmatch(line.strip()):
                self._code(fence["fence"][:3])
            elif heading := _HEADING.fullmatch(line.strip()):
                self._at += 1
                title = "".join(str(each.get("text", "")) for each in inline(heading["title"]))
                self.blocks.append({"type": "header", "text": {"type": "plain_text", "text": title, "emoji": True}})
            elif _RULE.fullmatch(line):
                self._at += 1
                self.blocks.append({"type": "divider"})
            elif _ITEM.fullmatch(line):
                self._list()
            elif line.startswith(">"):
                quoted = [each.removeprefix(">").removeprefix(" ") for each in self._while(">")]
                self._rich({"type": "rich_text_quote", "elements": inline("\n".join(quoted))})
            elif _ROW.fullmatch(line) and _RULER.fullmatch(self._next()):
                self._table()
            else:
                self._paragraph()

    def _next(self) -> str:
        return self._lines[self._at + 1] if self._at + 1 < len(self._lines) else ""

    def _rich(self, element: JsonObject) -> None:
        if not self.blocks or self.blocks[-1]["type"] != "rich_text":
            self.blocks.append({"type": "rich_text", "elements": []})
        self.blocks[-1]["elements"].append(element)

    def _while(self, beginning: str) -> list[str]:
        taken: list[str] = []
        while self._at < len(self._lines) and self._lines[self._at].startswith(beginning):
            taken.append(self._lines[self._at])
            self._at += 1
        return taken

    def _code(self, fence: str) -> None:
        self._at += 1
        code: list[str] = []
        while self._at < len(self._lines) and not self._lines[self._at].strip().startswith(fence):
            code.append(self._lines[self._at])
            self._at += 1
        self._at += 1
        run = {"type": "text", "text": "\n".join(code)}
        self._rich({"type": "rich_text_preformatted", "elements": [run], "border": 0})

    def _list(self) -> None:
        current: JsonObject | None = None
        while self._at < len(self._lines) and (item := _ITEM.fullmatch(self._lines[self._at])):
            style = "ordered" if item["number"] else "bullet"
            indent = min(len(item["indent"]) // 2, 8)
            if current is None or (current["style"], current["indent"]) != (style, indent):
                current = {"type": "rich_text_list", "style": style, "indent": indent, "border": 0, "elements": []}
                if item["number"] and int(item["number"]) > 1:
                    current["offset"] = int(item["number"]) - 1
                self._rich(current)
            current["elements"].append({"type": "rich_text_section", "elements": inline(item["text"])})
            self._at += 1

    def _table(self) -> None:
        rows: list[list[JsonObject]] = []
        while self._at < len(self._lines) and _ROW.fullmatch(self._lines[self._at]):
            line = self._lines[self._at].strip()
            if not _RULER.fullmatch(line):
                cells = line.removeprefix("|").removesuffix("|").split("|")
                rows.append([{"type": "raw_text", "text": cell.strip()} for cell in cells])
            self._at += 1
        self.blocks.append({"type": "table", "rows": rows})

    def _paragraph(self) -> None:
        lines: list[str] = []
        while self._at < len(self._lines) and self._lines[self._at].strip() and not self._starts_another():
            lines.append(self._lines[self._at].strip())
            self._at += 1
        self._rich({"type": "rich_text_section", "elements": inline("\n".join(lines))})

    def _starts_another(self) -> bool:
        line = self._lines[self._at]
        return bool(
            _FENCE.fullmatch(line.strip()) or _HEADING.fullmatch(line.strip()) or _ITEM.fullmatch(line)
        ) or line.startswith(">")
