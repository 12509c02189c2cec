"""Attachments of a message as Markdown: unfurled links, forwarded messages, and what older apps post.

Fields as in https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments. A forwarded or
linked message (`is_msg_unfurl`) carries the blocks of the original in `message_blocks`.
"""

from collections.abc import Mapping
from typing import Final

from slack_mcp.text.blocks import blocks_markdown, element_markdown
from slack_mcp.text.files import file_line
from slack_mcp.text.markdown import emphasised, image, link, literal, one_line, quote
from slack_mcp.text.mrkdwn import moment, mrkdwn, unescaped
from slack_mcp.text.names import Names, channel_mention, user_mention
from slack_mcp.text.shapes import first_string, mapping, mappings, string

_DEEPEST: Final = 4
"""Attachments within attachments that are read."""


def attachment_markdown(attachment: Mapping[str, object], names: Names, *, depth: int = 0) -> str:
    """An attachment as a block quote; what stands before it in Slack, its pretext, stands before the quote."""
    pretext = mrkdwn(string(attachment.get("pretext")), names)
    forwarded = attachment.get("is_msg_unfurl") is True or attachment.get("is_share") is True
    head = _forwarded_from(attachment, names) if forwarded else _head(attachment)
    body = [head, _body(attachment, names), *_extras(attachment, names, depth)]
    inside = "\n".join(part for part in body if part.strip())
    if not inside:
        inside = literal(unescaped(first_string(attachment, "fallback")))
    if not inside and not pretext:
        inside = link(first_string(attachment, "from_url", "original_url", "app_unfurl_url"))
    return "\n".join(part for part in (pretext, quote(inside) if inside else "") if part)


def _forwarded_from(attachment: Mapping[str, object], names: Names) -> str:
    author_id = first_string(attachment, "author_id")
    author = first_string(attachment, "author_name", "author_subname")
    who = one_line(author) or (user_mention(author_id, names)[1:] if author_id else "")
    channel_id, channel_name = first_string(attachment, "channel_id"), first_string(attachment, "channel_name")
    known = bool(channel_name or (channel_id and attachment.get("is_private") is not True))
    where = literal(channel_mention(channel_id, names, label=channel_name), starts_line=False) if known else ""
    when = moment(string(attachment.get("ts")).partition(".")[0])
    by = f"by {literal(who, starts_line=False)}" if who else ""
    said = " ".join(part for part in ("Message", by, f"in {where}" if where else "", when) if part)
    url = first_string(attachment, "from_url")
    return (f"{said} {link(url)}" if url else said) + ":"


def _head(attachment: Mapping[str, object]) -> str:
    service = unescaped(first_string(attachment, "service_name"))
    author = unescaped(first_string(attachment, "author_name"))
    author_url = first_string(attachment, "author_link")
    by = link(author_url, author) if author and author_url else literal(one_line(author))
    title, title_url = unescaped(first_string(attachment, "title")), first_string(attachment, "title_link")
    titled = link(title_url, title) if title and title_url else literal(one_line(title))
    above = " · ".join(part for part in (literal(one_line(service)) if service != author else "", by) if part)
    return "\n".join(part for part in (above, emphasised(titled, bold=True)) if part)


def _body(attachment: Mapping[str, object], names: Names) -> str:
    """The message that was forwarded, else the blocks, else the text."""
    parts: list[str] = []
    for shared in mappings(attachment.get("message_blocks")):
        message = mapping(shared.get("message"))
        parts.append(blocks_markdown(message.get("blocks"), names) or mrkdwn(string(message.get("text")), names))
    original = "\n\n".join(part for part in parts if part.strip())
    if original:
        return original
    return blocks_markdown(attachment.get("blocks"), names) or mrkdwn(string(attachment.get("text")), names)


def _extras(attachment: Mapping[str, object], names: Names, depth: int) -> list[str]:
    fields = [_field(item, names) for item in mappings(attachment.get("fields"))]
    files = [file_line(item) for item in mappings(attachment.get("files"))]
    actions = [element_markdown(_button(item), names) for item in mappings(attachment.get("actions"))]
    shown = unescaped(first_string(attachment, "image_alt", "alt_text")) or "image"
    picture = first_string(attachment, "image_url")
    video = first_string(attachment, "video_url")
    footer = unescaped(first_string(attachment, "footer"))
    forwarded = attachment.get("is_msg_unfurl") is True
    when = "" if forwarded else moment(string(attachment.get("ts")).partition(".")[0])
    nested = [
        attachment_markdown(item, names, depth=depth + 1) if depth < _DEEPEST else "[nested too deep to show]"
        for item in mappings(attachment.get("attachments"))
    ]
    return [
        *fields,
        image(picture, shown) if picture else "",
        f"[video] {link(video)}" if video else "",
        *files,
        " ".join(actions),
        *nested,
        "" if forwarded else " · ".join(part for part in (literal(one_line(footer)), when) if part),
    ]


def _field(field: Mapping[str, object], names: Names) -> str:
    title = mrkdwn(string(field.get("title")), names)
    value = mrkdwn(string(field.get("value")), names)
    return f"{title}: {value}" if title and value else title or value


def _button(action: Mapping[str, object]) -> Mapping[str, object]:
    """An action of an attachment as the element that it resembles."""
    if action.get("type") not in ("button", "select"):
        return action
    text = first_string(action, "text", "name", "value")
    options = [{"text": first_string(item, "text")} for item in mappings(action.get("options"))]
    return {"type": action.get("type"), "text": text, "url": action.get("url"), "options": options}
