"""A text, or a change of some of its passages: what a caller may give for a rich text field."""

import difflib
import re

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.wire import JsonObject, as_text, is_list, is_object

_TAKES = 'takes Markdown, {"find": "…", "replace": "…"} or {"append": "…"}'
_LINES = 2_000
_LINE = 300
_MOST = 50
_LONGEST = 10_000


def rewritten(value: object, before: str, name: str) -> tuple[str, bool]:
    """The Markdown that `value` makes of the text `before`, and whether it replaces the whole of it.

    Raises InvalidInput, naming `name`, for a passage that is not in the text just once.
    """
    if value is None:
        return "", True
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else str(value), True
    if isinstance(value, str):
        return value, True
    steps = value if is_list(value) else [value]
    if not steps or len(steps) > _MOST:
        raise _refused(name)
    for step in steps:
        if not is_object(step):
            raise _refused(name)
        before = _changed(step, before, name)
    return before, False


def _changed(step: JsonObject, text: str, name: str) -> str:
    if any(not isinstance(part, str) for part in step.values()):
        raise _refused(name)
    if set(step) == {"append"}:
        return "\n\n".join(part for part in (text.rstrip(), as_text(step["append"]).strip()) if part)
    if set(step) != {"find", "replace"}:
        raise _refused(name)
    find, replace = as_text(step["find"]).strip("\n"), as_text(step["replace"]).strip("\n")
    if not find.strip() or len(find) > _LONGEST:
        wrong = "too long" if find.strip() else "empty"
        raise InvalidInput(f"The passage to find in {name} is {wrong}.", fields={name: _TAKES})
    start, end = _only(find, text, name)
    return text[:start] + replace + text[end:]


def _only(find: str, text: str, name: str) -> tuple[int, int]:
    """Where the passage stands in the text, its line ends and runs of spaces aside."""
    places = [found.span() for found in re.finditer(re.escape(find), text)]
    if not places:
        words = r"\s+".join(re.escape(word) for word in find.split())
        places = [found.span() for found in re.finditer(words, text)]
    if len(places) == 1:
        return places[0]
    if places:
        raise InvalidInput(
            f"The passage {clean_text(find, 60)!r} is in {name} {len(places)} times.",
            next_step="Give more of the text around it, so that only one place is meant.",
        )
    lines = [line for line in text.splitlines()[:_LINES] if line.strip() and len(line) <= _LINE]
    close = difflib.get_close_matches(find.splitlines()[0][:_LINE], lines, n=1, cutoff=0.5)
    near = f" Nearest there: “{clean_text(close[0], 120)}”." if close else ""
    raise InvalidInput(
        f"The passage {clean_text(find, 60)!r} is not in {name}.{near}",
        next_step="Copy it from the text as it is read now, with its markup.",
    )


def _refused(name: str) -> InvalidInput:
    return InvalidInput("That is no text.", fields={name: _TAKES})
