"""A folder of Markdown files as a tree of pages, and where the links in its files lead."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from confluence_mcp.client.local_paths import is_markdown, local_path
from confluence_mcp.client.markdown_files import Document, anchors

_OWN_PAGE = ("index", "readme")
_LISTING = '<p><ac:structured-macro ac:name="children" ac:schema-version="2" /></p>'


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page to be: `path` is its file, or the folder (ending in /) that has files but no text of its own.

    `parent` is the path of the page above it, "" at the top.
    """

    path: str
    parent: str
    title: str
    labels: tuple[str, ...] = ()
    body: str = ""
    headings: tuple[str, ...] = ()

    @property
    def storage(self) -> str:
        """The text of a page that is a folder alone: the list of what is below it."""
        return _LISTING if self.path.endswith("/") else ""


def source_pages(documents: Mapping[str, Document], name: str) -> tuple[SourcePage, ...]:
    """The pages of a folder called `name`, each after the one above it.

    A folder's index.md or README.md is the folder's own page, with the rest of the folder below it.
    """
    files: dict[str, list[str]] = defaultdict(list)
    for path in documents:
        inner: str = path
        while inner:
            above: str = posixpath.dirname(inner)
            if inner not in files[above]:
                files[above].append(inner)
            inner = above
    return tuple(_pages(files, documents, "", "", name))


def _pages(
    files: Mapping[str, list[str]], documents: Mapping[str, Document], folder: str, parent: str, name: str
) -> Iterator[SourcePage]:
    own = _own_page([path for path in files.get(folder, []) if path in documents])
    if own:
        yield _page(own, parent, documents[own], name)
        parent = own
    elif folder:
        parent, above = f"{folder}/", parent
        yield SourcePage(parent, above, _named(name))
    for path in sorted(files.get(folder, []), key=lambda path: (_stem(path).casefold(), path)):
        if path == own:
            continue
        if path in documents:
            yield _page(path, parent, documents[path], _stem(path))
        else:
            yield from _pages(files, documents, path, parent, posixpath.basename(path))


def _page(path: str, parent: str, document: Document, name: str) -> SourcePage:
    title = document.title or _named(name)
    return SourcePage(path, parent, title, document.labels, document.body, document.headings)


def _own_page(paths: list[str]) -> str:
    for wanted in _OWN_PAGE:
        for path in sorted(paths):
            if _stem(path).casefold() == wanted:
                return path
    return ""


def own_page_paths(path: str) -> tuple[str, ...]:
    """For the path of a folder's own page those by which the same page may have been known before."""
    if not path.endswith("/") and _stem(path).casefold() not in _OWN_PAGE:
        return ()
    folder = posixpath.dirname(path)
    return tuple(f"{folder}/{name}" for name in ("", "index.md", "README.md", "readme.md")) if folder else ()


def _stem(path: str) -> str:
    name = posixpath.basename(path)
    return name.rpartition(".")[0] if is_markdown(name) else name


def _named(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").split()) or name


@dataclass(slots=True)
class LinksOf:
    """Where the links and pictures of one file lead, told to whoever writes its text: call it with an address.

    Meanwhile it notes the `files` that have to be attached, by the names that the page has them under, and what is
    wrong (`problems`).
    """

    source: SourcePage
    space: str
    pages: Mapping[str, SourcePage]
    known: Mapping[str, int]
    """The files of the folder by their paths, with their bytes."""
    files: dict[str, str] = field(default_factory=dict[str, str])
    problems: list[str] = field(default_factory=list[str])

    def __call__(self, address: str) -> str | None:
        """What is meant in Confluence; None leaves the address as it is."""
        named = local_path(address)
        if named is None:
            return None
        path, anchor = named
        if not path:
            name = anchors(self.source.headings).get(anchor.casefold())
            return _address("anchor", anchor=name) if name else None
        target = self._path(path)
        if target is None:
            return None
        page = self.pages.get(target) or self._page_of_folder(target)
        if page is not None:
            name = anchors(page.headings).get(anchor.casefold(), "") if anchor else ""
            return _address("page", title=page.title, space=self.space, anchor=name)
        if self.known.get(target):
            return _address("attachment", title=self._attached(target))
        why = "is empty" if target in self.known else "is not in the folder"
        self._wrong(f"{target or 'the folder itself'} {why}")
        return None

    def _path(self, path: str) -> str | None:
        """The path in the folder that a relative one means; one that begins with / counts from the folder on."""
        above = "" if path.startswith("/") else posixpath.dirname(self.source.path)
        found = posixpath.normpath(posixpath.join(above, path.lstrip("/")))
        if found == ".." or found.startswith("../"):
            self._wrong(f"{path} leads out of the folder")
            return None
        return "" if found == "." else found

    def _page_of_folder(self, folder: str) -> SourcePage | None:
        inside = f"{folder}/" if folder else ""
        if inside in self.pages:
            return self.pages[inside]
        return self.pages.get(_own_page([path for path in self.pages if posixpath.dirname(path) == folder]))

    def _attached(self, path: str) -> str:
        """The name of a file on the page: its own, or one made of its path where another file has it."""
        for name in (posixpath.basename(path), path.replace("/", "-")):
            if self.files.setdefault(name, path) == path:
                return name
        return posixpath.basename(path)

    def _wrong(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _address(kind: str, *, title: str = "", space: str = "", anchor: str = "") -> str:
    from atlassian_kit.storage.links import Target

    return Target(kind, title=title, space=space, anchor=anchor).address
