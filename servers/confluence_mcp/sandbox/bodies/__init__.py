"""Bodies in other formats than storage."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any, cast


def storage_to_adf(text: str) -> dict[str, Any]:
    """A body as an Atlassian Document Format document, of its words only."""
    words = unescape(re.sub(r"<[^>]+>", " ", text)).split()
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": " ".join(words)}]}
    return {"version": 1, "type": "doc", "content": [paragraph] if words else []}


def adf_to_storage(doc: dict[str, Any]) -> str:
    """The words of an Atlassian Document Format document, a paragraph for each."""
    return "".join(f"<p>{escape(each, quote=False)}</p>" for each in _texts(doc))


def storage_to_view(text: str) -> str:
    """A body as it is shown."""
    return text


def _texts(node: dict[str, Any]) -> list[str]:
    if "text" in node:
        return [str(node["text"])]
    return [text for child in cast("list[dict[str, Any]]", node.get("content", [])) for text in _texts(child)]
