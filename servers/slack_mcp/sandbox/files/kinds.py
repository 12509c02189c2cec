"""What a file is, by its name and its first bytes: docs.slack.dev/reference/objects/file-object#types."""

from __future__ import annotations

from dataclasses import dataclass

MOST_SNIPPET = 1_048_576


@dataclass(frozen=True, slots=True)
class Kind:
    """Slack's name for a type of file, the name for people, and the media type."""

    filetype: str
    pretty: str
    mimetype: str

    @property
    def text(self) -> bool:
        """Whether Slack shows and edits it as a snippet."""
        return self.mimetype.startswith("text/") or self.filetype in ("json", "javascript", "xml")

    @property
    def image(self) -> bool:
        """Whether Slack makes thumbnails of it."""
        return self.mimetype.startswith("image/") and self.filetype != "svg"


BINARY = Kind("binary", "Binary", "application/octet-stream")
TEXT = Kind("text", "Plain Text", "text/plain")
CANVAS = Kind("quip", "Canvas", "application/vnd.slack-docs")

_BY_ENDING = {
    "txt": TEXT,
    "log": TEXT,
    "csv": Kind("csv", "CSV", "text/csv"),
    "tsv": Kind("tsv", "TSV", "text/tab-separated-values"),
    "md": Kind("markdown", "Markdown (raw)", "text/markdown"),
    "html": Kind("html", "HTML", "text/html"),
    "css": Kind("css", "CSS", "text/css"),
    "js": Kind("javascript", "JavaScript/JSON", "text/javascript"),
    "json": Kind("json", "JSON", "application/json"),
    "xml": Kind("xml", "XML", "application/xml"),
    "yaml": Kind("yaml", "YAML", "text/yaml"),
    "yml": Kind("yaml", "YAML", "text/yaml"),
    "py": Kind("python", "Python", "text/x-python"),
    "sql": Kind("sql", "SQL", "text/x-sql"),
    "sh": Kind("shell", "Shell", "text/x-shellscript"),
    "svg": Kind("svg", "SVG", "image/svg+xml"),
    "png": Kind("png", "PNG", "image/png"),
    "jpg": Kind("jpg", "JPEG", "image/jpeg"),
    "jpeg": Kind("jpg", "JPEG", "image/jpeg"),
    "gif": Kind("gif", "GIF", "image/gif"),
    "webp": Kind("webp", "WEBP", "image/webp"),
    "pdf": Kind("pdf", "PDF", "application/pdf"),
    "zip": Kind("zip", "Zip", "application/zip"),
    "docx": Kind("docx", "Word Document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": Kind("xlsx", "Excel Spreadsheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": Kind(
        "pptx",
        "PowerPoint Presentation",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "mp4": Kind("mp4", "MPEG 4 Video", "video/mp4"),
}
_BY_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
)
SNIPPET_TYPES = {kind.filetype: kind for kind in _BY_ENDING.values() if kind.text}
"""The types that a snippet may be declared to have."""


def kind_of(name: str, content: bytes) -> Kind:
    """The kind of a file."""
    known = _BY_ENDING.get(name.rpartition(".")[2].lower()) if "." in name else None
    if known:
        return known
    for magic, ending in _BY_MAGIC:
        if content.startswith(magic):
            return _BY_ENDING[ending]
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _BY_ENDING["webp"]
    try:
        content.decode()
    except UnicodeDecodeError:
        return BINARY
    return BINARY if b"\0" in content else TEXT
