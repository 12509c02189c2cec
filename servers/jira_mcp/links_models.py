"""Links as the model sees them: between issues, and from issues to other sites."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteLink:
    """A link from an issue to an address elsewhere; `relation` is what Jira lists it under, `resolved` strikes it
    through."""

    id: str
    title: str
    url: str
    relation: str = ""
    summary: str = ""
    application: str = ""
    resolved: bool = False
    global_id: str = ""


@dataclass(frozen=True, slots=True)
class RemoteLinkResult:
    """A remote link of an issue as it is now; `added` is False where the address was linked already.

    `changed`: it was linked already, and its resolution or title is another now.
    """

    key: str
    link: RemoteLink
    added: bool
    changed: bool = False


@dataclass(frozen=True, slots=True)
class IssueNode:
    """An issue among others that depend on each other; `category` is new, indeterminate or done."""

    key: str
    summary: str
    status: str
    category: str
    assignee: str = ""

    @property
    def done(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.category == "done"


@dataclass(frozen=True, slots=True)
class Dependency:
    """`blocker` has to be done before `blocked`."""

    blocker: IssueNode
    blocked: IssueNode

    @property
    def open(self) -> bool:
        """Whether somebody waits for it now."""
        return not self.blocker.done and not self.blocked.done


@dataclass(frozen=True, slots=True)
class DependencyView:
    """What blocks what around some issues.

    `roots` are the issues that were asked for. Dependencies come with those first that somebody waits for, and there
    with those that hold up the most. `hidden` linked issues cannot be seen by the account, `outside` ones are in
    projects that tools may not touch. `deeper`: there may be more beyond the depth; `cut`: there are more issues than
    were looked at.
    """

    phrase: str
    roots: tuple[str, ...]
    dependencies: tuple[Dependency, ...]
    cycles: tuple[tuple[str, ...], ...] = ()
    hidden: int = 0
    outside: int = 0
    deeper: bool = False
    cut: bool = False
    more_roots: bool = False
