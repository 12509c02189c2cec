"""Block Kit's blocks as Markdown, https://docs.slack.dev/reference/block-kit/blocks.

Each block that Slack documents for messages has its form; of one that is not known here, all text that it holds
is collected, so that nothing that people see in Slack is dropped.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from slack_mcp.text.files import file_line
from slack_mcp.text.markdown import closed, emphasised, image, label, link, literal, one_line, table
from slack_mcp.text.mrkdwn import moment, mrkdwn, tokens_only, unescaped
from slack_mcp.text.names import Names
from slack_mcp.text.rich_text import rich_text
from slack_mcp.text.shapes import first_string, mapping, mappings, sequence, string

_DEEPEST: Final = 12
"""Levels of blocks within blocks that are read; Slack itself nests three."""

_BELOW_EMPTY: Final = 2
"""Levels below a block of a known kind without its usual content that are searched for text."""

_UNSEEN: Final = frozenset({
    "type", "style", "emoji", "verbatim", "color", "value", "width", "level", "status", "align", "lang", "language",
    "action_id", "block_id", "external_id", "workflow", "confirm", "icon_url", "icon_name", "icon", "ts", "team",
})  # fmt: skip
"""Keys whose values are settings, not text; so are those that end in "_id"."""

_FIRST: Final = ("pretext", "rich_text_title", "title", "header", "name", "label", "subtitle", "text", "description")
_ADDRESSES: Final = ("url", "title_url", "image_url", "thumbnail_url", "video_url", "auth_url", "from_url")


def blocks_markdown(blocks: object, names: Names, *, depth: int = 0) -> str:
    """Blocks as Markdown, a blank line between any two."""
    parts = (block_markdown(item, names, depth=depth) for item in sequence(blocks))
    return "\n\n".join(part for part in parts if part.strip())


def block_markdown(block: object, names: Names, *, depth: int = 0) -> str:
    """One block as Markdown; of an unknown one, the texts in it."""
    if depth > _DEEPEST:
        return "[nested too deep to show]"
    found = mapping(block)
    if not found:
        return literal(string(block))
    kind = string(found.get("type"))
    form = _FORMS.get(kind)
    text = form(found, names, depth) if form else _collected(found, names, depth)
    if form and not text:
        # Bounded: an empty block in an empty block would be read twice at each level.
        text = _collected(found, names, max(depth, _DEEPEST - _BELOW_EMPTY))
    return text or (f"[{label(kind)}]" if kind and kind not in _EMPTY else "")


def text_object(value: object, names: Names) -> str:
    """A text object by its own kind: mrkdwn or plain text; a bare text counts as plain."""
    found = mapping(value)
    if not found:
        return literal(unescaped(string(value)))
    text = string(found.get("text"))
    return mrkdwn(text, names) if found.get("type") == "mrkdwn" else literal(unescaped(text))


def element_markdown(element: object, names: Names, *, depth: int = 0) -> str:
    """A button, a menu, an image or another element of a block as Markdown on one line."""
    found = mapping(element)
    kind = string(found.get("type"))
    if kind in ("mrkdwn", "plain_text", "raw_text"):
        return text_object(found, names)
    if kind == "image":
        return image(_image_address(found), unescaped(first_string(found, "alt_text", "fallback")))
    if kind.endswith("button"):
        said = _plain(found.get("text")) or first_string(found, "accessibility_label") or "button"
        url = string(found.get("url"))
        return link(url, said) if url else f"[{label(said)}]"
    options = [_option(item) for item in _options(found)]
    said = _plain(found.get("placeholder")) or _plain(found.get("text"))
    if options or said:
        shown = "; ".join(part for part in (said, ", ".join(options)) if part)
        return f"[{label(shown)}]"
    return one_line(block_markdown(found, names, depth=depth + 1))


def _options(element: Mapping[str, object]) -> Iterable[Mapping[str, object]]:
    yield from mappings(element.get("options"))
    for group in mappings(element.get("option_groups")):
        yield from mappings(group.get("options"))


def _option(option: Mapping[str, object]) -> str:
    said, more, url = _plain(option.get("text")), _plain(option.get("description")), string(option.get("url"))
    return said + (f" ({more})" if more else "") + (f" <{url}>" if url else "")


def _plain(value: object) -> str:
    """The words of a text object or a bare text."""
    return unescaped(string(mapping(value).get("text") if mapping(value) else value)).strip()


def _image_address(found: Mapping[str, object]) -> str:
    file = mapping(found.get("slack_file"))
    return string(found.get("image_url")) or first_string(file, "url") or first_string(file, "id")


def _section(block: Mapping[str, object], names: Names, depth: int) -> str:
    fields = [text_object(item, names) for item in sequence(block.get("fields"))]
    accessory = block.get("accessory")
    parts = [
        text_object(block["text"], names) if block.get("text") else "",
        "\n".join(fields),
        element_markdown(accessory, names, depth=depth) if accessory else "",
    ]
    return "\n".join(part for part in parts if part)


def _header(block: Mapping[str, object], _names: Names, _depth: int) -> str:
    said = one_line(_plain(block.get("text")))
    return "## " + literal(said, starts_line=False) if said else ""


def _context(block: Mapping[str, object], names: Names, depth: int) -> str:
    parts = (element_markdown(item, names, depth=depth) for item in sequence(block.get("elements")))
    return " · ".join(part for part in parts if part)


def _actions(block: Mapping[str, object], names: Names, depth: int) -> str:
    parts = (element_markdown(item, names, depth=depth) for item in sequence(block.get("elements")))
    return " ".join(part for part in parts if part)


def _image(block: Mapping[str, object], _names: Names, _depth: int) -> str:
    title, shown = _plain(block.get("title")), unescaped(string(block.get("alt_text")))
    return image(_image_address(block), f"{title}: {shown}" if title and shown and title != shown else title or shown)


def _video(block: Mapping[str, object], names: Names, _depth: int) -> str:
    title = _plain(block.get("title")) or string(block.get("alt_text")) or "video"
    by = ", ".join(filter(None, (string(block.get("author_name")), string(block.get("provider_name")))))
    head = f"[video] {link(first_string(block, 'title_url', 'video_url'), title)}"
    more = text_object(block.get("description"), names) if block.get("description") else ""
    return "\n".join(part for part in (head + (f" ({label(by)})" if by else ""), more) if part)


def _input(block: Mapping[str, object], names: Names, depth: int) -> str:
    asked = _plain(block.get("label"))
    element = element_markdown(block["element"], names, depth=depth) if block.get("element") else ""
    hint = _plain(block.get("hint"))
    said = " ".join(part for part in (literal(asked) + ":" if asked else "", element) if part)
    return said + (f" ({literal(hint, starts_line=False)})" if hint else "")


def _file(block: Mapping[str, object], _names: Names, _depth: int) -> str:
    file = mapping(block.get("file"))
    if file:
        return file_line(file)
    return f"[file {label(first_string(block, 'file_id', 'external_id'))}]"


def _markdown(block: Mapping[str, object], names: Names, _depth: int) -> str:
    return closed(tokens_only(string(block.get("text")), names)).strip("\n")


def _table(block: Mapping[str, object], names: Names, depth: int) -> str:
    rows = ((_cell(cell, names, depth) for cell in sequence(row)) for row in sequence(block.get("rows")))
    caption = literal(string(block.get("caption")))
    return "\n\n".join(part for part in (caption, table(rows)) if part)


def _cell(cell: object, names: Names, depth: int) -> str:
    found = mapping(cell)
    kind = found.get("type")
    if kind in ("raw_text", "raw_number"):
        return literal(string(found.get("text")) or string(found.get("value")) or string(found.get("number")))
    return block_markdown(cell, names, depth=depth + 1)


def _call(block: Mapping[str, object], _names: Names, _depth: int) -> str:
    call = mapping(mapping(block.get("call")).get("v1"))
    name = string(call.get("name")) or "call"
    times = " to ".join(filter(None, (moment(call.get("date_start")), moment(call.get("date_end")))))
    said = f"[call] {link(string(call.get('join_url')), name)}"
    return said + (f" ({times})" if times else "")


def _divider(_block: Mapping[str, object], _names: Names, _depth: int) -> str:
    return "---"


def _collected(found: Mapping[str, object], names: Names, depth: int) -> str:
    """The texts in a block, titles first and then in the order of the block, each on its line."""
    if depth > _DEEPEST:
        return "[nested too deep to show]"
    keys = [key for key in _FIRST if key in found] + [key for key in found if key not in _FIRST]
    parts: list[str] = []
    for key in keys:
        value = found[key]
        if key in _UNSEEN or key.endswith("_id"):
            continue
        parts += _texts(key, value, names, depth)
    return "\n".join(part for part in parts if part.strip())


def _texts(key: str, value: object, names: Names, depth: int) -> Iterable[str]:
    if isinstance(value, str):
        if key in _ADDRESSES or value.startswith(("http://", "https://")):
            yield link(value)
        else:
            yield emphasised(text_object(value, names), bold=key == "title")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{literal(key)}: {string(value)}"
    elif depth > _DEEPEST:
        yield "[nested too deep to show]"
    elif found := mapping(value):
        yield _nested(found, names, depth + 1)
    else:
        for item in sequence(value):
            yield from _texts(key, item, names, depth + 1)


def _nested(found: Mapping[str, object], names: Names, depth: int) -> str:
    kind = string(found.get("type"))
    if kind in ("mrkdwn", "plain_text"):
        return text_object(found, names)
    if kind in _FORMS:
        return block_markdown(found, names, depth=depth)
    if kind.endswith("button") or kind == "image" or "options" in found:
        return element_markdown(found, names, depth=depth)
    return _collected(found, names, depth)


_EMPTY: Final = frozenset({"rich_text", "section", "context", "actions", "markdown", "header"})
"""Blocks that may say nothing; every other says at least of what kind it is."""

_FORMS: Final[Mapping[str, Callable[[Mapping[str, object], Names, int], str]]] = {
    "rich_text": lambda block, names, _: rich_text(block, names),
    "section": _section,
    "header": _header,
    "context": _context,
    "context_actions": _actions,
    "actions": _actions,
    "divider": _divider,
    "image": _image,
    "video": _video,
    "input": _input,
    "file": _file,
    "markdown": _markdown,
    "table": _table,
    "data_table": _table,
    "call": _call,
}
