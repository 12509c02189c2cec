"""What a query is run against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from .words import TextIndex


@dataclass(frozen=True)
class Document:
    """A piece of content, a space or a user as a query sees it.

    `values` holds by field id what is compared as a whole, casefolded; `moments` the dates; `texts` what is searched
    by word: `title`, `labels`, and titles of other fields under their ids. `read_body` gives the body's words, which
    are asked for only when a query comes to them.
    """

    id: int
    title: str
    values: Mapping[str, tuple[str, ...]]
    moments: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    read_body: Callable[[], str] = str

    @cached_property
    def body(self) -> str:
        """The words of its body."""
        return self.read_body()

    def indexes(self, names: Iterable[str]) -> dict[str, TextIndex]:
        """The words of these texts, as far as it has them."""
        return {name: self._index(name) for name in names if name == "body" or name in self.texts}

    @cached_property
    def _indexed(self) -> dict[str, TextIndex]:
        return {}

    def _index(self, name: str) -> TextIndex:
        if name not in self._indexed:
            self._indexed[name] = TextIndex(self.body if name == "body" else self.texts[name])
        return self._indexed[name]
