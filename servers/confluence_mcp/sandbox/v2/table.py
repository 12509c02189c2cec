"""Which handler answers which path and method of the REST API v2."""

from __future__ import annotations

import re
from collections.abc import Iterable

from confluence_mcp.sandbox.access import find_space
from confluence_mcp.sandbox.model import Space
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2.attachments import ATTACHMENTS
from confluence_mcp.sandbox.v2.blogposts import BLOGPOSTS
from confluence_mcp.sandbox.v2.comment_writes import COMMENT_WRITES
from confluence_mcp.sandbox.v2.comments import COMMENTS
from confluence_mcp.sandbox.v2.labels import LABELS
from confluence_mcp.sandbox.v2.pages import PAGES
from confluence_mcp.sandbox.v2.people import PEOPLE
from confluence_mcp.sandbox.v2.properties import PROPERTIES, under
from confluence_mcp.sandbox.v2.space_properties import space_property
from confluence_mcp.sandbox.v2.spaces import SPACES
from confluence_mcp.sandbox.v2.tasks import TASKS
from confluence_mcp.sandbox.v2.tree import TREE
from confluence_mcp.sandbox.v2.versions import VERSIONS
from confluence_mcp.sandbox.web import Call, Handler, Routes

API = "/wiki/api/v2"
_PART = re.compile(r"\{[^}]+\}")


def _space(call: Call, session: Session) -> Space:
    return find_space(session, call.account, call.id("space-id"))


_SPACE_PROPERTIES = under("/spaces/{space-id}", _space, space_property, created=201)


def _merged(tables: Iterable[Routes]) -> Routes:
    """The tables as one; a path may have its methods in several."""
    found: dict[str, dict[str, Handler]] = {}
    for table in tables:
        for path, handlers in table.items():
            found.setdefault(API + _named(path), {}).update(handlers)
    return found


def _named(path: str) -> str:
    """The path as the router takes it, with no hyphen in the name of a part."""
    return _PART.sub(lambda found: found[0].replace("-", "_"), path)


V2: Routes = _merged(
    (
        *(PAGES, BLOGPOSTS, SPACES, _SPACE_PROPERTIES, TREE, LABELS, VERSIONS, COMMENTS, COMMENT_WRITES),
        *(ATTACHMENTS, TASKS, PROPERTIES, PEOPLE),
    )
)
