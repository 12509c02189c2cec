"""A client that does as little as possible: JSON lines over pipes, timed where they arrive."""

import itertools
import json
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from mcp_suite.bench.figures import MeasurementError

ANSWER_TIMEOUT = 60.0
PROTOCOL = "2025-11-25"

Message = dict[str, Any]


class Pending:
    """A request that is under way."""

    def __init__(self, method: str) -> None:
        """Remember when it was sent."""
        self.method = method
        self.sent = time.perf_counter()
        self.arrived = 0.0
        self._answer: Message = {}
        self._done = threading.Event()

    def resolve(self, answer: Message, arrived: float) -> None:
        """Take the answer."""
        self._answer, self.arrived = answer, arrived
        self._done.set()

    def result(self) -> Message:
        """Wait for the result.

        Raises:
            MeasurementError: an error came, or nothing did.
        """
        if not self._done.wait(ANSWER_TIMEOUT):
            raise MeasurementError(f"{self.method}: no answer within {ANSWER_TIMEOUT:.0f} s")
        if "result" not in self._answer:
            raise MeasurementError(f"{self.method}: {self._answer.get('error', 'the server left')}")
        return self._answer["result"]

    @property
    def seconds(self) -> float:
        """From sending to arrival, once the result is there."""
        return self.arrived - self.sent


class WireClient:
    """A server process and the requests to it. `spawned` is the moment just before it was started."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, errors: Path) -> None:
        """Start the process."""
        self._pending: dict[int, Pending] = {}
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._errors = errors.open("ab")
        self.spawned = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=dict(environment),
            cwd=folder,
            bufsize=0,
        )
        self._input = cast("IO[bytes]", self._process.stdin)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def send(self, method: str, params: Message | None = None) -> Pending:
        """Send a request and do not wait."""
        pending = Pending(method)
        number = next(self._ids)
        with self._lock:
            self._pending[number] = pending
        message: Message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}
        pending.sent = time.perf_counter()
        self._write(message)
        return pending

    def initialize(self) -> Pending:
        """Do the handshake; answers the finished request.

        Raises:
            MeasurementError: the server did not answer.
        """
        client = {"name": "mcp-suite-bench", "version": "1"}
        pending = self.send("initialize", {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client})
        pending.result()
        self._write({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return pending

    def call(self, tool: str, arguments: Mapping[str, Any]) -> tuple[str, float]:
        """Call a tool; answers its text and the seconds it took.

        Raises:
            MeasurementError: the tool failed.
        """
        pending = self.send("tools/call", {"name": tool, "arguments": dict(arguments)})
        return text_of(tool, pending.result()), pending.seconds

    def close(self) -> None:
        """End the input, and the process if it stays."""
        self._input.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(5)
        cast("IO[bytes]", self._process.stdout).close()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, message: Message) -> None:
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise MeasurementError(f"the server no longer reads: {error}") from error

    def _read(self) -> None:
        for line in cast("IO[bytes]", self._process.stdout):
            arrived = time.perf_counter()
            message: Message = json.loads(line)
            with self._lock:
                pending = self._pending.pop(message.get("id", 0), None)
            if pending is not None:
                pending.resolve(message, arrived)
        with self._lock:
            left, self._pending = list(self._pending.values()), {}
        for pending in left:
            pending.resolve({}, time.perf_counter())


def text_of(tool: str, result: Message) -> str:
    """The text of a tool's result.

    Raises:
        MeasurementError: the result is an error.
    """
    parts: list[Message] = result.get("content", [])
    text = "\n".join(str(part.get("text", "")) for part in parts)
    if result.get("isError"):
        raise MeasurementError(f"{tool}: {text}")
    return text
