"""The memory of a running process, without a dependency."""

import re
import sys
from pathlib import Path

MIB = 1024 * 1024


def resident(pid: int) -> float | None:
    """Resident memory of a running process in MiB; None where the system does not tell by /proc."""
    if sys.platform != "linux":
        return None
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else None


def peak_of_children() -> float | None:
    """The most resident memory that any ended child had, in MiB; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most / MIB if sys.platform == "darwin" else most / 1024
