"""Who may read a comment or a work log that is not for everybody: the holders of a role, or a group.

The words of the refusals are those of Jira's own forms.
"""

from __future__ import annotations

from typing import cast

from jira_mcp.sandbox.errors import bad_request
from jira_mcp.sandbox.model import JsonObject, Project
from jira_mcp.sandbox.sample import directory, groups
from sandbox_kit.atlassian.accounts import ACCOUNTS, Account

_ROLE_WORDS = {role.name: role.word for role in groups.ROLES}
_GROUP_IDS = {group.name: group.id for group in (*directory.GROUPS, *groups.GROUPS)}
_MEMBERS = {group.id: frozenset(group.members) for group in groups.GROUPS}
_EVERYBODY, _ADMINISTRATORS = directory.GROUPS[0].id, directory.GROUPS[1].id
_MEMBERS[_EVERYBODY] = frozenset(each.account_id for each in ACCOUNTS if each.active)
_MEMBERS[_ADMINISTRATORS] = frozenset(each.account_id for each in ACCOUNTS if each.site_admin)


def level(value: object, account: Account, project: Project) -> JsonObject | None:
    """The restriction that a request asks for, as it is stored; 400 unless the account is among those readers."""
    if not value:
        return None
    sent = cast("JsonObject", value) if isinstance(value, dict) else {}
    name = sent.get("value") or sent.get("identifier")
    if sent.get("type") == "role":
        if name not in _ROLE_WORDS:
            raise bad_request(commentLevel=f"Role level '{str(name)[:50]}' does not exist.")
        if not _holds(account, project, name):
            raise bad_request(commentLevel=f"You are currently not a member of the project role: {name}.")
        return {"type": "role", "value": name, "identifier": name}
    if sent.get("type") != "group":
        raise bad_request(commentLevel="Invalid level.")
    wanted = sent.get("identifier") or _GROUP_IDS.get(str(sent.get("value")))
    found = next((each for each in _GROUP_IDS.items() if each[1] == wanted), None)
    if found is None:
        raise bad_request(commentLevel=f"Group: {str(name)[:50]} does not exist.")
    if not _belongs(account, found[1]):
        raise bad_request(commentLevel=f"You are currently not a member of the group: {found[0]}.")
    return {"type": "group", "value": found[0], "identifier": found[1]}


def may_read(account: Account, project: Project, entry: JsonObject) -> bool:
    """Whether somebody who may read the issue may read this comment or work log of it too."""
    restriction: JsonObject | None = entry.get("visibility")
    if not restriction:
        return True
    if restriction["type"] == "role":
        return _holds(account, project, restriction["value"])
    return _belongs(account, restriction["identifier"])


def _holds(account: Account, project: Project, role: str) -> bool:
    return project.roles.get(account.account_id) == _ROLE_WORDS.get(role)


def _belongs(account: Account, group: str) -> bool:
    return account.account_id in _MEMBERS.get(group, frozenset())
