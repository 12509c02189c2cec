"""What changes in the source of a macro, a task, a picture or a card when its node changes."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from atlassian_kit.adf.nodes import Node, attrs_of, children_of, string
from atlassian_kit.adf.plain import plain_text
from atlassian_kit.storage.inline_writing import line
from atlassian_kit.storage.macros import PANELS
from atlassian_kit.storage.origins import Origin, origin_of
from atlassian_kit.storage.patching import Patch, attribute_patch, contents, parameter_patch, with_attribute
from atlassian_kit.storage.spelling import cdata, escaped
from atlassian_kit.storage.tree import Element

if TYPE_CHECKING:
    from atlassian_kit.storage.writing import Writer


def patches(node: Node, origin: Origin, writer: "Writer") -> list[Patch] | None:
    """Return what to replace in the source of a node, None where it has to be written anew."""
    change = _CHANGES.get(node["type"])
    return change(node, origin, writer) if change is not None and origin.element is not None else None


def _code(node: Node, origin: Origin, _: "Writer") -> list[Patch] | None:
    element, holder = origin.element, origin.holder
    if element is None or holder is None:
        return None
    text = "".join(string(child.get("text")) for child in children_of(node))
    if element.name == "pre" and attrs_of(node).get("language"):
        return None
    # What was not in CDATA need not be, and in <pre> it could not.
    is_cdata = element.name != "pre" and ("<![CDATA[" in element.raw or not holder.children)
    written = cdata(text) if is_cdata else escaped(text)
    patches = [] if node.get("content") == origin.node.get("content") else [contents(holder, written)]
    if element.name == "pre":
        return patches
    language = string(attrs_of(node).get("language"))
    if language != string(attrs_of(origin.node).get("language")):
        if element.macro != "code":
            return None
        patches.append(parameter_patch(element, "language", language))
    return patches


def _panel(node: Node, origin: Origin, writer: "Writer") -> list[Patch] | None:
    element, holder = origin.element, origin.holder
    kind = attrs_of(node).get("panelType")
    if element is None or holder is None:
        return None
    inside = writer.blocks(node, origin)
    patches = [contents(holder, inside)]
    if element.name == "ac:adf-extension":
        fallback = element.first("ac:adf-fallback")
        if fallback is not None:
            patches.append(_fallback(fallback, holder.source[holder.inner : holder.inner_end], inside))
    if kind == attrs_of(origin.node).get("panelType"):
        return patches
    macro = next((name for name, shown in PANELS.items() if shown == kind), "")
    if element.macro not in PANELS or not macro:
        return None
    return [*patches, attribute_patch(element, "ac:name", macro)]


def _fallback(fallback: Element, before: str, inside: str) -> Patch:
    """Return the patch of what is shown where a panel is not known."""
    shown = fallback.source[fallback.inner : fallback.inner_end]
    if before and shown.count(before) == 1:
        return contents(fallback, shown.replace(before, inside))
    return contents(fallback, f'<div class="panel">{inside}</div>')


def _expand(node: Node, origin: Origin, writer: "Writer") -> list[Patch] | None:
    if origin.element is None or origin.holder is None:
        return None
    patches = [contents(origin.holder, writer.blocks(node, origin))]
    title = string(attrs_of(node).get("title"))
    if title != string(attrs_of(origin.node).get("title")):
        patches.append(parameter_patch(origin.element, "title", title))
    return patches


def _frame(node: Node, origin: Origin, writer: "Writer") -> list[Patch] | None:
    return [contents(origin.holder, writer.inside(node, origin))] if origin.holder is not None else None


def _decision(node: Node, origin: Origin, writer: "Writer") -> list[Patch] | None:
    return [contents(origin.holder, writer.inside(node, origin))] if origin.holder is not None else None


def _task(node: Node, origin: Origin, writer: "Writer") -> list[Patch] | None:
    element = origin.element
    if element is None or origin.holder is None:
        return None
    patches: list[Patch] = []
    if node.get("content") != origin.node.get("content"):
        patches.append(contents(origin.holder, writer.inside(node, origin)))
    state = attrs_of(node).get("state")
    status = element.first("ac:task-status")
    if state != attrs_of(origin.node).get("state"):
        if status is None:
            return None
        patches.append(contents(status, "complete" if state == "DONE" else "incomplete"))
    return patches


def _decisions(node: Node, origin: Origin, writer: "Writer") -> list[Patch] | None:
    fallback = origin.element.first("ac:adf-fallback") if origin.element is not None else None
    if origin.holder is None or fallback is None:
        return None
    items = "".join(f"<li>{line(children_of(item))}</li>" for item in children_of(node))
    return [
        contents(origin.holder, writer.blocks(node, origin)),
        contents(fallback, f'<ul class="decision-list">{items}</ul>'),
    ]


def _media(node: Node, origin: Origin, _: "Writer") -> list[Patch] | None:
    image = origin.element
    media = [child for child in children_of(node) if child["type"] != "caption"]
    if image is None or len(media) != 1:
        return None
    found = origin_of(media[0])
    if found is None or found.element is not image:
        return None
    caption = plain_text([child for child in children_of(node) if child["type"] == "caption"])
    patches = _picture_patches(image, media[0], found)
    known = image.first("ac:caption")
    shown = f"<p>{escaped(caption)}</p>"
    was = [child for child in children_of(origin.node) if child["type"] == "caption"]
    if patches is None or plain_text(was) == caption:
        return patches
    if known is not None:
        return [*patches, contents(known, shown) if caption else (known.start, known.end, "")]
    return [*patches, (image.inner_end, image.inner_end, f"<ac:caption>{shown}</ac:caption>")]


def _card(node: Node, origin: Origin, _: "Writer") -> list[Patch] | None:
    card, url = origin.element, string(attrs_of(node).get("url"))
    if card is None:
        return None
    return [(card.start, card.end, f"{with_attribute(card.start_tag, 'href', url)}{escaped(url)}</a>")]


def _picture_patches(image: Element, media: Node, found: Origin) -> list[Patch] | None:
    attrs, was = attrs_of(media), attrs_of(found.node)
    if attrs == was:
        return []
    patches: list[Patch] = []
    if attrs.get("alt") != was.get("alt"):
        patches.append(attribute_patch(image, "ac:alt", string(attrs.get("alt"))))
    if attrs.get("url") != was.get("url"):
        url = image.first("ri:url")
        if url is None:
            return None
        patches.append(attribute_patch(url, "ri:value", string(attrs.get("url"))))
    return patches


_CHANGES: Final[Mapping[str, Callable[[Node, Origin, "Writer"], list[Patch] | None]]] = {
    "codeBlock": _code,
    "panel": _panel,
    "expand": _expand,
    "bodiedExtension": _frame,
    "taskItem": _task,
    "decisionList": _decisions,
    "decisionItem": _decision,
    "mediaSingle": _media,
    "blockCard": _card,
    "embedCard": _card,
}
