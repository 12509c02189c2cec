"""The sandbox's own resources under /_sandbox/: faults on demand, and starting over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox_kit.atlassian.store import SiteStore
from sandbox_kit.atlassian.web import AnyCall, JsonObject, RefusalError, Reply


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong. No `status`: only the `delay` (seconds) happens."""

    status: int | None = None
    path: str = ""
    method: str = ""
    retry_after: int | None = None
    reset_after: int | None = None
    reason: str = ""
    delay: float = 0.0
    body: Any = None

    def hits(self, method: str, path: str) -> bool:
        """Whether the fault is meant for such a request."""
        return path.startswith(self.path) and self.method.upper() in ("", method)


_FAULT_FIELDS = frozenset({"count", *(each.name for each in fields(Fault))})


class Controls:
    """Faults in a product's own words.

    `reason` is why it limits rates unless told otherwise, `messages` is what it says by status, and `refuse` makes its
    error of a status and a sentence.
    """

    def __init__(self, reason: str, messages: Mapping[int, str], refuse: Callable[[int, str], RefusalError]) -> None:
        self._reason = reason
        self._messages = messages
        self._refuse = refuse
        self.routes: dict[str, dict[str, Callable[[AnyCall], Reply]]] = {
            "/_sandbox/faults": {"GET": _list_faults, "POST": self._add_fault, "DELETE": _clear_faults},
            "/_sandbox/reset": {"POST": _start_over},
        }
        """Which handler answers which path and method."""

    def reply(self, fault: Fault, path: str) -> Reply | None:
        """The faulty answer. A body that is a string is sent as HTML, as a broken gateway would."""
        if fault.status is None:
            return None
        headers: dict[str, str] = {}
        if fault.status == 429:
            reset = datetime.now(UTC) + timedelta(seconds=fault.reset_after or fault.retry_after or 1)
            headers = {
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-NearLimit": "true",
                "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%SZ}",
                "RateLimit-Reason": fault.reason,
            }
        if fault.retry_after is not None:
            headers["Retry-After"] = str(fault.retry_after)
        if isinstance(fault.body, str):
            headers["Content-Type"] = "text/html;charset=UTF-8"
        body: object = fault.body
        if body is None:
            body = self._refuse(fault.status, self._messages.get(fault.status, "Internal server error")).body(path)
        return Reply(fault.status, body, headers)

    def _add_fault(self, call: AnyCall) -> Reply:
        body = call.json_object()
        unknown = set(body) - _FAULT_FIELDS
        if unknown:
            known = ", ".join(sorted(_FAULT_FIELDS))
            raise self._refuse(400, f"Unknown: {', '.join(sorted(unknown))}. Known: {known}.")
        count = body.pop("count", 1)
        body.setdefault("reason", self._reason)
        fault = Fault(**body)
        numbers = (count, fault.status or 0, fault.delay, fault.retry_after or 0, fault.reset_after or 0)
        if not all(isinstance(each, int | float) for each in numbers):
            raise self._refuse(400, "count, status, delay, retry_after and reset_after are numbers.")
        with call.store.writing() as session:
            number = session.add_fault(count, asdict(fault))
        return Reply(201, {"id": number, "count": count, **asdict(fault)})


def due_fault(store: SiteStore[Any], method: str, path: str) -> Fault | None:
    """The first fault that waits for such a request, counted down."""

    def meant(document: JsonObject) -> Fault | None:
        fault = Fault(**document)
        return fault if fault.hits(method, path) else None

    return store.due_fault(meant)


def _list_faults(call: AnyCall) -> Reply:
    with call.store.reading() as session:
        waiting = session.faults()
    return Reply(200, [{"id": number, "count": count, **what} for number, count, what in waiting])


def _clear_faults(call: AnyCall) -> Reply:
    with call.store.writing() as session:
        session.clear_faults()
    return Reply(204)


def _start_over(call: AnyCall) -> Reply:
    call.store.reset()
    return Reply(204)
