"""The placeholders of a document: what each of them stands for."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, cast

from atlassian_kit.adf.dialects import dialect
from atlassian_kit.adf.nodes import Node, attrs_of, string, type_of
from atlassian_kit.adf.plain import plain_text

_GROUP: Final = 6
_GROUPS: Final = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """What a placeholder stands for: a node that stands in a line, or is a block, or the media of a block.

    The node of a `frame` is without its content, which is shown between the lines of the frame.
    """

    node: Node
    kind: str  # line | block | media | frame
    label: str
    places: set[str] = field(default_factory=set[str])

    @property
    def said(self) -> str:
        """What to call it in a sentence."""
        return f"{type_of(self.node)} “{self.label}”" if self.label != type_of(self.node) else self.label


class Book:
    """The placeholders of one document, by their ids, and the people whom it mentions, by their names.

    An id is made of the node that it stands for, in decimal digits, which cost the fewest tokens: the
    same node has the same id whatever else changes in the document, and a mistyped id finds nothing.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._contents: dict[str, str] = {}
        self._people: dict[str, set[str]] = {}
        self._files: dict[str, str] = {}

    def enter(self, node: Node, kind: str, place: str) -> str:
        """Enter a node found inside a node of the type `place`; return its id."""
        content = _canonical(node)
        digest = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        digits = f"{int.from_bytes(digest):039d}"[-_GROUP * _GROUPS :]
        known = (digits[: _GROUP * count] for count in range(1, _GROUPS + 1))
        identity = next(id_ for id_ in known if self._contents.get(id_, content) == content)
        self._contents[identity] = content
        entry = self._entries.setdefault(identity, Entry(node, kind, _label(node)))
        entry.places.add(place)
        if type_of(node) in ("media", "mediaInline"):
            self._files.setdefault(string(attrs_of(node).get("id")), identity)
        return identity

    def find(self, identity: str) -> Entry | None:
        """Return what an id stands for, None for one that is not of this document."""
        return self._entries.get(identity)

    def file(self, media: str) -> str:
        """Return the id of the first node that shows a file, "" for a file that the document does not show."""
        return self._files.get(media, "")

    def is_named(self, identity: str) -> bool:
        """Whether a placeholder is shown as a file of a name, not by its number."""
        entry = self._entries.get(identity)
        if entry is None or not dialect().files_by_name or type_of(entry.node) not in ("media", "mediaInline"):
            return False
        attrs = attrs_of(entry.node)
        return self.file(string(attrs.get("id"))) == identity and not attrs.get("collection")

    def meet(self, name: str, account: str) -> None:
        """Note that the document mentions somebody."""
        self._people.setdefault(name, set()).add(account)

    def account(self, name: str) -> str:
        """Return the account id of somebody mentioned, "" for a name that none or several here have."""
        accounts = self._people.get(name, set())
        return next(iter(accounts)) if len(accounts) == 1 else ""


def _canonical(node: Node) -> str:
    """Return a text that is the same for equal nodes, whatever the order of their attributes and however deep."""
    parts: list[str] = []
    waiting: list[object] = [node]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            named = cast("dict[str, object]", value)
            pairs = [(name, named[name]) for name in sorted(named)]
            parts.append(repr([name for name, _ in pairs]))
            waiting.extend(inner for _, inner in pairs)
        elif isinstance(value, list):
            items = cast("list[object]", value)
            parts.append(f"({len(items)})")
            waiting.extend(items)
        else:
            parts.append(repr(value))
    return " ".join(parts)


def _label(node: Node) -> str:
    type_, attrs = type_of(node), attrs_of(node)
    text = string(attrs.get("extensionKey")) or string(attrs.get("alt")) or plain_text([node])
    text = " ".join(text.split())
    longest = dialect().longest_label
    if len(text) > longest:
        text = text[: longest - 1].rstrip() + "…"
    return text or type_ or "node"
