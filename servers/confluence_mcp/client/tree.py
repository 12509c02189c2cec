"""The tree of pages: children, whole branches, ancestors
(https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-descendants/, api-group-ancestors).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from atlassian_kit.client import CONTENT, CONTENT_TTL
from confluence_mcp.client.base import V2, next_cursor
from confluence_mcp.client.opening import Opening
from confluence_mcp.models import PageRef, Space
from confluence_mcp.reading_models import Tree, TreePage
from connector_kit.concurrency import run_all
from connector_kit.errors import InvalidInput, NotFound
from connector_kit.pages import decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects

DEEPEST = 10
"""Levels that Confluence tells in one answer."""
MOST = 2_000
"""Pages of a branch that are looked through."""
MOST_ROOTS = 10
"""Pages at the top of a space, whose branches are read; if there are more, the top alone is."""
_PAGE = 250
_KIND = "confluence-tree"


@dataclass(frozen=True, slots=True)
class _Branch:
    """What is below a page; `whole` is false if there was more than is looked through."""

    nodes: tuple[TreePage, ...]
    parents: tuple[str, ...]
    positions: tuple[int, ...]
    whole: bool


class PageTree(Opening):
    """Reading where pages stand."""

    async def branch(self, page: str, *, depth: int = 1, limit: int = 100, cursor: str | None = None) -> Tree:
        """What is below a page or folder, `depth` levels deep (10), as ordered in the tree; it is not listed itself."""
        number = await self.page_id(page)
        try:
            ref = await self.page_ref(number)
        except NotFound as missing:
            key, part = await self._folder_space(number, missing), "folders"
        else:
            key, part = ref.space_key, "pages"
            if ref.kind == "blogpost":
                raise InvalidInput("A blog post has no pages below it.", fields={"page": "is a blog post"})
        found = await self._below(number, depth, part)
        nodes = tuple(_ordered(found, number, depth))
        return self._part(key, nodes, found.whole, limit, cursor, fingerprint(number, depth))

    async def space_tree(self, space: str, *, depth: int = 1, limit: int = 100, cursor: str | None = None) -> Tree:
        """The pages at the top of a space, with what is `depth` levels below them (0 to 10)."""
        place = await self.space(space)
        roots, whole = await self._roots(place)
        if depth and len(roots) <= MOST_ROOTS:
            branches: dict[str, _Branch] = {}

            async def load(number: str) -> None:
                branches[number] = await self._below(number, depth)

            await run_all([lambda number=root.id: load(number) for root in roots], at_once=4)
            nodes = tuple(
                node for root in roots for node in (root, *_deeper(_ordered(branches[root.id], root.id, depth)))
            )
            whole = whole and all(branch.whole for branch in branches.values())
        else:
            nodes, whole = tuple(roots), whole and not depth
        return self._part(place.key, nodes, whole, limit, cursor, fingerprint("space", place.key, depth))

    async def newest(self, space: str, *, limit: int = 25, cursor: str | None = None) -> Tree:
        """The pages of a space that were changed last, without order in the tree."""
        place = await self.space(space)
        print_of = fingerprint("newest", place.key)
        at = as_text(decode_cursor(_KIND, cursor, print_of).get("next")) if cursor else None
        answer = await self._get(
            f"{V2}/spaces/{place.id}/pages", sort="-modified-date", limit=limit, cursor=at, status="current"
        )
        following = next_cursor(answer)
        nodes = tuple(
            replace(_node(bean, 0), updated=as_text(as_object(bean.get("version")).get("createdAt")))
            for bean in objects(answer.get("results"))
        )
        more = encode_cursor(_KIND, {"next": following}, print_of) if following else None
        return Tree(place.key, nodes, len(nodes), more)

    async def ancestors(self, page: str) -> tuple[PageRef, tuple[TreePage, ...]]:
        """A page and what stands above it, from the top of the space on."""
        ref = await self.page_ref(page)
        if ref.kind == "blogpost":
            return ref, ()
        answer = await self._get(f"{V2}/pages/{ref.id}/ancestors", limit=_PAGE)
        beans = objects(answer.get("results"))
        titles = await self.titles([as_text(bean.get("id")) for bean in beans if as_text(bean.get("type")) == "page"])
        return ref, tuple(
            TreePage(
                id=as_text(bean.get("id")),
                kind=as_text(bean.get("type")),
                title=titles.get(as_text(bean.get("id")), ""),
                depth=depth,
            )
            for depth, bean in enumerate(beans)
        )

    async def titles(self, numbers: Sequence[str]) -> Mapping[str, str]:
        """The titles of pages by their ids, without those that may not be seen."""
        wanted = sorted(set(numbers))

        async def load() -> Mapping[str, str]:
            found: dict[str, str] = {}
            for start in range(0, len(wanted), _PAGE):
                answer = await self._get(f"{V2}/pages", id=wanted[start : start + _PAGE], limit=_PAGE)
                for bean in objects(answer.get("results")):
                    if not self.settings.spaces or await self._is_open(as_text(bean.get("spaceId"))):
                        found[as_text(bean.get("id"))] = as_text(bean.get("title"))
            return found

        if not wanted:
            return {}
        return await self._cached(("titles", *wanted), CONTENT_TTL, load, CONTENT)

    async def _folder_space(self, number: str, missing: NotFound) -> str:
        """The key of the space that a folder is in, as its contents tell. Raises `missing` if it has none."""
        try:
            answer = await self._get(f"{V2}/folders/{number}/direct-children", limit=1)
        except NotFound:
            raise missing from None
        inside = objects(answer.get("results"))
        if not inside:
            raise missing
        return (await self._space_by_id(as_text(inside[0].get("spaceId")))).key

    async def _below(self, number: str, depth: int, part: str = "pages") -> _Branch:
        """What is below a page, one level deeper than asked, which tells what has more below it."""
        levels = min(max(1, depth) + 1, DEEPEST)

        async def load() -> _Branch:
            beans: list[JsonObject] = []
            at: str | None = None
            while True:
                answer = await self._get(f"{V2}/{part}/{number}/descendants", depth=levels, limit=_PAGE, cursor=at)
                beans += objects(answer.get("results"))
                at = next_cursor(answer)
                if not at or len(beans) >= MOST:
                    break
            return _Branch(
                tuple(_node(bean, as_int(bean.get("depth")) or 1) for bean in beans),
                tuple(as_text(bean.get("parentId")) for bean in beans),
                tuple(as_int(bean.get("childPosition")) or 0 for bean in beans),
                at is None,
            )

        return await self._cached(("below", number, levels), CONTENT_TTL, load, CONTENT)

    async def _roots(self, place: Space) -> tuple[list[TreePage], bool]:
        """The pages at the top of a space, and whether these are all."""
        found: list[tuple[int, TreePage]] = []
        at: str | None = None
        while True:
            answer = await self._get(
                f"{V2}/spaces/{place.id}/pages", depth="root", limit=_PAGE, cursor=at, status="current"
            )
            found += [(as_int(bean.get("position")) or 0, _node(bean, 0)) for bean in objects(answer.get("results"))]
            at = next_cursor(answer)
            if not at or len(found) >= MOST:
                break
        ordered = sorted(found, key=lambda each: (each[1].id != place.homepage, each[0]))
        return [node for _, node in ordered], at is None

    def _part(
        self, space_key: str, nodes: Sequence[TreePage], whole: bool, limit: int, cursor: str | None, print_of: str
    ) -> Tree:
        start = as_int(decode_cursor(_KIND, cursor, print_of).get("from")) or 0 if cursor else 0
        end = start + limit
        more = encode_cursor(_KIND, {"from": end}, print_of) if end < len(nodes) else None
        return Tree(space_key, tuple(nodes[start:end]), len(nodes), more, whole)


def _node(bean: JsonObject, depth: int) -> TreePage:
    return TreePage(
        id=as_text(bean.get("id")),
        kind=as_text(bean.get("type")) or "page",
        title=as_text(bean.get("title")),
        depth=depth,
        status=as_text(bean.get("status")) or "current",
    )


def _ordered(branch: _Branch, top: str, depth: int) -> Iterator[TreePage]:
    """The nodes of a branch as they stand below each other, to `depth`; with how many more stand below the last."""
    children: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for index, (parent, position) in enumerate(zip(branch.parents, branch.positions, strict=True)):
        children[parent].append((position, index))
    waiting = [(index, 1) for _, index in sorted(children[top], reverse=True)]
    seen: set[int] = set()
    known = {top, *(node.id for node in branch.nodes)}
    while waiting:
        index, level = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        node = branch.nodes[index]
        below = sorted(children.get(node.id, ()), reverse=True)
        yield replace(node, depth=level - 1, below=len(below) if level >= depth else 0)
        if level < depth:
            waiting += [(each, level + 1) for _, each in below]
    for index, node in enumerate(branch.nodes):
        # What stands below something that may not be seen is told all the same.
        if index not in seen and node.depth <= depth and branch.parents[index] not in known:
            yield replace(node, depth=max(0, node.depth - 1))


def _deeper(nodes: Iterator[TreePage]) -> Iterator[TreePage]:
    return (replace(node, depth=node.depth + 1) for node in nodes)
