"""Comments, as the model sees them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from confluence_mcp.models import PageRef

CommentKind: TypeAlias = Literal["footer", "inline"]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment below a page, or on a passage of it (`anchor`).

    `written` is when its last version was. One on a passage has a `state`: open, reopened, resolved, or dangling
    where the passage is gone. A reply has a `depth` above 0 and the id of the comment that it answers as its
    `parent`. `part` tells which characters `body` has where it is not all.
    """

    id: str
    kind: CommentKind
    author: str
    written: str
    version: int
    body: str
    url: str
    state: str = ""
    anchor: str = ""
    depth: int = 0
    parent: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments of a page, each thread in the order of its answers."""

    page: PageRef
    items: tuple[Comment, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class CommentDone:
    """A comment after it was written, and on which page; `said` is what became of it in a few words, "" for nothing."""

    comment: Comment
    page: PageRef
    said: str = ""
