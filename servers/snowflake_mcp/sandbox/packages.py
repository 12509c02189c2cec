"""The packages of the stand-in: uv keeps them in an environment of their own, at the versions of serve.py.lock."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "stand_in" / "serve.py"
FETCH_SECONDS = 900.0


class SandboxUnavailable(Exception):  # noqa: N818 - what the user is told, not how it came about
    """The stand-in cannot be started: `str()` says why, `next_step` what can be done about it.

    `absent` says that it is not there to be started: uv or its packages cannot be had.
    """

    def __init__(self, message: str, next_step: str, *, absent: bool = False) -> None:
        super().__init__(message)
        self.next_step = next_step
        self.absent = absent


def fetch() -> None:
    """Have uv fetch the packages, about 130 MB, unless it has them. Blocks.

    Raises:
        SandboxUnavailable: uv is not there, or the packages cannot be had.
    """
    command = [required_uv(), "sync", "--quiet", "--frozen", "--script", str(SCRIPT)]
    try:
        done = subprocess.run(  # noqa: S603 - its arguments are ours
            command,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=FETCH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        said, failed = "It took too long.", True
    else:
        said, failed = done.stderr.decode("utf-8", "replace"), done.returncode != 0
    if failed:
        last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
        raise without_packages(f"uv says: {last[:300]}")


def without_packages(details: str) -> SandboxUnavailable:
    """The packages cannot be had; `details` is a sentence that says where more is told."""
    return SandboxUnavailable(
        "The packages of the Snowflake sandbox (fakesnow and its dependencies) cannot be had.",
        f"It needs the package index once. {details}",
        absent=True,
    )


def required_uv() -> str:
    """Where uv is. Raises SandboxUnavailable."""
    found = find_uv()
    if found is None:
        raise SandboxUnavailable(
            "The Snowflake sandbox needs uv, which was not found.",
            "Install uv (https://docs.astral.sh/uv/) or set UV to where it is, then try again.",
            absent=True,
        )
    return found


def find_uv() -> str | None:
    """The uv to run the stand-in with: the one that runs this process, or that of the user."""
    if (named := os.environ.get("UV")) and Path(named).is_file():
        return named
    if found := shutil.which("uv"):
        return found
    # A desktop application starts its servers with a short PATH.
    name = "uv.exe" if os.name == "nt" else "uv"
    places = [Path(sys.prefix, "Scripts" if os.name == "nt" else "bin")]
    places += [Path.home() / ".local" / "bin", Path.home() / ".cargo" / "bin"]
    places += [Path("/opt/homebrew/bin"), Path("/usr/local/bin")]
    return next((str(place / name) for place in places if (place / name).is_file()), None)


def environment() -> dict[str, str]:
    """The environment of the stand-in: without the settings of this one's interpreter, and without secrets."""
    left_out = ("SNOWFLAKE_", "PYTHON", "VIRTUAL_ENV", "COV_", "COVERAGE_", "FAKESNOW_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    # Behind a company's proxy the system knows the certificates; the variables that name them do not reach a server
    # that a desktop application starts. The second name is that of older releases of uv.
    return {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", **own}
