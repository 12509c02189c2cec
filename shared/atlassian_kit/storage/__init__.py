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
    from atlassian_kit.storage.markup import Links
    from atlassian_kit.storage.reading import Names

# The functions import what they need: a server must answer before anyone reads or writes a page.

__all__ = ["to_markdown", "to_storage"]


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
