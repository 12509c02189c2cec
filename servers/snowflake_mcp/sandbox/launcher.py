"""Starting the stand-in on demand: one process for each folder of data, shared by all who use that folder.

Who starts it writes where it is into the folder; the next one finds it there. Each user holds a connection to it, a
lease, which the system closes with the process that held it; when the last has gone, the stand-in ends by itself. So
it neither outlives those who use it nor ends with the one among them who happened to start it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from snowflake_mcp.sandbox import sample
from snowflake_mcp.sandbox.packages import SCRIPT, SandboxUnavailable, environment, required_uv, without_packages

START_SECONDS = 180.0
"""How long a start may take: the first one fetches about 130 MB of packages."""

GREETING_SECONDS = 2.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
SLOW_SECONDS = 3.0
HOST = "127.0.0.1"
_PLACE = "stand-in.json"
_LOG = "stand-in.log"
_LOCK = "stand-in.lock"
_SAMPLE = "sample.json"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running stand-in answers."""

    host: str
    port: int
    pid: int


class StandIn:
    """The stand-in over one folder. Nothing is started before `address` is asked for.

    `progress` is told, in a few words, what takes long. `start_seconds` limits a start. A stand-in that is started
    here answers at `port`, at a free one by default; one that runs already keeps its own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        progress: Callable[[str], None] | None = None,
        start_seconds: float = START_SECONDS,
        port: int = 0,
    ) -> None:
        self._folder = folder.absolute()
        self._progress = progress
        self._start_seconds = start_seconds
        self._port = port
        self._lease: _Lease | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def address(self) -> Address:
        """Where the stand-in answers: the running one, or a new one if there is none or it has died.

        Raises:
            SandboxUnavailable: it cannot be started: no uv, no packages, or no answer in time.
        """
        async with self._turn:
            if self._lease is not None and not self._lease.lost:
                return self._lease.address
            if self._lease is not None:
                lost, self._lease = self._lease, None
                await lost.close()
            self._lease = await _joined(self._folder) or await self._started()
            return self._lease.address

    async def aclose(self) -> None:
        """Give the lease back. The stand-in ends a few seconds after the last one."""
        async with self._turn:
            lease, self._lease = self._lease, None
            if lease is not None:
                await lease.close()

    async def _started(self) -> _Lease:
        _made(self._folder)
        async with _locked(self._folder, self._start_seconds):
            if lease := await _joined(self._folder):
                return lease
            return await _start(self._folder, self._start_seconds, self._progress, self._port)


async def reset(folder: Path) -> None:
    """Throw away what was changed. A running stand-in is ended; the next start fills the folder anew.

    Raises:
        SandboxUnavailable: a running one does not end.
    """
    folder = _made(folder)
    async with _locked(folder, START_SECONDS):
        await _stopped(folder)
        await asyncio.to_thread(_empty, folder)


class _Lease:
    """An open connection to a running stand-in."""

    def __init__(self, address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.address = address
        self._reader = reader
        self._writer = writer

    @property
    def lost(self) -> bool:
        """Whether the stand-in has gone."""
        return self._reader.at_eof() or self._writer.is_closing()

    async def stop(self) -> None:
        """Ask the stand-in to end, and wait until it closes the connection."""
        with suppress(OSError):
            self._writer.write(b"stop\n")
            await self._writer.drain()
            await self._reader.read()

    async def close(self) -> None:
        """Give it back."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.absolute()


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name == _LOCK:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)


async def _joined(folder: Path, *, any_version: bool = False) -> _Lease | None:
    """A lease of the stand-in that runs over a folder, if there is one and it is of the present version."""
    try:
        place = cast("dict[str, object]", json.loads((folder / _PLACE).read_text(encoding="utf-8")))
        port, lease_port, pid = (int(str(place[name])) for name in ("port", "lease_port", "pid"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    try:
        async with asyncio.timeout(GREETING_SECONDS):
            reader, writer = await asyncio.open_connection(HOST, lease_port)
    except (OSError, TimeoutError):
        return None
    lease = _Lease(Address(HOST, port, pid), reader, writer)
    try:
        async with asyncio.timeout(GREETING_SECONDS):
            line = await reader.readline()
    except (OSError, TimeoutError):
        await lease.close()
        return None
    except BaseException:
        writer.close()
        raise
    try:
        greeting = cast("dict[str, object]", json.loads(line))
        if greeting["folder"] == str(folder) and (any_version or greeting["version"] == _version()):
            return lease
    except (ValueError, KeyError, TypeError):
        pass
    # Somebody else has come to have that port since, or it is the stand-in of another release.
    await lease.close()
    return None


async def _start(folder: Path, seconds: float, progress: Callable[[str], None] | None, port: int) -> _Lease:
    uv = required_uv()
    await _stopped(folder)
    began = time.monotonic()
    (folder / _SAMPLE).write_text(sample.as_json(), encoding="utf-8")
    out = folder / _PLACE
    with out.open("wb") as stdout, (folder / _LOG).open("wb") as stderr:
        out.chmod(0o600)
        child = subprocess.Popen(  # noqa: ASYNC220, S603 - it lives on; its arguments are ours
            [uv, "run", "--quiet", "--frozen", "--script", str(SCRIPT), str(folder), _version(), str(port)],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd=folder,
            env=environment(),
            # Ctrl+C in a terminal is meant for who uses it; others may use it too.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if sys.platform == "win32" else 0,
        )
    # It outlives this call; the system wants somebody to have waited for it when it ends.
    threading.Thread(target=child.wait, name="snowflake-sandbox", daemon=True).start()
    told = False
    try:
        while not out.stat().st_size or (lease := await _joined(folder)) is None:
            if child.poll() is not None:
                raise _why(folder)
            waited = time.monotonic() - began
            if waited > seconds:
                raise SandboxUnavailable(
                    f"The Snowflake sandbox was not ready within {seconds:g} seconds.",
                    "The first start fetches about 130 MB of packages; try again, or see "
                    f"{folder / _LOG} for what takes so long.",
                )
            if progress is not None and not told and waited > SLOW_SECONDS:
                told = True
                progress("Starting the Snowflake sandbox; the first start fetches its packages")
            await asyncio.sleep(POLL_SECONDS)
    except BaseException:
        # Also when the caller has given up waiting: nobody else would end it before its own patience does.
        child.terminate()
        raise
    return lease


def _version() -> str:
    """What tells the stand-in of one release from that of another: what its files and its sample say."""
    digest = hashlib.sha256(sample.as_json().encode())
    for file in sorted(SCRIPT.parent.glob("*.py*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _why(folder: Path) -> SandboxUnavailable:
    """What the log says about a start that failed."""
    lines = (folder / _LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    text = "\n".join(lines)
    if any(sign in text for sign in ("Failed to fetch", "Failed to download", "Could not connect", "dns error")):
        return without_packages(f"Details are in {folder / _LOG}.")
    if "Conflicting lock is held" in text or "Could not set lock on file" in text:
        return SandboxUnavailable(
            "Another program has the data of the Snowflake sandbox open.", f"End it; the data is in {folder}."
        )
    if "Address already in use" in text or "WinError 10048" in text:
        return SandboxUnavailable(
            "The port for the Snowflake sandbox is taken.", "Choose another, or 0 for a free one."
        )
    last = next((line for line in reversed(lines) if line.strip()), "it said nothing")
    return SandboxUnavailable(
        f"The Snowflake sandbox ended while it started: {last[:200]}", f"Details are in {folder / _LOG}."
    )


async def _stopped(folder: Path) -> None:
    lease = await _joined(folder, any_version=True)
    if lease is None:
        await _gone(folder)
        return
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await lease.stop()
            while _alive(lease.address.pid):  # noqa: ASYNC110 - another process tells nobody when it ends
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise SandboxUnavailable(
            f"The Snowflake sandbox (process {lease.address.pid}) does not end.", "End that process, then try again."
        ) from error
    finally:
        await lease.close()


async def _gone(folder: Path) -> None:
    """Wait for one that is ending: it has the data open until then, and takes its place out of the folder last."""
    with suppress(OSError, ValueError, KeyError, TypeError, TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            while _alive(int(json.loads((folder / _PLACE).read_text(encoding="utf-8"))["pid"])):  # noqa: ASYNC110
                await asyncio.sleep(POLL_SECONDS)


def _alive(pid: int) -> bool:
    if os.name != "posix":
        # Where a signal cannot ask, the closed connection has to do.
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@asynccontextmanager
async def _locked(folder: Path, seconds: float) -> AsyncGenerator[None]:
    """Keep other processes from starting or resetting over the same folder."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, mode=0o600)
    began = time.monotonic()
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            if time.monotonic() - began > seconds:
                raise SandboxUnavailable(
                    "Another process has been starting the Snowflake sandbox for too long.",
                    f"End it, or delete {folder / _LOCK}.",
                ) from None
            await asyncio.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        lock.release()
