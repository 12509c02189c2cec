"""Confluence's storage format to Markdown and back, without losing what Markdown cannot say.

The Markdown is that of `atlassian_kit.adf` for a text that is edited, with these differences:

| storage format | Markdown |
|---|---|
| link to a page | `[text](page:SPACE/Title)`, `[text](page:Title)` in the same space, `[text](page:ID)` |
| link to a blog post, a space | `[text](blog:SPACE/2026-01-31/Title)`, `[text](space:SPACE)` |
| link to an attachment | `[text](attachment:NAME)` |
| image | `![alt](attachment:NAME "caption")`, `![alt](https://…)` |
| macro without a body, or unknown | `[extension: toc](adf:123456)` |
| macro around other text | a line `::: adf:123456 name`, the contents, a line `:::` |

Names in addresses are percent-encoded. A placeholder stands for its source, byte for byte.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atlassian_kit.adf.editing import Loss, People
    from atlassian_kit.storage.blocks import Block, PartNotFoundError
    from atlassian_kit.storage.comparing import Difference
    from atlassian_kit.storage.editing import Edit, How, NoSingleMatchError
    from atlassian_kit.storage.markup import Links
    from atlassian_kit.storage.reading import Names

# The functions import what they need: a server must answer before anyone reads or writes a page.

__all__ = [
    "Block",
    "Difference",
    "Edit",
    "Loss",
    "NoSingleMatchError",
    "PartNotFoundError",
    "accounts_in",
    "compare",
    "edit",
    "files_in",
    "outline",
    "pages_in",
    "plain_text",
    "replace_text",
    "to_markdown",
    "to_storage",
]


def to_storage(markdown: str, links: "Links | None" = None) -> str:
    """Return a text in storage format that a Markdown text describes: a new page, comment or the like.

    It is always well-formed, and no text is lost. `links` gives for the address of a link or picture the one
    that is meant, `page:…` or `attachment:…`; what it does not know stays as it is. Mentions by name
    (`@[Name]`) become text, as do placeholders; see `edit` for both.
    """
    from atlassian_kit.storage.markup import to_storage as write

    return write(markdown, links)


def to_markdown(storage: str, names: "Names | None" = None, part: str = "") -> str:
    """Return storage format as Markdown that can be read, or edited and given to `edit`.

    `names` gives names for account ids. `part` is "" for all of it, the id of a block, or a section by the
    id or text of its heading (PartNotFoundError for none such); no more than it is read, so that
    a section of a long page costs what a short page does. A malformed text is shown as its bare text.
    """
    from atlassian_kit.storage.markup import to_markdown as read

    if part:
        from atlassian_kit.storage.blocks import Page

        page = Page(storage)
        storage = page.raw(page.find(part))
    return read(storage, names)


def outline(storage: str, names: "Mapping[str, str] | None" = None) -> "tuple[Block, ...]":
    """Return the blocks of a page in its order, also those in cells of layouts; `outline.outline_text` writes them.

    Raises StorageSyntaxError for a malformed text.
    """
    from atlassian_kit.storage.blocks import outline as blocks

    return blocks(storage, names)


def edit(
    storage: str,
    markdown: str,
    *,
    part: str = "",
    how: "How" = "replace",
    names: "Names | None" = None,
    people: "People | None" = None,
    links: "Links | None" = None,
) -> "Edit":
    """Return a page after its Markdown, or that of a part, was edited; nothing else of it changes by a byte.

    `part` is "" for all of the page, the id of a block, or the id or text of a heading for its section; an id
    with `:heading` after it is the heading alone. `how` says whether the Markdown replaces the part
    or stands `before` or `after` it; `append` puts it at the end of the page or section. What is replaced keeps
    what Markdown does not show where the text stays. `names` must be what `to_markdown` was given,
    `people` finds account ids by name, first among those whom the page mentions, and `links` is as for `to_storage`.

    Nothing is refused: whoever writes the page must look at what the `Edit` says would be lost, and at whom and
    what it does not know. Raises PartNotFoundError, and StorageSyntaxError for a malformed text.
    """
    from atlassian_kit.storage.editing import edit as do

    return do(storage, markdown, part=part, how=how, names=names, people=people, links=links)


def replace_text(
    storage: str,
    find: str,
    replace: str,
    *,
    part: str = "",
    every: bool = False,
    names: "Names | None" = None,
    people: "People | None" = None,
    links: "Links | None" = None,
) -> "Edit":
    """Return a page with a text that its Markdown shows replaced by other Markdown; otherwise like `edit`.

    The text may be given as it reads or as Markdown writes it, with blanks and quotes of any kind. Raises
    NoSingleMatchError for one that is not there, or (but with `every`) more than once.
    """
    from atlassian_kit.storage.editing import replace_text as do

    return do(storage, find, replace, part=part, every=every, names=names, people=people, links=links)


def compare(old: str, new: str, names: "Mapping[str, str] | None" = None) -> "Difference":
    """Return which blocks of a page were added, removed, changed or moved from an older version to a newer one."""
    from atlassian_kit.storage.comparing import compare as changes

    return changes(old, new, names)


def plain_text(storage: str, names: "Mapping[str, str] | None" = None) -> str:
    """Return the text of a page without markup, a line for each block; of a malformed one as far as it goes."""
    from atlassian_kit.storage.plain import plain_text as text

    return text(storage, names)


def accounts_in(storage: str) -> tuple[str, ...]:
    """Return the account ids of those whom a page mentions, or shows in macros, once each."""
    from atlassian_kit.storage.plain import accounts_in as accounts

    return accounts(storage)


def files_in(storage: str) -> tuple[str, ...]:
    """Return the names of the attachments of its own that a page shows or links to, once each."""
    from atlassian_kit.storage.plain import files_in as files

    return files(storage)


def pages_in(storage: str) -> tuple[str, ...]:
    """Return the pages and blog posts that a page refers to, as addresses of Markdown (`page:SPACE/Title`)."""
    from atlassian_kit.storage.plain import pages_in as pages

    return pages(storage)


def __getattr__(name: str) -> object:
    from importlib import import_module

    modules = {
        "Block": "blocks",
        "PartNotFoundError": "blocks",
        "Difference": "comparing",
        "Edit": "editing",
        "Loss": "editing",
        "NoSingleMatchError": "editing",
    }
    if name not in modules:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{modules[name]}"), name)
