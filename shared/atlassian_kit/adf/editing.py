"""Editing a document as Markdown so that nothing is lost unseen."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from atlassian_kit.adf.book import Book
from atlassian_kit.adf.edit_writer import read_edited
from atlassian_kit.adf.merging import Merger
from atlassian_kit.adf.nodes import JsonValue, Node, attrs_of, children_of, marks_of, string, type_of
from atlassian_kit.adf.plain import plain_text
from atlassian_kit.adf.reading import Reading
from atlassian_kit.adf.schema import is_valid
from atlassian_kit.adf.views import View, Viewer

People = Mapping[str, str] | Callable[[str], str | None]
"""From the name of somebody to the account id."""

_FORMATS: Final = frozenset({"alignment", "indentation", "breakout", "fontSize", "dataConsumer", "fragment", "border"})
_LOOKS: Final = frozenset(
    {"layout", "background", "colwidth", "displayMode", "isNumberColumnEnabled", "panelColor", "panelIcon"}
)
_LONGEST_QUOTE: Final = 60


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the original that an edit would drop without showing it.

    `kind` is "placeholder" (an extension, a picture, …; `token` is what stood for it in the Markdown),
    "comment" (a thread about a piece of the text) or "format" (how a block looks).
    """

    kind: str
    what: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """What came of writing an edited text back.

    `unknown` are placeholders that the original does not hold, and `strangers` are names of people whom
    neither it nor the caller knows; both are plain text in `document`.
    """

    document: dict[str, JsonValue]
    lost: tuple[Loss, ...] = ()
    unknown: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    changed: bool = True


def write_back(original: object, markdown: str, people: People | None = None) -> Edit:
    """Return an original after an edit (see `atlassian_kit.adf.write_back`)."""
    reading = Reading(original)
    if original is not None and markdown.strip() == reading.markdown.strip():
        return Edit(_document(original, reading.content), changed=False)
    content, writer = read_edited(markdown, reading.book, _resolver(people))
    view = Viewer(reading.book, original=False).document(content)
    if original is not None and view.key == reading.view.key:
        return Edit(_document(original, reading.content), changed=False)
    merger = Merger(reading.book, set(_local_ids(reading.content)))
    made = merger.blocks(reading.view, view)
    sound = _sound(made, view, reading)
    lost = [*_lost_placeholders(reading.view, view, reading.book), *_lost_comments(reading.content, sound)]
    lost += [Loss("format", what) for block in merger.replaced for what in _looks(block)]
    return Edit(
        _document(original, sound),
        tuple(lost),
        tuple(dict.fromkeys(writer.unknown)),
        tuple(dict.fromkeys(writer.strangers)),
    )


def names_in(markdown: str, original: object = None) -> tuple[str, ...]:
    """Return the names to find account ids for (see `atlassian_kit.adf.names_in`)."""
    if "@[" not in markdown:
        return ()
    _, writer = read_edited(markdown, Reading(original).book, lambda _: None)
    return tuple(dict.fromkeys(writer.strangers))


def _resolver(people: People | None) -> Callable[[str], str | None]:
    if people is None:
        return lambda _: None
    return people if callable(people) else people.get


def _document(original: object, content: list[Node]) -> dict[str, JsonValue]:
    if type_of(original) == "doc":
        made = cast("dict[str, JsonValue]", original)
        if made.get("content") == content:
            return made
        return {"version": 1, **made, "content": cast("JsonValue", content)}
    return {"type": "doc", "version": 1, "content": cast("JsonValue", content)}


def _sound(made: list[Node], view: View, reading: Reading) -> list[Node]:
    """Return the blocks of a document, with nothing that is not valid unless it was there before."""
    known = {id(block) for block in reading.content}
    if all(id(block) in known or is_valid(block, "doc") for block in made):
        return made
    if not all(is_valid(block, "doc") for block in reading.content):
        return made
    plain = Merger(reading.book, set())
    return plain.blocks(View("doc", {"type": "doc"}, blocks=[]), view)


def _local_ids(content: list[Node]) -> Iterator[str]:
    for node in _walk(content):
        identity = string(attrs_of(node).get("localId"))
        if identity:
            yield identity


def _walk(content: list[Node]) -> Iterator[Node]:
    waiting = list(reversed(content))
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children_of(node)))


def _lost_placeholders(old: View, new: View, book: Book) -> Iterator[Loss]:
    left = Counter(_tokens(new))
    for token in _tokens(old):
        left[token] -= 1
        entry = book.find(token)
        if left[token] < 0 and entry is not None:
            yield Loss("placeholder", entry.said, f"adf:{token}")


def _tokens(view: View) -> Iterator[str]:
    for part in view.walk():
        if part.token:
            yield part.token
        for bit in part.line or ():
            if bit.key.startswith("adf "):
                yield bit.key.removeprefix("adf ")


def _lost_comments(old: list[Node], new: list[Node]) -> Iterator[Loss]:
    left = _comments(new)
    for identity, text in _comments(old).items():
        if identity not in left:
            yield Loss("comment", f"comment on “{text[:_LONGEST_QUOTE]}”")


def _comments(content: list[Node]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in _walk(content):
        for mark in marks_of(node):
            if mark["type"] == "annotation":
                identity = string(attrs_of(mark).get("id"))
                found[identity] = found.get(identity, "") + plain_text([node])
    return found


def _looks(block: View) -> Iterator[str]:
    for part in block.walk():
        if part.token:
            continue
        names = [mark["type"] for mark in marks_of(part.node) if mark["type"] in _FORMATS]
        names += [name for name in attrs_of(part.node) if name in _LOOKS and part.type != "mediaSingle"]
        if names:
            text = plain_text([part.node]).replace("\n", " ")
            yield f"{', '.join(names)} of {part.type} “{text[:_LONGEST_QUOTE]}”"


def read(document: object) -> str:
    """Return a document as Markdown that can be edited (see `atlassian_kit.adf.to_editable`)."""
    return Reading(document).markdown


def file_shown(document: object, number: str) -> tuple[str, str]:
    """Return media id and description of the file that a placeholder stands for (`atlassian_kit.adf.file_shown`)."""
    entry = Reading(document).book.find(number)
    if entry is None or type_of(entry.node) not in ("media", "mediaInline"):
        return "", ""
    attrs = attrs_of(entry.node)
    return string(attrs.get("id")), string(attrs.get("alt"))
