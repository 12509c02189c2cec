"""What was published from which file, as it is kept in properties of the pages
(https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-content-properties/).

Each page knows its file. The page that all are published under has a list of them besides, so that a further run need
not read every page's; an entry of it counts only while its page is in the version that it tells.
"""

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from confluence_mcp.client.base import V2, next_cursor
from confluence_mcp.client.opening import Opening
from connector_kit.concurrency import run_all
from connector_kit.errors import Conflict, InvalidInput, ServiceError
from connector_kit.wire import JsonObject, as_int, as_list, as_object, as_text, objects, texts

RECORD, INDEX = "published-markdown", "published-markdown-index"
"""Keys of the properties: of a page that was published, and of the one that they are below."""

MOST_BELOW = 2_000
"""Pages below the parent that are looked through."""

_AT_ONCE = 5
_LARGEST = 30_000
"""Characters of a property: Confluence takes 32 KB."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was published to a page: the file, the hash of all of it, and the version that it made.

    `files` are the hashes of what was attached, by name. One of the index alone is not `whole`: it lacks them.
    """

    path: str
    hash: str
    version: int
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Below:
    """A page below the parent as it is now, and what was published to it, if anything was."""

    id: str
    title: str
    parent: str
    version: int
    message: str
    author: str
    record: Record | None = None


class PublishRecords(Opening):
    """Reading and writing what was published."""

    @cached_property
    def _records(self) -> dict[tuple[str, int], Record | None]:
        """By page and version: what a property said of a version does not change unless we change it."""
        return {}

    async def _pages_below(self, parent: str) -> tuple[list[Below], bool]:
        """The pages below one with what was published to them, and whether these are all."""
        numbers: list[str] = []
        at: str | None = None
        while True:
            answer = await self._get(f"{V2}/pages/{parent}/descendants", depth=10, limit=250, cursor=at)
            beans = objects(answer.get("results"))
            numbers += [as_text(bean.get("id")) for bean in beans if as_text(bean.get("type")) == "page"]
            at = next_cursor(answer)
            if not at or len(numbers) >= MOST_BELOW:
                break
        pages: list[Below] = []
        for start in range(0, len(numbers), 250):
            answer = await self._get(f"{V2}/pages", id=numbers[start : start + 250], limit=250, status=["current"])
            pages += [_below(bean) for bean in objects(answer.get("results"))]
        await self._read_index(parent, pages)
        await run_all(
            [self._reading(page) for page in pages if (page.id, page.version) not in self._records],
            at_once=_AT_ONCE,
        )
        return [
            Below(
                page.id,
                page.title,
                page.parent,
                page.version,
                page.message,
                page.author,
                self._records.get((page.id, page.version)),
            )
            for page in pages
        ], not at

    def _reading(self, page: Below) -> Callable[[], Coroutine[Any, Any, None]]:
        async def read() -> None:
            found = await self._property(page.id, RECORD)
            self._records[page.id, page.version] = _record(page.id, found.get("value")) if found else None

        return read

    async def _whole_record(self, page: Below) -> Record | None:
        """What was published to a page, with its files and labels."""
        if page.record is None or page.record.whole:
            return page.record
        await self._reading(page)()
        return self._records[page.id, page.version]

    async def _read_index(self, parent: str, pages: Sequence[Below]) -> None:
        found = await self._property(parent, INDEX)
        entries = as_object(as_object((found or {}).get("value")).get("pages"))
        for page in pages:
            entry = as_list(entries.get(page.id))
            if len(entry) == 3 and as_int(entry[1]) == page.version:
                path, digest = as_text(entry[0]), as_text(entry[2])
                record = Record(path, digest, page.version, whole=False) if path else None
                self._records.setdefault((page.id, page.version), record)

    async def _note_published(self, page: str, version: int, record: Record, *, new: bool) -> None:
        """Keep what was published to a page; one that is `new` has no properties yet."""
        value = {
            "page": page,
            "path": record.path,
            "hash": record.hash,
            "version": record.version,
            "files": dict(record.files),
            "labels": list(record.labels),
        }
        await self._keep_property(page, RECORD, value, new=new)
        self._records[page, version] = record

    async def _write_index(self, parent: str, known: Mapping[str, tuple[int, Record | None]]) -> None:
        """Keep what is known of the pages below; only a help for the next run, so that a failure does not matter."""
        entries: dict[str, object] = {}
        size = 0
        for number, (version, record) in known.items():
            entry = [record.path if record else "", version, record.hash if record else ""]
            size += len(json.dumps({number: entry}))
            if size > _LARGEST:
                break
            entries[number] = entry
        try:
            await self._keep_property(parent, INDEX, {"pages": entries})
        except ServiceError:
            return

    async def _property(self, page: str, key: str) -> JsonObject | None:
        answer = await self._get(f"{V2}/pages/{page}/properties", key=key, limit=1)
        return next((bean for bean in objects(answer.get("results")) if as_text(bean.get("key")) == key), None)

    async def _keep_property(self, page: str, key: str, value: object, *, new: bool = False) -> None:
        look = "run confluence_publish_folder again without run: it tells what is there"
        found = None if new else await self._property(page, key)
        if found is None:
            try:
                await self._write("POST", f"{V2}/pages/{page}/properties", {"key": key, "value": value}, look=look)
                return
            except (Conflict, InvalidInput):
                found = await self._property(page, key)  # somebody else made it meanwhile
                if found is None:
                    raise
        if found.get("value") == value:
            return
        version = as_int(as_object(found.get("version")).get("number")) or 1
        sent = {"key": key, "value": value, "version": {"number": version + 1}}
        await self._write("PUT", f"{V2}/pages/{page}/properties/{as_text(found.get('id'))}", sent, look=look)


def _below(bean: JsonObject) -> Below:
    version = as_object(bean.get("version"))
    return Below(
        id=as_text(bean.get("id")),
        title=as_text(bean.get("title")),
        parent=as_text(bean.get("parentId")),
        version=as_int(version.get("number")) or 0,
        message=as_text(version.get("message")),
        author=as_text(version.get("authorId")),
    )


def _record(page: str, value: object) -> Record | None:
    """What a property of a page says; None for one that is not ours, or that came with a copy of another page."""
    told = as_object(value)
    if as_text(told.get("page")) != page:
        return None
    path, digest, version = as_text(told.get("path")), as_text(told.get("hash")), as_int(told.get("version"))
    if not path or not digest or not version:
        return None
    files = {name: as_text(each) for name, each in as_object(told.get("files")).items()}
    return Record(path, digest, version, files, tuple(texts(told.get("labels"))))
