"""What differs between the documents that are written as Markdown: ADF's own, and others read into its nodes."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


def _as_it_is(address: str) -> str:
    return address


@dataclass(frozen=True, slots=True)
class Dialect:
    """What documents of a kind hold beyond ADF.

    `schemes` are those of links that no browser knows. `content` tells which blocks a container may hold,
    in place of ADF's schema. With `files_by_name` the id of a file is a name that people know. A placeholder
    has up to `longest_label` characters of text.
    `address` gives for the address of a link in Markdown the one that is meant, `picture` for that of a picture.
    """

    schemes: frozenset[str] = frozenset()
    content: Mapping[str, frozenset[str]] | None = None
    files_by_name: bool = False
    longest_label: int = 40
    address: Callable[[str], str] = _as_it_is
    picture: Callable[[str], str] = _as_it_is


_dialect: Final = ContextVar("dialect", default=Dialect())  # noqa: B039 - a Dialect cannot be changed


def dialect() -> Dialect:
    """Return what is spoken now."""
    return _dialect.get()


class ContentRules(Mapping[str, frozenset[str]]):
    """Which blocks a container may hold in the documents that are read now; by default as told here."""

    def __init__(self, default: Mapping[str, frozenset[str]]) -> None:
        self._default = default

    def __getitem__(self, container: str) -> frozenset[str]:
        return self._rules[container]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def _rules(self) -> Mapping[str, frozenset[str]]:
        content = _dialect.get().content
        return self._default if content is None else content


@contextmanager
def speaking(spoken: Dialect) -> Generator[None]:
    """Read and write documents of another kind meanwhile."""
    token = _dialect.set(spoken)
    try:
        yield
    finally:
        _dialect.reset(token)
