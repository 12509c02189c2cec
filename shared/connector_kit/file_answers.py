"""A file's text as an answer: marked as data, in parts that an answer has room for."""

from connector_kit.errors import InvalidInput
from connector_kit.output import excerpt, quoted


def text_answer(head: str, source: str, text: str, *, offset: int, note: str, budget: int) -> str:
    """`head`, the text from character `offset` on within `budget` bytes, how to read on, and a `note` of ours.

    `source` names where the text stood. Raises InvalidInput where the text ends before `offset`.
    """
    if offset > len(text):
        raise InvalidInput("The text ends before that.", fields={"offset": f"the text has {len(text):,} characters"})
    part = excerpt(text, budget=budget, offset=offset, rest="Read on with offset={offset}.")
    return "\n".join(line for line in (head, quoted(source, part.text), part.note, note) if line)
