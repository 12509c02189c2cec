"""What other parts of Atlassian keep for a site: groups, teams and security levels."""

from __future__ import annotations

from jira_mcp.sandbox.model import Named

GROUPS = (
    Named("276f955c-63d7-42c8-9520-92d01dca0601", "jira-users-pm-os"),
    Named("276f955c-63d7-42c8-9520-92d01dca0602", "jira-admins-pm-os"),
    Named("276f955c-63d7-42c8-9520-92d01dca0603", "storefront-developers"),
    Named("276f955c-63d7-42c8-9520-92d01dca0604", "storefront-approvers"),
    Named("276f955c-63d7-42c8-9520-92d01dca0605", "Legal"),
)
"""The groups of the site, whose ids all products share."""

TEAMS = (
    Named("36885b3c-1bf0-4f85-a357-c5b858c31d01", "Storefront"),
    Named("36885b3c-1bf0-4f85-a357-c5b858c31d02", "Payments"),
    Named("36885b3c-1bf0-4f85-a357-c5b858c31d03", "Platform"),
)
"""The teams of the organisation; Platform has no issue yet."""

SECURITY_LEVELS = (
    Named("10000", "Staff", "Everybody who works here."),
    Named("10001", "Storefront team", "Those who build the shop."),
)
"""The levels of the storefront's security scheme. The sandbox keeps them and hides nothing by them."""

GROUP_BY_ID = {group.id: group for group in GROUPS}
TEAM_BY_ID = {team.id: team for team in TEAMS}
LEVEL_BY_ID = {level.id: level for level in SECURITY_LEVELS}
