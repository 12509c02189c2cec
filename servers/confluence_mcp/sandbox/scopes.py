"""Which scopes a token needs for which operation, as Atlassian's gateway judges it.

The REST API v2 takes granular scopes only; v1 has two families, and either will do: classic scopes, or granular ones
(https://developer.atlassian.com/cloud/confluence/scopes-for-oauth-2-3LO-and-forge-apps/).
"""

from __future__ import annotations

import re

from confluence_mcp.sandbox.scopes_v1 import V1_SCOPES
from sandbox_kit.atlassian.operations import Operations

_V2, _V1 = "/wiki/api/v2", "/wiki/rest/api"
_ELSEWHERE = "read:confluence-content.all"

_V2_KINDS = (
    (r"/[^/]+/[^/]+/(direct-children|descendants)", "hierarchical-content"),
    (r"/[^/]+/[^/]+/ancestors|/content/.+", "content.metadata"),
    (r"/labels", "label"),
    (r"/(pages|blogposts|labels)/[^/]+/attachments|/attachments(/.*)?", "attachment"),
    (r"/(pages|blogposts|attachments)/[^/]+/(footer|inline)-comments|/((footer|inline)-)?comments(/.*)?", "comment"),
    (r"/(spaces|labels)/[^/]+/(pages|blogposts)|/(pages|blogposts)(/.*)?", "page"),
    (r"/spaces(/.*)?", "space"),
    (r"/folders(/.*)?", "folder"),
    (r"/tasks(/.*)?", "task"),
    (r"/users-bulk", "user"),
)
"""What an operation of v2 is about, by its path; the first that fits."""
_COMMENTS_ON_FILES = re.compile(r"/attachments/[^/]+/footer-comments")
_OPERATIONS = Operations(V1_SCOPES)
_POSTED_READS = frozenset({"/users-bulk", "/content/convert-ids-to-types"})


def required_scopes(method: str, path: str) -> tuple[frozenset[str], ...]:
    """The sets of scopes of which a token must cover one; none when any token will do.

    `path` is unquoted and without the query.
    """
    method = "GET" if method == "HEAD" else method
    if path.startswith(f"{_V2}/"):
        return (_of_v2(method, path.removeprefix(_V2)),)
    if path.startswith(f"{_V1}/"):
        return _of_v1(method, path.removeprefix(_V1))
    return ()


def _of_v2(method: str, resource: str) -> frozenset[str]:
    kind = "comment" if _COMMENTS_ON_FILES.fullmatch(resource) else _kind(resource)
    if method == "GET" or resource in _POSTED_READS:
        wanted = ("read",)
    elif "/properties" in resource:
        wanted = ("read", "write")
    else:
        wanted = ("delete",) if method == "DELETE" else ("write",)
    return frozenset(f"{each}:{kind}:confluence" for each in wanted)


def _kind(resource: str) -> str:
    return next((kind for pattern, kind in _V2_KINDS if re.fullmatch(pattern, resource)), "content")


def _of_v1(method: str, resource: str) -> tuple[frozenset[str], ...]:
    families = _OPERATIONS.find(method, resource)
    if families is not None:
        return tuple(frozenset(map(_whole, family.split())) for family in families.split(" | "))
    return (frozenset({_ELSEWHERE if method == "GET" else "write:confluence-content"}),)


def _whole(scope: str) -> str:
    """A scope in full: one that ends in a colon is a granular one."""
    return f"{scope}confluence" if scope.endswith(":") else scope
