"""What all four sandboxes tell, asked once for all tests here."""

import dataclasses
import json
import os
from pathlib import Path

import pytest
from filelock import FileLock

from snowflake_mcp.sandbox import SandboxUnavailable

from .telling import Told, tell


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The answers of the four; tests are skipped where the warehouse cannot be had, and say so.

    The workers of one run ask once for all.
    """
    folder = tmp_path_factory.mktemp("told")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _ask(folder)
    shared = tmp_path_factory.getbasetemp().parent / "told.json"
    with FileLock(shared.with_suffix(".lock")):
        if not shared.exists():
            shared.write_text(json.dumps(dataclasses.asdict(_ask(folder))), encoding="utf-8")
    return Told(**json.loads(shared.read_text(encoding="utf-8")))


def _ask(folder: Path) -> Told:
    try:
        return tell(folder)
    except SandboxUnavailable as error:
        if not error.absent:
            raise
        pytest.skip(f"{error} {error.next_step}")
