"""atlassian-python-api as a catalogue of endpoints: it names method, path and body, our client sends them.

The library is synchronous, repeats writes and loses the reasons of errors. Every one of its generated
operations is a single request, so that it is enough to let it build that request and stop there.
"""

import functools
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import anyio.to_thread

from connector_kit.http import HttpClient, Params, Reply


@dataclass(frozen=True, slots=True)
class VendorRequest:
    """A request as the library would send it: `path` begins with "/", `data` is the JSON body."""

    method: str
    path: str
    params: Params | None
    data: object | None


class _Captured(Exception):  # noqa: N818 - no failure: the way out of the library's code
    def __init__(self, request: VendorRequest) -> None:
        super().__init__(request.path)
        self.request = request


def _capture(
    _client: object,
    method: str = "GET",
    path: str = "/",
    data: object | None = None,
    json: object | None = None,
    params: Params | None = None,
    **_ignored: object,
) -> NoReturn:
    """Stands where the library would send; its headers and retries are ours to decide."""
    raise _Captured(VendorRequest(method, "/" + path.strip("/"), params, data if data is not None else json))


@functools.cache
def _catalogue(client: str) -> Any:
    """An object of the library's class `client` that records instead of sending. Takes 300 ms the first time."""
    vendor: Any = getattr(importlib.import_module("atlassian"), client)
    recorder: Any = type(f"Recording{client}", (vendor,), {"request": _capture})
    return recorder("https://recorder.invalid")


def describe(client: str, operation: str, *ids: str, **arguments: object) -> VendorRequest:
    """The request that the library's `client` builds for `operation`; nothing is sent.

    Raises AttributeError for an operation that the library does not have.
    """
    method = getattr(_catalogue(client), operation)
    try:
        method(*ids, **arguments)
    except _Captured as captured:
        return captured.request
    raise RuntimeError(f"{client}.{operation} built no request")


class Bridge:
    """Calls the operations of one of the library's clients through an `HttpClient`."""

    def __init__(self, http: HttpClient, client: str = "JiraCloud") -> None:
        self._http = http
        self._client = client
        self._loaded = False

    async def call(
        self,
        operation: str,
        *ids: str,
        data: Mapping[str, object] | str | None = None,
        repeatable: bool | None = None,
        **params: object,
    ) -> Reply:
        """Send the request of `operation`, whose path holds `ids` and whose body is `data`: an object or a text.

        `ids` must have been validated: the library puts them into the path as they are. `repeatable` is as
        in `HttpClient.request`; `params` are the operation's own keyword arguments, None left out.

        Raises ServiceError as `HttpClient.request` does.
        """
        if not self._loaded:
            # The import must not hold up the event loop, nor a caller who has lost interest.
            await anyio.to_thread.run_sync(_catalogue, self._client, abandon_on_cancel=True)
            self._loaded = True
        request = describe(self._client, operation, *ids, data=data, **params)
        return await self._http.request(
            request.method, request.path, params=request.params, json=request.data, repeatable=repeatable
        )
