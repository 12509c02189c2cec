"""What is read of pages: hits of a search, places in the tree, texts, versions, labels."""

from dataclasses import dataclass

from confluence_mcp.models import PageRef


@dataclass(frozen=True, slots=True)
class Hit:
    """What a search found. `id` begins with att for a file; `excerpt` is the text around the first hit.

    `page` is the id of the page that a comment or file is on, "" for what is on none.
    """

    id: str
    kind: str
    title: str
    space_key: str
    updated: str
    excerpt: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class TreePage:
    """A page (or folder, whiteboard, database) in the tree. `below` is how many are known to be right below it
    without being in the list; `parent` is None where the list begins."""

    id: str
    kind: str
    title: str
    depth: int
    status: str = "current"
    below: int = 0
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """A stretch of a list of pages, as ordered in the tree. `space_key` is where they are; `whole` is false if there
    were more pages than are looked through."""

    space_key: str
    pages: tuple[TreePage, ...]
    total: int
    cursor: str | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A version of a page. `author` is a name, or an account id without one."""

    number: int
    author: str
    created: str
    message: str = ""
    minor: bool = False


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page as it is read: its facts with names in the place of ids, and a part of it as Markdown.

    `markdown` is the whole page or the part asked for, as far as there was room; `next` is the part to read on with,
    "" at the end. `outline` is told where it was asked for or where there is more than was shown. `size` is that of
    the page in characters of storage, `blocks` how many it has. `newest` is the number of the version that is
    current, where an older one is shown.
    """

    ref: PageRef
    labels: tuple[str, ...]
    author: str
    updated_by: str
    parent: str
    markdown: str
    outline: str
    size: int
    blocks: int
    next: str = ""
    newest: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was changed between two versions of a page: `text` block by block, "" if nothing."""

    ref: PageRef
    older: PageVersion
    newer: PageVersion
    text: str
    changes: int
    titles: tuple[str, str]
