"""Files and canvases that a query finds, of those that somebody may see."""

from __future__ import annotations

from dataclasses import dataclass

from slack_mcp.sandbox.canvases.sections import written
from slack_mcp.sandbox.model import ConversationKind
from slack_mcp.sandbox.records.files import File
from slack_mcp.sandbox.search import scope, words
from slack_mcp.sandbox.search.grammar import Query
from slack_mcp.sandbox.search.scope import Viewer

_KINDS: tuple[ConversationKind, ...] = ("public_channel", "private_channel", "im", "mpim")
_TYPES = {"images": "image/", "canvases": "application/vnd.slack-docs", "pdfs": "application/pdf", "snippets": "text/"}


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file that was found. `score` is higher the better it fits."""

    file: File
    score: float


def find_files(viewer: Viewer, query: Query, *, loosely: bool = False) -> list[FileHit]:
    """Files by their title, name and text, in no order."""
    first, last, unwanted = scope.moments(viewer, query)
    authors = scope.people(viewer, query)
    seen = viewer.session.conversations.seen_by(viewer.user.id, _KINDS, only_joined=viewer.user.guest)
    places = scope.places(viewer, query, seen)
    hits: list[FileHit] = []
    for item in viewer.session.files.seen_by(viewer.user.id, guest=viewer.user.guest):
        where = {channel for channel, _ in viewer.session.files.shares(item.id)}
        where |= set(viewer.session.files.access(item.id))
        score = _score(viewer, item, query, loosely)
        if (
            score is not None
            and first <= item.created < last
            and not any(begin <= item.created < end for begin, end in unwanted)
            and authors.take(item.user)
            and (places.wanted is None or not places.wanted.isdisjoint(where))
            and places.unwanted.isdisjoint(where)
            and all(
                item.mimetype.startswith(_TYPES.get(each.value.lower(), "-")) != each.negated
                for each in scope.modifiers(query, "type")
            )
        ):
            hits.append(FileHit(item, score))
    return hits


def text_of(viewer: Viewer, item: File) -> str:
    """What a file says, as far as it is text."""
    if item.canvas:
        return written("", viewer.session.files.sections(item.id))
    return viewer.session.files.content(item.id).decode("utf-8", "replace") if item.mode == "snippet" else ""


def _score(viewer: Viewer, item: File, query: Query, loosely: bool) -> float | None:
    told = words.tokens(f"{item.title} {item.name} {text_of(viewer, item)}")
    stems = [words.stem(each) for each in told]
    amounts = [words.count(each, told, stems) for each in query.wanted]
    present = sum(map(bool, amounts))
    if present < ((len(amounts) + 1) // 2 if loosely else len(amounts)):
        return None
    if any(words.count(each, told, stems) for each in query.terms if each.negated):
        return None
    return present + min(sum(amounts), 9) / 10
