"""Asks a site in the same process, signed in as one of its people. For tests, and to look around."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sandbox_kit.atlassian.accounts import ACCOUNTS
from sandbox_kit.atlassian.web import JsonObject
from sandbox_kit.visitor import Answer, AppT, Guest


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, for whoever listens."""

    method: str
    path: str
    query: list[tuple[str, str]]
    sent: object
    answer: Answer


class SiteVisitor(Guest[AppT]):
    """A client of `app` with the credentials of the account called `name`; None visits without any.

    `listen` is told of every exchange, but not of what is asked through `client` itself.
    """

    api: ClassVar[str]
    """What paths are below, unless they begin with `/_` or with one of the product's `roots`."""
    roots: ClassVar[tuple[str, ...]]

    def __init__(
        self, app: AppT, name: str | None = "Human PM", listen: Callable[[Exchange], None] | None = None
    ) -> None:
        account = next((each for each in ACCOUNTS if each.name == name), None)
        super().__init__(app, auth=(account.email, account.token) if account and account.token else None)
        self._listen = listen

    def parameters(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """The query as the product names its parameters."""
        return dict(query)

    async def ask(self, method: str, path: str, json: object = None, **query: Any) -> Answer:
        """Send a request; its path is below `api` unless it begins with a root."""
        url = path if path.startswith(("/_", *self.roots)) else self.api + path
        options: JsonObject = {"params": self.parameters(query)} if query else {}
        if json is not None:
            options["json"] = json
        reply = await self.client.request(method, url, **options)
        body = reply.json() if "json" in reply.headers.get("content-type", "") else reply.text or None
        answer = Answer(reply.status_code, body, reply.headers)
        if self._listen:
            asked = reply.request.url
            self._listen(Exchange(method, asked.path, asked.params.multi_items(), json, answer))
        return answer

    async def get(self, path: str, **query: Any) -> Any:
        """The body of a GET that has to succeed."""
        answer = await self.ask("GET", path, **query)
        assert answer.status == 200, answer.body
        return answer.body
