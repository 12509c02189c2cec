"""Search by JQL with page tokens, counts, and queries that are only checked.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from jira_mcp.sandbox import filter_store, jql
from jira_mcp.sandbox.beans import select_fields
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.index import IndexedIssue, SiteDirectory
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.refs import USERS, field_catalog
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call, string_list
from sandbox_kit.atlassian.web import Reply

_TOKEN_LIFE = 7 * 86400
_MOST_ISSUES = 100
_MOST_KEYS = 5000
_MOST_RECONCILED = 50
_BODY = ("jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys", "reconcileIssues")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a search asks for."""

    query: str
    token: str
    size: int
    fields: list[str]
    expand: list[str]
    reconciled: list[int]


def search_get(call: Call) -> Reply:
    """GET search/jql."""
    try:
        reconciled = [int(word) for word in call.words("reconcileIssues")]
    except ValueError:
        raise bad_request("The reconcileIssues parameter takes issue ids.") from None
    return _search(
        call,
        _Wish(
            call.text("jql"),
            call.text("nextPageToken"),
            call.number("maxResults", 50, least=0, most=_MOST_KEYS),
            call.words("fields"),
            call.words("expand"),
            reconciled,
        ),
    )


def search_post(call: Call) -> Reply:
    """POST search/jql."""
    body = call.json_object(*_BODY)
    size = body.get("maxResults", 50)
    fields = string_list(body.get("fields", []))
    reconciled: Any = body.get("reconcileIssues", [])
    if (
        not isinstance(size, int)
        or fields is None
        or not isinstance(reconciled, list)
        or not all(isinstance(each, int) for each in cast("list[object]", reconciled))
    ):
        raise bad_request("Invalid request payload. Refer to the REST API documentation and try again.")
    expand = str(body.get("expand") or "").split(",")
    return _search(
        call,
        _Wish(
            str(body.get("jql") or ""),
            str(body.get("nextPageToken") or ""),
            max(0, min(size, _MOST_KEYS)),
            fields,
            expand,
            cast("list[int]", reconciled),
        ),
    )


def approximate_count(call: Call) -> Reply:
    """POST search/approximate-count."""
    body = call.json_object("jql")
    with call.store.reading() as session:
        found = _find(call, session, str(body.get("jql") or ""), ())
    return Reply(200, {"count": len(found)})


def parse_queries(call: Call) -> Reply:
    """POST jql/parse: errors, or with validation=warn warnings, query by query."""
    queries = string_list(call.json_object("queries").get("queries"))
    validation = call.text("validation", "strict")
    if not queries or validation not in ("strict", "warn", "none"):
        raise bad_request("Invalid request payload. Refer to the REST API documentation and try again.")
    answers: list[JsonObject] = []
    with call.store.reading() as session:
        call.index.refresh(session)
    for query in queries:
        answer: JsonObject = {"query": query}
        try:
            with call.store.reading() as session:
                parsed = _parsed(call, session, query)
        except jql.JqlError as error:
            answer["errors"] = error.messages
        else:
            try:
                if validation != "none":
                    parsed.compile(field_catalog(), _context(call))
            except jql.JqlError as error:
                answer["errors" if validation == "strict" else "warnings"] = error.messages
            if "errors" not in answer:
                answer["structure"] = {}
        answers.append(answer)
    return Reply(200, {"queries": answers})


def messages_of(call: Call, session: Session, text: str) -> list[str]:
    """What is wrong with a query, in the vendor's words."""
    call.index.refresh(session)
    try:
        _parsed(call, session, text).compile(field_catalog(), _context(call))
    except jql.JqlError as error:
        return list(error.messages)
    return []


def gone(_call: Call) -> Reply:
    """The old search resources, which the vendor removed."""
    raise ApiError(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration "
        "guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    )


def _search(call: Call, wish: _Wish) -> Reply:
    field_ids = select_fields(wish.fields, "id")
    only_ids = set(wish.fields) <= {"id"}
    size = min(wish.size, _MOST_KEYS if set(wish.fields) <= {"id", "key"} else _MOST_ISSUES)
    if len(wish.reconciled) > _MOST_RECONCILED:
        raise bad_request(f"The reconcileIssues parameter takes at most {_MOST_RECONCILED} issue ids.")
    with call.store.reading() as session:
        found = _find(call, session, wish.query, wish.reconciled)
        seal = _Seal(session.setting("token_secret"), call.account.account_id, wish.query)
        start = seal.read(wish.token) if wish.token else 0
        end = start + size
        if only_ids:
            issues: list[JsonObject] = [{"id": each.id} for each in found[start:end]]
        else:
            show = call.issues(session)
            issues = [show.bean(each.issue, field_ids, wish.expand) for each in found[start:end]]
    answer: JsonObject = {"issues": issues, "isLast": end >= len(found)}
    if end < len(found):
        answer["nextPageToken"] = seal.write(end)
    if "names" in wish.expand:
        answer["names"] = {name: text for name, text in call.show.names().items() if name in field_ids}
    if "schema" in wish.expand:
        answer["schema"] = {name: text for name, text in call.show.schemas().items() if name in field_ids}
    return Reply(200, answer)


def _find(call: Call, session: Session, text: str, reconciled: list[int] | tuple[()]) -> list[IndexedIssue]:
    call.index.refresh(session)
    try:
        query = _parsed(call, session, text)
        if not query.is_bounded:
            raise bad_request(jql.UNBOUNDED)
        search = query.compile(field_catalog(), _context(call))
    except jql.JqlError as error:
        raise ApiError(400, *error.messages) from None
    return search.select(call.index.visible(call.account, set(reconciled)))


def _parsed(call: Call, session: Session, text: str) -> jql.Query:
    return jql.with_filters(jql.parse(text), filter_store.lookup(session, call.account))


def _context(call: Call) -> jql.JqlContext:
    directory = SiteDirectory(call.index, call.account)
    return jql.JqlContext(datetime.now(UTC), directory, USERS[call.account.account_id])


class _Seal:
    """Page tokens: opaque, good for one account and query, and for a week."""

    def __init__(self, secret: str, account_id: str, query: str) -> None:
        self._key = hashlib.sha256(f"{secret}\0{account_id}\0{query}".encode("utf-8", "replace")).digest()

    def write(self, start: int) -> str:
        """The token of the page that begins at `start`."""
        content = json.dumps([start, int(time.time()) + _TOKEN_LIFE]).encode()
        return base64.urlsafe_b64encode(self._sign(content) + content).decode().rstrip("=")

    def read(self, token: str) -> int:
        """Where the token's page begins; 400 when it is forged, of another query, or too old."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        content = raw[16:]
        if not content or not hmac.compare_digest(raw[:16], self._sign(content)):
            raise bad_request("The provided next page token is invalid or expired.")
        start, expires = json.loads(content)
        if expires < time.time():
            raise bad_request("The provided next page token is invalid or expired.")
        return int(start)

    def _sign(self, content: bytes) -> bytes:
        return hmac.new(self._key, content, hashlib.sha256).digest()[:16]
