"""What the sample's issues are linked to beyond their project: issues of others, pages and pull requests."""

from __future__ import annotations

from collections.abc import Sequence

from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.session import Session

_BLOCKS = (("DESK-2", "PMOS-38"), ("RISK-1", "PMOS-34"))
"""Across projects; the risk register is not for everybody's eyes."""

_WIKI = "https://pm-os.sandbox.invalid/wiki/spaces/PMOS/pages"
_CODE = "https://github.com/pm-os/agents/pull"
_REMOTE = (
    ("PMOS-34", 9001, f"{_WIKI}/98311/OAuth+playbook", "OAuth playbook", "mentioned in", False),
    ("PMOS-35", 9002, f"{_WIKI}/98312/Jira+tools", "Jira tools: decisions", "mentioned in", False),
    ("PMOS-35", 9003, f"{_CODE}/41", "PMOS-35: search by JQL", "development", True),
    ("PMOS-35", 9004, f"{_CODE}/44", "PMOS-35: move issues", "development", False),
)
"""Issue, id, address, title, what it is listed under, and whether it is over."""


def fill(session: Session, issues: Sequence[Issue]) -> None:
    """Add these links; the ids of remote links are below those that the site gives out."""
    known = {issue.key: issue for issue in issues}
    blocks = next(kind.id for kind in site.LINK_TYPES if kind.outward == "blocks")
    for blocker, blocked in _BLOCKS:
        session.add_link(blocks, known[blocker].id, known[blocked].id)
    for key, number, url, title, relation, over in _REMOTE:
        target: JsonObject = {"url": url, "title": title, "status": {"resolved": over}}
        link: JsonObject = {"id": number, "globalId": url, "relationship": relation, "object": target}
        known[key].remote_links.append(link)
