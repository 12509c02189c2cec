"""The sandbox's own resources under /_sandbox/: faults on demand, and starting over."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from confluence_mcp.sandbox.errors import ApiError, bad_request
from confluence_mcp.sandbox.model import JsonObject
from confluence_mcp.sandbox.store import Store
from confluence_mcp.sandbox.web import Call, Reply, Routes

_FAULT_FIELDS = frozenset(
    {"status", "count", "path", "method", "retry_after", "reset_after", "reason", "delay", "body"}
)
_MESSAGES = {
    401: "Unauthorized",
    403: "Current user not permitted to use Confluence",
    404: "Not Found",
    409: "Version must be incremented when updating a page.",
    413: "The request is too large.",
    429: "Rate limit exceeded.",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong. No `status`: only the `delay` (seconds) happens."""

    status: int | None = None
    path: str = ""
    method: str = ""
    retry_after: int | None = None
    reset_after: int | None = None
    reason: str = "confluence-burst-based"
    delay: float = 0.0
    body: Any = None

    def hits(self, method: str, path: str) -> bool:
        """Whether the fault is meant for such a request."""
        return path.startswith(self.path) and self.method.upper() in ("", method)

    def reply(self, path: str) -> Reply | None:
        """The faulty answer. A body that is a string is sent as HTML, as a broken gateway would."""
        if self.status is None:
            return None
        headers: dict[str, str] = {}
        if self.status == 429:
            reset = datetime.now(UTC) + timedelta(seconds=self.reset_after or self.retry_after or 1)
            headers = {
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-NearLimit": "true",
                "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%SZ}",
                "RateLimit-Reason": self.reason,
            }
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if isinstance(self.body, str):
            headers["Content-Type"] = "text/html;charset=UTF-8"
            return Reply(self.status, self.body, headers)
        if self.body is not None:
            return Reply(self.status, self.body, headers)
        error = ApiError(self.status, _MESSAGES.get(self.status, "Internal server error"))
        return Reply(self.status, error.body(path), headers)


def due_fault(store: Store, method: str, path: str) -> Fault | None:
    """The first fault that waits for such a request, counted down."""

    def meant(document: JsonObject) -> Fault | None:
        fault = Fault(**document)
        return fault if fault.hits(method, path) else None

    return store.due_fault(meant)


def _add_fault(call: Call) -> Reply:
    body = call.json_object()
    unknown = set(body) - _FAULT_FIELDS
    if unknown:
        raise bad_request(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(_FAULT_FIELDS))}.")
    count = body.pop("count", 1)
    fault = Fault(**body)
    numbers = (count, fault.status or 0, fault.delay, fault.retry_after or 0, fault.reset_after or 0)
    if not all(isinstance(each, int | float) for each in numbers):
        raise bad_request("count, status, delay, retry_after and reset_after are numbers.")
    with call.store.writing() as session:
        number = session.add_fault(count, asdict(fault))
    return Reply(201, {"id": number, "count": count, **asdict(fault)})


def _list_faults(call: Call) -> Reply:
    with call.store.reading() as session:
        waiting = session.faults()
    return Reply(200, [{"id": number, "count": count, **what} for number, count, what in waiting])


def _clear_faults(call: Call) -> Reply:
    with call.store.writing() as session:
        session.clear_faults()
    return Reply(204)


def _start_over(call: Call) -> Reply:
    call.store.reset()
    return Reply(204)


CONTROL: Routes = {
    "/_sandbox/faults": {"GET": _list_faults, "POST": _add_fault, "DELETE": _clear_faults},
    "/_sandbox/reset": {"POST": _start_over},
}
