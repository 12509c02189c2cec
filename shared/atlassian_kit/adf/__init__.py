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
"""

from atlassian_kit.adf.nodes import JsonValue

# The functions import what they need: a server must answer before anyone reads or writes a document.

__all__ = ["JsonValue", "plain_text", "to_adf", "to_markdown"]


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
