"""The repository as git keeps it: every object of its history, and the files as they are now."""

import hashlib
import subprocess
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _git(*arguments: str, given: bytes = b"", check: bool = True) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=ROOT, input=given, capture_output=True, check=check)


@cache
def is_checkout() -> bool:
    """Whether this is a git checkout of its own: an unpacked archive is none, nor is one inside another checkout."""
    try:
        asked = _git("rev-parse", "--show-toplevel", check=False)
    except FileNotFoundError:
        return False
    return asked.returncode == 0 and Path(asked.stdout.decode().strip()).resolve() == ROOT.resolve()


def history() -> Iterator[tuple[str, str, bytes]]:
    """All commits, tags and files that any reference or HEAD leads to: a name for a person, id and text."""
    listed = _git("rev-list", "--objects", "--all", "HEAD").stdout.decode(errors="replace").splitlines()
    names = {line[:40]: line[41:] for line in listed}
    kinds = _git("cat-file", "--batch-check=%(objecttype) %(objectname)", given="\n".join(names).encode())
    wanted = [line[-40:] for line in kinds.stdout.decode().splitlines() if not line.startswith("tree ")]
    batch = _git("cat-file", "--batch", given="\n".join(wanted).encode()).stdout
    place = 0
    while place < len(batch):
        end = batch.index(b"\n", place)
        identity, kind, size = batch[place:end].decode().split()
        place = end + 1 + int(size) + 1
        yield f"{kind} {identity[:10]} {names.get(identity, '')}".strip(), identity, batch[end + 1 : place - 1]


def present(seen: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
    """The files that are there now and tracked, or could be; not those whose text git has by one of these ids."""
    listed = _git("ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout.decode().split("\0")
    for name in filter(None, listed):
        path = ROOT / name
        if path.is_file() and not path.is_symlink():
            text = path.read_bytes()
            identity = hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()
            if identity not in seen:
                yield name, text


def everything() -> Iterator[tuple[str, bytes]]:
    """All of the history, and what is not part of it yet."""
    seen: set[str] = set()
    for name, identity, text in history():
        seen.add(identity)
        yield name, text
    yield from present(seen)
