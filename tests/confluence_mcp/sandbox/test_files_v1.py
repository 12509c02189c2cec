"""Files: upload, versions, properties, and the way to their bytes."""

from collections.abc import Callable
from typing import Any

import pytest

from confluence_mcp.sandbox.visitor import Visitor
from sandbox_kit.atlassian.media import UPLOAD_LIMIT

pytestmark = pytest.mark.anyio
FILES = "/wiki/rest/api/content/98411/child/attachment"
NO_CHECK = {"X-Atlassian-Token": "nocheck"}
File = tuple[str, bytes, str]


async def upload(
    wiki: Visitor, *sent: File, method: str = "POST", path: str = FILES, data: Any = None, headers: Any = NO_CHECK
) -> Any:
    files = [("file", each) for each in sent]
    return await wiki.client.request(method, path, files=files, data=data or {"minorEdit": "true"}, headers=headers)


async def added(wiki: Visitor, name: str = "plan.txt", content: bytes = b"One") -> Any:
    reply = await upload(wiki, (name, content, "text/plain"))
    assert reply.status_code == 200, reply.text
    return reply.json()["results"][0]


async def test_a_file_is_kept_with_its_name_type_and_comment(wiki: Visitor) -> None:
    data = {"minorEdit": "false", "comment": ["First", "Second"]}
    reply = await upload(wiki, ("ä b.csv", b"1,2", ""), ("x.bin", b"\0", "application/x-x"), data=data)
    one, two = reply.json()["results"]
    assert (one["title"], one["extensions"]["comment"], one["extensions"]["fileSize"]) == ("ä b.csv", "First", 3)
    assert (two["extensions"]["mediaType"], two["extensions"]["comment"]) == ("application/x-x", "Second")
    assert one["version"]["minorEdit"] is False
    listed = await wiki.get("/pages/98411/attachments")
    assert {"ä b.csv", "x.bin"} <= {each["title"] for each in listed["results"]}


async def test_an_upload_is_refused_as_the_vendor_refuses_it(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    await added(wiki)
    text = ("plan.txt", b"Two", "text/plain")
    assert (await upload(wiki, text, headers={})).status_code == 403, "without the header against forgery"
    again = await upload(wiki, text)
    assert again.status_code == 400
    assert "same file name as an existing attachment" in again.json()["message"]
    assert (await upload(wiki, path=FILES)).status_code in (400, 415), "no file at all"
    assert (await upload(wiki, text, data={"comment": ["a", "b"]})).status_code == 400
    assert (await upload(wiki, text, data={"minorEdit": "perhaps"})).status_code == 400
    assert (await upload(wiki, ("big", b"x" * (UPLOAD_LIMIT + 1), ""))).status_code == 413
    assert (await upload(wiki, text, path=FILES.replace("98411", "1"))).status_code == 404
    assert (await upload(visit("Sam Okafor"), ("new.txt", b"x", "text/plain"))).status_code == 403
    assert (await wiki.ask("POST", FILES, {"file": "x"})).status in (403, 415)


async def test_a_name_that_is_there_becomes_the_next_version(wiki: Visitor) -> None:
    first = await added(wiki)
    reply = await upload(wiki, ("plan.txt", b"Second", "text/plain"), method="PUT")
    second = reply.json()["results"][0]
    assert (second["id"], second["version"]["number"]) == (first["id"], 2)
    data = f"{FILES}/{first['id']}/data"
    third = (await upload(wiki, ("other name.txt", b"Third", "text/plain"), path=data)).json()
    assert (third["title"], third["version"]["number"]) == ("plan.txt", 3)
    for version, content in ((None, b"Third"), (1, b"One"), (2, b"Second")):
        query = f"?version={version}" if version else ""
        way = await wiki.ask("GET", f"{FILES}/{first['id']}/download{query}")
        assert await fetched(wiki, way.headers["location"]) == (200, content)


async def fetched(wiki: Visitor, address: str, **headers: str) -> tuple[int, bytes]:
    path = address.removeprefix("https://pm-os.sandbox.invalid")
    reply = await wiki.client.get(path, headers=headers, auth=None)
    return reply.status_code, reply.content


async def test_the_way_to_a_file_is_signed_and_takes_no_other_credentials(wiki: Visitor) -> None:
    picture = next(
        each for each in (await wiki.get("/pages/98462/attachments"))["results"] if each["title"].endswith(".png")
    )
    way = await wiki.ask("GET", f"{FILES.replace('98411', '98462')}/{picture['id']}/download")
    assert (way.status, way.body) == (302, None)
    address = way.headers["location"]
    status, content = await fetched(wiki, address)
    assert status == 200
    assert content.startswith(b"\x89PNG")
    assert (await fetched(wiki, address, Authorization="Basic eDp5"))[0] == 400
    assert (await fetched(wiki, address.replace("token=", "token=0")))[0] == 403
    assert (await fetched(wiki, address.replace("version=1", "version=2")))[0] == 403
    closed = await wiki.client.get("/wiki" + picture["downloadLink"])
    assert closed.status_code == 401, "the old address is closed to tokens"


async def test_a_file_is_found_on_its_own_page_only(wiki: Visitor, visit: Callable[..., Visitor]) -> None:
    made = await added(wiki)
    other = FILES.replace("98411", "98412")
    for path in (f"{other}/{made['id']}/download", f"{FILES}/att1/download", f"{FILES}/nonsense/download"):
        assert (await wiki.ask("GET", path)).status == 404
    assert (await visit("Noor Haddad").ask("GET", f"{FILES}/{made['id']}/download")).status == 404


async def test_properties_change_without_a_new_version(wiki: Visitor) -> None:
    made = await added(wiki)
    path = f"{FILES}/{made['id']}"
    wish = {"id": made["id"], "type": "attachment", "version": {"number": 1}}
    told = {**wish, "title": "renamed.md", "metadata": {"mediaType": "text/markdown", "comment": "Why"}}
    changed = await wiki.send("PUT", path, told)
    assert (changed["title"], changed["version"]["number"]) == ("renamed.md", 1)
    assert changed["extensions"]["mediaType"] == "text/markdown"
    moved = await wiki.send("PUT", path, {**wish, "container": {"id": "98412", "type": "page"}})
    assert moved["container"]["id"] == "98412"
    path = path.replace("98411", "98412")
    for status, wrong in (
        (409, {"version": {"number": 2}}),
        (400, {"version": {"number": "x"}}),
        (400, {"type": "page"}),
        (400, {"id": "att1"}),
        (400, {"title": ""}),
        (403, {"container": {"id": "1", "type": "page"}}),
    ):
        assert (await wiki.ask("PUT", path, {**wish, **wrong})).status == status, wrong


@pytest.mark.parametrize(
    ("host", "leads_to"),
    [
        ("pm-os.sandbox.invalid", "https://api.media.atlassian.com/media/"),
        ("127.0.0.1:8766", "http://localhost:8766/media/"),
        ("localhost:8766", "http://127.0.0.1:8766/media/"),
    ],
)
async def test_a_file_of_a_sandbox_on_this_machine_is_on_this_machine(wiki: Visitor, host: str, leads_to: str) -> None:
    path = f"{FILES}/{(await added(wiki))['id']}/download"
    reply = await wiki.client.request("GET", path, headers={"host": host})
    assert reply.status_code == 302
    assert reply.headers["location"].startswith(leads_to)
