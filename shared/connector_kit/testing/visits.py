"""Sandboxes for tests: a fresh file without filling it anew, and visitors who are shown out afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar


class _App(Protocol):
    def close(self) -> None: ...


class _Visitor(Protocol):
    async def aclose(self) -> None: ...


VisitorT = TypeVar("VisitorT", bound=_Visitor)
AppT = TypeVar("AppT", bound=_App)
WhoT = TypeVar("WhoT")


def fresh_file(create_app: Callable[[Path], _App], path: Path) -> bytes:
    """The bytes of a database with the sample data and nothing else, made at `path`."""
    create_app(path).close()
    return path.read_bytes()


@asynccontextmanager
async def visiting(app: AppT, visit: Callable[[AppT, WhoT], VisitorT]) -> AsyncGenerator[Callable[[WhoT], VisitorT]]:
    """Opens `app` as one person after the other; at the end all leave, and the app is closed."""
    visitors: list[VisitorT] = []

    def open_as(who: WhoT) -> VisitorT:
        visitors.append(visit(app, who))
        return visitors[-1]

    try:
        yield open_as
    finally:
        for visitor in visitors:
            await visitor.aclose()
        app.close()


def run_at_once(code: str, database: Path, count: int) -> list[str]:
    """What processes that run `code` on the file at once print, in words."""
    command = [sys.executable, "-c", code, str(database)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]  # noqa: S603 - a test's own
    words: list[str] = []
    for process in running:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        words += output.split()
    return words
