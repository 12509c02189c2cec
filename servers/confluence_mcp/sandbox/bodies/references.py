"""What a body points at (pages, files, people, other elements of the site), and how that reads as an address."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from confluence_mcp.sandbox.bodies.tree import Element, cdata, element

_PAGE = "/wiki/pages/viewpage.action"
_FILE = "/wiki/pages/viewpageattachments.action"
_SPACE = "/wiki/spaces/"
_SPACE_OVERVIEW = "/overview"


def address(link: Element) -> str:
    """Where an `ac:link` leads, below the site; people have no address here."""
    anchor = link.get("ac:anchor")
    return _target(link) + (f"#{quote(anchor)}" if anchor else "")


def _target(link: Element) -> str:
    of = link.child("ri:page", "ri:blog-post", "ri:attachment", "ri:space", "ri:content-entity", "ri:url")
    if of is None:
        return ""
    match of.tag:
        case "ri:url":
            return of.get("ri:value")
        case "ri:space":
            return f"{_SPACE}{quote(of.get('ri:space-key'))}{_SPACE_OVERVIEW}"
        case "ri:content-entity":
            return f"{_PAGE}?{urlencode({'pageId': of.get('ri:content-id')})}"
        case "ri:attachment":
            page = of.child("ri:page", "ri:blog-post")
            return f"{_FILE}?{urlencode({**_named(page), 'fileName': of.get('ri:filename')})}"
        case _:
            return f"{_PAGE}?{urlencode(_named(of))}"


def _named(page: Element | None) -> dict[str, str]:
    if page is None:
        return {}
    parts = {
        "spaceKey": page.get("ri:space-key"),
        "title": page.get("ri:content-title"),
        "postingDay": page.get("ri:posting-day"),
    }
    return {name: value for name, value in parts.items() if value}


def default_words(link: Element) -> str:
    """What a link without words of its own reads as."""
    for tag, name in (
        ("ri:page", "ri:content-title"),
        ("ri:blog-post", "ri:content-title"),
        ("ri:attachment", "ri:filename"),
        ("ri:space", "ri:space-key"),
        ("ri:content-entity", "ri:content-id"),
        ("ri:url", "ri:value"),
    ):
        target = link.child(tag)
        if target is not None and target.get(name):
            return target.get(name)
    return link.get("ac:anchor")


def link_source(href: str, inner: str, words: str) -> str:
    """A link to this address in the storage format, around `inner`, whose plain text is `words`."""
    parts = urlsplit(href)
    query = dict(parse_qsl(parts.query))
    target = _target_source(parts.path, query) if not parts.scheme and not parts.netloc else None
    anchor = {"ac:anchor": unquote(parts.fragment)} if parts.fragment else {}
    if target is None and not (href.startswith("#") and anchor):
        return element("a", {"href": href}, inner)
    plain = inner == words and "<" not in inner
    body = element("ac:plain-text-link-body", {}, cdata(words)) if plain else element("ac:link-body", {}, inner)
    return element("ac:link", anchor, target or "", body if inner else "")


def _target_source(path: str, query: dict[str, str]) -> str | None:
    if path == _PAGE and "pageId" in query:
        return element("ri:content-entity", {"ri:content-id": query["pageId"]})
    if path == _PAGE and "title" in query:
        return _page_source(query)
    if path == _FILE and "fileName" in query:
        page = _page_source(query) if "title" in query else ""
        return element("ri:attachment", {"ri:filename": query["fileName"]}, page)
    if path.startswith(_SPACE) and path.endswith(_SPACE_OVERVIEW):
        return element("ri:space", {"ri:space-key": path[len(_SPACE) : -len(_SPACE_OVERVIEW)]})
    return None


def _page_source(query: dict[str, str]) -> str:
    day = query.get("postingDay")
    attributes = {"ri:space-key": query.get("spaceKey"), "ri:content-title": query["title"], "ri:posting-day": day}
    return element("ri:blog-post" if day else "ri:page", attributes)
