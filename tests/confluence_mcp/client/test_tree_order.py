"""The order of the tree, whatever order its pages are answered in."""

from typing import Any

import httpx2
import pytest
from typing_extensions import override

from confluence_mcp.client import ConfluenceClient, connect
from confluence_mcp.settings import ConfluenceSettings

pytestmark = pytest.mark.anyio

Bean = dict[str, Any]


def bean(number: int, parent: int, depth: int, position: int, **more: object) -> Bean:
    return {
        "id": str(number),
        "title": f"page {number}",
        "type": "page",
        "status": "current",
        "parentId": str(parent),
        "depth": depth,
        "childPosition": position,
        **more,
    }


class Site(httpx2.AsyncBaseTransport):
    """Answers with one space, a page 1 at its top, and what is below it; `roots` are the ids at the top."""

    def __init__(self, below: list[Bean], roots: int = 1) -> None:
        self.below = below
        self.roots = roots

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        space = {"id": "7", "key": "A", "name": "A", "type": "global", "status": "current", "homepageId": "1"}
        top = [{"id": str(each), "title": f"top {each}", "position": -each} for each in range(1, self.roots + 1)]
        answers: dict[str, object] = {
            "/wiki/api/v2/spaces": {"results": [space]},
            "/wiki/api/v2/spaces/7": space,
            "/wiki/api/v2/spaces/7/pages": {"results": top},
            "/wiki/api/v2/pages/1": {"id": "1", "spaceId": "7", "title": "top 1", "version": {"number": 1}},
            "/wiki/api/v2/pages/1/descendants": {"results": self.below},
        }
        return httpx2.Response(200 if path in answers else 404, json=answers.get(path, {}), request=request)


async def client(site: Site) -> ConfluenceClient:
    return await connect(ConfluenceSettings(sandbox=True), transport=site)


async def test_children_stand_below_their_parents_by_their_position() -> None:
    site = Site([bean(5, 3, 2, 9), bean(3, 1, 1, 2), bean(4, 3, 2, -1), bean(2, 1, 1, 1), bean(6, 5, 3, 0)])
    found = await (await client(site)).branch("1", depth=2)
    assert [(each.id, each.depth, each.below) for each in found.pages] == [
        ("2", 0, 0),
        ("3", 0, 0),
        ("4", 1, 0),
        ("5", 1, 1),
    ]
    assert (found.space_key, found.total, found.whole) == ("A", 4, True)


async def test_what_stands_below_something_unseen_is_told_all_the_same() -> None:
    found = await (await client(Site([bean(2, 1, 1, 0), bean(9, 8, 2, 0)]))).branch("1", depth=3)
    assert [(each.id, each.depth) for each in found.pages] == [("2", 0), ("9", 1)]


async def test_pages_in_a_circle_are_told_once_at_most() -> None:
    found = await (await client(Site([bean(2, 3, 1, 0), bean(3, 2, 2, 0), bean(4, 1, 1, 0)]))).branch("1", depth=10)
    assert [each.id for each in found.pages] == ["4"]


async def test_a_space_with_many_pages_at_its_top_shows_the_top_and_says_so() -> None:
    found = await (await client(Site([bean(99, 1, 1, 0)], roots=30))).space_tree("A")
    assert [each.id for each in found.pages][:3] == ["1", "30", "29"], "the homepage first, then by position"
    assert len(found.pages) == 30
    assert not found.whole
