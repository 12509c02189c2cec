"""Confluence's complaints about CQL, with the likely cause: it names the whole query and seldom what is wrong in it."""

import difflib
import re
from collections.abc import Iterator

from confluence_mcp.client.cql import outside_of_texts, split_order
from connector_kit.errors import InvalidInput, clean_text

FIELDS = (
    "ancestor", "container", "content", "contributor", "created", "creator", "favourite", "id", "label",
    "lastmodified", "macro", "mention", "parent", "siteSearch", "space", "space.key", "space.title", "space.type",
    "text", "title", "type", "watcher",
)  # fmt: skip
"""https://developer.atlassian.com/cloud/confluence/cql-fields/"""
_TEXTS = frozenset({"text", "sitesearch"})
_ELSEWHERE = {
    "author": "creator (who made it) or contributor (who worked on it)",
    "updated": "lastmodified",
    "modified": "lastmodified",
    "project": "space",
    "key": "space or id",
    "labels": "label",
    "summary": "title or text",
    "description": "text",
    "body": "text",
    "status": "label, or the plain filters: CQL knows no status",
    "user": "contributor, creator, mention or watcher with an account id",
}
"""What other query languages call it."""
_CLAUSE = re.compile(r"([A-Za-z][\w.]*)\s*(!=|!~|<=|>=|=|~|<|>|\bnot\s+in\b|\bin\b)", re.IGNORECASE)
_LIMIT = re.compile(r"\blimit\b", re.IGNORECASE)
_BARE = re.compile(r"[=~]\s*(?![\"'(])[\w./]*[^\w\s./\"'()<>=!~,][^\s()]*")
_ABSENT = re.compile(r"^\s*(?:not\b|\w[\w.]*\s*(?:!=|!~|not\s+in\b))", re.IGNORECASE)
_GENERAL = (
    'Write it like: space = PMOS AND type = page AND text ~ "words" AND lastmodified >= "2026-01-31" '
    "ORDER BY lastmodified DESC; or leave cql empty and use text and the filters."
)


def explain(error: InvalidInput, cql: str) -> InvalidInput:
    """The error with what is probably wrong in the query and what to try."""
    causes = list(_causes(cql))
    return InvalidInput(
        clean_text(error.message, 300),
        fields={**error.fields, **({"cql": " ".join(causes[:3])} if causes else {})},
        next_step=_GENERAL,
        status=error.status,
        request_id=error.request_id,
    )


def _causes(cql: str) -> Iterator[str]:
    try:
        split_order(cql)
    except InvalidInput as broken:
        yield broken.message
    bare = outside_of_texts(cql)
    known = {name.casefold(): name for name in FIELDS}
    for name, sign in _CLAUSE.findall(bare):
        folded = name.casefold()
        if folded in ("and", "or", "not"):
            continue
        if folded not in known:
            near = difflib.get_close_matches(folded, list(known), n=1, cutoff=0.6)
            meant = _ELSEWHERE.get(folded) or (known[near[0]] if near else "")
            hint = f"use {meant}." if meant else f"Fields: {', '.join(FIELDS)}."
            yield f"There is no field {clean_text(name, 40)!r}: {hint}"
        elif folded in _TEXTS and sign in ("=", "!="):
            yield f'{name} takes ~, not {sign}: {name} ~ "words".'
        elif folded in ("created", "lastmodified") and sign in ("~", "!~"):
            yield f'{name} takes >=, <=, > or <: {name} >= "2026-01-31" or {name} >= now("-7d").'
        elif sign in ("~", "!~") and folded not in _TEXTS | {"title", "space.title"}:
            yield f"{name} takes = or in, not {sign}."
    if _LIMIT.search(bare):
        yield "CQL has no LIMIT: the tool's own argument limits the answer."
    if found := _BARE.search(bare):
        yield f"{clean_text(found[0], 60)!r} needs quotation marks around its value."
    if _ABSENT.match(bare):
        yield "A query cannot begin with a negative condition: put it after another one."
