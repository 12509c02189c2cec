"""A Markdown file as the page that it is meant to be: title, labels, text, and the headings that links lead to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_NO_HEADING_TEXT = re.compile(r" {0,3}(?:[>|#*+-]|[0-9]{1,9}[.)]|$| {4})")
_KEY = re.compile(r"([A-Za-z_-]+)[ \t]*:[ \t]*(.*)$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)$")
_LONGEST_HEAD = 200
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_MARKS = re.compile(r"(\*\*|__|~~|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Document:
    """A file's title ("" for none), labels, and its text without these; `headings` are all of it, as plain text."""

    title: str
    labels: tuple[str, ...]
    body: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    start: int
    end: int


def read_document(text: str) -> Document:
    """What a Markdown file holds.

    The title is that of the front matter (`title`, between two lines `---` at the top), or else the heading at the top,
    or else the first one of level 1. A heading at the top that says the title is left out of the text: Confluence
    shows the title above it. Labels are `labels` or `tags` of the front matter.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    facts, begin = _front_matter(lines)
    rest = lines[begin:]
    headings = list(_headings(rest))
    top = next((each for each in headings[:1] if not any(line.strip() for line in rest[: each.start])), None)
    first = top or next((each for each in headings if each.level == 1), None)
    title = plain(facts.get("title", [""])[0]) or (first.text if first else "")
    if top and top.text == title:
        rest = rest[top.end :]
    labels = [label for name in ("labels", "tags") for label in facts.get(name, []) if label]
    shown = tuple(each.text for each in headings)
    return Document(title, tuple(dict.fromkeys(labels)), "\n".join(rest).strip("\n"), shown)


def anchors(headings: Sequence[str]) -> Mapping[str, str]:
    """The names that Confluence gives headings for links, by those that other readers of Markdown give them."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for heading in headings:
        slug = re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-")
        number = counts.get(slug, 0)
        counts[slug] = number + 1
        name = re.sub(r"\s+", "-", heading)
        found.setdefault(f"{slug}-{number}" if number else slug, f"{name}.{number}" if number else name)
    return found


def plain(text: str) -> str:
    """A heading or title without its markup, in one line."""
    bare = _MARKS.sub("", _LINK.sub(r"\1", text))
    return " ".join(_ESCAPED.sub(r"\1", bare).split())


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, list[str]], int]:
    """The values at the top by their names, and the line that the text begins with."""
    if not lines or lines[0].rstrip() != "---":
        return {}, 0
    end = next((at for at, line in enumerate(lines[1:_LONGEST_HEAD], 1) if line.rstrip() in ("---", "...")), 0)
    if not end or not any(_KEY.match(line) for line in lines[1:end]):
        return {}, 0  # a rule, and no front matter
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines[1:end]:
        if match := _KEY.match(line):
            name = match[1].lower()
            found[name] = _values(match[2])
        elif name and (item := _ITEM.match(line)):
            found[name] = [each for each in [*found[name], *_values(item[1])] if each]
    return {key: values for key, values in found.items() if values}, end + 1


def _values(text: str) -> list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(part) for part in text[1:-1].split(",")]
    return [_unquoted(text)] if text else []


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    """The headings outside of code."""
    fence = ""
    for at, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        if mark:
            fence = mark[1]
        elif match := _ATX.match(line):
            yield _Heading(len(match[1]), plain(match[2] or ""), at, at + 1)
        elif at and (match := _SETEXT.match(line)) and _is_alone(lines, at - 1):
            yield _Heading(1 if match[1][0] == "=" else 2, plain(lines[at - 1]), at - 1, at + 1)


def _is_alone(lines: Sequence[str], at: int) -> bool:
    """Whether a line is a paragraph of its own, which a line below it makes a heading."""
    return not _NO_HEADING_TEXT.match(lines[at]) and (not at or not lines[at - 1].strip())
