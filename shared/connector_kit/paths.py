"""Where the suite keeps its files, per user."""

from __future__ import annotations

import os
import stat
from pathlib import Path

APP_NAME = "mcp-integration-suite"


def config_dir() -> Path:
    """The folder of the `.env.<service>` files: `$MCP_SUITE_ENV_DIR`, else the user's configuration folder.

    It is not created: nothing is wrong with a machine that has none.
    """
    if chosen := os.environ.get("MCP_SUITE_ENV_DIR"):
        return Path(chosen).expanduser()
    from platformdirs import user_config_path

    return user_config_path(APP_NAME, appauthor=False)


def state_dir() -> Path:
    """The folder of audit records and sandboxes: `$MCP_SUITE_STATE_DIR`, else the user's state folder."""
    if chosen := os.environ.get("MCP_SUITE_STATE_DIR"):
        return Path(chosen).expanduser()
    from platformdirs import user_state_path

    return user_state_path(APP_NAME, appauthor=False)


def private_dir(path: Path) -> Path:
    """Create `path` with its parents, readable by its owner only (0700), and return it.

    An existing folder of ours loses the permissions of others; someone else's raises PermissionError.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o700)
    return path
