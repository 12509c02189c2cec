"""Files of a message in one line each, https://docs.slack.dev/reference/objects/file-object."""

from collections.abc import Mapping
from typing import Final

from slack_mcp.text.markdown import label
from slack_mcp.text.shapes import first_string, mapping, string, whole

_GONE: Final = {
    "tombstone": "deleted",
    "hidden_by_limit": "hidden by the workspace's plan",
}
_ACCESS: Final = {
    "access_denied": "not visible to this login",
    "file_not_found": "not found",
    "check_file_info": "details by file id only",
}


def file_line(file: Mapping[str, object]) -> str:
    """A file as "[file name (F123, 12 KB, PDF)]", with the description of an image and the words of a clip."""
    name = first_string(file, "name", "title")
    title = first_string(file, "title")
    gone = _GONE.get(string(file.get("mode"))) or _ACCESS.get(string(file.get("file_access")), "")
    size = whole(file.get("size"))
    kind = first_string(file, "pretty_type", "filetype", "mimetype")
    duration = whole(file.get("duration_ms")) // 1000
    facts = [
        first_string(file, "id"),
        file_size(size) if size > 0 else "",
        kind,
        f"{duration // 60}:{duration % 60:02}" if duration > 0 else "",
        first_string(file, "external_url") if file.get("is_external") is True else "",
        gone,
    ]
    about = ", ".join(fact for fact in facts if fact)
    titled = f' "{title}"' if title and title not in (name, name.rpartition(".")[0]) else ""
    said = "".join(
        f"; {what}: {text}"
        for what, text in (("shows", string(file.get("alt_txt"))), ("transcript", _transcript(file)))
        if text.strip()
    )
    inside = f"file {name or 'without a name'}{titled}{f' ({about})' if about else ''}{said}"
    return f"[{label(inside)}]"


def file_size(size: int) -> str:
    """Bytes in the unit that people would use."""
    if size < 1_000:
        return f"{size} B"
    for unit, one in (("KB", 1_000), ("MB", 1_000_000)):
        if size < one * 999.5:
            return f"{size / one:.1f} {unit}" if size < one * 9.95 else f"{size / one:.0f} {unit}"
    return f"{size / 1_000_000_000:,.1f} GB"


def _transcript(file: Mapping[str, object]) -> str:
    return string(mapping(mapping(file.get("transcription")).get("preview")).get("content"))
