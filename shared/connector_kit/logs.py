"""JSON lines on standard error, one a record, without secrets and without ever blocking the server.

A client that does not read a server's standard error fills the pipe, and a write would then wait
for ever, in the event loop. So a line is written only while the pipe takes it; else it is dropped,
counted, and the count told as soon as the pipe has room.
"""

import json
import logging
import os
import select
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from connector_kit.redaction import Redactor

__all__ = ["JsonFormatter", "Redactor", "StderrHandler", "configure", "correlation_id", "redactor"]

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
"""The id of the tool call that is running; empty outside of one."""

redactor = Redactor()
"""The process's redactor: `configure` and the settings add to it."""

_LONGEST = 16_000
_SCANNED = 64_000
_PIPE_CHUNK = getattr(select, "PIPE_BUF", 512)
_PLAIN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# What they tell below a warning holds values of settings, headers of requests, texts of users or of services.
_TOO_OPEN = (
    "pydantic_settings",
    "httpx2",
    "httpcore",
    "httpcore2",
    "urllib3",
    "asyncio",
    "markdown_it",
    "mcp.server.mcpserver",
    "snowflake.connector",
)


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, correlation id, extras, exception."""

    def __init__(self, service: str, redactor: Redactor) -> None:
        super().__init__()
        self._service = service
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its line feed. Never raises: what cannot be formatted is named instead."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": self._message(record),
        }
        if call := correlation_id.get():
            entry["correlation_id"] = call
        try:
            extras = {name: value for name, value in vars(record).items() if name not in _PLAIN_FIELDS}
            if extras:
                entry["extra"] = self._redactor.value(extras)
            if record.exc_info:
                entry["exception"] = self._clean("".join(traceback.format_exception(*record.exc_info)))
            elif record.exc_text:
                entry["exception"] = self._clean(record.exc_text)
            if record.stack_info:
                entry["stack"] = self._clean(record.stack_info)
            return json.dumps(entry, ensure_ascii=True, default=str)
        except Exception as error:  # noqa: BLE001 - a log line must not end what it tells about
            entry.pop("extra", None)
            entry.pop("exception", None)
            entry["not_logged"] = type(error).__name__
            return json.dumps(entry, ensure_ascii=True, default=str)

    def _message(self, record: logging.LogRecord) -> str:
        try:
            return self._clean(record.getMessage())
        except Exception as error:  # noqa: BLE001 - arguments that do not fit their format
            return f"(a message of {record.name} that raised {type(error).__name__} when formatted)"

    def _clean(self, text: str) -> str:
        cleaned = self._redactor.text(text[:_SCANNED])
        return cleaned if len(cleaned) <= _LONGEST else f"{cleaned[:_LONGEST]}… ({len(text)} characters)"


class StderrHandler(logging.Handler):
    """Writes whole lines to a stream; drops them while a pipe at its end is full."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream
        self._torn = False
        self.dropped = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record. Never raises and never waits."""
        try:
            line = self.format(record)
            if self.dropped:
                count = json.dumps({"level": "WARNING", "logger": __name__, "dropped": self.dropped})
                line = f"{count}\n{line}"
            if self._write(f"{line}\n"):
                self.dropped = 0
            else:
                self.dropped += 1
        except Exception:  # noqa: BLE001 - there is nowhere left to tell
            self.dropped += 1

    def _write(self, line: str) -> bool:
        stream = self._stream or sys.stderr
        try:
            descriptor = stream.fileno()
        except (OSError, ValueError, AttributeError):
            stream.write(line)
            return True
        if not hasattr(select, "poll"):
            stream.write(line)
            stream.flush()
            return True
        return self._write_while_ready(descriptor, line.encode())

    def _write_while_ready(self, descriptor: int, line: bytes) -> bool:
        if self._torn:
            line = b"\n" + line
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        # A pipe that is ready has room for PIPE_BUF bytes, so a write of that many does not wait.
        written = 0
        while written < len(line):
            ready = poll.poll(0)
            if not ready or not ready[0][1] & select.POLLOUT:
                self._torn = self._torn or written > 0
                return False
            written += os.write(descriptor, line[written : written + _PIPE_CHUNK])
        self._torn = False
        return True


def configure(
    service: str,
    level: str = "INFO",
    known_secrets: Iterable[str] = (),
    *,
    stream: TextIO | None = None,
) -> Callable[[], None]:
    """Send every log record, warning and uncaught exception of the process to stderr as JSON lines.

    Call it before the MCP SDK is built: the SDK's own `basicConfig` then finds a handler and leaves
    the root logger alone. Answers a function that puts everything back.
    """
    for secret in known_secrets:
        redactor.add(secret)
    root = logging.getLogger()
    handler = StderrHandler(stream)
    handler.setFormatter(JsonFormatter(service, redactor))
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook)
    quieted = {name: logging.getLogger(name).level for name in _TOO_OPEN}
    shown = warnings.showwarning
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in quieted:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_thread
    sys.unraisablehook = _log_unraisable

    def undo() -> None:
        root.handlers[:], level_before, sys.excepthook, threading.excepthook, sys.unraisablehook = before
        root.setLevel(level_before)
        for name, quiet in quieted.items():
            logging.getLogger(name).setLevel(quiet)
        logging.captureWarnings(False)
        warnings.showwarning = shown

    return undo


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logging.getLogger(__name__).critical("uncaught exception", exc_info=(kind, error, trace))


def _log_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        trace = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger(__name__).error("uncaught exception in a thread", exc_info=trace)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        trace = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger(__name__).error("exception that could not be raised", exc_info=trace)
