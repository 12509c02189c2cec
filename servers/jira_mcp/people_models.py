"""Who follows issues and who works in projects, as the model sees it."""

from dataclasses import dataclass

from jira_mcp.models import UserRef


@dataclass(frozen=True, slots=True)
class Following:
    """Who watches an issue and who voted for it. Jira tells the names only to those who may see them, the numbers
    to everybody; `votes` is None where voting is switched off."""

    key: str
    watchers: tuple[UserRef, ...]
    watching: int
    i_watch: bool
    voters: tuple[UserRef, ...] = ()
    votes: int | None = None
    i_voted: bool = False


@dataclass(frozen=True, slots=True)
class WatchResult:
    """Whom a change of the watchers reached; `refused` says why not, by name."""

    key: str
    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RoleMembers:
    """A role of a project, with the people who have it by name and account id, and the groups that have it."""

    role: str
    people: tuple[UserRef, ...]
    groups: tuple[str, ...] = ()
