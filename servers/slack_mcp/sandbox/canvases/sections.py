"""Markdown as a canvas takes it, cut into the sections that edits can name: docs.slack.dev/surfaces/canvases."""

from __future__ import annotations

import hashlib
import re
import secrets

from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.records.files import Section

MOST_CHARACTERS = 1_048_576
HEADINGS = ("h1", "h2", "h3")
LIST_KINDS = ("bullet", "ordered", "check")
_MOST_CELLS = 300

_FENCE = re.compile(r"(?P<fence>```+|~~~+)[^`]*")
_HEADING = re.compile(r"(?P<level>#{1,6})[ \t]+\S.*")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})[ \t]*")
_ITEM = re.compile(r"[ \t]*(?:(?P<bullet>[-*+])|(?P<number>\d{1,9}[.)]))[ \t]+(?P<box>\[[ xX]\][ \t]+)?.*")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*")


def read(markdown: str, seed: str = "") -> list[Section]:
    """The sections of a Markdown text, with new ids. `seed` makes the ids always the same.

    Raises `ApiError` canvas_creation_failed for what a canvas cannot hold; the caller may be editing and say so.
    """
    if len(markdown) > MOST_CHARACTERS:
        raise _refused(f"Content exceeds {MOST_CHARACTERS} characters")
    lines = markdown.replace("\r\n", "\n").split("\n")
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        kind = _kind(lines[at])
        end = _end(lines, at, kind)
        found.append((kind, "\n".join(lines[at:end])))
        at = end
    _check(found)
    return [Section(new_id(f"{seed}{index}" if seed else ""), *each) for index, each in enumerate(found)]


def new_id(seed: str = "") -> str:
    """An id such as temp:C:dOQ250184c27aed403bb6962b95d."""
    digits = hashlib.sha256(seed.encode()).hexdigest() if seed else secrets.token_hex(16)
    return f"temp:C:{digits[:28]}"


def title_id(canvas_id: str) -> str:
    """The id of the heading that shows a canvas's title."""
    return new_id(f"{canvas_id} title")


def written(title: str, sections: list[Section]) -> str:
    """A canvas as Markdown, its title first."""
    parts = [f"# {title}"] if title else []
    previous = ""
    for each in sections:
        if previous in LIST_KINDS and each.kind == previous:
            parts[-1] += f"\n{each.markdown}"
        else:
            parts.append(each.markdown)
        previous = each.kind
    return "\n\n".join(parts)


def _kind(line: str) -> str:
    if _FENCE.fullmatch(line.strip()):
        return "code"
    if heading := _HEADING.fullmatch(line):
        return f"h{len(heading['level'])}"
    if _RULE.fullmatch(line):
        return "divider"
    if item := _ITEM.fullmatch(line):
        return "check" if item["box"] else "ordered" if item["number"] else "bullet"
    if line.startswith(">"):
        return "quote"
    return "table" if _ROW.fullmatch(line) else "paragraph"


def _end(lines: list[str], start: int, kind: str) -> int:
    """The line after a section that starts here."""
    at = start + 1
    if kind == "code":
        fence = lines[start].strip()[:3]
        while at < len(lines) and not lines[at].strip().startswith(fence):
            at += 1
        return min(at + 1, len(lines))
    if kind in ("quote", "table", "paragraph"):
        while at < len(lines) and lines[at].strip() and _kind(lines[at]) == kind:
            at += 1
    return at


def _check(found: list[tuple[str, str]]) -> None:
    for kind, markdown in found:
        if kind in ("h4", "h5", "h6"):
            raise _refused(f"Unsupported heading depth ({kind[1]})")
        if kind == "table" and sum(line.count("|") - 1 for line in markdown.split("\n")) > _MOST_CELLS:
            raise _refused(f"Table exceeds {_MOST_CELLS} cells")
        if kind == "quote" and any(_ITEM.fullmatch(line.removeprefix(">").strip()) for line in markdown.split("\n")):
            raise _refused("Unsupported nesting: a list inside of a blockquote")


def _refused(detail: str) -> ApiError:
    return ApiError("canvas_creation_failed", detail=detail)
