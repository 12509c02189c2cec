"""What becomes of issues whose version or component goes away."""

from __future__ import annotations

from collections.abc import Iterable

from jira_mcp.sandbox.model import Issue, Project
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian.accounts import Account


def swap(
    session: Session, account: Account, issues: Iterable[Issue], attribute: str, old: str, new: str | None
) -> None:
    """Put one version or component in the place of another, or of nothing, and write that into the histories."""
    for issue in issues:
        before = snapshot(issue)
        held: list[str] = getattr(issue, attribute)
        kept = [new if each == old and new else each for each in held if each != old or new]
        setattr(issue, attribute, list(dict.fromkeys(kept)))
        record(session, account, before, issue)


def swap_in_field(
    session: Session, account: Account, issues: Iterable[Issue], field_id: str, old: str, new: str | None
) -> None:
    """The same in a custom field, which holds one version or a list of them."""
    for issue in issues:
        before = snapshot(issue)
        stored: str | list[str] = before.custom[field_id]
        held = [stored] if isinstance(stored, str) else stored
        kept = list(dict.fromkeys(new if each == old and new else each for each in held if each != old or new))
        issue.custom[field_id] = (kept[0] if isinstance(stored, str) else kept) if kept else None
        record(session, account, before, issue)


def administers(account: Account, project: Project) -> bool:
    """Whether the account may change a project's versions and components."""
    return account.site_admin or allowed(account, project, "ADMINISTER_PROJECTS")
