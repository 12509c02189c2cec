"""Search over the site: what is found, by whom, how it is shown, and when it is noticed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio
R = "/wiki/rest/api"


async def search(wiki: Visitor, cql: str, **more: Any) -> Any:
    return await wiki.get(f"{R}/search", cql=cql, **more)


async def titles(wiki: Visitor, cql: str, **more: Any) -> list[str]:
    results = (await search(wiki, cql, **more))["results"]
    return [each["title"].replace("@@@hl@@@", "").replace("@@@endhl@@@", "") for each in results]


async def test_hits_are_marked_in_title_and_excerpt(wiki: Visitor) -> None:
    found = await search(wiki, 'type = page and text ~ "orchestrators"', limit=1)
    result = found["results"][0]
    assert result["title"] == "@@@hl@@@Orchestrator@@@endhl@@@"
    picks = (await search(wiki, 'id = 98431 and text ~ "picking agents"'))["results"][0]
    assert "@@@hl@@@picks@@@endhl@@@ the @@@hl@@@agent@@@endhl@@@" in picks["excerpt"]
    assert result["url"] == "/spaces/PMOS/pages/98431/Orchestrator"
    assert result["resultGlobalContainer"] == {"title": "PM OS", "displayUrl": "/spaces/PMOS"}
    assert found["totalSize"] > found["size"] == 1
    plain = (await search(wiki, "id = 98431", excerpt="indexed"))["results"][0]
    assert "@@@" not in plain["title"] + plain["excerpt"]
    assert (await search(wiki, "id = 98431", excerpt="none"))["results"][0]["excerpt"] == ""


async def test_the_cursor_leads_through_all_results_once(wiki: Visitor) -> None:
    body = await wiki.get(f"{R}/search?cql=space = KB and type = page order by id&limit=250")
    seen = [each["content"]["id"] for each in body["results"]]
    while following := body["_links"].get("next"):
        body = await wiki.get(f"/wiki{following}")
        seen += [each["content"]["id"] for each in body["results"]]
    assert len(seen) == len(set(seen)) == body["totalSize"] >= 1000
    assert seen == sorted(seen, key=int)
    assert "prev" in body["_links"]


async def test_a_cursor_of_another_query_is_refused(wiki: Visitor) -> None:
    body = await search(wiki, "space = KB", limit=1)
    cursor = body["_links"]["next"].partition("cursor=")[2]
    for query, sent in (("space = PMOS", cursor), ("space = KB", "garbage"), ("space = KB", "LTE=")):
        answer = await wiki.ask("GET", f"{R}/search", cql=query, cursor=sent)
        assert answer.status == 400, (query, sent)


async def test_the_vendors_limits_cut_pages_short(wiki: Visitor) -> None:
    for expand, limit in (("", 250), ("content.body.storage", 50), ("content.body.export_view", 25)):
        found = await search(wiki, "space = KB", limit=1000, expand=expand)
        assert (found["limit"], found["size"]) == (limit, limit)


async def test_a_broken_query_names_itself_and_the_detail_follows(wiki: Visitor) -> None:
    answer = await wiki.ask("GET", f"{R}/search", cql="space = PMOS and colour = red")
    assert answer.status == 400
    assert answer.body["message"].endswith("Could not parse cql : space = PMOS and colour = red")
    assert answer.body["data"]["errors"][0]["message"]["translation"] == "There is no field 'colour'."
    assert (await wiki.ask("GET", f"{R}/search")).status == 400
    assert (await wiki.ask("GET", f"{R}/search", cql="type=page", excerpt="all")).status == 400
    assert (await wiki.ask("GET", f"{R}/search", cql="type=page", cqlcontext="x")).status == 400


async def test_nobody_finds_what_they_may_not_see(visit: Callable[..., Visitor]) -> None:
    for name, restricted, pages in (("Human PM", 1, True), ("Engineering Partner", 0, True), ("Noor Haddad", 0, False)):
        wiki = visit(name)
        assert len(await titles(wiki, 'title = "Risks of Phase 4"')) == restricted, name
        assert bool(await titles(wiki, "type = page")) is pages, name
        assert await titles(wiki, "space = RISK") == [], name
    assert "Open risks" not in await titles(visit("Sam Okafor"), 'text ~ "risk"', limit=250)


async def test_archives_are_found_when_asked_for(wiki: Visitor) -> None:
    survey = 'title = "Tooling survey 2025"'
    assert await titles(wiki, survey) == []
    assert await titles(wiki, survey, cqlcontext=json.dumps({"contentStatuses": ["archived"]}))
    assert await titles(wiki, "space = ATTIC") == []
    assert await titles(wiki, "space = ATTIC", includeArchivedSpaces="true") == ["Before PM OS"]
    assert await titles(wiki, "type = page", excludeCurrentSpaces="true") == ["Before PM OS"]
    assert await titles(wiki, "text ~ phase and type = page", cqlcontext=json.dumps({"spaceKey": "ATTIC"})) == []
    below = await titles(wiki, "type = comment", cqlcontext=json.dumps({"contentId": 98400}))
    assert below == ["Re: PM OS"]


async def test_what_belongs_together_is_found_by_its_relations(wiki: Visitor) -> None:
    assert "Phase 1 PRD: Core Agent Team" in await titles(wiki, "ancestor = 98400 and type = page", limit=100)
    assert len(await titles(wiki, "parent = 98401")) == 5
    assert await titles(wiki, "container = 98462 and type = attachment order by title") == [
        "velocity.csv",
        "velocity.png",
    ]
    result = (await search(wiki, "container = 98462 and type = attachment", limit=1))["results"][0]
    assert result["resultParentContainer"]["title"] == "Velocity"
    assert result["content"]["id"].startswith("att")
    assert await titles(wiki, 'type = space and title ~ "nova"') == ["Nova Knowledge Base"]
    assert await titles(wiki, "macro = jira and type = page", limit=1)
    assert await titles(wiki, "label = prd and space = PMOS", limit=1)


async def test_a_change_is_noticed_after_the_lag(database: Path) -> None:
    app = create_app(database, search_lag=3600.0)
    wiki = Visitor(app)
    try:
        page = await wiki.create("Zebra crossing", "<p>Stripes</p>")
        assert await titles(wiki, "text ~ zebra") == []
        known = (await wiki.get("/pages/98431"))["title"]
        changed = await wiki.update(await wiki.get("/pages/98431"), "<p>Giraffes now</p>")
        assert changed.status == 200
        assert await titles(wiki, "text ~ giraffe") == []
        assert known in await titles(wiki, "id = 98431")
        app.store.search_lag = 0.0
        assert await titles(wiki, "text ~ zebra") == [page["title"]]
        assert await titles(wiki, "text ~ giraffe") == [known]
    finally:
        await wiki.aclose()
        app.close()


async def test_what_is_deleted_or_relabelled_is_found_so(wiki: Visitor) -> None:
    page = await wiki.create("Quokka")
    await wiki.send("POST", f"{R}/content/{page['id']}/label", [{"prefix": "global", "name": "animal"}])
    assert await titles(wiki, "label = animal") == ["Quokka"]
    assert (await wiki.ask("DELETE", f"/pages/{page['id']}")).status == 204
    assert await titles(wiki, "label = animal") == []


async def test_people_are_found_by_name_and_id(wiki: Visitor) -> None:
    found = await wiki.get(f"{R}/search/user", cql='user.fullname ~ "alex"')
    assert [each["title"] for each in found["results"]] == ["Alex Moreau", "Alex Rivera"]
    page = await wiki.get(f"{R}/search/user", cql="type = user", limit=2, start=1)
    assert page["size"] == 2
    assert page["_links"]["next"].endswith("start=3")
    assert (await wiki.ask("GET", f"{R}/search/user", cql="space = PMOS")).status == 400
    assert (await wiki.ask("GET", f"{R}/search", cql='user.fullname ~ "alex"')).status == 400
