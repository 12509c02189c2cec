"""What every part of the client stands on: sending, caching, the projects allowed, what was written lately."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from atlassian_kit.bridge import Bridge
from atlassian_kit.client import AtlassianClient
from connector_kit.cache import ReadCache
from connector_kit.errors import NotPermitted, ServiceError
from connector_kit.http import HttpClient
from connector_kit.wire import JsonObject, as_object, as_text
from jira_mcp.client.ids import is_number, issue_key, project_key, project_of
from jira_mcp.settings import JiraSettings

RECONCILED = 50
RECONCILE_FOR = 60.0
"""Jira's search may lag behind a write for some seconds, unless told up to 50 issue ids to look at."""


class JiraBase(AtlassianClient[JiraSettings]):
    """One account's way to one Jira site."""

    def __init__(
        self,
        http: HttpClient,
        cache: ReadCache,
        settings: JiraSettings,
        *,
        site_url: str,
        on_close: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        lacking: Callable[[Sequence[str]], Awaitable[tuple[str, ...]]] | None = None,
    ) -> None:
        super().__init__(http, cache, settings, site_url=site_url, on_close=on_close, clock=clock, lacking=lacking)
        self._bridge = Bridge(http)
        self._written: dict[int, float] = {}

    def browse_url(self, key: str) -> str:
        """The address of an issue for people."""
        return f"{self.site_url}/browse/{key}"

    async def _call(
        self,
        operation: str,
        *ids: str,
        data: Mapping[str, object] | str | None = None,
        repeatable: bool | None = None,
        **params: object,
    ) -> object:
        """The JSON that an operation of the vendor's library answers; None for an empty answer."""
        bridge, name = self._bridge_of(operation)
        reply = await bridge.call(name, *ids, data=data, repeatable=repeatable, **params)
        return reply.json() if reply.content else None

    def _bridge_of(self, operation: str) -> tuple[Bridge, str]:
        """The client of the vendor's library that has an operation, and the operation's name there."""
        return self._bridge, operation

    async def _write(
        self,
        operation: str,
        *ids: str,
        data: Mapping[str, object] | str | None = None,
        look: str,
        **params: object,
    ) -> object:
        """Call an operation that changes something.

        It is sent again only if the first try certainly had no effect. Not even PUT and DELETE are repeated
        after a doubtful answer: somebody may have edited the issue between two tries, and a second deletion
        would be answered as if the issue had never been there.

        `look` tells how to find out whether it happened when the answer does not say.
        """
        async with self._changing(look):
            return await self._call(operation, *ids, data=data, repeatable=False, **params)

    def _remember(self, issue_id: str) -> None:
        """A search shortly after this must see the issue as it is now."""
        if is_number(issue_id):
            self._written.pop(int(issue_id), None)
            self._written[int(issue_id)] = self._clock()

    def _reconcile(self) -> list[int]:
        """The ids of issues written within the last minute, the latest fifty."""
        since = self._clock() - RECONCILE_FOR
        self._written = {issue: at for issue, at in self._written.items() if at >= since}
        return list(self._written)[-RECONCILED:]

    def counts_lag(self) -> bool:
        """Whether a count may miss what this client wrote: Jira cannot be told to look at it again for a count."""
        return self._last_write is not None and self._last_write >= self._clock() - RECONCILE_FOR

    def lists_lag(self) -> bool:
        """Whether even a search may miss what this client wrote: it wrote more than Jira can be told to look at."""
        self._reconcile()
        return len(self._written) > RECONCILED

    def _allowed(self, project: str) -> bool:
        return not self.settings.projects or project in self.settings.projects

    def _project(self, text: str) -> str:
        """A project key that tools may touch. Raises InvalidInput or NotPermitted."""
        key = project_key(text)
        if not self._allowed(key):
            raise self._outside(key)
        return key

    def _key(self, text: str) -> str:
        """An issue key that tools may touch. Raises InvalidInput, also for a link elsewhere, or NotPermitted."""
        self.settings.refuse_link_elsewhere(text, self.site_url, what="issue")
        key = issue_key(text)
        if not self._allowed(project_of(key)):
            raise self._outside(project_of(key))
        return key

    def _answered_key(self, asked: str, answer: JsonObject) -> str:
        """The key under which Jira answered: an issue that was moved has another than was asked for."""
        key = as_text(answer.get("key")) or asked
        if not self._allowed(project_of(key)):
            raise self._outside(project_of(key))
        return key

    def _outside(self, project: str) -> ServiceError:
        return NotPermitted(
            f"Project {project} is outside of the projects that JIRA_PROJECTS allows: "
            f"{', '.join(self.settings.projects)}.",
            next_step="Work in one of these, or ask the user to extend JIRA_PROJECTS.",
        )

    @staticmethod
    def _named(value: object) -> str | None:
        return as_text(as_object(value).get("name")) or None
