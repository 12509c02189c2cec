"""JSON lines on standard error: complete, without secrets, and never in the way."""

import io
import json
import logging
import os
import select
import subprocess
import sys
import threading
import warnings
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest

from connector_kit import logs
from connector_kit.logs import JsonFormatter, Redactor, StderrHandler, correlation_id

SECRET = "hunter2-hunter2-hunter2"


class Lines:
    """What was logged, line by line."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [cast("dict[str, Any]", json.loads(line)) for line in self.text.splitlines()]

    @property
    def last(self) -> dict[str, Any]:
        return self.all[-1]


@pytest.fixture
def lines() -> Generator[Lines]:
    stream = io.StringIO()
    undo = logs.configure("toy", "DEBUG", known_secrets=[SECRET], stream=stream)
    yield Lines(stream)
    undo()


logger = logging.getLogger("test_logs")


def ours() -> StderrHandler:
    """Our handler: the test runner has one of its own on the root logger."""
    return next(handler for handler in logging.getLogger().handlers if isinstance(handler, StderrHandler))


def test_a_record_is_one_line_of_json(lines: Lines) -> None:
    logger.warning("two\nlines %s", "é\udc00")
    assert lines.text.count("\n") == 1
    entry = lines.last
    assert entry["message"] == "two\nlines é\udc00"
    assert (entry["level"], entry["service"], entry["logger"]) == ("WARNING", "toy", "test_logs")
    assert entry["time"].endswith("+00:00")
    assert "correlation_id" not in entry


def test_every_line_of_a_call_carries_its_correlation_id(lines: Lines) -> None:
    token = correlation_id.set("abc123")
    logger.info("inside")
    correlation_id.reset(token)
    logger.info("outside")
    assert [entry.get("correlation_id") for entry in lines.all] == ["abc123", None]


def test_secrets_are_in_no_part_of_a_line(lines: Lines) -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise RuntimeError(f"with {SECRET}") from error
    except RuntimeError:
        logger.exception(
            "told %s", SECRET, extra={"sent": {"deep": [SECRET, (SECRET,)]}, "api_token": "other", SECRET: 1}
        )
    logger.info("stack", stack_info=True, extra={"bytes": SECRET.encode()})
    assert SECRET not in lines.text
    assert "RuntimeError" in lines.all[0]["exception"]
    assert lines.all[0]["extra"]["api_token"] == "[secret]"
    assert "test_logs" in lines.last["stack"]


def test_a_traceback_that_was_formatted_before_is_cleaned(lines: Lines) -> None:
    record = logging.makeLogRecord({"msg": "late", "exc_text": f"Traceback {SECRET}"})
    ours().handle(record)
    assert lines.last["exception"] == "Traceback [secret]"


def test_a_message_that_does_not_fit_its_arguments_is_named_and_not_raised(lines: Lines) -> None:
    ours().handle(logging.makeLogRecord({"name": "x", "msg": "%d", "args": (SECRET,)}))
    assert "raised TypeError" in lines.last["message"]
    assert SECRET not in lines.text


def test_an_extra_that_cannot_be_told_does_not_end_the_call(lines: Lines) -> None:
    class Hostile:
        def __str__(self) -> str:
            raise RecursionError(SECRET)

    logger.warning("kept", extra={"thing": Hostile()})
    assert (lines.last["message"], lines.last["not_logged"]) == ("kept", "RecursionError")


def test_a_very_long_message_is_cut(lines: Lines) -> None:
    logger.warning("x" * 100_000 + SECRET)
    assert len(lines.text) < 20_000
    assert "(100023 characters)" in lines.last["message"]


def test_warnings_and_uncaught_exceptions_are_lines_too(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn(f"careful with {SECRET}", stacklevel=1)
    error = ValueError(SECRET)
    sys.excepthook(ValueError, error, None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    threading.excepthook(threading.ExceptHookArgs((ValueError, error, None, None)))
    threading.excepthook(threading.ExceptHookArgs((SystemExit, SystemExit(), None, None)))
    unraisable: Any = SimpleNamespace(exc_type=ValueError, exc_value=error, exc_traceback=None)
    sys.unraisablehook(unraisable)
    nothing: Any = SimpleNamespace(exc_value=None)
    sys.unraisablehook(nothing)
    threading.excepthook(threading.ExceptHookArgs((ValueError, None, None, None)))
    messages = [entry["message"] for entry in lines.all]
    assert "UserWarning: careful with [secret]" in messages[0]
    assert messages[1:] == [
        "uncaught exception",
        "uncaught exception in a thread",
        "exception that could not be raised",
    ]
    assert SECRET not in lines.text


def test_debug_output_of_those_who_print_values_stays_off(lines: Lines) -> None:
    logging.getLogger("pydantic_settings").debug("Resolving settings: %r", {"token": "x"})
    logging.getLogger("test_logs").debug("ours")
    assert [entry["logger"] for entry in lines.all] == ["test_logs"]


def test_basic_config_of_an_sdk_changes_nothing(lines: Lines) -> None:
    logging.basicConfig(level="INFO", handlers=[logging.StreamHandler()])
    assert not [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    assert ours() in logging.getLogger().handlers


def test_configuring_can_be_undone() -> None:
    before = (logging.getLogger().handlers[:], logging.getLogger().level, sys.excepthook, warnings.showwarning)
    undo = logs.configure("toy", stream=io.StringIO())
    assert sys.excepthook is not before[2]
    undo()
    assert (logging.getLogger().handlers, logging.getLogger().level, sys.excepthook) == before[:3]
    assert warnings.showwarning is before[3]


@dataclass
class Pipe:
    reading: int
    stream: io.TextIOWrapper
    handler: StderrHandler
    log: logging.Logger

    def read(self) -> bytes:
        return os.read(self.reading, 1 << 20)


@pytest.fixture
def pipe() -> Generator[Pipe]:
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w")
    handler = StderrHandler(stream)
    handler.setFormatter(JsonFormatter("toy", Redactor()))
    log = logging.Logger("own")
    log.addHandler(handler)
    yield Pipe(reading, stream, handler, log)
    stream.close()
    with suppress(OSError):
        os.close(reading)


def filled(pipe: Pipe, size: int) -> None:
    """Log lines of about `size` characters until one is dropped."""
    while not pipe.handler.dropped:
        pipe.log.warning("x" * size)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot tell whether a pipe has room")
def test_a_pipe_that_nobody_reads_does_not_block_and_the_loss_is_told_later(pipe: Pipe) -> None:
    filled(pipe, 200)
    for _ in range(100):
        pipe.log.warning("lost")
    assert pipe.handler.dropped == 101
    pipe.read()
    pipe.log.warning("room again")
    told = [cast("dict[str, Any]", json.loads(line)) for line in pipe.read().splitlines() if line]
    assert told[-2]["dropped"] == 101
    assert told[-1]["message"] == "room again"
    assert pipe.handler.dropped == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot tell whether a pipe has room")
def test_a_line_that_was_torn_by_a_full_pipe_is_ended_before_the_next(pipe: Pipe) -> None:
    filled(pipe, 9_000)
    assert not pipe.read().endswith(b"\n")
    pipe.log.warning("after")
    following = pipe.read().splitlines()
    assert following[0] == b""
    assert json.loads(following[-1])["message"] == "after"


def test_a_closed_standard_error_is_no_failure(pipe: Pipe) -> None:
    os.close(pipe.reading)
    pipe.log.warning("nobody hears")
    assert pipe.handler.dropped == 1
    pipe.stream.close()
    pipe.log.warning("nobody at all")
    assert pipe.handler.dropped == 2


def test_where_pipes_cannot_be_asked_lines_are_written_plainly(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "poll")
    pipe.log.warning("plain")
    assert json.loads(pipe.read())["message"] == "plain"


def test_a_process_logs_to_standard_error_and_ends_with_its_exception_cleaned() -> None:
    code = (
        "import sys; from connector_kit import logs; logs.configure('toy', known_secrets=[sys.argv[1]])\n"
        "raise SystemError(sys.argv[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, SECRET], capture_output=True, text=True)
    assert done.stdout == ""
    assert SECRET not in done.stderr
    assert json.loads(done.stderr)["level"] == "CRITICAL"
