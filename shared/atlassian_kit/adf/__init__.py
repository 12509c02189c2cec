"""Markdown to the Atlassian Document Format and back.

Jira Cloud's REST API v3 and Confluence's `atlas_doc_format` speak ADF
(https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/); models write and
read Markdown. What the two have in common converts both ways; ADF's own inline nodes are written
as links with a scheme of their own:

| ADF | Markdown |
|---|---|
| mention | `[@Name](mention:ACCOUNT_ID)` |
| status | `[text](status:green)` (neutral, purple, blue, red, yellow, green) |
| date | `[2026-01-31](date:2026-01-31)` |
| emoji | the character itself, or `[:name:](emoji::name:/id)` |
| inlineCard | `<https://example.com>` |
| media | `![alt](https://…)`, or `![alt](attachment:MEDIA_ID)` |
| mediaGroup | `[name](attachment:MEDIA_ID)` |
| panel | `> [!NOTE]` (info), TIP (success), IMPORTANT (note), WARNING, CAUTION (error) |
| expand | `<details><summary>…</summary>` |
| taskList | `- [ ] text` |
| underline, subsup | `<u>`, `<sub>`, `<sup>` |
| anything else | a code block of language `adf` that holds the node as JSON |

A text that is to be edited and written back (`to_editable`, `write_back`) is in a richer dialect:

| ADF | Markdown |
|---|---|
| mention | `@[Name]`, or `[@Name](mention:ACCOUNT_ID)` where several have the name |
| textColor, backgroundColor | `<font color="#ff0000">`, `<mark color="#ffff00">` |
| decisionList | `- [d] text` |
| table | any cell may hold blocks, `<br>` for each line end; `! ` opens a header cell outside the first row; \
`<` and `^` are cells that the one to the left or above reaches over |
| layoutSection, layoutColumn | lines `::: layout`, `::: column 50`, `:::` |
| blockCard, embedCard | lines `::card https://…`, `::embed https://…` |
| media of the site | `![alt](adf:123456 "caption")`, `[alt](adf:123456)` |
| bodiedExtension, bodiedSyncBlock | a line `::: adf:123456 name`, the contents, a line `:::` |
| anything else | a placeholder `[what it is](adf:123456)` |

What has no form at all (ids, alignment, widths, comments on a piece of text) stays with the text that it was on.
"""

from typing import TYPE_CHECKING

from atlassian_kit.adf.nodes import JsonValue

if TYPE_CHECKING:
    from atlassian_kit.adf.editing import Edit, Loss, People

# The functions import what they need: a server must answer before anyone reads or writes a document.

__all__ = [
    "Edit",
    "JsonValue",
    "Loss",
    "file_shown",
    "names_in",
    "plain_text",
    "to_adf",
    "to_editable",
    "to_markdown",
    "write_back",
]


def to_adf(markdown: str) -> dict[str, JsonValue]:
    """Return the ADF document that a Markdown text describes; it always satisfies Atlassian's schema.

    Reads CommonMark with tables, strikethrough, task lists, alerts and bare links. No text is lost:
    what ADF cannot hold where it stands becomes the nearest thing that it can (a heading in a list
    becomes a bold paragraph), and what is nested more than about twenty lists deep or comes after
    40,000 lines becomes a code block.

    A code block of language `adf` with valid JSON of one block node (or a list of them) stands
    for these nodes; an invalid one stays a code block. Characters that the service refuses (control
    characters, lone surrogates) are removed or replaced. The same text always gives the same document.
    """
    from atlassian_kit.adf.writer import write

    return write(markdown)


def to_markdown(doc: object, *, lossless: bool = False) -> str:
    """Return an ADF document as Markdown; "" for an empty one, and never an exception for a strange one.

    The default is short and made to be read: colours, alignment, ids and sizes are left out, and nodes
    that Markdown does not know show as `[type]` followed by their text. `to_adf` of the result gives
    a document whose Markdown is the same again.

    With `lossless=True` the result can be edited and written back: `to_adf` of it gives a document equal
    to `doc` (but for defaults spelt out and equal neighbours joined). Each block that Markdown cannot
    say exactly becomes a code block of language `adf` with the node as JSON. This needs a `doc` that
    satisfies Atlassian's schema; blocks that do not are written as in the default.
    """
    if lossless:
        from atlassian_kit.adf.lossless import to_exact_markdown

        return to_exact_markdown(doc)
    from atlassian_kit.adf.reader import to_markdown as read

    return read(doc)


def plain_text(doc: object) -> str:
    """Return the text of an ADF document (or node, or list of nodes) without any markup.

    Each block is on a line of its own. A string is returned as it is; None and anything else that is
    no document as "". Never raises, however strange or deep the document.
    """
    from atlassian_kit.adf.plain import plain_text as text_of

    return text_of(doc)


def to_editable(document: object) -> str:
    """Return an ADF document as Markdown to be edited and given to `write_back`; "" for an empty one.

    What Markdown cannot say is a placeholder, a link like `[extension: toc](adf:123456)`, which may be
    moved, copied or removed but not changed. The number depends on nothing but the node that it stands for.
    Never raises for a document of at most some hundred levels, however strange.
    """
    from atlassian_kit.adf.editing import read

    return read(document)


def write_back(original: object, markdown: str, people: "People | None" = None) -> "Edit":
    """Return a document after its Markdown (from `to_editable`) was edited; with `original` None a new one.

    What the text leaves as it was keeps its nodes with all that Markdown does not show; a text that was
    not changed gives the `original` itself. The `Edit` tells what would be dropped unseen (`lost`), and
    which placeholders (`unknown`) and people (`strangers`) nobody knows: whoever writes the document must
    refuse it, or ask, while any of these is not empty. `people` finds account ids by name, first those
    that the original mentions. Neither argument is changed, but the result shares nodes with `original`.

    The result satisfies Atlassian's schema if `original` does (or is None).
    """
    from atlassian_kit.adf.editing import write_back as write

    return write(original, markdown, people)


def names_in(markdown: str, original: object = None) -> tuple[str, ...]:
    """Return the names of those whom a text mentions (`@[Name]`) and the original does not."""
    from atlassian_kit.adf.editing import names_in as names

    return names(markdown, original)


def file_shown(document: object, number: str) -> tuple[str, str]:
    """Return media id and description of the file that a placeholder (`adf:NUMBER`) stands for, ("", "") for none."""
    from atlassian_kit.adf.editing import file_shown as shown

    return shown(document, number)


def __getattr__(name: str) -> object:
    if name in ("Edit", "Loss"):
        from atlassian_kit.adf import editing

        return getattr(editing, name)
    raise AttributeError(name)
