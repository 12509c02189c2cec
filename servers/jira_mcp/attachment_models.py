"""Files on issues, as the model sees them."""

from dataclasses import dataclass

from jira_mcp.models import Attachment


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
