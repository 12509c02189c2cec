"""What one tool call did at the vendor, and how long it may go on: collected while it runs.

The trace is an object in a context variable, so that tasks started by a call add to the same one.
"""

import math
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

CALL_SECONDS = 50.0
"""What all requests of one tool call may take together: clients give up on a call after a minute."""


def _whole_time() -> float:
    return time.monotonic() + CALL_SECONDS


@dataclass(slots=True)
class CallTrace:
    """The vendor's side of a call: how many `requests` were sent and the last `vendor_request_id`.

    After `deadline`, in seconds of the monotonic clock, no request is sent any more. `tool` is whose call it is, and
    `client` who made it, "" where nobody told.
    """

    tool: str = ""
    client: str = ""
    requests: int = 0
    vendor_request_id: str | None = None
    deadline: float = field(default_factory=_whole_time)


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


def seconds_left() -> float:
    """How long the running tool call may go on; infinity outside of one."""
    trace = current_trace.get()
    return math.inf if trace is None else trace.deadline - time.monotonic()


def restart_clock() -> None:
    """Give the running call its whole time again: what a person took to answer a question does not count."""
    trace = current_trace.get()
    if trace is not None:
        trace.deadline = _whole_time()


def snapshot(trace: CallTrace) -> Mapping[str, object]:
    """The trace as fields of a log line."""
    return {"requests": trace.requests, "vendor_request_id": trace.vendor_request_id}
