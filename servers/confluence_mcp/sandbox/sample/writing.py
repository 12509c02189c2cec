"""Turns the lines of the sample into stored rows: versions, comments, files, labels, tasks, views."""

from __future__ import annotations

import json
from collections.abc import Iterable

from confluence_mcp.sandbox import attachment_store, comment_store, label_store, publishing, task_store
from confluence_mcp.sandbox.attachment_store import Upload
from confluence_mcp.sandbox.markup import scan
from confluence_mcp.sandbox.model import Comment, Content, Version
from confluence_mcp.sandbox.sample.record import File, Note, Page
from confluence_mcp.sandbox.session import Session
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_FIRST_COMMENT, _FIRST_ATTACHMENT = 300_001, 400_001
_MINUTE, _DAY = 60_000, 86_400_000
_READERS = (who.HUMAN_PM, who.ENGINEERING_PARTNER, who.UX_STRATEGIST, who.ALEX_RIVERA, who.ORCHESTRATOR)


class Writer:
    """Writes pages into a session, giving out the ids of what hangs on them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._comments = iter(range(_FIRST_COMMENT, _FIRST_ATTACHMENT))
        self._attachments = iter(range(_FIRST_ATTACHMENT, _FIRST_ATTACHMENT + 100_000))

    def write(self, space: int, pages: Iterable[Page]) -> None:
        """Write pages in the order in which they stand below their parents."""
        places: dict[int | None, int] = {}
        for page in pages:
            places[page.parent] = places.get(page.parent, -1) + 1
            self._write(space, page, places[page.parent])

    def _write(self, space: int, page: Page, position: int) -> None:
        session, first, last = self._session, page.edits[0], page.edits[-1]
        content = Content(
            id=page.id,
            type=page.kind,
            status=page.status,
            space=space,
            title=page.title,
            parent=page.parent,
            position=position,
            author=first.author.account_id,
            owner=(page.owner or first.author).account_id,
            created=at(first.when),
            version=len(page.edits),
            subtype="",
            changed=0.0,
        )
        session.insert("content", content)
        for number, edit in enumerate(page.edits, 1):
            who_and_why = (edit.author.account_id, edit.message, int(edit.minor))
            title = edit.title or page.title
            session.insert("version", Version(page.id, number, at(edit.when), *who_and_why, title, edit.body))
        for name in page.labels:
            label_store.put(session, page.id, name, moment=at(last.when))
        for note in page.notes:
            self._note(page.id, note, last.body)
        for file in page.files:
            self._file(content, file)
        if "<ac:task>" in last.body:
            task_store.follow(session, content, scan(last.body), at(last.when), last.author.account_id)
        allowed = [("read", "user", each.account_id) for each in page.readers]
        session.restrict(page.id, [*allowed, *(("update", "user", each.account_id) for each in page.editors)])
        self._audience(page, at(last.when))

    def _note(self, page: int, note: Note, body: str, parent: Comment | None = None) -> None:
        kind = comment_store.INLINE if note.marker or (parent and parent.marker) else comment_store.FOOTER
        comment = comment_store.add(
            self._session,
            kind,
            page,
            note.body,
            note.author.account_id,
            parent=parent,
            moment=at(note.when),
            number=note.id or next(self._comments),
        )
        if note.marker:
            comment.marker, comment.selection = note.marker, note.selection
            comment.resolution = publishing.OPEN if note.marker in body else publishing.DANGLING
            self._session.update("comment", comment)
        for reply in note.replies:
            self._note(page, reply, body, comment)
        if note.resolved_by:
            moment = at(note.when) + 90 * _MINUTE
            comment_store.resolve(self._session, comment, note.resolved_by.account_id, resolved=True, moment=moment)

    def _file(self, page: Content, file: File) -> None:
        first, *later = (make() for make in file.contents)
        author, moment = file.author.account_id, at(file.when)
        number = file.id or next(self._attachments)
        upload = Upload(first, author, comment=file.comment, moment=moment)
        attachment = attachment_store.add(self._session, page, file.name, upload, number)
        for later_by, content in enumerate(later, 1):
            attachment_store.renew(self._session, attachment, Upload(content, author, moment=moment + later_by * _DAY))

    def _audience(self, page: Page, since: int) -> None:
        for number in range(page.views):
            self._session.see(page.id, _READERS[number % len(_READERS)].account_id, since + number * 37 * _MINUTE)
        for person in page.liked_by:
            self._session.like(page.id, person.account_id, since + 11 * _MINUTE)

    def template(self, number: int, space: int | None, name: str, about: str, body: str, label: str) -> None:
        """Write a template with one label, of the site when no space is given."""
        row = (number, space, name, about, "page", body, json.dumps([label]), who.HUMAN_PM.account_id, _TEMPLATES_MADE)
        self._session.db.execute("INSERT INTO template VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


_TEMPLATES_MADE = at("2026-01-31 13:00")
