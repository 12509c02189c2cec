"""The OAuth scopes that tools need, all of the granular family, which both of Confluence's APIs accept
(https://developer.atlassian.com/cloud/confluence/scopes-for-oauth-2-3LO-and-forge-apps/).
"""

import re
from collections.abc import Mapping

from atlassian_kit.needs import Needs

PAGES, WRITE_PAGES, DELETE_PAGES = "read:page:confluence", "write:page:confluence", "delete:page:confluence"
"""Pages and blog posts, with their labels, versions and properties."""
SPACES = "read:space:confluence"
TREE = "read:hierarchical-content:confluence"
"""Children and descendants."""
METADATA = "read:content.metadata:confluence"
"""Ancestors, and the state of long tasks."""
DETAILS = "read:content-details:confluence"
"""Search, and what the older API answers about pages and people."""
PEOPLE = "read:user:confluence"
GROUPS = "read:group:confluence"
COMMENTS, WRITE_COMMENTS, DELETE_COMMENTS = (
    "read:comment:confluence",
    "write:comment:confluence",
    "delete:comment:confluence",
)
FILES, WRITE_FILES, DELETE_FILES = (
    "read:attachment:confluence",
    "write:attachment:confluence",
    "delete:attachment:confluence",
)
LABELS, WRITE_LABELS = "read:label:confluence", "write:label:confluence"
WRITE_CONTENT = "write:content:confluence"
"""Restoring versions."""
DELETE_CONTENT = "delete:content:confluence"
TASKS, WRITE_TASKS = "read:task:confluence", "write:task:confluence"
TEMPLATES = "read:template:confluence"
PERMISSIONS = "read:content.permission:confluence"
RESTRICTIONS, WRITE_RESTRICTIONS = "read:content.restriction:confluence", "write:content.restriction:confluence"
ANALYTICS = "read:analytics.content:confluence"
SPACE_DETAILS, WRITE_SPACES, WRITE_SPACE_PERMISSIONS = (
    "read:space-details:confluence",
    "write:space:confluence",
    "write:space.permission:confluence",
)

TOOLSETS: Mapping[str, Needs] = {
    "access": Needs(reading=(PERMISSIONS, ANALYTICS), writing=(GROUPS, WRITE_RESTRICTIONS)),
    "admin": Needs(deleting=(DELETE_COMMENTS, DELETE_FILES)),
    "history": Needs(writing=(WRITE_CONTENT,)),
    "spaces": Needs(writing=(SPACE_DETAILS, WRITE_SPACES, WRITE_SPACE_PERMISSIONS)),
    "tasks": Needs(reading=(TASKS,), writing=(WRITE_TASKS,)),
    "templates": Needs(reading=(TEMPLATES,)),
}
"""By toolset, what its tools need besides."""

_BY_PATH: tuple[tuple[re.Pattern[str], str, str, str], ...] = tuple(
    (re.compile(pattern), reading, writing, deleting)
    for pattern, reading, writing, deleting in (
        (r"/rest/api/search", DETAILS, DETAILS, DETAILS),
        (r"/rest/api/(group|user/memberof)", GROUPS, GROUPS, GROUPS),
        (r"/rest/api/(user|search/user)", DETAILS, DETAILS, DETAILS),
        (r"/rest/api/longtask", METADATA, METADATA, METADATA),
        (r"/rest/api/template", TEMPLATES, TEMPLATES, TEMPLATES),
        (r"/rest/api/analytics", ANALYTICS, ANALYTICS, ANALYTICS),
        (r"/rest/api/space", SPACE_DETAILS, WRITE_SPACES, WRITE_SPACES),
        (r"/permission/check$", PERMISSIONS, PERMISSIONS, PERMISSIONS),
        (r"/restriction/byOperation/", RESTRICTIONS, WRITE_RESTRICTIONS, WRITE_RESTRICTIONS),
        (r"/restriction", DETAILS, WRITE_RESTRICTIONS, WRITE_RESTRICTIONS),
        (r"/child/attachment|/attachments", FILES, WRITE_FILES, DELETE_FILES),
        (r"/rest/api/content/[^/]+/label", LABELS, WRITE_LABELS, WRITE_LABELS),
        (r"/rest/api/content/[^/]+/version", PAGES, WRITE_CONTENT, DELETE_CONTENT),
        (r"/pageTree$", PAGES, DELETE_CONTENT, DELETE_CONTENT),
        (r"/(footer|inline)-comments", COMMENTS, WRITE_COMMENTS, DELETE_COMMENTS),
        (r"/tasks", TASKS, WRITE_TASKS, WRITE_TASKS),
        (r"/users-bulk", PEOPLE, PEOPLE, PEOPLE),
        (r"/(direct-children|descendants)$", TREE, TREE, TREE),
        (r"/ancestors$", METADATA, METADATA, METADATA),
        (r"/api/v2/spaces(/[^/]+)?$", SPACES, WRITE_SPACES, WRITE_SPACES),
    )
)


def required_scope(method: str, path: str) -> str:
    """The scope that a request needs, as far as its method and path tell."""
    for pattern, reading, writing, deleting in _BY_PATH:
        if pattern.search(path):
            return reading if method == "GET" else deleting if method == "DELETE" else writing
    return PAGES if method == "GET" else DELETE_PAGES if method == "DELETE" else WRITE_PAGES
