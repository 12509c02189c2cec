"""Asks a sandbox in the same process. For tests, and to look around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx2
from starlette.types import ASGIApp

AppT = TypeVar("AppT", bound=ASGIApp)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the parsed body and the headers."""

    status: int
    body: Any
    headers: httpx2.Headers


class Guest(Generic[AppT]):
    """A client of `app`, which has to be closed."""

    def __init__(
        self, app: AppT, *, auth: tuple[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.app = app
        transport = httpx2.ASGITransport(app=app)
        self.client = httpx2.AsyncClient(
            transport=transport, base_url="http://sandbox", auth=auth, headers=headers or {}
        )

    async def aclose(self) -> None:
        """Close the client, not the sandbox."""
        await self.client.aclose()
