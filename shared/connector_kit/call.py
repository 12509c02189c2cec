"""The state of one call across its tries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import anyio
import httpx2

from connector_kit.addresses import Params, join
from connector_kit.bodies import Body
from connector_kit.errors import ServiceError
from connector_kit.replies import Reply

Redirects: TypeAlias = bool | Callable[[str], bool]
"""Whether redirects are followed; else they are the answer. A function is asked whether another host will do."""

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True)
class Call:
    """What is asked, and what is known about it so far; `started` is in seconds of the client's clock.

    `seconds` is what the call may take with all its tries.
    """

    method: str
    path: str
    params: Params | None
    headers: Mapping[str, str]
    body: bytes | Body | None
    repeatable: bool
    lane: str
    started: float
    seconds: float
    streamed: bool = False
    redirects: Redirects = True
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    address: tuple[httpx2.URL, httpx2.URL] | None = None
    """The service's address, and that of the call below it."""
    tries: int = 0
    host: str = ""
    """Who is asked: the service, or where it redirected to."""
    generation: int = 0
    """Which address and credentials the last try used."""
    in_flight: bool = False
    """A try is under way: it may reach the service."""
    doubtful: bool = False
    """A try before the last may have been carried out."""
    renewed: bool = False
    """The credentials were renewed for this call already."""
    accepted_status: int | None = None
    """The status below 300 of the last try, known before its body is read."""
    refusal: Reply | None = None
    """The status of 400 or more of the last try, known before its body is read."""
    failure: ServiceError | None = None
    """How the last try ended."""

    def url(self, base: httpx2.URL) -> httpx2.URL:
        """Where the call goes, below the service's address. Raises InvalidInput as `join` does."""
        if self.address is None or self.address[0] is not base:
            self.address = base, join(base, self.path, self.params)
        return self.address[1]

    def begin_try(self, generation: int) -> None:
        """Forget what was known about the try before."""
        self.tries += 1
        self.generation = generation
        self.in_flight = True
        self.accepted_status = None
        self.refusal = None
