"""The groups of people on the site, and the roles that projects give to people and groups."""

from __future__ import annotations

from dataclasses import dataclass

from jira_mcp.sandbox.sample.projects import DESK, NOVA, PMOS
from sandbox_kit.atlassian import accounts as who


@dataclass(frozen=True, slots=True)
class Group:
    """Some people under one name; `members` are account ids."""

    id: str
    name: str
    members: tuple[str, ...]


PRODUCT_TEAM = Group(
    "5f0d2c1a-7b7e-4a0e-9c52-000000000001",
    "product-team",
    tuple(each.account_id for each in (who.PRODUCT_ARCHITECT, who.UX_STRATEGIST, who.DATA_ANALYST)),
)
SERVICE_TEAM = Group(
    "5f0d2c1a-7b7e-4a0e-9c52-000000000002",
    "service-team",
    (who.ALEX_MOREAU.account_id, who.ENGINEERING_PARTNER.account_id),
)
GROUPS = (PRODUCT_TEAM, SERVICE_TEAM)


@dataclass(frozen=True, slots=True)
class Role:
    """A role of projects. `word` is how `Project.roles` calls it; `groups` have it in a project, by its id."""

    id: int
    name: str
    word: str
    description: str
    groups: tuple[tuple[str, Group], ...] = ()


ROLES = (
    Role(10002, "Administrators", "admin", "People who may change how the project is set up."),
    Role(10003, "Members", "member", "People who work on it.", ((PMOS.id, PRODUCT_TEAM), (NOVA.id, PRODUCT_TEAM))),
    Role(10004, "Reporters", "reporter", "People who may ask.", ((DESK.id, SERVICE_TEAM),)),
    Role(10005, "Viewers", "viewer", "People who may only read."),
)
ROLE = {str(role.id): role for role in ROLES}
