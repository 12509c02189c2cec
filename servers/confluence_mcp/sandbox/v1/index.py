"""What search knows of the site: documents for CQL, a while behind what is stored.

Metadata are read anew for every search; the words of a body are kept until the body has another version. What was
changed less than the lag ago is found as it was before, or, when it is new, not at all.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from weakref import WeakKeyDictionary

from confluence_mcp.sandbox.cql import Document
from confluence_mcp.sandbox.model import Attachment, Comment, Content
from confluence_mcp.sandbox.permissions import sees_space
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import groups_of
from confluence_mcp.sandbox.store import Store
from sandbox_kit.atlassian.accounts import Account

_MACRO = re.compile(r'<ac:structured-macro\b[^>]*?\bac:name="([^"]+)"')
_UNSEEN = re.compile(
    r"<ac:(parameter|task-id|task-uuid|task-status|adf-attribute|adf-fallback)\b[^>]*(?<!/)>.*?</ac:\1>", re.DOTALL
)
_VERBATIM = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_INLINE = re.compile(r"</?(?:strong|b|em|i|u|s|del|code|sub|sup|span|a|ac:inline-comment-marker)(?:\s[^>]*)?>")
_TAG = re.compile(r"<[^>]+>")
_MENTION = re.compile(r'\bri:account-id="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Found:
    """A document, and what is needed to say who sees it."""

    document: Document
    space: int
    content: int
    """The page, blog post or folder that it is or is on; 0 for a space."""
    status: str


class Index:
    """The documents of one store, shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._generation = ""
        self._known: dict[int, tuple[object, Found]] = {}

    def read(self, session: Session) -> list[Found]:
        """All that search knows now."""
        with self._lock:
            generation = session.meta("generation") or ""
            if generation != self._generation:
                self._generation, self._known = generation, {}
            state = _State(session)
            found: dict[int, tuple[object, Found]] = {}
            for wish in state.wishes():
                before = self._known.get(wish.number)
                if wish.unsettled and before:
                    found[wish.number] = before
                elif not wish.unsettled or wish.earlier:
                    same = before is not None and before[0] == wish.signature
                    found[wish.number] = before if before and same else (wish.signature, state.found(wish))
            self._known = found
            return [each for _, each in found.values()]


@dataclass(frozen=True, slots=True)
class _Wish:
    """Something to have a document of."""

    row: Content | Comment | Attachment
    container: Content
    version: int
    unsettled: bool
    signature: object

    @property
    def number(self) -> int:
        return self.row.id

    @property
    def earlier(self) -> bool:
        """Whether there was a version already that search may still show."""
        return self.version > 0


class _State:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._settled = time.time() - session.lag
        self._spaces = {space.id: space for space in session.spaces()}
        self._contents = {each.id: each for each in session.contents("status IN ('current', 'archived')")}
        self._labels = _lists(
            session,
            "SELECT target, name FROM labelled JOIN label ON label.id = label WHERE moment <= ? ORDER BY name",
            int(self._settled * 1000),
        )
        self._people = _lists(session, "SELECT DISTINCT content, author FROM version ORDER BY author")
        watchers = "SELECT CAST(target AS INTEGER), account FROM watched WHERE kind = 'content' ORDER BY account"
        self._watchers = _lists(session, watchers)
        self._favourites = _lists(session, "SELECT target, account FROM favourite ORDER BY account")
        changed = "SELECT content, number, moment FROM version"
        self._moments = {(row[0], row[1]): int(row[2]) for row in session.db.execute(changed)}

    def wishes(self) -> Iterable[_Wish]:
        for content in self._contents.values():
            yield self._wish(content, content)
        for comment in self._session.rows(Comment, "comment", "status = 'current'"):
            if content := self._contents.get(comment.container):
                yield self._wish(comment, content)
        for attachment in self._session.rows(Attachment, "attachment", "status = 'current'"):
            if content := self._contents.get(attachment.container):
                yield self._wish(attachment, content)

    def found(self, wish: _Wish) -> Found:
        row, content = wish.row, wish.container
        version = self._session.version(row.id, wish.version)
        body = version.body if version else ""
        title = f"Re: {content.title}" if isinstance(row, Comment) else version.title if version else row.title
        kind = row.type if isinstance(row, Content) else "comment" if isinstance(row, Comment) else "attachment"
        space = self._spaces[content.space]
        above = self._above(content) if row is content else ()
        values: dict[str, Iterable[str]] = {
            "id": (str(row.id), f"att{row.id}") if kind == "attachment" else (str(row.id),),
            "type": (kind,),
            "space": (space.key,),
            "space.type": (space.type,),
            "label": self._labels.get(row.id, ()),
            "creator": (row.author,),
            "contributor": {row.author, *self._people.get(row.id, ())},
            "mention": set(_MENTION.findall(body)) if "ri:account-id" in body else (),
            "macro": set(_MACRO.findall(body)) if "ac:structured-macro" in body else (),
            "watcher": self._watchers.get(row.id, ()),
            "favourite": self._favourites.get(row.id, ()),
            "ancestor": above,
            "parent": above[-1:],
            "container": () if row is content else (str(content.id),),
        }
        texts = {
            "title": title,
            "labels": " ".join(self._labels.get(row.id, ())),
            "space.title": space.name,
        }
        modified = version.moment if version else row.created
        moments = {"created": _moment(row.created), "lastmodified": _moment(modified)}
        document = Document(row.id, title, _folded(values), moments, texts, partial(_words, body))
        return Found(document, space.id, content.id, content.status)

    def _wish(self, row: Content | Comment | Attachment, container: Content) -> _Wish:
        version, limit = row.version, self._settled * 1000
        unsettled = row.changed > self._settled or self._moments.get((row.id, version), 0) > limit
        if unsettled:
            while version and self._moments.get((row.id, version), 0) > limit:
                version -= 1
        space = self._spaces[container.space]
        parts = (self._labels, self._people, self._watchers, self._favourites)
        above = self._above(container) if row is container else ()
        signature = (
            row,
            version,
            container.title,
            container.status,
            (space.id, space.key, space.name),
            above,
            *(each.get(row.id) for each in parts),
        )
        return _Wish(row, container, version, unsettled, signature)

    def _above(self, content: Content) -> tuple[str, ...]:
        """The ids of what a content is under, the topmost first."""
        found: list[str] = []
        parent = content.parent
        while parent is not None and (above := self._contents.get(parent)) is not None:
            found.insert(0, str(parent))
            parent = above.parent
        return tuple(found)


def spaces(session: Session) -> list[Found]:
    """The spaces, which a query finds when it asks for the type."""
    return [
        Found(
            Document(
                space.id,
                space.name,
                _folded({"type": ("space",), "space": (space.key,), "space.type": (space.type,), "id": ()}),
                {"created": _moment(space.created), "lastmodified": _moment(space.created)},
                {"title": space.name, "space.title": space.name},
                partial(str, space.description),
            ),
            space.id,
            0,
            space.status,
        )
        for space in session.spaces()
    ]


class Sight:
    """Who sees what, worked out for all documents at once."""

    def __init__(self, session: Session, account: Account) -> None:
        self._account = account.account_id
        self._groups = groups_of(account.account_id)
        self._spaces = {space.id for space in session.spaces() if sees_space(session, account, space)}
        self._parents: dict[int, int | None] = dict(session.db.execute("SELECT id, parent FROM content").fetchall())
        query = "SELECT content, kind, subject FROM restriction WHERE operation = 'read'"
        self._readers: dict[int, list[tuple[str, str]]] = {}
        for content, kind, subject in session.db.execute(query):
            self._readers.setdefault(content, []).append((kind, subject))

    def sees(self, found: Found) -> bool:
        """Whether the account may see it."""
        if found.space not in self._spaces:
            return False
        number: int | None = found.content
        while number:
            listed = self._readers.get(number)
            if listed and not any(self._is_one(kind, subject) for kind, subject in listed):
                return False
            number = self._parents.get(number)
        return True

    def _is_one(self, kind: str, subject: str) -> bool:
        return subject == self._account if kind == "user" else subject in self._groups


_INDEXES: WeakKeyDictionary[Store, Index] = WeakKeyDictionary()


def index_of(store: Store) -> Index:
    """The index of a store."""
    return _INDEXES.setdefault(store, Index())


def _lists(session: Session, query: str, *values: object) -> Mapping[int, tuple[str, ...]]:
    table: dict[int, list[str]] = {}
    for number, text in session.db.execute(query, values):
        table.setdefault(number, []).append(text)
    return {number: tuple(texts) for number, texts in table.items()}


def _words(body: str) -> str:
    """The words of a body, an order of magnitude faster than by parsing it: a first search reads all pages."""
    text = _UNSEEN.sub(" ", _VERBATIM.sub(lambda found: html.escape(found[1], quote=False), body))
    return " ".join(html.unescape(_TAG.sub(" ", _INLINE.sub("", text))).split())


def _folded(values: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(text.casefold() for text in texts) for name, texts in values.items()}


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
