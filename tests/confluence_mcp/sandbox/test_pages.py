"""Pages: created, changed against a version, kept in their tree, put into the trash."""

from collections.abc import Callable

import pytest

from confluence_mcp.sandbox.visitor import Visitor, storage, title_of

pytestmark = pytest.mark.anyio
TAKEN = "A page with this title already exists: A page already exists with the same TITLE in this space"


async def test_a_body_comes_back_byte_for_byte(wiki: Visitor) -> None:
    body = (
        '<p class="x">A&nbsp;b &rarr; <em>c</em>\n  d</p><ac:structured-macro ac:name="code" ac:macro-id="1">'
        "<ac:plain-text-body><![CDATA[a < b && c]]></ac:plain-text-body></ac:structured-macro><hr/><br />"
    )
    page = await wiki.create("Bytes", body)
    assert await wiki.body(page["id"]) == body
    assert page["body"]["storage"]["value"] == body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>a", "Unexpected close tag </xml>; expected </p>."),
        ("<p>a</b></p>", "Unexpected close tag </b>; expected </p>."),
        ("line\n<br>", "Unexpected close tag </xml>; expected </br>."),
        ("<p>&nosuch;</p>", 'Undeclared general entity "nosuch"'),
        ("<p>a & b</p>", "Unexpected character ' ' (code 32)"),
        ("<w:p/>", 'Undeclared namespace prefix "w"'),
        ('<p a="1" a="2"/>', "Duplicate attribute 'a'"),
    ],
)
async def test_a_body_that_is_not_well_formed_is_refused_in_the_vendors_words(
    wiki: Visitor, body: str, said: str
) -> None:
    answer = await wiki.ask("POST", "/pages", {"spaceId": await wiki.space(), "title": "T", "body": storage(body)})
    assert answer.status == 400
    assert title_of(answer).startswith(f"Error parsing xhtml: {said}")
    assert "\n at [row,col {unknown-source}]: [" in title_of(answer)


async def test_what_lacks_a_part_or_has_a_wrong_one_is_refused(wiki: Visitor) -> None:
    space = await wiki.space()
    page = await wiki.create("Here")
    elsewhere = (await wiki.get(f"/spaces/{await wiki.space('KB')}/pages", limit=1))["results"][0]
    fine = {"id": page["id"], "status": "current", "title": "T", "body": storage("<p/>"), "version": {"number": 2}}
    for path, body, said in (
        ("/pages", {"title": "T"}, "'spaceId' is required"),
        ("/pages", {"spaceId": space}, "'title' is required"),
        ("/pages", {"spaceId": "PMOS", "title": "T"}, "Provided value {PMOS} for 'spaceId' is not the correct type"),
        ("/pages", {"spaceId": space, "title": "x" * 256}, "Title cannot be longer than 255 characters."),
        ("/pages", {"spaceId": space, "title": "T", "status": "trashed"}, "Provided value {trashed} for 'status'"),
        ("/pages", {"spaceId": space, "title": "T", "body": {"representation": "html", "value": ""}}, "Provided value"),
        ("/pages", {"spaceId": space, "title": "T", "body": {"value": ""}}, "'body.representation' is required"),
        ("/pages", {"spaceId": space, "title": "T", "body": {"representation": "storage"}}, "'body.value' is required"),
        ("/pages", {"spaceId": space, "title": "T", "parentId": elsewhere["id"]}, "The parent content is not in"),
        ("/pages", {"spaceId": space, "title": "T", "parentId": "1"}, "Not Found"),
        ("/pages", {"spaceId": "1", "title": "T"}, "Not Found"),
        ("/pages", {"spaceId": space, "title": "Here"}, TAKEN),
        ("/pages", {"spaceId": space, "title": "HERE"}, TAKEN),
        (f"/pages/{page['id']}", {**fine, "version": {}}, "'version.number' is required"),
        (f"/pages/{page['id']}", {**fine, "version": None}, "'version' is required"),
        (f"/pages/{page['id']}", {**fine, "body": None}, "'body' is required"),
        (f"/pages/{page['id']}", {**fine, "id": "1"}, "The id in the body does not match"),
        (f"/pages/{page['id']}", {**fine, "parentId": page["id"]}, "A page cannot be moved below itself"),
        (f"/pages/{page['id']}", {**fine, "spaceId": elsewhere["spaceId"]}, "A page cannot be moved to another space"),
        (f"/pages/{page['id']}", {**fine, "ownerId": "nobody"}, "Provided value {nobody} for 'ownerId'"),
        ("/pages/abc", fine, "Provided value {abc} for 'id' is not the correct type. Expected type is long"),
    ):
        answer = await wiki.ask("POST" if path == "/pages" else "PUT", path, body)
        assert answer.status in (400, 404), (path, body, answer.body)
        assert title_of(answer).startswith(said), (path, body, title_of(answer))
    many = ",".join(map(str, range(251)))
    for query in (
        "limit=0",
        "limit=251",
        "limit=x",
        "sort=size",
        "status=gone",
        "body-format=view",
        "cursor=x",
        f"id={many}",
    ):
        assert (await wiki.ask("GET", f"/pages?{query}")).status == 400, query
    assert (await wiki.ask("POST", "/pages", [1])).status == 400
    answer = await wiki.client.post("/wiki/api/v2/pages", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    answer = await wiki.client.post("/wiki/api/v2/pages", content=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


async def test_a_version_that_is_not_the_next_one_is_a_conflict_and_changes_nothing(wiki: Visitor) -> None:
    page = await wiki.create("Contested", "<p>One</p>")
    assert (await wiki.update(page, "<p>Two</p>")).status == 200
    answer = await wiki.update(page, "<p>Three</p>")
    assert answer.status == 409
    assert answer.body == {
        "errors": [
            {
                "status": 409,
                "code": "CONFLICT",
                "title": "Version must be incremented when updating a page. Current Version: [2]. "
                "Provided version: [2]",
                "detail": None,
            }
        ]
    }
    assert (await wiki.update(page, "<p>Four</p>", number=4)).status == 409
    assert await wiki.body(page["id"]) == "<p>Two</p>"


async def test_old_versions_keep_their_title_body_and_message(wiki: Visitor) -> None:
    page = await wiki.create("First title", "<p>One</p>")
    version = {"number": 2, "message": "Why"}
    assert (await wiki.update(page, "<p>Two</p>", title="Second title", version=version)).status == 200
    old = await wiki.get(f"/pages/{page['id']}?version=1&body-format=storage")
    assert (old["title"], old["status"], old["body"]["storage"]["value"]) == (
        "First title",
        "historical",
        "<p>One</p>",
    )
    versions = (await wiki.get(f"/pages/{page['id']}/versions", body_format="storage"))["results"]
    assert [(each["number"], each["message"], each["page"]["title"]) for each in versions] == [
        (2, "Why", "Second title"),
        (1, "", "First title"),
    ]
    assert (await wiki.get(f"/pages/{page['id']}/versions/1"))["nextVersion"] == 2
    assert (await wiki.ask("GET", f"/pages/{page['id']}?version=3")).status == 404
    renamed = await wiki.send("PUT", f"/pages/{page['id']}/title", {"status": "current", "title": "Third title"})
    assert (renamed["title"], renamed["version"]["number"]) == ("Third title", 3)
    assert (await wiki.ask("GET", "/pages?title=Second title")).body["results"] == []


async def test_pages_keep_their_order_below_their_parent_and_move(wiki: Visitor) -> None:
    top = await wiki.create("Top")
    names = ["c", "a", "b"]
    made = [await wiki.create(f"Child {name}", parentId=top["id"]) for name in names]
    leaf = await wiki.create("Leaf", parentId=made[1]["id"])

    async def titles(path: str) -> list[str]:
        return [each["title"] for each in (await wiki.get(f"/pages/{top['id']}/{path}"))["results"]]

    assert await titles("children") == ["Child c", "Child a", "Child b"]
    assert await titles("direct-children?sort=title") == ["Child a", "Child b", "Child c"]
    assert await titles("descendants") == ["Child c", "Child a", "Leaf", "Child b"]
    assert await titles("descendants?depth=1") == ["Child c", "Child a", "Child b"]
    pages = await wiki.all(f"/pages/{top['id']}/descendants", limit=1)
    assert [each["depth"] for each in pages] == [1, 1, 2, 1]
    assert (await wiki.update(made[1], "<p/>", parentId=made[2]["id"])).status == 200
    assert await titles("descendants?depth=5") == ["Child c", "Child b", "Child a", "Leaf"]
    above = (await wiki.get(f"/pages/{leaf['id']}/ancestors"))["results"]
    assert [each["id"] for each in above][-3:] == [top["id"], made[2]["id"], made[1]["id"]]
    nearest = (await wiki.get(f"/pages/{leaf['id']}/ancestors?limit=1"))["results"]
    assert [each["id"] for each in nearest] == [made[1]["id"]]
    await wiki.send("DELETE", f"/pages/{made[2]['id']}", None)
    assert await titles("children") == ["Child c", "Child a"], "children of a page in the trash move up"
    assert (await wiki.ask("GET", f"/pages/{top['id']}/descendants?depth=11")).status == 400


async def test_a_page_goes_below_the_homepage_unless_it_is_to_be_a_root(wiki: Visitor) -> None:
    space = (await wiki.get("/spaces?keys=pmos"))["results"][0]
    page = await wiki.create("Below home")
    assert (page["parentId"], page["parentType"]) == (space["homepageId"], "page")
    root = await wiki.send("POST", "/pages?root-level=true", {"spaceId": space["id"], "title": "Root"})
    assert root["parentId"] is None
    wish = {"spaceId": space["id"], "title": "Both", "parentId": page["id"]}
    assert (await wiki.ask("POST", "/pages?root-level=true", wish)).status == 400


async def test_the_trash_keeps_a_page_until_it_is_purged(wiki: Visitor) -> None:
    page = await wiki.create("Thrown away", "<p>Kept</p>")
    path = f"/pages/{page['id']}"
    assert (await wiki.ask("DELETE", f"{path}?purge=true")).status == 400
    await wiki.send("DELETE", path, None)
    assert (await wiki.get(path))["status"] == "trashed"
    assert (await wiki.ask("GET", f"{path}?status=current")).status == 404
    assert (await wiki.get("/pages", title="Thrown away"))["results"] == []
    assert len((await wiki.get("/pages", title="Thrown away", status="trashed"))["results"]) == 1
    assert (await wiki.ask("DELETE", path)).status == 404
    await wiki.create("Thrown away")
    assert title_of(await wiki.update(page, "<p>New</p>")) == TAKEN
    other = (await wiki.get("/pages", title="Thrown away"))["results"][0]
    await wiki.send("PUT", f"/pages/{other['id']}/title", {"status": "current", "title": "Out of the way"})
    restored = await wiki.update(page, "<p>New</p>")
    assert (restored.body["status"], await wiki.body(page["id"])) == ("current", "<p>Kept</p>")
    await wiki.send("DELETE", path, None)
    await wiki.send("DELETE", f"{path}?purge=true", None)
    assert (await wiki.ask("GET", path)).status == 404


async def test_drafts_are_their_authors_alone_until_they_are_published(
    wiki: Visitor, visit: Callable[..., Visitor]
) -> None:
    partner = visit("Engineering Partner")
    wish = {"spaceId": await wiki.space(), "status": "draft", "body": storage("<p>Not yet</p>")}
    draft = await wiki.send("POST", "/pages", wish)
    path = f"/pages/{draft['id']}"
    assert (await wiki.ask("GET", path)).status == 404
    assert (await wiki.get(f"{path}?get-draft=true"))["status"] == "draft"
    assert (await partner.ask("GET", f"{path}?get-draft=true")).status == 404
    assert (await wiki.update(draft, "<p>Now</p>", number=2, title="Published")).status == 409
    answer = await wiki.update(draft, "<p>Now</p>", number=1, title="Published")
    assert (answer.body["status"], answer.body["version"]["number"]) == ("current", 1)
    assert (await partner.get(path))["title"] == "Published"
    pending = await wiki.update(answer.body, "<p>Later</p>", number=1, status="draft")
    assert pending.body["status"] == "draft"
    assert await wiki.body(draft["id"]) == "<p>Now</p>"
    later = await wiki.get(f"{path}?get-draft=true&body-format=storage")
    assert later["body"]["storage"]["value"] == "<p>Later</p>"
    await wiki.send("DELETE", f"{path}?draft=true", None)
    kept = await wiki.get(f"{path}?get-draft=true&body-format=storage")
    assert kept["body"]["storage"]["value"] == "<p>Now</p>"
    private = await wiki.send("POST", "/pages?private=true", {**wish, "status": "current", "title": "Mine"})
    assert (await wiki.get(f"/pages/{private['id']}"))["title"] == "Mine"
    assert (await partner.ask("GET", f"/pages/{private['id']}")).status == 404


async def test_readers_read_and_outsiders_see_nothing(visit: Callable[..., Visitor]) -> None:
    reader, outsider, human = visit("Sam Okafor"), visit("Noor Haddad"), visit("Human PM")
    page = await human.create("For all")
    assert (await reader.get(f"/pages/{page['id']}"))["title"] == "For all"
    assert (await reader.update(page, "<p>Mine</p>")).status == 404
    assert (await reader.ask("DELETE", f"/pages/{page['id']}")).status == 404
    wish = {"spaceId": page["spaceId"], "title": "T"}
    assert (await reader.ask("POST", "/pages", wish)).status == 404
    operations = (await reader.get(f"/pages/{page['id']}/operations"))["operations"]
    assert operations == [{"operation": "read", "targetType": "page"}]
    for path in ("/spaces", "/pages", "/blogposts", "/footer-comments", "/inline-comments", "/attachments", "/tasks"):
        assert (await outsider.get(path))["results"] == [], path
    assert (await outsider.ask("GET", f"/pages/{page['id']}")).status == 404


async def test_a_body_may_come_and_go_as_an_atlassian_document(wiki: Visitor) -> None:
    document = '{"version":1,"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Hi"}]}]}'
    wish = {"spaceId": await wiki.space(), "title": "ADF", "body": {"atlas_doc_format": {"value": document}}}
    page = await wiki.send("POST", "/pages", wish)
    assert await wiki.body(page["id"]) == "<p>Hi</p>"
    back = await wiki.get(f"/pages/{page['id']}?body-format=atlas_doc_format")
    assert '"text":"Hi"' in back["body"]["atlas_doc_format"]["value"]
    for value in ("no JSON", "[]", '{"type":"paragraph"}'):
        wish = {
            "spaceId": page["spaceId"],
            "title": "X",
            "body": {"representation": "atlas_doc_format", "value": value},
        }
        assert (await wiki.ask("POST", "/pages", wish)).status == 400
    wiki_markup = {"spaceId": page["spaceId"], "title": "X", "body": {"representation": "wiki", "value": "h1. X"}}
    assert (await wiki.ask("POST", "/pages", wiki_markup)).status == 400
