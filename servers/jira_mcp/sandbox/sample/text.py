"""Short names for the parts of an Atlassian document, to write the sample texts with.

Documentation: developer.atlassian.com/cloud/jira/platform/apis/document/structure.
"""

from __future__ import annotations

from jira_mcp.sandbox.model import JsonObject


def doc(*blocks: JsonObject | str) -> JsonObject:
    """A document; a plain string becomes a paragraph."""
    return {"version": 1, "type": "doc", "content": [_block(block) for block in blocks]}


def text(words: str, *marks: str) -> JsonObject:
    """Words, perhaps strong, em or code."""
    node: JsonObject = {"type": "text", "text": words}
    if marks:
        node["marks"] = [{"type": mark} for mark in marks]
    return node


def link(words: str, address: str) -> JsonObject:
    """A link in the running text."""
    return {"type": "text", "text": words, "marks": [{"type": "link", "attrs": {"href": address}}]}


def mention(account_id: str, name: str) -> JsonObject:
    """A person named in the text."""
    return {"type": "mention", "attrs": {"id": account_id, "text": f"@{name}", "accessLevel": ""}}


def p(*parts: JsonObject | str) -> JsonObject:
    """A paragraph."""
    return {"type": "paragraph", "content": [_inline(part) for part in parts]}


def h(level: int, words: str) -> JsonObject:
    """A heading."""
    return {"type": "heading", "attrs": {"level": level}, "content": [text(words)]}


def ul(*items: JsonObject | str) -> JsonObject:
    """A list with bullets."""
    return {"type": "bulletList", "content": [_item(item) for item in items]}


def ol(*items: JsonObject | str) -> JsonObject:
    """A numbered list."""
    return {"type": "orderedList", "attrs": {"order": 1}, "content": [_item(item) for item in items]}


def tasks(name: str, *items: tuple[str, bool]) -> JsonObject:
    """Boxes to tick; `name` makes their ids unique."""
    return {
        "type": "taskList",
        "attrs": {"localId": name},
        "content": [
            {
                "type": "taskItem",
                "attrs": {"localId": f"{name}-{index}", "state": "DONE" if done else "TODO"},
                "content": [text(words)],
            }
            for index, (words, done) in enumerate(items, 1)
        ],
    }


def panel(kind: str, *blocks: JsonObject | str) -> JsonObject:
    """A coloured box: info, note, warning, success or error."""
    return {
        "type": "panel",
        "attrs": {"panelType": kind},
        "content": [_block(block) for block in blocks],
    }


def code(language: str, lines: str) -> JsonObject:
    """A block of code."""
    return {"type": "codeBlock", "attrs": {"language": language}, "content": [text(lines)]}


def table(header: tuple[str, ...], *rows: tuple[str, ...]) -> JsonObject:
    """A table with a header row."""

    def row(kind: str, cells: tuple[str, ...]) -> JsonObject:
        return {
            "type": "tableRow",
            "content": [{"type": kind, "attrs": {}, "content": [p(cell)]} for cell in cells],
        }

    return {
        "type": "table",
        "attrs": {"isNumberColumnEnabled": False, "layout": "default"},
        "content": [row("tableHeader", header), *(row("tableCell", cells) for cells in rows)],
    }


def picture(media_id: str, name: str) -> JsonObject:
    """A picture that is an attachment, by the id under which the media service knows it."""
    attrs = {"type": "file", "id": media_id, "collection": "", "alt": name}
    return {
        "type": "mediaSingle",
        "attrs": {"layout": "center"},
        "content": [{"type": "media", "attrs": attrs}],
    }


def _block(block: JsonObject | str) -> JsonObject:
    return p(block) if isinstance(block, str) else block


def _inline(part: JsonObject | str) -> JsonObject:
    return text(part) if isinstance(part, str) else part


def _item(item: JsonObject | str) -> JsonObject:
    return {"type": "listItem", "content": [_block(item)]}
