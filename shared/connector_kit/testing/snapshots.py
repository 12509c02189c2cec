"""The recorded catalogue: one JSON file per tool, so that a changed schema is seen in review.

`python -m connector_kit.testing.snapshots` writes them anew.
"""

import json
from pathlib import Path

from connector_kit.testing.contract import Spec, catalogue, find_servers, load, wire


def folder(root: Path, package: str) -> Path:
    """Where a server's snapshots are kept."""
    return root / "tests" / package / "snapshots"


def rendered(spec: Spec) -> dict[str, str]:
    """Every tool's snapshot by file name."""
    return {
        f"{tool.name}.json": json.dumps(wire(tool), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for tool in catalogue(spec)
    }


def drift(root: Path, package: str) -> list[str]:
    """File names whose snapshot differs from the code, is missing, or has no tool any more."""
    kept = {path.name: path.read_text("utf-8") for path in folder(root, package).glob("*.json")}
    made = rendered(load(package))
    return sorted(name for name in kept.keys() | made.keys() if kept.get(name) != made.get(name))


def write(root: Path) -> None:
    """Record the catalogue of every server under `root`."""
    for package in find_servers(root):
        target = folder(root, package)
        target.mkdir(parents=True, exist_ok=True)
        made = rendered(load(package))
        for path in target.glob("*.json"):
            if path.name not in made:
                path.unlink()
        for name, text in made.items():
            (target / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path.cwd())
