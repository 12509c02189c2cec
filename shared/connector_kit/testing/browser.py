"""A person at a browser, as a login sees one: it opens an address, agrees, and is led back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import parse_qsl, urlsplit

import anyio
import anyio.from_thread
import httpx2
from anyio.abc import TaskGroup


class Browser:
    """Opens addresses as a person's browser would: consent at the server, then wherever that leads.

        async with Browser().at_hand() as browser:
            tokens = await authorize(profile, client, open_browser=browser, show=print)
        assert browser.pages[0].status_code == 200

    `tamper` turns the address that the server leads to into those that are visited instead, in order. `opened` are
    the addresses opened, `pages` what was shown there.
    """

    def __init__(self, tamper: Callable[[str], list[str]] | None = None) -> None:
        self.opened: list[str] = []
        self.pages: list[httpx2.Response] = []
        self._tamper = tamper
        self._work: TaskGroup | None = None

    def __call__(self, url: str) -> bool:
        """Open an address, from a thread, as `webbrowser.open` does."""
        self.opened.append(url)
        assert self._work is not None
        anyio.from_thread.run_sync(self._work.start_soon, self._visit, url)
        return True

    async def _visit(self, url: str) -> None:
        async with httpx2.AsyncClient(trust_env=False) as http:
            consent = await http.get(url)
            assert consent.status_code == 302, consent.text
            back = str(consent.headers["location"])
            for target in self._tamper(back) if self._tamper else [back]:
                self.pages.append(await http.get(target))

    @asynccontextmanager
    async def at_hand(self) -> AsyncGenerator[Self]:
        """The browser, whose visits end with the block."""
        async with anyio.create_task_group() as self._work:
            yield self

    @property
    def question(self) -> Mapping[str, str]:
        """What the address that was opened asks."""
        return dict(parse_qsl(urlsplit(self.opened[0]).query))
