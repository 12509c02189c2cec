"""Memory and processor time of a running process, without a dependency."""

import os
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


def processor_time(pid: int) -> float | None:
    """Seconds of processor time that a running process has used; None where /proc is not there."""
    if sys.platform != "linux":
        return None
    # The name in parentheses may hold anything, also spaces; the fields after it are counted from state on.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_of_children() -> float | None:
    """The most resident memory that any ended child had, in MiB; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most / MIB if sys.platform == "darwin" else most / 1024
