"""Marking a phase in a roadmap, a Markdown file, as complete and the next one as current."""

import os
import re
from pathlib import Path

from mcp_suite.workflow.model import StepError

COMPLETE = "Complete"
CURRENT = "Current"
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_STATES = ("status", "state")


def updated(text: str, phase: int) -> str:
    """The text with this phase complete and the next one current; the same where it says so already.

    It understands tables with a column Status or State, check lists, and `Status:` lines below a phase's heading.

    Raises:
        StepError: it says nothing of the phase that could be changed.
    """
    lines = text.split("\n")
    if not _mark(lines, phase, COMPLETE):
        raise StepError(f"the roadmap has no row, item or heading with a status for Phase {phase}")
    _mark(lines, phase + 1, CURRENT)
    return "\n".join(lines)


def update_file(path: Path, phase: int) -> bool:
    """Rewrite a roadmap's file, whole or not at all; answers whether something changed.

    Raises:
        StepError: the file cannot be read or written, or does not know the phase.
    """
    try:
        path = path.resolve()
        before = path.read_bytes().decode("utf-8")
        after = updated(before, phase)
        if after == before:
            return False
        beside = path.with_name(f".{path.name}.{phase}.tmp")
        beside.unlink(missing_ok=True)  # of a run that was cut off, or a link that somebody put there
        with beside.open("xb") as file:
            file.write(after.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise StepError(f"{path} cannot be rewritten: {error}") from error
    return True


def _mark(lines: list[str], phase: int, state: str) -> bool:
    return any([_mark_table(lines, phase, state), _mark_list(lines, phase, state), _mark_heading(lines, phase, state)])


def _mark_table(lines: list[str], phase: int, state: str) -> bool:
    column, marked = -1, False
    for number, line in enumerate(lines):
        if not _ROW.match(line):
            column = -1
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        heads = [cell.strip("*_ ").casefold() for cell in cells]
        if column < 0:
            column = next((place for place, head in enumerate(heads) if head in _STATES), -1)
        elif column < len(cells) and (cells[0] == str(phase) or _names(cells[0], phase)):
            cells[column] = state
            lines[number] = f"| {' | '.join(cells)} |"
            marked = True
    return marked


def _mark_list(lines: list[str], phase: int, state: str) -> bool:
    marked = False
    for number, line in enumerate(lines):
        found = re.match(r"^(\s*[-*+] )\[[ xX]\] (.*)$", line)
        if found and _names(found[2], phase):
            sign = "x" if state == COMPLETE else " "
            lines[number] = f"{found[1]}[{sign}] {found[2]}"
            marked = True
    return marked


def _mark_heading(lines: list[str], phase: int, state: str) -> bool:
    inside, marked = False, False
    for number, line in enumerate(lines):
        if line.startswith("#"):
            inside = _names(line.lstrip("# "), phase)
        elif inside and (found := re.match(r"^(\s*(?:[-*+] )?\**(?:Status|State)\**:\**\s*)\S.*$", line)):
            lines[number] = f"{found[1]}{state}"
            marked = True
    return marked


def _names(text: str, phase: int) -> bool:
    """Whether a text begins with the phase's name."""
    return re.match(rf"^[\W_]*Phase {phase}\b", text, re.IGNORECASE) is not None
