"""What one tool call did at the vendor: collected while it runs, read by the audit record.

The trace is an object in a context variable, so that tasks started by a call add to the same one.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


@dataclass(slots=True)
class CallTrace:
    """The vendor's side of a call: how many `requests` were sent and the last `vendor_request_id`."""

    requests: int = 0
    vendor_request_id: str | None = None


current_trace: ContextVar[CallTrace | None] = ContextVar("current_trace", default=None)


class Answered(Protocol):
    """The part of an HTTP exchange that a trace keeps."""

    @property
    def request_id(self) -> str | None:
        """The id under which the vendor's support finds the request."""
        ...


def note(exchange: Answered) -> None:
    """Add an exchange to the running call's trace, if there is one."""
    trace = current_trace.get()
    if trace is not None:
        trace.requests += 1
        trace.vendor_request_id = exchange.request_id or trace.vendor_request_id


def snapshot(trace: CallTrace) -> Mapping[str, object]:
    """The trace as fields of a log line."""
    return {"requests": trace.requests, "vendor_request_id": trace.vendor_request_id}
