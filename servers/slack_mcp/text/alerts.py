"""An alert as Block Kit blocks, with a text for notifications and for readers without blocks.

Limits as in https://docs.slack.dev/reference/block-kit/blocks: 50 blocks a message, 150 characters a header, 3,000 a
section, 10 fields a section of 2,000 characters each.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, Literal, get_args

from connector_kit.errors import InvalidInput
from slack_mcp.text.mentions import NOBODY, MentionPolicy, escaped
from slack_mcp.text.posting import length, one_line_outgoing, outgoing
from slack_mcp.text.to_mrkdwn import to_mrkdwn

Severity = Literal["info", "success", "warning", "error", "critical"]
Priority = Literal["P0", "P1", "P2", "P3"]
Block = dict[str, object]

BLOCKS: Final = 50
HEADER: Final = 150
SECTION: Final = 3_000
FIELDS: Final = 10
FIELD: Final = 2_000
FALLBACK: Final = 3_000
"""Characters of the text beside the blocks: enough for a notification and for search."""

_SIGNS: Final[Mapping[Severity, str]] = {
    "info": "ℹ️",
    "success": "✅",
    "warning": "⚠️",
    "error": "❌",
    "critical": "🚨",
}
_SMALLEST_PIECE: Final = 200


def alert_blocks(
    severity: Severity,
    priority: Priority | None,
    title: str,
    text: str = "",
    steps: Sequence[str] = (),
    fields: Mapping[str, str] | None = None,
    *,
    mentions: MentionPolicy = NOBODY,
) -> tuple[list[Block], str]:
    """The blocks of an alert, and the text to post beside them.

    A header with severity and priority, `text` in sections, `fields` as names and values, `steps` (what to do) as a
    numbered list; all in Markdown. Mentions of many people are made harmless unless `mentions` allows them. Raises
    InvalidInput for an unknown severity or priority, a blank title, or more than a message holds.
    """
    _check(severity, priority, title)
    said = one_line_outgoing(title, mentions=NOBODY)
    head = " ".join(part for part in (_SIGNS[severity], severity.upper(), priority or "") if part)
    numbered = [f"{number}. {_indented(step)}" for number, step in enumerate(steps, 1) if step.strip()]
    facts = {name: value for name, value in (fields or {}).items() if name.strip() or value.strip()}
    blocks: list[Block] = [{"type": "header", "text": _plain(_clipped(f"{head}: {said}", HEADER))}]
    if length(f"{head}: {said}") > HEADER:
        whole = f"*{_mrkdwn(said, mentions)}*"
        blocks += [_section(part) for part in ([whole] if length(whole) <= SECTION else _sections(said, mentions))]
    blocks += [_section(part) for part in _sections(text, mentions)]
    blocks += _field_sections(facts, mentions)
    if numbered:
        blocks += [_section(part) for part in _sections("**Next steps**\n" + "\n".join(numbered), mentions)]
    if len(blocks) > BLOCKS:
        raise InvalidInput(
            f"The alert needs {len(blocks)} blocks, and a message of Slack holds {BLOCKS}.",
            next_step="Shorten it, or post the details as a reply or a file.",
        )
    lines = [f"{head}: {said}", text, *(f"{name}: {value}" for name, value in facts.items()), *numbered]
    return blocks, _clipped(_mrkdwn("\n".join(line for line in lines if line.strip()), mentions), FALLBACK)


def _check(severity: str, priority: str | None, title: str) -> None:
    wrong: dict[str, str] = {}
    if severity not in get_args(Severity):
        wrong["severity"] = "one of " + ", ".join(get_args(Severity))
    if priority is not None and priority not in get_args(Priority):
        wrong["priority"] = "one of " + ", ".join(get_args(Priority))
    if not title.strip():
        wrong["title"] = "must not be blank"
    if wrong:
        raise InvalidInput("The alert cannot be written.", fields=wrong)


def _mrkdwn(markdown: str, mentions: MentionPolicy) -> str:
    return "\n".join(to_mrkdwn(part, mentions=mentions) for part in outgoing(markdown, mentions=mentions))


def _sections(markdown: str, mentions: MentionPolicy) -> Iterator[str]:
    return _fitting(markdown, mentions, partial(to_mrkdwn, mentions=mentions), SECTION, SECTION)


def _fitting(
    markdown: str, mentions: MentionPolicy, written: Callable[[str], str], most: int, size: int
) -> Iterator[str]:
    """Markdown as pieces that are at most `most` long once they are written; entities make a piece longer."""
    for part in outgoing(markdown, mentions=mentions, limit=size):
        piece = written(part)
        if not piece.strip():
            continue  # a heading without a text is nothing in mrkdwn, and Slack takes no empty text
        if length(piece) <= most or size <= _SMALLEST_PIECE:
            yield piece
        else:
            yield from _fitting(part, mentions, written, most, max(size // 2, _SMALLEST_PIECE))


def _field_sections(fields: Mapping[str, str], mentions: MentionPolicy) -> list[Block]:
    """Short values two in a row; a value that is too long for a field stands in sections of its own."""
    blocks: list[Block] = []
    row: list[Block] = []
    for name, value in fields.items():
        title = f"*{escaped(one_line_outgoing(name, mentions=NOBODY))}*"
        pieces = list(_sections(value, mentions))
        text = "\n".join([title, *pieces])
        if len(pieces) < 2 and length(text) <= FIELD:
            row.append(_mrkdwn_object(text))
            if len(row) == FIELDS:
                blocks.append({"type": "section", "fields": row})
                row = []
            continue
        if row:
            blocks.append({"type": "section", "fields": row})
            row = []
        blocks += [_section(piece) for piece in (_clipped(title, SECTION), *pieces)]
    if row:
        blocks.append({"type": "section", "fields": row})
    return blocks


def _indented(step: str) -> str:
    return "\n   ".join(step.strip().split("\n"))


def _clipped(text: str, most: int) -> str:
    """`text` of at most `most` characters, its end cut off at a blank and marked by "…"."""
    if length(text) <= most:
        return text
    kept = text[: most - 1]
    while length(kept) > most - 1:
        kept = kept[:-1]
    # Half a token or half an entity would be shown as it is.
    opened = max(kept.rfind("<"), kept.rfind("&", len(kept) - 6))
    if opened >= 0 and ">" not in kept[opened:] and ";" not in kept[opened:]:
        kept = kept[:opened]
    return kept.rstrip() + "…"


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def _mrkdwn_object(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn_object(text)}
