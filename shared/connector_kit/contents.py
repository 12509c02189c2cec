"""What is in a file that came from a service: an image, a text, or neither. Names and types that it is said to
have may be wrong."""

import re
from typing import Final, Literal

ImageKind = Literal["png", "jpeg", "gif", "webp"]

LARGEST_IMAGE: Final = 3_000_000
"""Bytes of an image that an answer carries; more costs a model too much, and clients refuse it."""

_SIGNATURES: Final[dict[bytes, ImageKind]] = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
}
_TEXT_TYPES: Final = re.compile(
    r"text/.*|application/(?:.*\+)?(?:json|xml|yaml|toml|javascript|x-sh|x-yaml|sql|csv|graphql|x-ndjson)|image/svg\+xml"
)
_NO_TEXT: Final = re.compile(
    r"(?:image|audio|video|font)/(?!svg).*|application/(?:pdf|zip|gzip|vnd\..*|x-7z-compressed)"
)


def holds_no_text(media_type: str) -> bool:
    """Whether files of this type are never text, so that nobody needs to look."""
    return _NO_TEXT.fullmatch(media_type) is not None


def is_image_type(media_type: str) -> bool:
    """Whether files of this type are images that a model can look at."""
    return media_type in ("image/png", "image/jpeg", "image/gif", "image/webp")


def image_kind(data: bytes) -> ImageKind | None:
    """The kind of an image by its first bytes: a client may refuse one that is not what it is said to be."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((kind for signature, kind in _SIGNATURES.items() if data.startswith(signature)), None)


def text_of(data: bytes, media_type: str, *, complete: bool) -> str | None:
    """A file's content, or its beginning where it is not `complete`, as text; None for what is none."""
    if b"\x00" in data[:8_000]:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not complete and error.start >= len(data) - 3:
            return data[: error.start].decode("utf-8-sig")  # cut in the middle of a character
        return data.decode("latin-1") if _TEXT_TYPES.fullmatch(media_type) else None
