"""Files on issues: what the sandbox keeps, whom it gives it to, and what it refuses."""

import zlib
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2
import pytest

from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.sandbox.images import bar_chart, png, thumbnail_of
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.visitor import API, Visitor
from sandbox_kit.atlassian.media import UPLOAD_LIMIT
from sandbox_kit.visitor import Answer

pytestmark = pytest.mark.anyio
PLATFORM = "jira-platform-v3.2026-07-21.json"
NO_CHECK = {"X-Atlassian-Token": "no-check"}


async def upload(
    visitor: Visitor, key: str, *files: tuple[str, bytes], headers: dict[str, str] = NO_CHECK, field: str = "file"
) -> Answer:
    """Attach files as an ordinary client of HTTP does it."""
    form = [(field, file) for file in files]
    reply = await visitor.client.post(f"{API}/issue/{key}/attachments", files=form, headers=headers)
    return Answer(reply.status_code, reply.json() if reply.content else None, reply.headers)


async def raw(visitor: Visitor, path: str, **query: str) -> httpx2.Response:
    return await visitor.client.get(path if path.startswith("/media") else API + path, params=query)


async def attached(visitor: Visitor, key: str) -> list[JsonObject]:
    return (await visitor.fields(key, "attachment"))["attachment"]


@pytest.fixture(scope="module")
def platform() -> Contract:
    path = find_spec(PLATFORM)
    if path is None:
        pytest.skip(REASON)
    return Contract(path)


async def test_issues_list_their_files(jira: Visitor) -> None:
    chart, table = await attached(jira, "PMOS-21")
    assert (chart["filename"], chart["mimeType"], chart["author"]["displayName"]) == (
        "dashboard.png",
        "image/png",
        "Documentation Maintainer",
    )
    assert chart["thumbnail"].endswith(f"/attachment/thumbnail/{chart['id']}")
    assert (table["filename"], table["mimeType"]) == ("quality metrics.csv", "text/csv")
    assert "thumbnail" not in table
    assert await attached(jira, "PMOS-1") == []


async def test_a_description_shows_a_picture_by_the_id_of_the_media_service(jira: Visitor) -> None:
    fields = await jira.fields("PMOS-21", "description", "attachment")
    picture = fields["description"]["content"][-1]["content"][0]
    answer = await raw(jira, f"/attachment/content/{fields['attachment'][0]['id']}")
    assert answer.status_code == 303
    assert picture["attrs"]["id"] in urlsplit(answer.headers["location"]).path


@pytest.mark.parametrize("key", ["PMOS-8", "PMOS-11", "PMOS-13", "PMOS-21", "PMOS-22"])
async def test_a_file_has_the_size_that_is_listed(jira: Visitor, key: str) -> None:
    for file in await attached(jira, key):
        answer = await raw(jira, f"/attachment/content/{file['id']}", redirect="false")
        assert (answer.status_code, len(answer.content)) == (200, file["size"])
        assert answer.headers["content-type"].startswith(file["mimeType"])


async def test_the_media_service_asks_for_nothing_but_the_signature(
    jira: Visitor, visit: Callable[..., Visitor]
) -> None:
    [file] = await attached(jira, "PMOS-8")
    address = urlsplit((await raw(jira, f"/attachment/content/{file['id']}")).headers["location"])
    stranger = visit(None)
    there = await stranger.client.get(f"{address.path}?{address.query}")
    assert (there.status_code, there.content.splitlines()[-1]) == (200, b"5 of 5 passed")
    assert (await raw(stranger, address.path, token="forged")).status_code == 403
    assert (await raw(stranger, address.path)).status_code == 403


async def test_files_are_added_and_noted_in_the_history(jira: Visitor) -> None:
    answer = await upload(jira, "PMOS-40", ("notes ä.md", b"# Notes\n"), ("raw.bin", b"\x00\r\n--\r\n\xff"))
    assert answer.status == 200
    assert [(each["filename"], each["size"], each["mimeType"]) for each in answer.body] == [
        ("notes ä.md", 8, "text/markdown"),
        ("raw.bin", 8, "application/octet-stream"),
    ]
    got = await raw(jira, f"/attachment/content/{answer.body[1]['id']}", redirect="false")
    assert got.content == b"\x00\r\n--\r\n\xff"
    change = (await jira.get("/issue/PMOS-40/changelog"))["values"][-1]
    assert [(item["field"], item["toString"]) for item in change["items"]] == [
        ("Attachment", "notes ä.md"),
        ("Attachment", "raw.bin"),
    ]


async def test_a_deleted_file_is_gone_everywhere(jira: Visitor) -> None:
    [file] = await attached(jira, "PMOS-8")
    address = urlsplit((await raw(jira, f"/attachment/content/{file['id']}")).headers["location"])
    assert (await jira.ask("DELETE", f"/attachment/{file['id']}")).status == 204
    assert await attached(jira, "PMOS-8") == []
    for path in (f"/attachment/{file['id']}", f"/attachment/content/{file['id']}"):
        assert (await raw(jira, path)).status_code == 404
    assert (await jira.client.get(f"{address.path}?{address.query}")).status_code == 404
    assert (await jira.ask("DELETE", f"/attachment/{file['id']}")).status == 404


async def test_a_search_finds_issues_that_have_files(jira: Visitor) -> None:
    found = await jira.found("project = PMOS AND attachments IS NOT EMPTY ORDER BY key ASC")
    assert found == ["PMOS-8", "PMOS-11", "PMOS-13", "PMOS-21", "PMOS-22"]
    await upload(jira, "PMOS-40", ("a.txt", b"a"))
    assert "PMOS-40" in await jira.found("attachments IS NOT EMPTY")
    assert "PMOS-8" not in await jira.found("project = PMOS AND attachments is EMPTY")
    refused = await jira.ask("POST", "/search/jql", {"jql": 'attachments = "a.txt"'})
    assert refused.status == 400


async def test_the_files_of_a_deleted_issue_go_with_it(jira: Visitor) -> None:
    key = await jira.create()
    [file] = (await upload(jira, key, ("a.txt", b"a"))).body
    assert (await jira.ask("DELETE", f"/issue/{key}")).status == 204
    assert (await raw(jira, f"/attachment/content/{file['id']}")).status_code == 404


async def test_the_vendors_refusals_are_repeated(jira: Visitor, visit: Callable[..., Visitor]) -> None:
    file = ("a.txt", b"a")
    assert (await upload(jira, "PMOS-40", file, headers={})).status == 403
    assert (await upload(jira, "PMOS-9999", file)).status == 404
    assert (await upload(jira, "PMOS-40", file, field="other")).status == 400
    assert (await upload(jira, "PMOS-40", ("a.txt", b""))).status == 400
    assert (await upload(jira, "PMOS-40", ("a.txt", b"x" * (UPLOAD_LIMIT + 1)))).status == 413
    assert (await upload(jira, "PMOS-40", *[file] * 61)).status == 413
    plain = await jira.client.post(f"{API}/issue/PMOS-40/attachments", content=b"a", headers=NO_CHECK)
    assert plain.status_code == 415
    assert (await upload(visit("Noor Haddad"), "PMOS-40", file)).status == 404
    assert (await upload(visit("Sam Okafor"), "PMOS-40", file)).status == 403
    assert await attached(jira, "PMOS-40") == []


@pytest.mark.parametrize(
    "body", [b"", b"--b", b"--b\r\n--b--", b"--b\r\nno end", b"x--b\r\n\r\n\r\n--b--", b"--c--\r\n"]
)
async def test_a_broken_form_is_refused(jira: Visitor, body: bytes) -> None:
    headers = {**NO_CHECK, "Content-Type": "multipart/form-data; boundary=b"}
    reply = await jira.client.post(f"{API}/issue/PMOS-40/attachments", content=body, headers=headers)
    assert reply.status_code == 400


async def test_who_may_not_see_or_delete_a_file_is_told_so(jira: Visitor, visit: Callable[..., Visitor]) -> None:
    [file] = await attached(jira, "PMOS-8")
    outsider, viewer, member = visit("Noor Haddad"), visit("Sam Okafor"), visit("Engineering Partner")
    assert (await raw(outsider, f"/attachment/{file['id']}")).status_code == 404
    assert (await raw(viewer, f"/attachment/{file['id']}")).status_code == 200
    assert (await viewer.ask("DELETE", f"/attachment/{file['id']}")).status == 403
    assert (await member.ask("DELETE", f"/attachment/{file['id']}")).status == 403
    [own] = (await upload(member, "PMOS-40", ("a.txt", b"a"))).body
    assert (await member.ask("DELETE", f"/attachment/{own['id']}")).status == 204


async def test_a_thumbnail_is_a_smaller_picture_or_none(jira: Visitor) -> None:
    chart, table = await attached(jira, "PMOS-21")
    small = await raw(jira, f"/attachment/thumbnail/{chart['id']}", width="20", height="20")
    assert small.content.startswith(b"\x89PNG")
    assert (await raw(jira, f"/attachment/thumbnail/{table['id']}")).status_code == 404


def test_a_picture_is_made_smaller_pixel_by_pixel() -> None:
    square = png([[(x, y, 0) for x in range(4)] for y in range(4)])
    assert thumbnail_of(square, 2, 2) == png([[(0, 0, 0), (2, 0, 0)], [(0, 2, 0), (2, 2, 0)]])
    assert thumbnail_of(square, 9, 9) == square
    for broken in (b"", square[:20], square[:-30], square.replace(b"IDAT", b"IDOT"), zlib.compress(square)):
        assert thumbnail_of(broken, 2, 2) is None
    assert bar_chart([1, 5]).startswith(b"\x89PNG")


async def test_answers_are_as_atlassian_describes_them(jira: Visitor, platform: Contract) -> None:
    made = await upload(jira, "PMOS-40", ("a.png", bar_chart([1, 2])))
    number = made.body[0]["id"]
    known = await jira.ask("GET", f"/attachment/{number}")
    limits = await jira.ask("GET", "/attachment/meta")
    found = platform.response("POST", f"{API}/issue/PMOS-40/attachments", made.status, made.body)
    found += platform.response("GET", f"{API}/attachment/{number}", known.status, known.body)
    found += platform.response("GET", f"{API}/attachment/meta", limits.status, limits.body)
    issue = await jira.ask("GET", "/issue/PMOS-40")
    found += platform.response("GET", f"{API}/issue/PMOS-40", issue.status, issue.body)
    statuses = {
        ("GET", "content"): await raw(jira, f"/attachment/content/{number}"),
        ("GET", "thumbnail"): await raw(jira, f"/attachment/thumbnail/{number}"),
    }
    for (method, part), reply in statuses.items():
        found += platform.response(method, f"{API}/attachment/{part}/{number}", reply.status_code)
    gone = await jira.ask("DELETE", f"/attachment/{number}")
    found += platform.response("DELETE", f"{API}/attachment/{number}", gone.status)
    missing = await jira.ask("DELETE", f"/attachment/{number}")
    found += platform.response("DELETE", f"{API}/attachment/{number}", missing.status)
    assert found == []
