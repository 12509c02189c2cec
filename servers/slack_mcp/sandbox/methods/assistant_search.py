"""assistant.search.context and assistant.search.info: docs.slack.dev/apis/web-api/real-time-search-api.

A stand-in for meaning: where Slack would understand a question, half of its telling words are enough here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar, cast

from slack_mcp.sandbox import cursors, render
from slack_mcp.sandbox.errors import ApiError, invalid_arguments, missing_scope
from slack_mcp.sandbox.files import shown as shown_file
from slack_mcp.sandbox.model import TEAM_ID, WORKSPACE_URL, ConversationKind, JsonObject, Message
from slack_mcp.sandbox.records.files import File
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.search import files, messages, words
from slack_mcp.sandbox.search.grammar import Query, Term, parse
from slack_mcp.sandbox.search.messages import Hit
from slack_mcp.sandbox.search.scope import Viewer
from slack_mcp.sandbox.web import Call

T = TypeVar("T")

ACTION_TOKEN: Final = "9000000000001.sandbox.action"
"""What an event would bring along: a bot may search only while it answers somebody."""
_SCOPES: dict[ConversationKind, str] = {
    "public_channel": "search:read.public",
    "private_channel": "search:read.private",
    "im": "search:read.im",
    "mpim": "search:read.mpim",
}
_CONTENT = {"messages": "", "files": "search:read.files", "channels": "", "users": "search:read.users"}
_MOST = 20
_AROUND = 2
_LONGEST_QUERY = 1_000
_EVERYBODY = 100_000
_OF_PEOPLE = (*_SCOPES.values(), "search:read.files", "search:read.users")
_OF_BOTS = ("search:read.public", "search:read.files", "search:read.users")


@method("assistant.search.context", tier=2, user_scopes=_OF_PEOPLE, bot_scopes=_OF_BOTS)
def search_context(call: Call) -> JsonObject:
    """Messages, files, channels and people for a question, twenty of each at most."""
    if call.token.kind == "bot" and call.text("action_token") != ACTION_TOKEN:
        raise ApiError("invalid_action_token")
    if not call.text("query").strip():
        raise ApiError("missing_query")
    if len(call.text("query")) > _LONGEST_QUERY:
        raise ApiError("query_too_long")
    wanted = call.words("content_types") or ["messages"]
    kinds = _kinds(call)
    if not set(wanted) <= set(_CONTENT):
        raise invalid_arguments("must be a valid enum value [json-pointer:/content_types]")
    for name in wanted:
        if _CONTENT[name] and not call.token.has(_CONTENT[name]):
            raise missing_scope([_CONTENT[name]], call.token.scopes)
    limit = call.number("limit", _MOST)
    if not 1 <= limit <= _MOST:
        bound = f"less than {_MOST + 1}" if limit > _MOST else "more than 0"
        raise invalid_arguments(f"must be {bound} [json-pointer:/limit]")
    query, loosely = _query(call)
    viewer = Viewer(call.session, call.caller, call.now)
    start = _start(call)
    find: dict[str, Callable[[], list[JsonObject]]] = {
        "messages": lambda: _messages(call, viewer, query, kinds, loosely, start, limit),
        "files": lambda: _files(call, viewer, query, loosely, start, limit),
        "channels": lambda: _channels(call, viewer, query, kinds, start, limit),
        "users": lambda: _users(call, query, start, limit),
    }
    results = {name: find[name]() for name in wanted}
    more = any(len(each) > limit for each in results.values())
    following = cursors.encode("context", str(start + limit)) if more else ""
    return {
        "results": {name: each[:limit] for name, each in results.items()},
        "response_metadata": {"next_cursor": following},
    }


@method("assistant.search.info", tier=2, scopes=("search:read.public",))
def search_info(call: Call) -> JsonObject:  # noqa: ARG001 - the signature of all
    """Whether questions are understood by their meaning."""
    return {"is_ai_search_enabled": True}


def _kinds(call: Call) -> list[ConversationKind]:
    names = call.words("channel_types") or ["public_channel"]
    if not set(names) <= set(_SCOPES):
        raise invalid_arguments("must be a valid enum value [json-pointer:/channel_types]")
    wanted: dict[ConversationKind, str] = {kind: scope for kind, scope in _SCOPES.items() if names.count(kind)}
    lacking = [scope for scope in wanted.values() if not call.token.has(scope)]
    if lacking:
        raise missing_scope(lacking, call.token.scopes)
    return list(wanted)


def _query(call: Call) -> tuple[Query, bool]:
    """The query with its clauses and modifiers, and whether not all of its words have to be there."""
    query = parse(call.text("query"))
    extra = parse(call.text("modifiers")) if call.given("modifiers") else Query((), ())
    clauses = cast("list[object]", call.structure("term_clauses", list)) if call.given("term_clauses") else []
    terms = tuple(term for clause in clauses for term in parse(str(clause)).terms)
    loosely = not call.flag("disable_semantic_search") and not terms
    if loosely:
        telling = tuple(each for each in query.terms if each.exact or words.telling(each.words[0]))
        query = replace(query, terms=telling or query.terms)
    return Query((*query.terms, *terms), (*query.modifiers, *extra.modifiers)), loosely


def _start(call: Call) -> int:
    if not call.given("cursor"):
        return 0
    place = cursors.decode("context", call.text("cursor"))
    if not place.isdecimal():
        raise ApiError("invalid_cursor")
    return int(place)


def _messages(
    call: Call,
    viewer: Viewer,
    query: Query,
    kinds: Sequence[ConversationKind],
    loosely: bool,
    start: int,
    limit: int,
) -> list[JsonObject]:
    archived = call.flag("include_archived_channels", True)
    hits = messages.find(viewer, query, kinds, loosely=loosely, archived=archived)
    bots = call.flag("include_bots")
    if call.given("context_channel_id") and not any(
        each.id == call.text("context_channel_id")
        for each in call.session.conversations.seen_by(viewer.user.id, list(_SCOPES))
    ):
        raise ApiError("context_channel_not_found")
    hits = [
        each for each in hits if (bots or not _is_bot(call, each.message)) and _in_time(call, float(each.message.ts))
    ]
    part = _sorted(call, hits, lambda each: each.score, lambda each: each.message.ts)[start : start + limit + 1]
    return [_message(call, each, query.wanted) for each in part]


def _message(call: Call, hit: Hit, terms: Sequence[Term]) -> JsonObject:
    message = hit.message
    author = call.session.people.find(message.user)
    text = messages.text_of(message) if not message.text else message.text
    name = message.body.get("username") or (author.real_name if author else "")
    shown: JsonObject = {
        "author_name": name,
        "author_user_id": message.user,
        "team_id": TEAM_ID,
        "channel_id": message.channel,
        "channel_name": hit.conversation.name if hit.conversation.kind != "im" else "",
        "message_ts": message.ts,
        "content": words.highlighted(text, terms) if call.flag("highlight") else text,
        "is_author_bot": _is_bot(call, message),
        "permalink": render.permalink(message.channel, message.ts, message.thread_ts),
    }
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if call.flag("include_message_blocks"):
        shown["blocks"] = message.body.get("blocks", [])
    if call.flag("include_context_messages"):
        shown["context_messages"] = _around(call, message)
    return shown


def _around(call: Call, message: Message) -> JsonObject:
    """The messages next to one in its thread, or in its channel."""
    records = call.session.messages
    if message.thread_ts:
        parent = records.find(message.channel, message.thread_ts)
        company = [*([parent] if parent else []), *records.replies(message.channel, message.thread_ts)]
        before = [each for each in company if each.ts < message.ts][-_AROUND:]
        after = [each for each in company if each.ts > message.ts][:_AROUND]
    else:
        before = records.history(message.channel, "", message.ts, inclusive=False, count=_AROUND)[::-1]
        later = records.history(message.channel, message.ts, "a", inclusive=False, count=_EVERYBODY)
        after = later[::-1][:_AROUND]

    def said(items: Sequence[Message]) -> list[JsonObject]:
        return [{"text": each.text, "user_id": each.user, "ts": each.ts} for each in items if not each.deleted]

    return {"before": said(before), "after": said(after)}


def _files(call: Call, viewer: Viewer, query: Query, loosely: bool, start: int, limit: int) -> list[JsonObject]:
    hits = [each for each in files.find_files(viewer, query, loosely=loosely) if _in_time(call, each.file.created)]
    part = _sorted(call, hits, lambda each: each.score, lambda each: str(each.file.created))
    return [_file(call, viewer, each.file) for each in part[start : start + limit + 1]]


def _file(call: Call, viewer: Viewer, item: File) -> JsonObject:
    author = call.session.people.find(item.user)
    return {
        "uploader_user_id": item.user,
        "author_user_id": item.user,
        "author_name": author.real_name if author else "",
        "team_id": TEAM_ID,
        "file_id": item.id,
        "date_created": item.created,
        "date_updated": item.updated,
        "title": item.title,
        "file_type": item.filetype,
        "permalink": shown_file.permalink(item),
        "content": files.text_of(viewer, item)[:500],
    }


def _channels(
    call: Call, viewer: Viewer, query: Query, kinds: Sequence[ConversationKind], start: int, limit: int
) -> list[JsonObject]:
    seen = call.session.conversations.seen_by(
        viewer.user.id,
        [kind for kind in kinds if kind.endswith("channel")],
        only_joined=viewer.user.guest,
        archived=call.flag("include_archived_channels", True),
    )
    named = [each for each in seen if _said_in(query, f"{each.name} {each.topic} {each.purpose}")]
    shown: list[JsonObject] = []
    for each in named[start : start + limit + 1]:
        creator = call.session.people.find(each.creator)
        shown.append(
            {
                "team_id": TEAM_ID,
                "channel_id": each.id,
                "name": each.name,
                "topic": each.topic,
                "purpose": each.purpose,
                "creator_user_id": each.creator,
                "creator_name": creator.real_name if creator else "",
                "date_created": each.created,
                "date_updated": each.updated,
                "permalink": f"{WORKSPACE_URL}archives/{each.id}",
            }
        )
    return shown


def _users(call: Call, query: Query, start: int, limit: int) -> list[JsonObject]:
    deleted = call.flag("include_deleted_users")
    named = [
        each
        for each in call.session.people.page("", _EVERYBODY)
        if (deleted or not each.deleted)
        and _said_in(query, f"{each.name} {each.real_name} {each.display_name} {each.title}")
    ]
    return [
        {
            "team_id": TEAM_ID,
            "user_id": each.id,
            "full_name": each.real_name,
            "title": each.title,
            "email": each.email if call.token.has("users:read.email") else "",
            "permalink": f"{WORKSPACE_URL}team/{each.id}",
        }
        for each in named[start : start + limit + 1]
    ]


def _said_in(query: Query, text: str) -> bool:
    told = words.tokens(text.replace(".", " ").replace("-", " "))
    stems = [words.stem(each) for each in told]
    return bool(query.wanted) and any(words.count(each, told, stems) for each in query.wanted)


def _is_bot(call: Call, message: Message) -> bool:
    """Whether a bot says it; what a person posts through an app is the person's."""
    author = call.session.people.find(message.user)
    return message.subtype == "bot_message" or bool(author and author.bot)


def _in_time(call: Call, moment: float) -> bool:
    return (not call.given("after") or moment > call.number("after", 0)) and (
        not call.given("before") or moment < call.number("before", 0)
    )


def _sorted(call: Call, hits: Sequence[T], score: Callable[[T], float], moment: Callable[[T], str]) -> Sequence[T]:
    by_time = call.text("sort", "score") == "timestamp"
    falling = call.text("sort_dir", "desc") != "asc"
    return sorted(hits, key=lambda each: (0.0 if by_time else score(each), moment(each)), reverse=falling)
