"""The groups of people that Atlassian's products share."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox_kit.atlassian import accounts as who


@dataclass(frozen=True, slots=True)
class Group:
    """A group, and the account ids of those in it."""

    id: str
    name: str
    members: frozenset[str]


_STAFF = tuple(each for each in who.ACCOUNTS if each.active and each not in (who.VIEWER, who.OUTSIDER))


def _group(number: int, name: str, *members: who.Account) -> Group:
    people = frozenset(each.account_id for each in members)
    return Group(f"276f955c-63d7-42c8-9520-92d01dca{number:04d}", name, people)


GROUPS = (
    _group(601, "jira-users-pm-os", *_STAFF),
    _group(602, "jira-admins-pm-os", who.HUMAN_PM),
    _group(603, "storefront-developers", who.ENGINEERING_PARTNER, who.ALEX_RIVERA),
    _group(604, "storefront-approvers", who.HUMAN_PM, who.GTM_STRATEGIST),
    _group(605, "Legal", who.ALEX_MOREAU),
    _group(606, "confluence-users-pm-os", *_STAFF),
    _group(607, "confluence-admins-pm-os", who.HUMAN_PM),
    _group(608, "confluence-guests-pm-os", who.VIEWER),
)
GROUP_BY_ID = {group.id: group for group in GROUPS}


def groups_of(account_id: str) -> frozenset[str]:
    """The ids of the groups that somebody is in."""
    return frozenset(group.id for group in GROUPS if account_id in group.members)
