"""Users: one, by words, and those who may be assigned."""

from __future__ import annotations

from collections.abc import Iterable

from jira_mcp.sandbox.access import find_issue, find_project
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.accounts import ACCOUNTS, BY_ID, Account
from sandbox_kit.atlassian.web import Reply


def get_user(call: Call) -> Reply:
    """GET user."""
    account_id = call.text("accountId")
    if not account_id:
        raise bad_request("The query parameter 'accountId' must be provided.")
    account = BY_ID.get(account_id)
    if account is None:
        raise ApiError(404, "Specified user does not exist or you do not have required permissions")
    return Reply(200, call.show.full_user(account))


def search_users(call: Call) -> Reply:
    """GET user/search: words that begin a part of the name or the address."""
    if not call.text("query") and not call.text("accountId") and not call.text("property"):
        raise bad_request("A query parameter is required: query, accountId or property.")
    return Reply(200, _slice(call, _found(call, ACCOUNTS)))


def assignable_users(call: Call) -> Reply:
    """GET user/assignable/search: who may be assigned in a project or to an issue."""
    issue = call.text("issueKey") or call.text("issueId")
    if issue:
        with call.store.reading() as session:
            project = PROJECT[find_issue(session, call.account, issue).project]
    elif call.text("project"):
        project = find_project(call.account, call.text("project"))
    else:
        raise bad_request("Neither 'project' nor 'issueKey' has been provided.")
    people = [each for each in ACCOUNTS if each.active and allowed(each, project, "ASSIGNABLE_USER")]
    return Reply(200, _slice(call, _found(call, people)))


def _found(call: Call, people: Iterable[Account]) -> list[Account]:
    account_id, words = call.text("accountId"), call.text("query").casefold()
    if account_id:
        return [each for each in people if each.account_id == account_id]
    return [each for each in people if _fits(each, words)]


def _fits(account: Account, words: str) -> bool:
    parts = [account.name, *account.name.split(), account.email]
    return any(part.casefold().startswith(words) for part in parts)


def _slice(call: Call, people: list[Account]) -> list[JsonObject]:
    start = call.number("startAt", 0)
    size = call.number("maxResults", 50, least=1, most=1000)
    return [call.show.user(each.account_id) or {} for each in people[start : start + size]]
