"""Turns the lines of the sample into stored rows: versions, comments, files, labels, tasks, views."""

from __future__ import annotations

import json
import mimetypes
import uuid
from collections.abc import Iterable

from confluence_mcp.sandbox import accounts as who
from confluence_mcp.sandbox.bodies import parse
from confluence_mcp.sandbox.bodies.tree import Element, source
from confluence_mcp.sandbox.clock import at
from confluence_mcp.sandbox.model import Attachment, Comment, Content, Task, Version
from confluence_mcp.sandbox.sample.record import File, Note, Page
from confluence_mcp.sandbox.session import Session

_COMMENT, _ATTACHMENT, _LABEL, _TASK = 300_000, 400_000, 500_000, 600_000
_MINUTE, _DAY = 60_000, 86_400_000
_FILES = uuid.UUID("6d4c2f0e-5b1a-4c7e-9a34-0a1b2c3d4e61")
_TYPES = {"md": "text/markdown", "log": "text/plain"}
_READERS = (who.HUMAN_PM, who.ENGINEERING_PARTNER, who.UX_STRATEGIST, who.ALEX_RIVERA, who.ORCHESTRATOR)


class Writer:
    """Writes pages into a session, giving out the ids of what hangs on them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last = {_COMMENT: _COMMENT, _ATTACHMENT: _ATTACHMENT, _LABEL: _LABEL, _TASK: _TASK}
        self._labels: dict[str, int] = {}

    def _next(self, kind: int) -> int:
        self._last[kind] += 1
        return self._last[kind]

    def write(self, space: int, pages: Iterable[Page]) -> None:
        """Write pages in the order in which they stand below their parents."""
        places: dict[int | None, int] = {}
        for page in pages:
            places[page.parent] = places.get(page.parent, -1) + 1
            self._write(space, page, places[page.parent])

    def _write(self, space: int, page: Page, position: int) -> None:
        first = page.edits[0]
        author, created = first.author.account_id, at(first.when)
        private = int(page.status == "draft")
        owner = (page.owner or first.author).account_id
        self._session.insert(
            "content",
            Content(
                page.id, page.kind, page.status, space, page.title, page.parent, position, author, owner, created,
                len(page.edits), "", private, 0.0,
            ),
        )  # fmt: skip
        for number, edit in enumerate(page.edits, 1):
            title = edit.title or page.title
            row = (
                page.id,
                number,
                at(edit.when),
                edit.author.account_id,
                edit.message,
                int(edit.minor),
                title,
                edit.body,
            )
            self._session.insert("version", Version(*row))
        last = page.edits[-1]
        self.label(page.id, page.labels, at(last.when))
        for note in page.notes:
            self._note(page.id, note, None)
        for file in page.files:
            self._file(page.id, file)
        if "<ac:task>" in last.body:
            self._tasks(page.id, last.body, last.author, at(last.when))
        allowed = [("read", "user", each.account_id) for each in page.readers]
        allowed += [("update", "user", each.account_id) for each in page.editors]
        if allowed:
            self._session.restrict(page.id, allowed)
        self._audience(page, at(last.when))

    def label(self, target: int, names: Iterable[str], moment: int) -> None:
        """Put labels on something."""
        for name in names:
            if name not in self._labels:
                self._labels[name] = self._next(_LABEL)
                self._session.db.execute("INSERT INTO label VALUES (?, 'global', ?)", (self._labels[name], name))
            self._session.db.execute("INSERT INTO labelled VALUES (?, ?, ?)", (self._labels[name], target, moment))

    def _note(self, page: int, note: Note, parent: int | None) -> None:
        number, moment, author = self._next(_COMMENT), at(note.when), note.author.account_id
        resolution = "" if not note.marker else "resolved" if note.resolved_by else "open"
        comment = Comment(
            id=number,
            kind="inline" if note.marker else "footer",
            container=page,
            parent=parent,
            status="current",
            author=author,
            created=moment,
            version=1,
            marker=note.marker,
            selection=note.selection,
            resolution=resolution,
            resolved_by=note.resolved_by.account_id if note.resolved_by else None,
            resolved_at=moment + 90 * _MINUTE if note.resolved_by else None,
            changed=0.0,
        )
        self._session.insert("comment", comment)
        self._session.insert("version", Version(number, 1, moment, author, "", 0, "", note.body))
        for reply in note.replies:
            self._reply(page, number, note, reply)

    def _reply(self, page: int, parent: int, note: Note, reply: Note) -> None:
        number, moment, author = self._next(_COMMENT), at(reply.when), reply.author.account_id
        kind = "inline" if note.marker else "footer"
        comment = Comment(number, kind, page, parent, "current", author, moment, 1, "", "", "", None, None, 0.0)
        self._session.insert("comment", comment)
        self._session.insert("version", Version(number, 1, moment, author, "", 0, "", reply.body))

    def _file(self, page: int, file: File) -> None:
        number, author, created = self._next(_ATTACHMENT), file.author.account_id, at(file.when)
        contents = [make() for make in file.contents]
        media = str(uuid.uuid5(_FILES, str(number)))
        row = Attachment(
            number, page, file.name, "current", media_type(file.name), file.comment, media, author, created,
            len(contents), len(contents[-1]), 0.0,
        )  # fmt: skip
        self._session.insert("attachment", row)
        for version, content in enumerate(contents, 1):
            moment = created + (version - 1) * _DAY
            self._session.db.execute("INSERT INTO file VALUES (?, ?, ?)", (number, version, content))
            self._session.insert("version", Version(number, version, moment, author, file.comment, 0, file.name, ""))

    def _tasks(self, page: int, body: str, author: who.Account, moment: int) -> None:
        for task in parse(body).every("ac:task"):
            told = {each.tag: each for each in task.children()}
            done = told["ac:task-status"].words() == "complete"
            words = told["ac:task-body"]
            inner = words.child("span") or words
            person = next((each.get("ri:account-id") for each in words.every("ri:user")), None)
            row = Task(
                id=self._next(_TASK),
                content=page,
                local=told["ac:task-id"].words(),
                status="complete" if done else "incomplete",
                body="".join(map(source, inner.content)),
                author=author.account_id,
                assignee=person,
                completed_by=(person or author.account_id) if done else None,
                created=moment,
                updated=moment,
                due=_due(words),
                completed=moment if done else None,
            )
            self._session.insert("task", row)

    def _audience(self, page: Page, since: int) -> None:
        for number in range(page.views):
            self._session.see(page.id, _READERS[number % len(_READERS)].account_id, since + number * 37 * _MINUTE)
        for person in page.liked_by:
            self._session.like(page.id, person.account_id, since + 11 * _MINUTE)

    def template(self, number: int, space: int | None, name: str, about: str, body: str, labels: list[str]) -> None:
        """Write a template, of the site when no space is given."""
        row = (
            number,
            space,
            name,
            about,
            "page",
            body,
            json.dumps(labels),
            who.HUMAN_PM.account_id,
            at("2026-01-31 13:00"),
        )
        self._session.db.execute("INSERT INTO template VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _due(words: Element) -> int | None:
    date = next((each.get("datetime") for each in words.every("time")), None)
    return at(date) if date else None


def media_type(name: str) -> str:
    """The type that the vendor would give a file of this name."""
    ending = name.rpartition(".")[2].lower()
    return _TYPES.get(ending) or mimetypes.MimeTypes().guess_type(name)[0] or "application/octet-stream"
