"""What holds for a text that is written, in whatever form a product keeps it: people by name, nothing lost unseen."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.output import marked

if TYPE_CHECKING:
    from atlassian_kit.adf import Loss

_PEOPLE = 30
_LONGEST_NAME = 100


class TextRefused(InvalidInput):
    """A text that cannot be written as it is; it says all that there is to say, whatever else is wrong."""


class Named(Protocol):
    """An account."""

    @property
    def account_id(self) -> str:
        """Its id."""
        ...


class Unwritable(Protocol):
    """What an edit could make nothing of: placeholders, and names of people."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Placeholders that stand for nothing in the text."""
        ...

    @property
    def strangers(self) -> tuple[str, ...]:
        """Names that nobody has."""
        ...


async def mentioned(
    names: Iterable[str], text: str, find: Callable[[str], Awaitable[Named]], *, look: str = ""
) -> dict[str, str]:
    """The account ids of those whom a text mentions by these names; `find` looks one up, `look` tells how to.

    Raises TextRefused that lists who may be meant.
    """
    wanted = tuple(names)
    if len(wanted) > _PEOPLE:
        raise TextRefused(f"{text} mentions {len(wanted)} people by name: at most {_PEOPLE} can be looked up.")
    found: dict[str, str] = {}
    reasons: list[str] = []
    candidates: dict[str, str] = {}
    for name in wanted:
        try:
            if len(name) > _LONGEST_NAME:
                raise InvalidInput(f"Nobody is called {clean_text(name, 60)!r}.")
            found[name] = (await find(name)).account_id
        except InvalidInput as error:
            reasons.append(error.message)
            candidates.update(error.fields)
    if reasons:
        known = "Mention the one you mean as [@Name](mention:ACCOUNT_ID). " if candidates else ""
        plain = "without the brackets it is plain text."
        raise TextRefused(
            f"Nothing was written: {text} mentions somebody by @[…]. {' '.join(reasons)}",
            fields=candidates,
            next_step=f"{known}{look}; {plain}" if look else f"{known}W{plain[1:]}",
        )
    return found


def refuse_unwritable(done: Unwritable, name: str) -> None:
    """Refuse a text that names what nobody knows."""
    if done.unknown:
        raise TextRefused(
            f"Nothing was written: {name} has placeholders that stand for nothing there: "
            f"{', '.join(done.unknown[:10])}.",
            next_step="A placeholder (adf:…) can be kept, moved or removed in the text that it was read in, nowhere "
            "else: copy its number from there, or leave it out.",
        )
    if done.strangers:
        raise TextRefused(f"Nothing was written: nobody is called {', '.join(done.strangers[:10])}.")


def would_lose(lost: "tuple[Loss, ...]", name: str) -> TextRefused:
    """The refusal of an edit that would drop something unseen."""
    fields: dict[str, str] = {}
    for number, loss in enumerate(lost, 1):
        fields[loss.token or f"{loss.kind} {number}"] = marked(loss.what, 180)
    kept = [
        "keep each (adf:…) link of the text as it was read" if any(loss.token for loss in lost) else "",
        "leave the words that a comment or a format is on" if any(not loss.token for loss in lost) else "",
    ]
    keep = ", and ".join(part for part in kept if part)
    things = "1 thing" if len(lost) == 1 else f"{len(lost)} things"
    return TextRefused(
        f"Nothing was written: {name} would lose {things} that Markdown cannot say.",
        fields=fields,
        next_step=f"{keep[:1].upper()}{keep[1:]}. If the user wants it dropped: accept_loss=true.",
    )
