"""Files on issues, as the model sees them."""

from dataclasses import dataclass, field

from jira_mcp.models import Attachment


@dataclass(frozen=True, slots=True)
class AttachmentContent:
    """What is in a file, or in its beginning where it is not `complete`; `text` is None for what is none."""

    data: bytes = field(repr=False)
    text: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class SavedAttachment:
    """Where a file was saved, and its bytes."""

    attachment: Attachment
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Attached:
    """The files that were added, and the key and address of the issue that has them."""

    key: str
    url: str
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class FoundAttachment:
    """A file, and the key of the issue that has it."""

    key: str
    attachment: Attachment
