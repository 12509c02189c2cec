"""A real start of a server, as a client does it: handshake, catalogue of tools, nothing else on its output."""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.abc

from connector_kit.errors import clean_text
from connector_kit.logs import redactor
from mcp_suite.doctor.finding import Finding, fail, ok, warn
from mcp_suite.servers import Script

PATIENCE = 25.0
"""Seconds to the catalogue of tools; clients give up after a minute."""
SLOW = 10.0
PROTOCOL = "2025-11-25"

_LINE_LIMIT = 4 * 1024 * 1024
_TAIL = 4096


class _Left(Exception):  # noqa: N818 - says what happened
    """The server closed its output."""


class _Refused(Exception):  # noqa: N818 - says what happened
    """The server answered with an error."""


@dataclass(slots=True)
class _Conversation:
    """The lines of one server. `noise` counts what it wrote besides messages; `errors` is its log's end."""

    process: anyio.abc.Process
    noise: list[str] = field(default_factory=list[str])
    errors: bytes = b""
    _buffer: bytes = b""

    async def send(self, message: Mapping[str, object]) -> None:
        assert self.process.stdin is not None
        try:
            await self.process.stdin.send(json.dumps(message).encode() + b"\n")
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            raise _Left from None

    async def ask(self, number: int, method: str, params: Mapping[str, object]) -> Mapping[str, Any]:
        """The result of a request."""
        await self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self._message(await self._line())
            if message is None or message.get("id") != number or "method" in message:
                continue
            if "result" not in message:
                raise _Refused(method)
            return cast("Mapping[str, Any]", message["result"])

    async def _line(self) -> bytes:
        assert self.process.stdout is not None
        while b"\n" not in self._buffer:
            if len(self._buffer) > _LINE_LIMIT:
                raise _Refused("a line without end")
            try:
                self._buffer += await self.process.stdout.receive()
            except (anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError):
                raise _Left from None
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _message(self, line: bytes) -> Mapping[str, Any] | None:
        try:
            message: object = json.loads(line)
        except ValueError:
            message = None
        if isinstance(message, dict) and "jsonrpc" in message:
            return cast("dict[str, Any]", message)
        self.noise.append(line.decode(errors="replace"))
        return None

    async def drain(self) -> None:
        """Keep the end of what the server logs, so that it never waits for us."""
        assert self.process.stderr is not None
        try:
            async for chunk in self.process.stderr:
                self.errors = (self.errors + chunk)[-_TAIL:]
        except (anyio.ClosedResourceError, anyio.BrokenResourceError):
            return

    def last_words(self) -> str:
        """The last line of its log, without what looks like a secret."""
        lines = [line for line in self.errors.decode(errors="replace").splitlines() if line.strip()]
        return clean_text(redactor.text(lines[-1]), 160) if lines else "it said nothing"


@dataclass(frozen=True, slots=True)
class Server:
    """What to start: `command` in the environment `env`; `reinstall` is the fix when it does not start.

    `name` is the server's.
    """

    subject: str
    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(repr=False)
    reinstall: str
    version: str


def own_server(script: Script, version: str, reinstall: str) -> Server:
    """A server of the running environment, with the user's own variables."""
    return Server(script.extra, script.name, (sys.executable, "-m", script.package), os.environ, reinstall, version)


async def check_start(server: Server, *, patience: float = PATIENCE) -> list[Finding]:
    """Start a server, ask for its tools, and end it."""
    subject = server.subject
    began = time.perf_counter()
    try:
        process = await anyio.open_process(list(server.command), env=dict(server.env), cwd=_folder(server.env))
    except OSError as error:
        told = f"{server.command[0]} cannot be started: {error.strerror}"
        return [fail(subject, "start", told, server.reinstall)]
    talk = _Conversation(process)
    failure, version = "", ""
    tools, seconds = 0, 0.0
    async with process, anyio.create_task_group() as tasks:
        tasks.start_soon(talk.drain)
        try:
            with anyio.fail_after(patience):
                version, tools = await _greet(talk)
        except TimeoutError:
            failure = f"no catalogue of tools within {patience:g} s"
        except _Left:
            with anyio.move_on_after(1.0):
                await process.wait()
                await anyio.sleep(0.05)  # for its last words
            failure = f"it left at once (status {process.returncode}): {talk.last_words()}"
        except _Refused as error:
            failure = f"it refused {error}"
        seconds = time.perf_counter() - began
        await _end(process, 0.0 if failure else 2.0)
        tasks.cancel_scope.cancel()
    if failure:
        return [fail(subject, "start", f"{server.name}: {failure}", server.reinstall)]
    return _verdict(server, talk, seconds, tools, version)


async def _greet(talk: _Conversation) -> tuple[str, int]:
    """Shake hands; answers the server's version and how many tools it offers."""
    hello = {
        "protocolVersion": PROTOCOL,
        "capabilities": {},
        "clientInfo": {"name": "mcp-suite-doctor", "version": "1"},
    }
    about = await talk.ask(1, "initialize", hello)
    await talk.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    listed = await talk.ask(2, "tools/list", {})
    return str(about.get("serverInfo", {}).get("version", "")), len(listed.get("tools", []))


async def _end(process: anyio.abc.Process, grace: float) -> None:
    """Close the server's input, and end it if it is still there after `grace` seconds; also when we are cancelled."""
    with anyio.CancelScope(shield=True):
        if process.stdin is not None:
            await process.stdin.aclose()
        with anyio.move_on_after(grace):
            await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


def _verdict(server: Server, talk: _Conversation, seconds: float, tools: int, version: str) -> list[Finding]:
    subject = server.subject
    findings: list[Finding] = []
    if talk.noise:
        first = clean_text(redactor.text(talk.noise[0]), 80)
        told = f"it writes other things than messages to its output ({len(talk.noise)}): {first}"
        findings.append(fail(subject, "start", told, "Delete the print() that writes it, or start the script directly"))
    if version and version != server.version:
        told = f"it is version {version}, this is {server.version}: another installation"
        findings.append(warn(subject, "start", told, server.reinstall))
    if seconds > SLOW:
        told = f"{tools} tools only after {seconds:.1f} s: clients may give up"
        findings.append(warn(subject, "start", told, f"Run: {sys.executable} -m compileall -q {sys.prefix}"))
    return findings or [
        ok(subject, "start", f"{server.name}: {tools} tools after {seconds:.1f} s, nothing else on its output")
    ]


def _folder(env: Mapping[str, str]) -> str | None:
    """The user's home, where clients start servers, if there is one."""
    home = env.get("HOME", "")
    return home if home and Path(home).is_dir() else None
