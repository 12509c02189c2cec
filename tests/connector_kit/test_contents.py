"""What a file is, whatever it is said to be."""

import pytest

from connector_kit.contents import image_kind, is_image_type, text_of


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF89a", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"", None),
    ],
)
def test_an_image_is_known_by_its_first_bytes(data: bytes, kind: str | None) -> None:
    assert image_kind(data) == kind


def test_images_that_models_look_at_are_few() -> None:
    assert is_image_type("image/png")
    assert not is_image_type("image/svg+xml")
    assert not is_image_type("image/tiff")


@pytest.mark.parametrize(
    ("data", "media_type", "complete", "text"),
    [
        (b"\xef\xbb\xbfa,b", "text/csv", True, "a,b"),
        ("naïve".encode(), "application/octet-stream", True, "naïve"),
        ("naïve".encode("latin-1"), "text/plain", True, "naïve"),
        ("naïve".encode("latin-1"), "application/octet-stream", True, None),
        (b"ab\xe2\x82", "text/plain", False, "ab"),
        (b"ab\xe2\x82", "application/pdf", True, None),
        (b"PK\x00\x01", "text/plain", True, None),
        (b"", "text/plain", True, ""),
    ],
)
def test_text_is_what_can_be_read_as_such(data: bytes, media_type: str, complete: bool, text: str | None) -> None:
    assert text_of(data, media_type, complete=complete) == text
