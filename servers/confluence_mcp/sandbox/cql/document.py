"""What a query is run against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from .words import TextIndex


@dataclass(frozen=True)
class Document:
    """A piece of content, a space or a user as a query sees it.

    `values` holds by field id what is compared as a whole, casefolded; `moments` the dates; `texts` what is searched
    by word: `title`, `body` and `labels`, and titles of other fields under their ids.
    """

    id: int
    title: str
    values: Mapping[str, tuple[str, ...]]
    moments: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def indexes(self) -> Mapping[str, TextIndex]:
        """The words of its texts, made when first searched."""
        return {name: TextIndex(text) for name, text in self.texts.items()}
