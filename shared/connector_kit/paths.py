"""Where the suite keeps its files, per user."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from connector_kit.errors import NotConfigured

APP_NAME = "mcp-integration-suite"


def chosen_folder(variable: str, text: str) -> Path:
    """The folder that the text of an environment variable names.

    Raises:
        NotConfigured: it is not absolute. What it means would depend on the current directory, where a
            stranger's checkout may lie.
    """
    try:
        folder = Path(text).expanduser()
    except RuntimeError:  # the home of a user who does not exist
        folder = Path(text)
    if not folder.is_absolute():
        raise NotConfigured(f"{variable} is not an absolute path.", next_step="Name a folder from the root on.")
    return folder


def config_dir() -> Path:
    """The folder of the `.env.<service>` files: `$MCP_SUITE_ENV_DIR`, else the user's configuration folder.

    It is not created: nothing is wrong with a machine that has none. Raises NotConfigured for a relative one.
    """
    if chosen := os.environ.get("MCP_SUITE_ENV_DIR", "").strip():
        return chosen_folder("MCP_SUITE_ENV_DIR", chosen)
    from platformdirs import user_config_path

    return user_config_path(APP_NAME, appauthor=False)


def state_dir() -> Path:
    """The folder of audit records and sandboxes: `$MCP_SUITE_STATE_DIR`, else the user's state folder.

    Raises NotConfigured for a relative one.
    """
    if chosen := os.environ.get("MCP_SUITE_STATE_DIR", "").strip():
        return chosen_folder("MCP_SUITE_STATE_DIR", chosen)
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
