"""`mcp-suite bundle`: write a server's `.mcpb`."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import typer

from mcp_suite.bundle.contents import contents, project_table
from mcp_suite.bundle.manifest import manifest
from mcp_suite.documents.files import checkout
from mcp_suite.errors import SuiteError
from mcp_suite.servers import find, load

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive, so that the same sources give the same bytes."""
_MODE = 0o100644


def run_bundle(service: str, out: Path | None) -> None:
    """Write a server's bundle to `out`, a file or a folder, or to the current one.

    Raises:
        SuiteError: the server is unknown, this is no checkout, or the file cannot be written.
    """
    root, script = checkout(), find(service)
    project = project_table(root)
    described = manifest(script, load(script), project)
    files = {"manifest.json": f"{json.dumps(described, indent=2, ensure_ascii=False)}\n".encode()}
    files |= contents(root, script)
    packed = pack(files)
    path = out or Path()
    if path.is_dir():
        path /= f"{script.name}-{project['version']}.mcpb"
    try:
        path.write_bytes(packed)
    except OSError as error:
        raise SuiteError(f"{path} cannot be written: {error.strerror}") from error
    typer.echo(f"{path}: {len(files)} files, {len(packed) / 1024:.0f} KiB")
    typer.echo(f"sha256 {hashlib.sha256(packed).hexdigest()}")
    typer.echo("Open it with Claude Desktop: Settings > Extensions > Advanced settings > Install Extension.")


def pack(files: Mapping[str, bytes]) -> bytes:
    """An archive of files, the same for the same files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files, key=lambda name: (name != "manifest.json", name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _MODE << 16
            entry.create_system = 3  # Unix, whatever this machine is: else the mode would differ.
            archive.writestr(entry, files[name])
    return written.getvalue()
