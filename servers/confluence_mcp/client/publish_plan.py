"""What publishing a folder of Markdown would do: every file beside the page that it became before."""

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import anyio.to_thread

from atlassian_kit.rich_text import refuse_unwritable
from confluence_mcp.client.base import V2
from confluence_mcp.client.create import Create, checked_title
from confluence_mcp.client.folder_pages import LinksOf, SourcePage, own_page_paths, source_pages
from confluence_mcp.client.labels import checked
from confluence_mcp.client.local_paths import is_markdown
from confluence_mcp.client.markdown_files import Document, read_document
from confluence_mcp.client.opening import aside
from confluence_mcp.client.publish_records import Below, PublishRecords, Record
from confluence_mcp.models import PageRef
from confluence_mcp.publish_models import Orphan, PublishItem, PublishPreview, State
from connector_kit import trace
from connector_kit.allowed_folder import AllowedFolder
from connector_kit.bodies import PIECE
from connector_kit.concurrency import run_all
from connector_kit.errors import InvalidInput, clean_text
from connector_kit.previews import Kept
from connector_kit.uploads import LARGEST_SENT
from connector_kit.wire import as_text, objects

MOST_PAGES = 500
"""Markdown files of a folder."""
LARGEST_FILE = 1_000_000
"""Bytes of a Markdown file."""
LARGEST_FOLDER = 20_000_000
"""Bytes of all of them."""

REFUSED = "Nothing was published"
_MOST_THINGS = 5_000
_DEEPEST = 8
_AT_ONCE = 5
_MOST_TITLES = 60
"""New pages whose titles are looked up before: each takes a request. Those of the others are refused when made."""
_MOST_TEXTS = 1_500
_LEAST = 15.0
"""Seconds of a call that are kept for what follows the reading of the files."""
_MARK = re.compile(r"Published from (.+) \[([0-9a-f]{12})\]$")


@dataclass(frozen=True, slots=True)
class Job:
    """A page to be written: its text is kept packed, as it was when it was shown.

    `files` are the paths in the folder by the names on the page, `hashes` theirs. `parent` is the path of the page
    above, "" for the one that all are below; `moves` says that the page goes below another one than it is.
    """

    item: PublishItem
    source: str
    parent: str
    packed: bytes
    record: Record
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    before: Record | None = None
    version: int = 0
    moves: bool = False

    @property
    def storage(self) -> str:
        """The text in storage format."""
        return zlib.decompress(self.packed).decode()


@dataclass(frozen=True, slots=True)
class Plan:
    """What was shown and may be run: the jobs in their order, and the pages by the paths of their files.

    `below` are the versions and records of all pages below the parent, `asked` the arguments that led to it.
    """

    folder: str
    parent: PageRef
    jobs: tuple[Job, ...]
    pages: Mapping[str, str]
    below: Mapping[str, tuple[int, Record | None]]
    asked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Made:
    """A source with what it comes to."""

    source: SourcePage
    storage: str
    files: Mapping[str, str]
    record: Record
    problem: str = ""
    note: str = ""


def mark(record: Record) -> str:
    """The message of a version that we publish, by which a run that broke off is known."""
    return f"Published from {clean_text(record.path, 180)} [{record.hash[:12]}]"


class PublishPlanning(PublishRecords, Create):
    """Comparing a folder with what was published from it."""

    @cached_property
    def _publish_plans(self) -> Kept[Plan]:
        return Kept()

    @cached_property
    def _texts(self) -> dict[str, tuple[Mapping[str, str | None], bytes]]:
        """By Markdown: where its links led, and what it became, packed. Reading a folder takes long the first time."""
        return {}

    async def preview_publishing(self, folder: str, parent: str) -> PublishPreview:
        """What publishing the Markdown files of a folder below a page would do; nothing is written.

        Raises InvalidInput for a folder that cannot be published, naming all that is wrong with its files.
        """
        if not folder.strip() or not parent.strip():
            missing = "folder" if not folder.strip() else "parent"
            raise InvalidInput(f"{REFUSED}.", fields={missing: "is empty: a folder and a page are needed"})
        place = self.folder(REFUSED)
        found = await anyio.to_thread.run_sync(
            lambda: place.listing(folder, most=_MOST_THINGS, deepest=_DEEPEST, field="folder")
        )
        name = folder.strip().strip("/") or "."
        documents = await anyio.to_thread.run_sync(_documents, place, name, found.files)
        ref = await self.page_ref(parent, fresh=True)
        if ref.kind != "page":
            raise InvalidInput(f"{REFUSED}: {ref.id} is a blog post.", fields={"parent": "pages stand under pages"})
        sources = source_pages(documents, place.path.name if name == "." else name.rpartition("/")[2])
        made = await self._made(sources, place, name, ref.space_key, found.files)
        below, whole = await self._pages_below(ref.id)
        jobs, items, pages = await self._compared(made, below, name, ref)
        gone = {page.id for page in below if page.id not in pages.values()}
        orphans = tuple(
            Orphan(page.id, page.title, page.record.path)
            for page in below
            if page.id in gone and page.record and page.record.path.startswith(prefix_of(name))
        )
        notes = [f"not a file that is published: {each}" for each in found.refused[:20]]
        if not whole:
            notes.append(f"only the first {len(below):,} pages below {ref.id} were looked through")
        if sum(item.state == "create" for item in items) > _MOST_TITLES:
            notes.append(f"whether titles are taken was looked up for the first {_MOST_TITLES} new pages only")
        known = {page.id: (page.version, page.record) for page in below}
        plan = Plan(name, ref, tuple(jobs), pages, known, {"folder": folder, "parent": parent})
        token = self._publish_plans.keep(plan) if jobs else ""
        return PublishPreview(name, ref, tuple(items), orphans, tuple(notes), token)

    async def _made(
        self,
        sources: Sequence[SourcePage],
        place: AllowedFolder,
        name: str,
        space: str,
        known: Mapping[str, int],
    ) -> list[_Made]:
        by_path = {source.path: source for source in sources}
        hashes: dict[str, str] = {}
        titles: dict[str, str] = {}
        wrong: dict[str, str] = {}
        found: list[_Made] = []
        for number, source in enumerate(sources):
            if trace.seconds_left() < _LEAST:
                raise InvalidInput(
                    f"{REFUSED} yet: {number} of {len(sources)} files were read in the time of a call.",
                    next_step="Call again just so: those are known then.",
                )
            links = LinksOf(source, space, by_path, known)
            try:
                title, labels = checked_title(source.title), checked(source.labels, "labels")
                storage, led = await self._storage(source, links)
                for path in links.files.values():
                    if path not in hashes:
                        hashes[path] = await anyio.to_thread.run_sync(file_hash, place, f"{prefix_of(name)}{path}")
            except InvalidInput as error:
                wrong[source.path] = "; ".join([error.message, *(f"{key}: {why}" for key, why in error.fields.items())])
                continue
            if title.casefold() in titles:
                wrong[source.path] = f"has the title of {titles[title.casefold()]}: {clean_text(title, 80)}"
            titles.setdefault(title.casefold(), source.path)
            files = {each: hashes[path] for each, path in links.files.items()}
            record = Record(
                f"{prefix_of(name)}{source.path}", _digest(title, labels, source, led, files), 0, files, labels
            )
            note = "; ".join(clean_text(problem, 120) for problem in links.problems[:5])
            found.append(_Made(replace(source, title=title), storage, dict(links.files), record, note=note))
        if wrong:
            raise InvalidInput(
                f"{REFUSED}: {len(wrong)} of {len(sources)} files cannot be pages as they are.",
                fields=wrong,
                next_step="Correct the files; a title is the first heading, or title: in the front matter.",
            )
        return found

    async def _storage(self, source: SourcePage, links: LinksOf) -> tuple[str, Mapping[str, str | None]]:
        """The text of a file in storage format, and where its links led.

        Raises TextRefused for one that names what nobody knows.
        """
        if source.storage:
            return source.storage, {}
        from atlassian_kit.storage import edit

        before = self._texts.get(source.body)
        if before is not None and all(links(address) == led for address, led in before[0].items()):
            return zlib.decompress(before[1]).decode(), before[0]
        asked: dict[str, str | None] = {}

        def meant(address: str) -> str | None:
            asked[address] = links(address)
            return asked[address]

        length = len(source.body)
        done = await aside(length, lambda: edit("", source.body, links=meant))
        if done.strangers:
            people = await self._mentioned(done.strangers, source.path)
            done = await aside(length, lambda: edit("", source.body, links=meant, people=people))
        refuse_unwritable(done, source.path)
        while len(self._texts) >= _MOST_TEXTS:
            del self._texts[next(iter(self._texts))]
        self._texts[source.body] = asked, zlib.compress(done.storage.encode("utf-8", "replace"))
        return done.storage, asked

    async def _compared(
        self, made: Sequence[_Made], below: Sequence[Below], name: str, ref: PageRef
    ) -> tuple[list[Job], list[PublishItem], dict[str, str]]:
        """What is to be done, what becomes of each file, and the pages that there are by the paths of the files."""
        by_path = {page.record.path: page for page in below if page.record}
        wanted = {each.record.path for each in made}
        # A file that was renamed or moved is known by the title of its page.
        gone = {
            page.id: page.title.casefold()
            for page in below
            if page.record and page.record.path not in wanted and page.record.path.startswith(prefix_of(name))
        }
        moved = {gone[page.id]: page for page in below if page.id in gone}
        unknown = {page.title.casefold(): page for page in below if page.record is None}
        items: dict[str, PublishItem] = {}
        jobs: dict[str, Job] = {}
        pages: dict[str, str] = {}
        new: list[_Made] = []
        for each in made:
            key = each.source.title.casefold()
            others = (by_path[path] for path in own_page_paths(each.record.path) if path in by_path.keys() - wanted)
            page = by_path.get(each.record.path) or next(others, None) or moved.get(key) or unknown.get(key)
            if page is None:
                new.append(each)
                continue
            state, note, before = await self._state(each, page)
            note = "; ".join(part for part in (note, each.note) if part)
            item = PublishItem(each.source.path, each.source.title, state, page.id, note)
            items[each.source.path] = item
            if state != "taken":
                pages[each.source.path] = page.id
            if state in ("update", "finish"):
                moves = before is not None and _above(before.path) != _above(each.record.path)
                jobs[each.source.path] = _job(item, each, before, page.version, moves=moves)
        taken = await self._taken([each.source.title for each in new[:_MOST_TITLES]], ref)
        for each in new:
            title = each.source.title
            there = taken.get(title, "")
            state: State = "taken" if there else "create"
            note = f"page {there} of the space has the title" if there else each.note
            item = PublishItem(each.source.path, title, state, there, note)
            items[each.source.path] = item
            if not there:
                jobs[each.source.path] = _job(item, each)
        order = [each.source.path for each in made]
        return [jobs[path] for path in order if path in jobs], [items[path] for path in order], pages

    async def _state(self, each: _Made, page: Below) -> tuple[State, str, Record | None]:
        """What becomes of a page that is there, why, and what was published to it before."""
        before = page.record
        if before is not None and page.version == before.version:
            same = before.hash == each.record.hash and before.path == each.record.path
            return ("unchanged", "", before) if same else ("update", "", await self._whole_record(page))
        marked = _MARK.fullmatch(page.message)
        ours = marked is not None and page.author == (await self.myself()).account_id
        if marked is not None and ours and (before is None or page.version == before.version + 1):
            known = marked[2] == each.record.hash[:12]
            note = "written by a run that broke off"
            return "finish" if known else "update", note, await self._whole_record(page)
        if before is not None:
            return "edited", f"version {page.version} was written in Confluence, {before.version} published", before
        if page.version == 1 and page.author == (await self.myself()).account_id:
            text = await self.page_text(page.id)
            bare = await aside(len(text.storage) + len(each.storage), _bare_texts, text.storage, each.storage)
            if bare[0] in ("", bare[1]):
                return ("finish" if bare[0] and not each.files else "update"), "begun by a run that broke off", None
        return "taken", f"page {page.id} below the parent has the title and was not published from a file", None

    async def _taken(self, titles: Sequence[str], ref: PageRef) -> Mapping[str, str]:
        """The pages of the space that have a title already, by title."""
        found: dict[str, str] = {}

        def looking(title: str) -> Callable[[], Coroutine[Any, Any, None]]:
            async def look() -> None:
                answer = await self._get(f"{V2}/pages", title=title, space_id=ref.space_id, limit=1)
                for bean in objects(answer.get("results")):
                    found[title] = as_text(bean.get("id"))

            return look

        await run_all([looking(title) for title in titles], at_once=_AT_ONCE)
        return found


def _job(item: PublishItem, each: _Made, before: Record | None = None, version: int = 0, *, moves: bool = False) -> Job:
    packed = zlib.compress(each.storage.encode("utf-8", "replace"))
    return Job(item, each.source.path, each.source.parent, packed, each.record, each.files, before, version, moves)


def prefix_of(name: str) -> str:
    """What the paths of a folder's files begin with, seen from the allowed folder."""
    return "" if name == "." else f"{name}/"


def _above(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0]


def _documents(place: AllowedFolder, name: str, files: Mapping[str, int]) -> dict[str, Document]:
    """The Markdown files of a folder. Raises InvalidInput for none, too many, too large ones, and those that are no
    text."""
    paths = [path for path in files if is_markdown(path)]
    if not paths or len(paths) > MOST_PAGES:
        why = f"has {len(paths):,} Markdown files; at most {MOST_PAGES}" if paths else "has no Markdown files"
        raise InvalidInput(f"{REFUSED}.", fields={"folder": why})
    if (together := sum(files[path] for path in paths)) > LARGEST_FOLDER:
        why = f"has {together:,} bytes of Markdown; at most {LARGEST_FOLDER:,}"
        raise InvalidInput(f"{REFUSED}.", fields={"folder": why})
    found: dict[str, Document] = {}
    wrong: dict[str, str] = {}
    for path in paths:
        try:
            found[path] = read_document(
                _content(place, f"{prefix_of(name)}{path}", LARGEST_FILE).decode() if files[path] else ""
            )
        except UnicodeDecodeError:
            wrong[path] = "is not UTF-8 text"
        except InvalidInput as error:
            wrong[path] = "; ".join(error.fields.values())
    if wrong:
        raise InvalidInput(f"{REFUSED}: these files cannot be read.", fields=wrong)
    return found


def _content(place: AllowedFolder, path: str, most: int) -> bytes:
    file = place.open(path, most=most, field="file")
    try:
        return file.file.readall()
    finally:
        file.close()


def file_hash(place: AllowedFolder, path: str) -> str:
    """What tells the content of a file from others. Raises InvalidInput as `AllowedFolder.open` does."""
    file = place.open(path, most=LARGEST_SENT, field="file")
    digest = hashlib.sha256()
    try:
        while piece := file.file.read(PIECE):
            digest.update(piece)
    finally:
        file.close()
    return digest.hexdigest()[:24]


def _digest(
    title: str, labels: Sequence[str], source: SourcePage, led: Mapping[str, str | None], files: Mapping[str, str]
) -> str:
    """What tells all that is published from a file from anything else: of the Markdown, not of what we make of it."""
    told = json.dumps([title, sorted(labels), source.body, sorted(led.items()), sorted(files.items())])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _bare_texts(one: str, other: str) -> tuple[str, str]:
    from atlassian_kit.storage import plain_text

    return " ".join(plain_text(one).split()), " ".join(plain_text(other).split())
