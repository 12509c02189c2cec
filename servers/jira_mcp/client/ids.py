"""Ids that go into a path or a query: checked before anything is built from them."""

import re

from connector_kit.errors import InvalidInput, clean_text

_ISSUE_KEY = re.compile(r"([A-Z][A-Z0-9_]{1,30})-([1-9][0-9]{0,9})")
_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,30}")
_NUMBER = re.compile(r"[0-9]{1,19}")
_ACCOUNT_ID = re.compile(r"[0-9A-Za-z:-]{5,128}")
_LINK = re.compile(r"https?://[^/\s]+/(?:browse/|.*[?&]selectedIssue=)([A-Za-z][A-Za-z0-9_]{1,30}-[1-9][0-9]{0,9})")

_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]{1,2000}")


def issue_key(text: str) -> str:
    """The key of an issue, in upper case; a link to the issue will do. Raises InvalidInput otherwise."""
    wanted = text.strip()
    link = _LINK.match(wanted)
    wanted = (link.group(1) if link else wanted).upper()
    if not _ISSUE_KEY.fullmatch(wanted):
        raise InvalidInput(
            "That is not an issue key.",
            fields={"key": f"{clean_text(text, 60)!r} should look like PROJ-123"},
            next_step="jira_search_issues finds issues by what they say.",
        )
    return wanted


def issue_links(text: str) -> list[str]:
    """The links to issues, on whatever site, that a text holds."""
    return [link for link in _ADDRESS.findall(text) if _LINK.match(link)]


def is_issue_key(text: str) -> bool:
    """Whether it is written like an issue key, in upper case."""
    return _ISSUE_KEY.fullmatch(text) is not None


def project_of(key: str) -> str:
    """The project's part of an issue key."""
    return key.rpartition("-")[0]


def project_key(text: str) -> str:
    """The key of a project, in upper case. Raises InvalidInput for anything else."""
    wanted = text.strip().upper()
    if not _PROJECT_KEY.fullmatch(wanted):
        raise InvalidInput(
            "That is not a project key.",
            fields={"project": f"{clean_text(text, 60)!r} should look like PROJ"},
            next_step="jira_list_projects shows the keys.",
        )
    return wanted


def numeric_id(text: str, what: str) -> str:
    """A number that Jira gave as an id. Raises InvalidInput for anything else; `what` is named then."""
    if not _NUMBER.fullmatch(text.strip()):
        raise InvalidInput(f"{clean_text(text, 60)!r} is not the id of a {what}: ids are numbers.")
    return text.strip()


def is_number(text: str) -> bool:
    """Whether it could be the number of something."""
    return _NUMBER.fullmatch(text) is not None


def is_account_id(text: str) -> bool:
    """Whether it could be an account id rather than a name: one word with digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None and (":" in text or sum(map(str.isdigit, text)) >= 6)
