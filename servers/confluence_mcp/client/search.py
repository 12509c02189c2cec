"""Finding pages by words or by CQL (https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-search/)."""

import html
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL, CONTENT, CONTENT_TTL
from confluence_mcp.client import cql_errors
from confluence_mcp.client.base import V1, next_cursor
from confluence_mcp.client.cql import plain_words, quote, within_spaces
from confluence_mcp.client.opening import Opening
from confluence_mcp.reading_models import Hit
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects

KINDS = ("page", "blogpost", "comment", "attachment")
LAG = 60.0
"""Seconds for which the search may not know a change yet."""
_KIND = "confluence-search"
_MOST = 50
_EXCERPT = 170
_LEAD = 60
_MARK = "@@@hl@@@"
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
_AGO = re.compile(r"-?(\d{1,5})([mhdw])")
_PAGE_IN_LINK = re.compile(r"(?:/pages/|/blog/(?:\d{4}/\d\d/\d\d/)?|[?&]pageId=)(\d{1,19})(?![\d.])")
_SPACE_IN_LINK = re.compile(r"/spaces/([^/?#]+)")


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What all must hold: empty ones are not asked for. `kind` is one of KINDS; `under` names a page."""

    text: str = ""
    space: str = ""
    kind: str = ""
    label: str = ""
    author: str = ""
    since: str = ""
    under: str = ""


class Search(Opening):
    """Finding content."""

    async def cql_from(self, filters: SearchFilters) -> str:
        """The query that plain filters mean; newest first unless words decide the order.

        Raises InvalidInput for a space, page or person that does not exist, and for text without a word.
        """
        parts: list[str] = []
        if filters.text.strip():
            parts.append(f"siteSearch ~ {quote(_words(filters.text))}")
        if filters.space.strip():
            parts.append(f"space = {quote((await self.space(filters.space)).key)}")
        parts.append(f"type = {filters.kind}" if filters.kind else f"type in ({', '.join(KINDS)})")
        if filters.label.strip():
            parts += [f"label = {quote(label)}" for label in _labels(filters.label)]
        if filters.author.strip():
            parts.append(f"creator = {quote((await self.person(filters.author)).account_id)}")
        if filters.since.strip():
            parts.append(f"lastmodified >= {_moment(filters.since)}")
        if filters.under.strip():
            parts.append(f"ancestor = {(await self.page_ref(filters.under)).id}")
        order = "" if filters.text.strip() else " ORDER BY lastmodified DESC"
        return f"{' AND '.join(parts)}{order}"

    async def search(self, cql: str, *, limit: int = 10, cursor: str | None = None) -> Page[Hit]:
        """What matches `cql`, at most `limit` (50), in allowed spaces only; `total` counts all of it.

        Raises InvalidInput for wrong CQL, with what is probably wrong in it.
        """
        limited = within_spaces(cql, self.settings.spaces)
        print_of = fingerprint(cql)
        at = as_text(decode_cursor(_KIND, cursor, print_of).get("next")) if cursor else None
        limit = max(1, min(limit, _MOST))

        async def load() -> Page[Hit]:
            try:
                answer = await self._get(
                    f"{V1}/search", cql=limited, limit=limit, cursor=at, excerpt="highlight", expand="content.space"
                )
            except InvalidInput as error:
                raise cql_errors.explain(error, cql) from error
            following = next_cursor(answer)
            found = [self._hit(bean) for bean in objects(answer.get("results"))]
            return Page(
                tuple(hit for hit in found if hit is not None),
                encode_cursor(_KIND, {"next": following}, print_of) if following else None,
                as_int(answer.get("totalSize")),
            )

        return await self._cached(("search", limited, limit, at), CONTENT_TTL, load, CONTENT)

    async def recent_labels(self) -> tuple[str, ...]:
        """The labels of the pages that were changed last, the commonest first."""
        cql = within_spaces("type in (page, blogpost) ORDER BY lastmodified DESC", self.settings.spaces)

        async def load() -> tuple[str, ...]:
            answer = await self._get(
                f"{V1}/search", cql=cql, limit=_MOST, expand="content.space,content.metadata.labels"
            )
            counts: Counter[str] = Counter()
            for bean in objects(answer.get("results")):
                if self._hit(bean) is not None:
                    metadata = as_object(as_object(bean.get("content")).get("metadata"))
                    known = objects(as_object(metadata.get("labels")).get("results"))
                    counts.update(name for label in known if (name := as_text(label.get("name"))))
            return tuple(name for name, _ in counts.most_common())

        return await self._cached(("labels", cql), CATALOGUE_TTL, load, CATALOGUE)

    async def pages_like(self, typed: str, *, limit: int = 20) -> tuple[Hit, ...]:
        """Pages whose title has words that begin with what was typed, or the latest; for whoever is typing still."""
        words = plain_words(typed).replace('"', "")
        title = f"title ~ {quote(f'{words}*')} AND " if words else ""
        found = await self.search(f"{title}type = page ORDER BY lastmodified DESC", limit=limit)
        return found.items

    def search_lags(self) -> bool:
        """Whether a search may miss what this client wrote."""
        return self._last_write is not None and self._last_write >= self._clock() - LAG

    def _hit(self, bean: JsonObject) -> Hit | None:
        """A hit; None for one that is no content, or not in an allowed space: the query alone is not relied on."""
        content = as_object(bean.get("content"))
        number = as_text(content.get("id"))
        key = as_text(as_object(content.get("space")).get("key")) or _space_of(bean)
        if not number or (self.settings.spaces and not self._allowed(key)):
            return None
        return Hit(
            id=number,
            kind=as_text(content.get("type")),
            title=_unmarked(as_text(bean.get("title")) or as_text(content.get("title"))),
            space_key=key,
            updated=as_text(bean.get("lastModified")),
            excerpt=_around_hit(as_text(bean.get("excerpt"))),
            page=_page_of(bean, number),
        )


def _space_of(bean: JsonObject) -> str:
    link = as_text(as_object(bean.get("resultGlobalContainer")).get("displayUrl")) or as_text(bean.get("url"))
    found = _SPACE_IN_LINK.search(link)
    return found[1] if found else ""


def _page_of(bean: JsonObject, number: str) -> str:
    """The page that something is on, which is told by links only."""
    parent = as_text(as_object(bean.get("resultParentContainer")).get("displayUrl"))
    for link in (parent, as_text(bean.get("url"))):
        found = _PAGE_IN_LINK.search(link)
        if found and found[1] != number:
            return found[1]
    return ""


def _unmarked(text: str) -> str:
    return html.unescape(text.replace(_MARK, "").replace("@@@endhl@@@", ""))


def _around_hit(text: str) -> str:
    """An excerpt cut around its first hit, in one line."""
    flat = " ".join(text.split())
    before = len(_unmarked(flat.partition(_MARK)[0])) if _MARK in flat else 0
    plain = _unmarked(flat)
    start = max(0, before - _LEAD) if len(plain) > _EXCERPT else 0
    if start:
        start = plain.find(" ", start, before) + 1 or start
    cut = clean_text(plain[start:], _EXCERPT)
    return f"…{cut}" if start else cut


def _words(text: str) -> str:
    words = plain_words(text)
    if not words:
        raise InvalidInput("There is no word to look for.", fields={"text": f"{clean_text(text, 60)!r} has none"})
    return words


def _labels(text: str) -> list[str]:
    found = [label.strip().removeprefix("#") for label in text.split(",")]
    return [label for label in found if label]


def _moment(text: str) -> str:
    """A date or a time as CQL writes it."""
    wanted = text.strip().replace("T", " ")[:16]
    if _DAY.fullmatch(wanted) and _in_calendar(wanted):
        return quote(wanted)
    if ago := _AGO.fullmatch(text.strip()):
        return f'now("-{ago[1]}{ago[2]}")'
    raise InvalidInput(
        "That is no date.",
        fields={"since": f"{clean_text(text, 40)!r} should be like 2026-01-31, or 7d for the last week"},
    )


def _in_calendar(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
