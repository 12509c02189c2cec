"""Storage format to Markdown and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from atlassian_kit import adf
from atlassian_kit.adf.dialects import Dialect, speaking
from atlassian_kit.adf.editing import Edit, People
from atlassian_kit.adf.nodes import Node
from atlassian_kit.adf.schema import CONTENT
from atlassian_kit.storage.links import SCHEMES
from atlassian_kit.storage.reading import Names, Pieces, read
from atlassian_kit.storage.tree import StorageSyntaxError, bare_text, parse
from atlassian_kit.storage.writing import write

Meant: TypeAlias = Mapping[str, str] | Callable[[str], str | None]
"""From an address in Markdown to the one that is meant (`page:…`, `attachment:…`)."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What is meant by the addresses of links, and by those of pictures."""

    links: Meant
    pictures: Meant


Links: TypeAlias = Meant | Addresses
"""What is meant by the addresses of links and pictures, be it told for both at once."""

_LONGEST_LABEL: Final = 240
_LINES: Final = frozenset({"paragraph", "heading", "rule", "codeBlock", "mediaSingle", "extension"})
_LISTS: Final = frozenset({"bulletList", "orderedList", "taskList", "decisionList"})
_CARDS: Final = frozenset({"blockCard", "embedCard"})
_NESTED: Final = _LINES | _LISTS | _CARDS | {"panel", "blockquote", "table", "expand"}
_ANY: Final = _NESTED | {"bodiedExtension"}
_CONTENT: Final = {
    "doc": _ANY | {"layoutSection"},
    "layoutColumn": _ANY,
    "bodiedExtension": _ANY | {"layoutSection"},
    "expand": _ANY,
    "tableCell": _ANY - {"table"},
    "tableHeader": _ANY - {"table"},
    "panel": _NESTED,
    "blockquote": _NESTED,
    "listItem": _NESTED,
}
"""Storage format itself has no rules; these are of what Markdown can say."""


def dialect(links: Links | None = None) -> Dialect:
    """Return what is said of storage format in Markdown beyond what is said of ADF."""
    told = links if isinstance(links, Addresses) else Addresses(links or {}, links or {})
    return Dialect(
        schemes=SCHEMES,
        content={name: CONTENT.get(name, _CONTENT[name]) | _CONTENT[name] for name in _CONTENT},
        files_by_name=True,
        longest_label=_LONGEST_LABEL,
        address=_finding(told.links),
        picture=_finding(told.pictures),
    )


def _finding(meant: Meant) -> Callable[[str], str]:
    find = meant if callable(meant) else meant.get
    return lambda address: find(address) or address


def shown(pieces: Pieces, names: Names | None = None) -> str:
    """Return elements and texts that stand beside each other in a tree as Markdown to be edited."""
    return markdown_of(read(pieces, names))


def markdown_of(document: Node) -> str:
    """Return a document of `reading.read` as Markdown to be edited."""
    with speaking(dialect()):
        return adf.to_editable(document)


def edited(document: Node | None, markdown: str, people: People | None = None, links: Links | None = None) -> Edit:
    """Return a document of `reading.read` after its Markdown was edited (see `atlassian_kit.adf.write_back`).

    `writing.write` makes storage format of the result.
    """
    with speaking(dialect(links)):
        return adf.write_back(document, markdown, people)


def to_storage(markdown: str, links: Links | None = None) -> str:
    """Return a new page in storage format (see `atlassian_kit.storage.to_storage`)."""
    return write(edited(None, markdown, links=links).document)


def to_markdown(storage: str, names: Names | None = None) -> str:
    """Return storage format as Markdown to be edited; a text that is malformed as its bare text."""
    try:
        root = parse(storage)
    except StorageSyntaxError:
        return bare_text(storage)
    return shown(root.children, names)
