"""Files on pages, as the model sees them."""

from dataclasses import dataclass

from confluence_mcp.models import PageRef


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file; its `id` is that of Confluence, like att123. A page has one file of a name, in versions."""

    id: str
    name: str
    media_type: str
    size: int
    version: int
    author: str
    written: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Attachments:
    """Files of a page."""

    page: PageRef
    items: tuple[Attachment, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class FoundAttachment:
    """A file, and the page or blog post that has it."""

    page: PageRef
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class SavedAttachment:
    """Where a file was saved, and its bytes."""

    attachment: Attachment
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Attached:
    """The files that were added; one with a version above 1 is a new version of a file that was there."""

    page: PageRef
    files: tuple[Attachment, ...]
