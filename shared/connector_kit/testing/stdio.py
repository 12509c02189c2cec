"""A server as its clients see it: a process, one JSON message a line, nothing else on its stdout."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HANDSHAKE_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
STATELESS_VERSION = "2026-07-28"
_PREFIX = "io.modelcontextprotocol/"

Message = dict[str, Any]


def isolated_environment(folder: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a machine on which nothing is configured, with its folders under `folder`."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")
        if name in os.environ
    }
    made = {
        "HOME": folder,
        "XDG_CONFIG_HOME": folder / "config",
        "XDG_STATE_HOME": folder / "state",
        "MCP_SUITE_ENV_DIR": folder / "config",
        "MCP_SUITE_STATE_DIR": folder / "state",
    }
    return kept | {name: str(path) for name, path in made.items()} | {"MCP_SUITE_KEYRING": "off"} | dict(extra or {})


class StdioServer:
    """One running server; use it in a `with` block.

    `noise` collects what came on stdout and was not a JSON-RPC message: it must stay empty.
    """

    def __init__(
        self,
        module: str,
        env: Mapping[str, str],
        *,
        args: Sequence[str] = (),
        capabilities: Mapping[str, Any] | None = None,
        stateless: bool = False,
        timeout: float = 60.0,
    ) -> None:
        """Start `python -m module` in the environment `env` alone; `timeout` bounds every answer, in seconds."""
        self.timeout = timeout
        self.noise: list[str] = []
        self.notifications: list[Message] = []
        self.errors: list[str] = []
        self._capabilities = dict(capabilities or {})
        self._stateless = stateless
        self._next_id = 0
        self._inbox: queue.Queue[Message | None] = queue.Queue()
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module, *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=env.get("HOME"),
        )
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._drain, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, message: Message) -> None:
        """Write one message."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def request(self, method: str, params: Message | None = None) -> Message:
        """Send a request and wait for its response: a message with `result` or `error`.

        Requests of the server are kept in `notifications` and answered with an error.

        Raises:
            TimeoutError: no answer came in time.
            EOFError: the server closed its stdout.
        """
        self._next_id += 1
        number = self._next_id
        body = dict(params or {})
        if self._stateless:
            body["_meta"] = {
                f"{_PREFIX}protocolVersion": STATELESS_VERSION,
                f"{_PREFIX}clientInfo": {"name": "contract", "version": "1"},
                f"{_PREFIX}clientCapabilities": self._capabilities,
                **body.get("_meta", {}),
            }
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": body})
        while True:
            try:
                message = self._inbox.get(timeout=self.timeout)
            except queue.Empty:
                raise TimeoutError(f"{method}: no answer in {self.timeout} s; stderr: {self.errors[-5:]}") from None
            if message is None:
                raise EOFError(f"{method}: the server left; stderr: {self.errors[-8:]}")
            if message.get("id") == number and "method" not in message:
                return message
            self.notifications.append(message)
            if "id" in message and "method" in message:
                self.send({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "not here"}})

    def initialize(self, version: str = HANDSHAKE_VERSIONS[-1]) -> Message:
        """Shake hands in a protocol version that has a handshake; answers the server's result."""
        hello = {
            "protocolVersion": version,
            "capabilities": self._capabilities,
            "clientInfo": {"name": "contract", "version": "1"},
        }
        answer = self.request("initialize", hello)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return answer["result"]

    def tools(self) -> list[Message]:
        """The catalogue of tools."""
        return self.request("tools/list")["result"]["tools"]

    def call(self, name: str, arguments: Message | None = None) -> tuple[str, bool]:
        """Call a tool; answers its text and whether it is an error."""
        answer = self.request("tools/call", {"name": name, "arguments": arguments or {}})
        if "error" in answer:
            return str(answer["error"]["message"]), True
        result = answer["result"]
        return "".join(part.get("text", "") for part in result.get("content", [])), bool(result.get("isError"))

    def close(self) -> int:
        """Close stdin, wait until the server has left, answer its exit status."""
        with contextlib.suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.close()
        return self._wait()

    def interrupt(self, number: signal.Signals) -> int:
        """Send a signal with stdin still open, wait until the server has left, answer its exit status."""
        self.process.send_signal(number)
        return self._wait()

    def _wait(self) -> int:
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        for thread in self._threads:
            thread.join(5)
        for stream in (self.process.stdout, self.process.stderr, self.process.stdin):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                message: Message = json.loads(line)
                assert message["jsonrpc"] == "2.0"
            except (ValueError, KeyError, TypeError, AssertionError):
                self.noise.append(line.decode(errors="replace"))
            else:
                self._inbox.put(message)
        self._inbox.put(None)

    def _drain(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(line.decode(errors="replace").rstrip() for line in self.process.stderr)
