"""Checks blocks as the Web API does, with sentences that point at what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import JsonObject

MOST_BLOCKS = 50
_TYPES = {
    "actions": "elements",
    "call": "call_id",
    "context": "elements",
    "context_actions": "elements",
    "divider": "",
    "file": "external_id",
    "header": "text",
    "image": "alt_text",
    "input": "element",
    "markdown": "text",
    "rich_text": "elements",
    "section": "",
    "table": "rows",
    "video": "video_url",
}
"""The types of blocks in messages, and what each has to have."""


def checked(blocks: object) -> list[JsonObject]:
    """The blocks; `ApiError` invalid_blocks when they break a rule, invalid_blocks_format when they are no list."""
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    items = cast("list[object]", blocks)
    complaints: list[str] = []
    if len(items) > MOST_BLOCKS:
        complaints.append(f"[ERROR] no more than {MOST_BLOCKS} items allowed [json-pointer:/blocks]")
    for index, block in enumerate(items):
        complaints += _complaints(block, f"/blocks/{index}")
    if complaints:
        raise ApiError("invalid_blocks", messages=complaints)
    return cast("list[JsonObject]", items)


def _complaints(block: object, pointer: str) -> list[str]:
    if not isinstance(block, dict):
        return [f"[ERROR] must be an object [json-pointer:{pointer}]"]
    item = cast("JsonObject", block)
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        return [f"[ERROR] unsupported type: {kind} [json-pointer:{pointer}/type]"]
    needed = _TYPES[kind]
    if needed and not item.get(needed):
        return [f"[ERROR] missing required field: {needed} [json-pointer:{pointer}]"]
    found: list[str] = []
    match kind:
        case "section":
            if not item.get("text") and not item.get("fields"):
                return [f"[ERROR] missing required field: text or fields [json-pointer:{pointer}]"]
            if item.get("text"):
                found += _text(item["text"], f"{pointer}/text", 3000, ("plain_text", "mrkdwn"))
            fields = _objects(item.get("fields") or [])
            if fields is None:
                return [f"[ERROR] must be an array of objects [json-pointer:{pointer}/fields]"]
            if len(fields) > 10:
                found.append(f"[ERROR] no more than 10 items allowed [json-pointer:{pointer}/fields]")
            for index, each in enumerate(fields):
                found += _text(each, f"{pointer}/fields/{index}", 2000, ("plain_text", "mrkdwn"))
        case "header":
            found += _text(item["text"], f"{pointer}/text", 150, ("plain_text",))
        case "markdown":
            found += _length(item["text"], f"{pointer}/text", 12_000)
        case "context" | "actions":
            most = 10 if kind == "context" else 25
            elements = _objects(item["elements"])
            if elements is None:
                return [f"[ERROR] must be an array of objects [json-pointer:{pointer}/elements]"]
            if len(elements) > most:
                found.append(f"[ERROR] no more than {most} items allowed [json-pointer:{pointer}/elements]")
        case "rich_text":
            found += _rich(item["elements"], f"{pointer}/elements")
        case "table":
            rows = cast("list[object]", item["rows"]) if isinstance(item["rows"], list) else [None]
            if any(_objects(row) is None for row in rows):
                found.append(f"[ERROR] must be an array of arrays of objects [json-pointer:{pointer}/rows]")
        case "image":
            if not item.get("image_url") and not item.get("slack_file"):
                found.append(f"[ERROR] missing required field: image_url [json-pointer:{pointer}]")
        case _:
            pass
    if item.get("block_id"):
        found += _length(item["block_id"], f"{pointer}/block_id", 255)
    return found


def _objects(value: object) -> list[JsonObject] | None:
    """The value if it is a list of objects."""
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    return cast("list[JsonObject]", items) if all(isinstance(each, dict) for each in items) else None


def _rich(value: object, pointer: str) -> list[str]:
    """What is wrong with the elements of rich text, at any depth."""
    elements = _objects(value)
    if elements is None:
        return [f"[ERROR] must be an array of objects [json-pointer:{pointer}]"]
    found: list[str] = []
    for index, each in enumerate(elements):
        here = f"{pointer}/{index}"
        if not isinstance(each.get("type"), str):
            found.append(f"[ERROR] missing required field: type [json-pointer:{here}]")
        found += [
            f"[ERROR] must be an integer [json-pointer:{here}/{name}]"
            for name in ("indent", "offset", "border")
            if not isinstance(each.get(name, 0), int)
        ]
        if "style" in each and not isinstance(each["style"], str | dict):
            found.append(f"[ERROR] must be an object [json-pointer:{here}/style]")
        if "elements" in each:
            found += _rich(each["elements"], f"{here}/elements")
    return found


def _text(value: Any, pointer: str, most: int, kinds: Sequence[str]) -> list[str]:
    if not isinstance(value, dict):
        return [f"[ERROR] must be an object [json-pointer:{pointer}]"]
    item = cast("JsonObject", value)
    if item.get("type") not in kinds:
        return [f"[ERROR] unsupported type: {item.get('type')} [json-pointer:{pointer}/type]"]
    return _length(item.get("text"), f"{pointer}/text", most)


def _length(value: Any, pointer: str, most: int) -> list[str]:
    if not isinstance(value, str):
        return [f"[ERROR] must be a string [json-pointer:{pointer}]"]
    if not value:
        return [f"[ERROR] must be more than 0 characters [json-pointer:{pointer}]"]
    if len(value) > most:
        return [f"[ERROR] must be less than {most + 1} characters [json-pointer:{pointer}]"]
    return []
