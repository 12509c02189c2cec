"""Search by CQL, for contents and spaces, and for people.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-search.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

from confluence_mcp.sandbox import cql
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.errors import ApiError, bad_request
from confluence_mcp.sandbox.model import Attachment, Comment, JsonObject
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v1 import beans, links
from confluence_mcp.sandbox.v1.content_bean import ContentBean
from confluence_mcp.sandbox.v1.index import Found, Sight, index_of, spaces
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.accounts import ACCOUNTS, Account
from sandbox_kit.atlassian.web import Reply

_MOST = 250
_MOST_WITH_BODY = 50
_MOST_RENDERED = 25
_STATUSES = ("current", "archived", "draft", "trashed", "any")
_PERMISSION_TYPES = ("all", "externalCollaborator", "none")
_RENDERED = ("body.export_view", "body.styled_view")
Hit = tuple[Found, float]


def search(call: Call) -> Reply:
    """GET search."""
    began = time.monotonic()
    strategy = cast("cql.Strategy", call.choice("excerpt", cql.STRATEGIES, "highlight"))
    call.choice("sitePermissionTypeFilter", _PERMISSION_TYPES)
    query, expand = _query(call), call.words("expand")
    of_contents = [each.removeprefix("content.") for each in expand if each.startswith("content.")]
    with call.store.reading() as session:
        wanted, hits = _find(call, session, query)
        start, limit = _window(call, query, of_contents)
        bean, terms = ContentBean(call, session, of_contents), wanted.terms()
        shown = [_result(call, session, bean, terms, strategy, hit) for hit in hits[start : start + limit]]
    page = _page(call, query, shown, start, limit, len(hits))
    elapsed = int((time.monotonic() - began) * 1000)
    return Reply(200, page | {"totalSize": len(hits), "cqlQuery": query, "searchDuration": elapsed})


def search_contents(call: Call) -> Reply:
    """GET content/search: pages and the like only, without excerpts."""
    query, expand = _query(call), call.words("expand")
    with call.store.reading() as session:
        _, hits = _find(call, session, query)
        contents = [found for found, _ in hits if found.content]
        start, limit = _window(call, query, expand)
        bean = ContentBean(call, session, expand)
        shown = [_content(session, bean, each) for each in contents[start : start + limit]]
    return Reply(200, _page(call, query, shown, start, limit, len(contents)))


def search_users(call: Call) -> Reply:
    """GET search/user."""
    began = time.monotonic()
    call.choice("sitePermissionTypeFilter", _PERMISSION_TYPES)
    query = _query(call)
    try:
        wanted = cql.parse(query, _context(call, ()), cql.USER_FIELDS)
    except cql.CqlError as error:
        raise _refused(error) from None
    found = wanted.select(_person(number, each) for number, each in enumerate(ACCOUNTS, 1) if each.active)
    found.sort(key=lambda hit: hit[0].title.casefold())
    start, limit = call.number("start", 0), min(call.number("limit", 25), _MOST)
    shown: list[JsonObject] = []
    for document, score in found[start : start + limit]:
        account_id = ACCOUNTS[document.id - 1].account_id
        shown.append(
            {
                "user": beans.user(call, account_id),
                "title": document.title,
                "excerpt": "",
                "url": f"/people/{account_id}",
                "breadcrumbs": [],
                "entityType": "user",
                "iconCssClass": "aui-icon content-type-profile",
                "lastModified": stamp(0),
                "score": score,
            }
        )
    elapsed = int((time.monotonic() - began) * 1000)
    page = beans.page(call, shown, start=start, limit=limit, more=start + len(shown) < len(found))
    return Reply(200, page | {"totalSize": len(found), "cqlQuery": query, "searchDuration": elapsed})


def _query(call: Call) -> str:
    query = call.text("cql")
    if not query.strip():
        raise bad_request("CQL query is required")
    return query


def _context(call: Call, viewed: Sequence[str], favourites: Sequence[str] = ()) -> cql.CqlContext:
    now = datetime.now(UTC)  # everybody's time zone here
    return cql.CqlContext(now, call.account.account_id, tuple(favourites), tuple(viewed))


def _find(call: Call, session: Session, query: str) -> tuple[cql.Search, list[Hit]]:
    account = call.account.account_id
    viewed = session.db.execute(
        "SELECT content FROM seen WHERE account = ? GROUP BY content ORDER BY max(moment) DESC", (account,)
    )
    favourite = "SELECT key FROM space JOIN favourite ON target = id WHERE account = ?"
    keys = [row[0] for row in session.db.execute(favourite, (account,))]
    try:
        wanted = cql.parse(query, _context(call, [str(row[0]) for row in viewed], keys))
    except cql.CqlError as error:
        raise _refused(error) from None
    known = index_of(call.store).read(session)
    if "space" in wanted.types:
        known += spaces(session)
    scope, sight = _Scope(call, session), Sight(session, call.account)
    by_document = {id(each.document): each for each in known if scope.holds(each)}
    hits = wanted.select(each.document for each in by_document.values())
    found = ((by_document[id(document)], score) for document, score in hits)
    return wanted, [hit for hit in found if sight.sees(hit[0])]


class _Scope:
    """Where to look, besides what the query says: `cqlcontext` and the archived spaces."""

    def __init__(self, call: Call, session: Session) -> None:
        context = _cql_context(call.text("cqlcontext"))
        self._statuses = frozenset(context.get("contentStatuses") or ["current"])
        key = context.get("spaceKey")
        space = session.space(str(key)) if key else None
        self._space = (space.id if space else 0) if key else None
        self._content = context.get("contentId")
        with_archived = call.flag("includeArchivedSpaces")
        only_archived = call.flag("excludeCurrentSpaces")
        self._spaces = {
            each.id
            for each in session.spaces()
            if (with_archived or only_archived if each.status == "archived" else not only_archived)
        }

    def holds(self, found: Found) -> bool:
        if found.space not in self._spaces or (self._space is not None and found.space != self._space):
            return False
        if self._content and str(found.content) != self._content:
            return False
        return not found.content or "any" in self._statuses or found.status in self._statuses


def _cql_context(text: str) -> JsonObject:
    if not text:
        return {}
    try:
        value = cast("object", json.loads(text))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise bad_request("Could not parse cqlcontext")
    context = cast("JsonObject", value)
    statuses: Any = context.get("contentStatuses") or []
    if not isinstance(statuses, list) or not all(each in _STATUSES for each in cast("list[object]", statuses)):
        raise bad_request(f"contentStatuses of cqlcontext are a list of: {', '.join(_STATUSES)}")
    return {**context, "contentId": str(context["contentId"])} if context.get("contentId") else context


def _refused(error: cql.CqlError) -> ApiError:
    return bad_request(error.message, error.detail)


def _window(call: Call, query: str, expand: Collection[str]) -> tuple[int, int]:
    """The start and the length of the page that is asked for."""
    limit = call.number("limit", 25)
    most = _MOST_WITH_BODY if any(each.startswith("body") for each in expand) else _MOST
    most = _MOST_RENDERED if any(each.startswith(_RENDERED) for each in expand) else most
    cursor = call.text("cursor")
    if not cursor:
        return call.number("start", 0), min(limit, most)
    try:
        mark, _, start = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        position = int(start)
    except (binascii.Error, ValueError):
        mark, position = "", -1
    if mark != _mark(query) or position < 0:
        raise bad_request("Invalid cursor")
    return position, min(limit, most)


def _page(call: Call, query: str, shown: list[JsonObject], start: int, limit: int, total: int) -> JsonObject:
    path = call.path.removeprefix("/wiki")
    kept = {name: call.text(name) for name in ("cqlcontext", "excerpt", "expand") if call.text(name)}
    base = f"{path}?{urlencode({**kept, 'cql': query, 'limit': limit})}"
    addresses: JsonObject = {"base": call.base, "context": "/wiki", "self": f"{call.base}{base}"}
    if shown and start + len(shown) < total:
        addresses["next"] = f"{base}&next=true&cursor={_cursor(query, start + len(shown))}"
    if start:
        addresses["prev"] = f"{base}&prev=true&cursor={_cursor(query, max(0, start - limit))}"
    return {"results": shown, "start": start, "limit": limit, "size": len(shown), "_links": addresses}


def _cursor(query: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{_mark(query)}:{start}".encode()).decode()


def _mark(query: str) -> str:
    return hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:12]


def _content(session: Session, bean: ContentBean, found: Found) -> JsonObject:
    number, content = found.document.id, session.content(found.content)
    assert content is not None
    if number == content.id:
        return bean.content(content)
    if comment := session.row(Comment, "comment", "id = ?", number):
        return bean.comment(comment, content)
    attachment = session.row(Attachment, "attachment", "id = ?", number)
    assert attachment is not None
    return bean.attachment(attachment, content)


def _result(
    call: Call, session: Session, bean: ContentBean, terms: tuple[Any, ...], strategy: cql.Strategy, hit: Hit
) -> JsonObject:
    found, score = hit
    document = found.document
    space = bean.space_of(found.space)
    kind = document.values["type"][0]
    title = cql.mark(document.title, terms) if strategy.startswith("highlight") else document.title
    modified = int(document.moments["lastmodified"].timestamp() * 1000)
    shown: JsonObject = {
        "title": title,
        "excerpt": cql.excerpt(document.body, terms, strategy),
        "url": f"/spaces/{space.key}",
        "resultGlobalContainer": {"title": space.name, "displayUrl": f"/spaces/{space.key}"},
        "breadcrumbs": [],
        "entityType": "content" if found.content else "space",
        "iconCssClass": f"aui-icon content-type-{kind}",
        "lastModified": stamp(modified),
        "friendlyLastModified": beans.friendly(modified),
        "score": score,
    }
    if not found.content:
        return shown | {"space": beans.space(call, space)}
    content = _content(session, bean, found)
    shown |= {"content": content, "url": content["_links"]["webui"]}
    if kind in ("comment", "attachment"):
        container = session.content(found.content)
        assert container is not None
        shown["resultParentContainer"] = {"title": container.title, "displayUrl": links.web(container, space)}
    return shown


def _person(number: int, account: Account) -> cql.Document:
    return cql.Document(
        number,
        account.name,
        {"type": ("user",), "user": (account.account_id.casefold(),)},
        {"lastmodified": datetime(1970, 1, 1, tzinfo=UTC)},
        {"user.fullname": account.name},
    )


_API = "/wiki/rest/api"
SEARCH: Routes = {
    f"{_API}/search": {"GET": search},
    f"{_API}/search/user": {"GET": search_users},
    f"{_API}/content/search": {"GET": search_contents},
}
"""Which handler answers which path and method."""
