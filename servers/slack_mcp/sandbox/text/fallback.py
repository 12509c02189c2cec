"""The text of a message that was sent as blocks: what notifications, search and old clients show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from slack_mcp.sandbox.model import JsonObject
from slack_mcp.sandbox.text.inline import escaped

_MARKS = {"code": "`", "strike": "~", "italic": "_", "bold": "*"}


def text_of(blocks: Sequence[JsonObject]) -> str:
    """The blocks in mrkdwn, one below the other."""
    return "\n".join(part for part in map(_block, blocks) if part).strip()


def _block(block: JsonObject) -> str:
    match block.get("type"):
        case "rich_text":
            return "\n".join(_rich(each) for each in block.get("elements", []))
        case "header" | "section" | "markdown":
            text = block.get("text", "")
            fields = [str(each.get("text", "")) for each in block.get("fields", [])]
            own = str(cast("JsonObject", text).get("text", "")) if isinstance(text, dict) else str(text)
            return "\n".join(each for each in [own, *fields] if each)
        case "context":
            return " ".join(str(each.get("text", "")) for each in block.get("elements", []))
        case "image":
            return str(block.get("alt_text", ""))
        case "table":
            return "\n".join(" | ".join(str(cell.get("text", "")) for cell in row) for row in block.get("rows", []))
        case _:
            return ""


def _rich(element: JsonObject) -> str:
    inside: list[JsonObject] = element.get("elements", [])
    match element.get("type"):
        case "rich_text_preformatted":
            return f"```\n{_run(inside)}\n```"
        case "rich_text_quote":
            return "\n".join(f"&gt; {line}" for line in _run(inside).split("\n"))
        case "rich_text_list":
            start = int(element.get("offset", 0)) + 1
            marks = (f"{number}." if element.get("style") == "ordered" else "•" for number in range(start, start + 999))
            space = "    " * int(element.get("indent", 0))
            return "\n".join(
                f"{space}{mark} {_run(each.get('elements', []))}" for mark, each in zip(marks, inside, strict=False)
            )
        case _:
            return _run(inside).rstrip("\n")


def _run(elements: Sequence[JsonObject]) -> str:
    return "".join(map(_inline, elements))


def _inline(element: JsonObject) -> str:
    match element.get("type"):
        case "user":
            text = f"<@{element.get('user_id')}>"
        case "channel":
            text = f"<#{element.get('channel_id')}>"
        case "usergroup":
            text = f"<!subteam^{element.get('usergroup_id')}>"
        case "broadcast":
            text = f"<!{element.get('range')}>"
        case "emoji":
            text = f":{element.get('name')}:"
        case "link":
            label = element.get("text")
            text = f"<{element.get('url')}|{escaped(str(label))}>" if label else f"<{element.get('url')}>"
        case "date":
            text = escaped(str(element.get("fallback", "")))
        case _:
            text = escaped(str(element.get("text", "")))
    style: JsonObject = element.get("style", {})
    for name, mark in _MARKS.items():
        if style.get(name) and text.strip():
            text = f"{mark}{text}{mark}"
    return text
