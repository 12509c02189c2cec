"""Lists that are given out by number: from which entry on, and how many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import JsonValue

from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_int, as_object, objects

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Offset:
    """Where a part of the list `kind` starts, for the question with the fingerprint `asked`."""

    kind: str
    asked: str
    start: int

    @classmethod
    def of(cls, kind: str, cursor: str | None, *question: JsonValue) -> "Offset":
        """The place that a cursor leads to, or the beginning. Raises InvalidInput for the cursor of another list."""
        asked = fingerprint(*question)
        start = as_int(decode_cursor(kind, cursor, asked).get("start")) if cursor else 0
        return cls(kind, asked, start or 0)

    def page(self, answer: object, item: Callable[[JsonObject], ItemT]) -> Page[ItemT]:
        """The part of the list that is in Jira's answer."""
        bean = as_object(answer)
        entries = objects(bean.get("values"))
        more = bool(entries) and bean.get("isLast") is False
        following = self._cursor(self.start + len(entries)) if more else None
        return Page(tuple(map(item, entries)), following, as_int(bean.get("total")))

    def part(self, items: Sequence[ItemT], limit: int) -> Page[ItemT]:
        """At most `limit` entries of a list that is known as a whole."""
        after = self.start + limit
        following = self._cursor(after) if after < len(items) else None
        return Page(tuple(items[self.start : after]), following, len(items))

    def _cursor(self, start: int) -> str:
        return encode_cursor(self.kind, {"start": start}, self.asked)
