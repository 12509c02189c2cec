"""Publishing a folder of Markdown files, as the model sees it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from confluence_mcp.models import PageRef

State: TypeAlias = Literal[
    "create", "update", "finish", "unchanged", "edited", "taken", "created", "updated", "failed", "skipped"
]
"""What would become of a page, or what became of it.

`finish` is a page that was written already, by a run that broke off before it was noted; `edited` one that was
changed in Confluence since it was published, `taken` one whose title another page has: both are left alone.
"""


@dataclass(frozen=True, slots=True)
class PublishItem:
    """A file (or folder) and its page; `page` is the id where there is one, `note` why it is so."""

    path: str
    title: str
    state: State
    page: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A page that was published from a file that is gone."""

    page: str
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class PublishPreview:
    """What publishing would do; `token` runs just that, and is empty where there is nothing to do."""

    folder: str
    parent: PageRef
    items: tuple[PublishItem, ...]
    orphans: tuple[Orphan, ...] = ()
    notes: tuple[str, ...] = ()
    token: str = ""


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What came of each page of a run; `left` are not done yet, and `token` goes on with them.

    `trouble` is what ended the run before its end.
    """

    folder: str
    parent: PageRef
    items: tuple[PublishItem, ...]
    left: int = 0
    token: str = ""
    trouble: str = ""
