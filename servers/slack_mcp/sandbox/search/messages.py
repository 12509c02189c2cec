"""Messages that a query finds, of those that somebody may see."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from slack_mcp.sandbox.model import Conversation, ConversationKind, JsonObject, Message
from slack_mcp.sandbox.search import scope, words
from slack_mcp.sandbox.search.grammar import Modifier, Query, Term
from slack_mcp.sandbox.search.scope import Viewer

_SILENT = (
    "channel_join",
    "channel_leave",
    "channel_archive",
    "channel_unarchive",
    "channel_topic",
    "channel_purpose",
    "channel_name",
)
_TOLD = ("text", "title", "value", "pretext", "author_name", "footer", "fallback")

_REACTED = "EXISTS (SELECT 1 FROM reaction AS r WHERE r.channel = message.channel AND r.ts = message.ts)"
_PRESENT = {
    "has:pin": "EXISTS (SELECT 1 FROM pin AS p WHERE p.channel = message.channel AND p.ts = message.ts)",
    "has:reaction": _REACTED,
    "has::": _REACTED,
    "has:file": "files != '[]'",
    "is:thread": "thread_ts IS NOT NULL",
}
"""What has to be true of messages with such modifiers, so that not every message is looked at."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found. `score` is higher the better it fits."""

    message: Message
    conversation: Conversation
    score: float


def find(
    viewer: Viewer, query: Query, kinds: Sequence[ConversationKind], *, loosely: bool = False, archived: bool = True
) -> list[Hit]:
    """The messages of conversations of these kinds, in no order. `loosely` wants half of the words only."""
    joined = viewer.user.guest
    seen = viewer.session.conversations.seen_by(viewer.user.id, kinds, only_joined=joined, archived=archived)
    named = scope.places(viewer, query, seen)
    known = {each.id: each for each in seen if named.take(each.id)}
    first, last, unwanted = scope.moments(viewer, query)
    if not known or last <= first or not (query.terms or query.modifiers):
        return []
    hits: list[Hit] = []
    for message in _candidates(viewer, query, known, first, last, loosely):
        score = _score(message, query, loosely)
        moment = float(message.ts)
        if score is None or any(begin <= moment < end for begin, end in unwanted):
            continue
        if all(_fits(viewer, message, known[message.channel], each) != each.negated for each in query.modifiers):
            hits.append(Hit(message, known[message.channel], score))
    return hits


def _candidates(
    viewer: Viewer, query: Query, known: dict[str, Conversation], first: float, last: float, loosely: bool
) -> Iterator[Message]:
    """What the database can tell apart by itself."""
    conditions = [f"channel IN ({_marks(known)})", f"COALESCE(subtype, '') NOT IN ({_marks(_SILENT)})", "NOT deleted"]
    values: list[object] = [*known, *_SILENT]
    authors = scope.people(viewer, query)
    if authors.wanted is not None:
        conditions.append(f"user IN ({_marks(authors.wanted)})")
        values += authors.wanted
    if authors.unwanted:
        conditions.append(f"user NOT IN ({_marks(authors.unwanted)})")
        values += authors.unwanted
    if first:
        conditions.append("ts >= ?")
        values.append(f"{first:017.6f}")
    if last < math.inf:
        conditions.append("ts < ?")
        values.append(f"{last:017.6f}")
    conditions += [_PRESENT[each] for each in _asked(query) if each in _PRESENT]
    patterns = [_pattern(each) for each in query.wanted]
    if patterns and all(patterns):
        conditions.append(f"({(' OR ' if loosely else ' AND ').join(['body LIKE ?'] * len(patterns))})")
        values += patterns
    columns = "channel, ts, user, text, body, thread_ts, subtype, hidden, files"
    statement = f"SELECT {columns} FROM message WHERE {' AND '.join(conditions)}"  # noqa: S608 - only marks
    for channel, ts, user, text, body, thread_ts, subtype, hidden, files in viewer.session.db.execute(
        statement, values
    ):
        yield Message(channel, ts, user, text, json.loads(body), thread_ts, subtype, bool(hidden), json.loads(files))


def _asked(query: Query) -> set[str]:
    """The modifiers that have to hold, those that name an emoji by their beginning."""
    asked = [f"{each.name.removesuffix('my')}:{each.value.lower()}" for each in query.modifiers if not each.negated]
    return {each[:5] if each.startswith("has::") else each for each in asked}


def _pattern(term: Term) -> str:
    """What the stored message has to contain; "" when the database could not tell."""
    word = max(term.words, key=len).strip("<>")
    found = word if term.exact or term.prefix else words.stem(word)
    return f"%{found.replace('_', '%')}%" if found.isascii() else ""


def _score(message: Message, query: Query, loosely: bool) -> float | None:
    """How often the words occur; None when too few of them do, or one that must not."""
    if not query.terms:
        return 0.0
    told = words.tokens(text_of(message))
    stems = [words.stem(each) for each in told]
    amounts = [words.count(each, told, stems) for each in query.wanted]
    present = sum(map(bool, amounts))
    if present < (math.ceil(len(amounts) / 2) if loosely else len(amounts)):
        return None
    if any(words.count(each, told, stems) for each in query.terms if each.negated):
        return None
    return present + min(sum(amounts), 9) / 10


def text_of(message: Message) -> str:
    """All that a message says: its text, its attachments and its blocks."""
    parts = [message.text]
    for name in ("attachments", "blocks"):
        for each in cast("list[JsonObject]", message.body.get(name, [])):
            if each.get("type") != "rich_text":  # it says the same as the text
                parts += _said(each)
    return "\n".join(parts)


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in cast("dict[str, Any]", value).items():
            if isinstance(each, str):
                if name in _TOLD:
                    yield each
            else:
                yield from _said(each)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _said(each)


def _fits(viewer: Viewer, message: Message, conversation: Conversation, modifier: Modifier) -> bool:
    """Whether a message has what a modifier asks for; those that the database looked at are true, or not negated."""
    name, value = modifier.name, modifier.value.lower()
    if name in ("has", "hasmy"):
        return _has(viewer, message, value, mine=name == "hasmy")
    if name == "is":
        thread = message.thread_ts is not None
        return {"thread": thread, "dm": conversation.direct, "reply": thread and message.ts != message.thread_ts}.get(
            value, False
        )
    if name == "to":
        people = scope.find_users(viewer, modifier.value)
        members = viewer.session.conversations.members(conversation.id) if conversation.direct else []
        return message.user not in people and not people.isdisjoint(members)
    if name == "with":
        people = scope.find_users(viewer, modifier.value)
        return not people.isdisjoint(_company(viewer, message, conversation))
    return not modifier.negated


def _has(viewer: Viewer, message: Message, value: str, *, mine: bool) -> bool:
    reactions = viewer.session.messages.reactions(message.channel, [message.ts]).get(message.ts, {})
    if mine:
        reactions = {name: users for name, users in reactions.items() if viewer.user.id in users}
    if value.startswith(":") and value.endswith(":"):
        return value.strip(":") in reactions
    if value == "reaction":
        return bool(reactions)
    if value == "link":
        return "<http" in message.text or '"type": "link"' in json.dumps(message.body.get("blocks", []))
    if value == "file":
        return bool(message.files)
    return value == "pin" and any(ts == message.ts for ts, _, _ in viewer.session.messages.pins(message.channel))


def _company(viewer: Viewer, message: Message, conversation: Conversation) -> set[str]:
    """Who takes part in a direct message or a thread."""
    company: set[str] = set()
    if conversation.direct:
        company |= set(viewer.session.conversations.members(conversation.id))
    if message.thread_ts:
        replies = viewer.session.messages.replies(message.channel, message.thread_ts)
        company |= {each.user for each in replies}
    return company


def _marks(values: object) -> str:
    return ",".join("?" * len(cast("Sequence[object]", values)))
