"""A request as the handlers see it, and the answers they give."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from sandbox_kit.atlassian.accounts import Account
from sandbox_kit.atlassian.store import SiteStore

StoreT_co = TypeVar("StoreT_co", bound=SiteStore[Any], covariant=True)
JsonObject: TypeAlias = dict[str, Any]


class RefusalError(ABC, Exception):
    """A request that the vendor would refuse."""

    status: int

    @abstractmethod
    def body(self, path: str) -> JsonObject:
        """The error as the API answers it that `path` belongs to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a status and a JSON body, or one of text or bytes as it is; no body at all when it is None."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class SiteCall(ABC, Generic[StoreT_co]):
    """A request by an account (`NOBODY` for a stranger), and what it works on."""

    method: str
    path: str
    path_values: Mapping[str, str]
    headers: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    raw_body: bytes
    account: Account
    store: StoreT_co

    @abstractmethod
    def json_object(self) -> JsonObject:
        """The body as an object; 400 when it is something else."""

    def text(self, name: str, default: str = "") -> str:
        """A query parameter as sent."""
        values = self.query.get(name)
        return values[-1] if values else default

    def words(self, name: str) -> list[str]:
        """A query parameter that is a list: repeated, or with commas between its values."""
        return [word for value in self.query.get(name, ()) for word in value.split(",") if word]


AnyCall: TypeAlias = SiteCall[SiteStore[Any]]
