"""Listens to a sandbox's exchanges and holds each against the vendor's description."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from connector_kit.testing.openapi import Contract


class _Answer(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> object: ...


class Exchange(Protocol):
    """A request and its answer; `query` is names with values, `sent` the JSON that was sent, if any."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query(self) -> Sequence[tuple[str, str]]: ...
    @property
    def sent(self) -> object: ...
    @property
    def answer(self) -> _Answer: ...


class Inspector:
    """Keeps what does not conform and which operations were asked.

    `describes` tells the paths that the description is about, `unlike` the expressions of complaints that have a good
    reason, `undocumented` the statuses that it leaves out; `headers` go with every request.
    """

    def __init__(
        self,
        contract: Contract,
        describes: Callable[[str], bool],
        *,
        unlike: Collection[str] = (),
        undocumented: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._contract = contract
        self._describes = describes
        self._unlike = unlike
        self._undocumented = undocumented
        self._headers = headers or {}
        self.complaints: list[str] = []
        self.asked: set[tuple[str, str]] = set()

    def __call__(self, exchange: Exchange) -> None:
        """Look at an exchange."""
        method, path, status = exchange.method, exchange.path, exchange.answer.status
        if not self._describes(path):
            return
        self.asked.add((method, self._contract.operation(method, path) or path))
        complaints: list[str] = []
        if status < 400:  # what is refused need not conform
            complaints += self._contract.request(method, path, exchange.query, self._headers, body=exchange.sent)
        complaints += self.of_answer(exchange)
        said = [f"{method} {path} {status} {each}" for each in complaints]
        self.complaints += [each for each in said if not any(re.search(known, each) for known in self._unlike)]

    def of_answer(self, exchange: Exchange) -> list[str]:
        """What is wrong with an answer."""
        status = exchange.answer.status
        if status in self._undocumented:
            return []
        return self._contract.response(exchange.method, exchange.path, status, exchange.answer.body)
