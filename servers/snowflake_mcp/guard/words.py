"""Sets of words, written as text."""


def words(text: str) -> frozenset[str]:
    """The words of a text, which blanks and line breaks part."""
    return frozenset(text.split())
