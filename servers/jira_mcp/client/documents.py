"""Rich text (ADF) as the Markdown that people and models edit."""

from connector_kit.wire import is_list, is_object

_AT_ONCE = 2_000
"""Characters and nodes that are converted where we are; more than that could hold up other calls."""


def editable(document: object) -> str:
    """Rich text, or plain text as some fields have it, as Markdown that can be edited and written back."""
    if isinstance(document, str):
        return document
    if not is_object(document):
        return ""
    from atlassian_kit.adf import to_editable, to_markdown  # heavy, and most answers hold no rich text

    try:
        return to_editable(document)
    except RecursionError:  # no editor makes anything so deep: it can be read only
        return to_markdown(document)


def is_document(value: object) -> bool:
    """Whether a field's value is rich text."""
    return is_object(value) and value.get("type") == "doc"


def is_long(*values: object) -> bool:
    """Whether converting all of this takes so long that it belongs into a thread; soon answered for any length."""
    waiting, seen = list(values), 0
    while waiting:
        value = waiting.pop()
        seen += 1 + (len(value) if isinstance(value, str) else 0)
        if seen > _AT_ONCE:
            return True
        if is_object(value):
            waiting.extend(value.values())
        elif is_list(value):
            waiting.extend(value)
    return False
