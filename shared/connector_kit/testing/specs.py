"""Where the vendors' machine-readable API descriptions are kept: beside the repository, never in it."""

import os
from pathlib import Path
from typing import Final

SPECS_VARIABLE: Final = "MCP_SUITE_SPECS"
REASON: Final = (
    f"the vendors' API descriptions are not part of the repository: name their folder in {SPECS_VARIABLE} "
    "or keep it at ../shared/specs"
)

_REPOSITORY: Final = Path(__file__).resolve().parents[3]


def find_spec(name: str) -> Path | None:
    """Return the path of a vendor's description, or None when it is not on this machine.

    `name` is a file name such as "adf-full.atlaskit-57.7.22.json". The folder named by the
    environment variable `MCP_SUITE_SPECS` is the only one searched when the variable is set;
    otherwise it is `../shared/specs`, seen from the root of the repository.
    """
    named = os.environ.get(SPECS_VARIABLE, "")
    folder = Path(named) if named else _REPOSITORY.parent / "shared" / "specs"
    path = folder / name
    return path if path.is_file() else None
