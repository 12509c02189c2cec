"""The sandbox's own resources under /_sandbox/: faults and limits on demand, and starting over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from starlette.responses import JSONResponse, Response

from slack_mcp.sandbox.model import JsonObject
from slack_mcp.sandbox.store import Store

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong. `error` is answered with HTTP 200; without it and `status` only the `delay` (seconds) happens.

    A `method` may also be the path of something else, such as files-pri or oauth/v2. With `after` on, the method does
    its work before the answer is spoilt: the caller cannot know what happened.
    """

    status: int | None = None
    error: str = ""
    method: str = ""
    retry_after: int | None = None
    delay: float = 0.0
    after: bool = False
    body: Any = None

    def hits(self, method: str) -> bool:
        """Whether the fault is meant for such a call; a method may be named by its beginning."""
        return method.startswith(self.method)

    def response(self) -> Response | None:
        """The faulty answer. A body that is a string is sent as HTML, as a broken gateway would."""
        if self.status is None and not self.error:
            return None
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        status = self.status or 200
        if isinstance(self.body, str):
            return Response(self.body, status, headers, "text/html; charset=utf-8")
        error = self.error or ("ratelimited" if status == 429 else "internal_error")
        body = {"ok": False, "error": error} if self.body is None else self.body
        return JSONResponse(body, status, headers)


def due_fault(store: Store, method: str) -> Fault | None:
    """The first fault that waits for such a call, counted down."""

    def meant(document: JsonObject) -> Fault | None:
        fault = Fault(**document)
        return fault if fault.hits(method) else None

    return store.due_fault(meant)


def _faults(sandbox: Sandbox, method: str, body: bytes) -> Response:
    store = sandbox.store
    if method == "DELETE":
        with store.writing() as session:
            session.clear_faults()
        return Response(status_code=204)
    if method == "GET":
        with store.reading() as session:
            waiting = session.faults()
        return JSONResponse([{"id": number, "count": count, **what} for number, count, what in waiting])
    wish = _object(body)
    count = wish.pop("count", 1)
    unknown = set(wish) - {each.name for each in fields(Fault)}
    if unknown or not isinstance(count, int):
        return _refused(f"unknown: {', '.join(sorted(unknown))}" if unknown else "count is a number")
    fault = Fault(**cast("dict[str, Any]", wish))
    with store.writing() as session:
        number = session.add_fault(count, asdict(fault))
    return JSONResponse({"id": number, "count": count, **asdict(fault)}, 201)


def _limits(sandbox: Sandbox, method: str, body: bytes) -> Response:
    limits = sandbox.limits
    if method == "POST":
        wish = _object(body)
        factor = wish.get("factor", limits.factor)
        if factor is not None and not isinstance(factor, int | float):
            return _refused("factor is a number, or null for no limits")
        limits.factor = factor
        limits.restricted_history = bool(wish.get("restricted_history", limits.restricted_history))
        limits.forget()
    return JSONResponse({"factor": limits.factor, "restricted_history": limits.restricted_history})


def _reset(sandbox: Sandbox, method: str, body: bytes) -> Response:  # noqa: ARG001 - the signature of all
    sandbox.store.reset()
    return Response(status_code=204)


def _object(body: bytes) -> dict[str, object]:
    value: object = json.loads(body or b"{}")
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _refused(reason: str) -> Response:
    return JSONResponse({"ok": False, "error": reason}, 400)


CONTROL: dict[str, Callable[[Sandbox, str, bytes], Response]] = {
    "/_sandbox/faults": _faults,
    "/_sandbox/limits": _limits,
    "/_sandbox/reset": _reset,
}
"""What answers which path: the app, the HTTP method, the body."""
