"""One call of every family of tools, with the requests that it leads to when Confluence is well.

The healthy answers are recorded from the sandbox, so that a fault can be put in the place of any one of them.
"""

import base64
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx2

from confluence_mcp.sandbox import create_app
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.access import Access
from connector_kit.http import HttpPolicy
from connector_kit.testing.families import CERTIFICATES, PATIENT, Family, reads
from connector_kit.testing.faults import FaultServer

from .conversation import Conversation, converse

V2, V1 = "/wiki/api/v2", "/wiki/rest/api"
EMAIL = "someone@example.org"
TOKEN = "ATATT3xFfGF0-a-token-that-nobody-may-see-4711"
HEADER = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()

FAMILIES = (
    reads("search", "confluence_search", {"text": "agent"}, f"{V1}/search"),
    reads("read", "confluence_get_page", {"page": "98432"}, f"{V2}/pages/98432"),
    reads("section", "confluence_get_page", {"page": "98432", "part": "Asks first"}, f"{V2}/pages/98432"),
    reads("title", "confluence_get_page", {"page": "PMOS/Product Architect"}, f"{V2}/pages"),
    reads("tree", "confluence_list_pages", {"page": "98400"}, f"{V2}/pages/98400/descendants"),
    reads("above", "confluence_list_pages", {"page": "98432", "show": "ancestors"}, f"{V2}/pages/98432/ancestors"),
    reads("newest", "confluence_list_pages", {"space": "KB", "show": "newest"}, f"{V2}/spaces/98305/pages"),
    reads("spaces", "confluence_list_spaces", {}, f"{V2}/spaces"),
    reads("versions", "confluence_list_versions", {"page": "98415"}, f"{V2}/pages/98415/versions"),
    reads("compare", "confluence_compare_versions", {"page": "98415", "older": 1}, f"{V2}/pages/98415"),
    Family(
        "restore",
        "confluence_restore_version",
        {"page": "98415", "number": 1, "version": 3},
        "POST",
        f"{V1}/content/98415/version",
    ),
    Family(
        "create", "confluence_create_page", {"parent": "98404", "title": "New", "body": "Text."}, "POST", f"{V2}/pages"
    ),
    Family(
        "update",
        "confluence_update_page",
        {"page": "98432", "body": "Text.", "how": "append"},
        "PUT",
        f"{V2}/pages/98432",
    ),
    Family(
        "move",
        "confluence_move_page",
        {"page": "98432", "target": "98404"},
        "PUT",
        f"{V1}/content/98432/move/append/98404",
    ),
    Family("copy", "confluence_copy_page", {"page": "98432", "target": "98404"}, "POST", f"{V1}/content/98432/copy"),
    Family(
        "copy tree",
        "confluence_copy_page",
        {"page": "98405", "target": "98404", "descendants": True},
        "POST",
        f"{V1}/content/98405/pagehierarchy/copy",
    ),
    Family(
        "labels", "confluence_update_labels", {"page": "98432", "add": ["new"]}, "POST", f"{V1}/content/98432/label"
    ),
    Family("delete", "confluence_delete_page", {"page": "98432", "confirm": True}, "DELETE", f"{V2}/pages/98432"),
    Family("new space", "confluence_create_space", {"key": "NEW", "name": "New"}, "POST", f"{V1}/space"),
    Family("tick", "confluence_update_task", {"task": "2"}, "PUT", f"{V2}/tasks/2"),
    Family(
        "restrict",
        "confluence_update_restrictions",
        {"page": "98432", "edit": ["me"]},
        "PUT",
        f"{V1}/content/98432/restriction",
    ),
    reads("comments", "confluence_list_comments", {"page": "98411"}, f"{V2}/pages/98411/footer-comments"),
    Family("comment", "confluence_add_comment", {"page": "98432", "body": "Well."}, "POST", f"{V2}/footer-comments"),
    Family(
        "passage",
        "confluence_add_comment",
        {"page": "98411", "body": "Well.", "anchor": "A third of every conversation"},
        "POST",
        f"{V2}/inline-comments",
    ),
    Family(
        "comment change",
        "confluence_update_comment",
        {"comment_id": "300005", "body": "Well.", "version": 1},
        "PUT",
        f"{V2}/footer-comments/300005",
    ),
    Family(
        "comment deletion",
        "confluence_delete_comment",
        {"comment_id": "300005", "confirm": True},
        "DELETE",
        f"{V2}/footer-comments/300005",
    ),
    reads("files", "confluence_list_attachments", {"page": "98415"}, f"{V2}/pages/98415/attachments"),
    Family(
        "attach",
        "confluence_add_attachment",
        {"page": "98432", "text": "Well.", "name": "well.txt"},
        "PUT",
        f"{V1}/content/98432/child/attachment",
    ),
    Family(
        "file deletion",
        "confluence_delete_attachment",
        {"page": "98415", "attachment": "plan.md", "confirm": True},
        "DELETE",
        f"{V2}/attachments/400003",
    ),
    reads("blog", "confluence_list_blog_posts", {}, f"{V2}/blogposts"),
    reads("people", "confluence_search_users", {"query": "Alex"}, f"{V1}/search/user"),
    reads("access", "confluence_get_page_access", {"page": "98465"}, f"{V1}/content/98465/restriction"),
    reads(
        "permission",
        "confluence_get_page_access",
        {"page": "98465", "person": "me"},
        f"{V1}/content/98465/permission/check",
        "POST",
    ),
    reads("views", "confluence_get_views", {"page": "98432"}, f"{V1}/analytics/content/98432/views"),
    reads("tasks", "confluence_list_tasks", {"space": "PMOS"}, f"{V2}/tasks"),
    reads("space", "confluence_get_space", {"space": "PMOS"}, f"{V2}/spaces/98304"),
    reads("templates", "confluence_get_template", {"template": "Decision record"}, f"{V1}/template/page"),
)


@asynccontextmanager
async def visit(family: Family, database: Path, folder: Path) -> AsyncGenerator[Conversation]:
    """A session with a healthy site, with the family's tool."""
    site = create_app(database)
    async with converse(folder, transport=httpx2.ASGITransport(site), only=family.tool) as confluence:
        yield confluence
    site.close()


def conversation(
    folder: Path, server: FaultServer, family: Family, policy: HttpPolicy = PATIENT
) -> AbstractAsyncContextManager[Conversation]:
    """A session with a Confluence server for which `server` is the site, with the family's tool."""
    given = {"url": server.url, "email": EMAIL, "api_token": TOKEN, "access": Access.DELETE, "sandbox": False}
    # What a client does without being told.
    transport = httpx2.AsyncHTTPTransport(verify=CERTIFICATES)
    settings = ConfluenceSettings.model_validate(given)
    return converse(folder, transport=transport, settings=settings, policy=policy, only=family.tool)
