"""Rich text on its way into Jira: Markdown, people by their names, and nothing lost unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector_kit.errors import Conflict, InvalidInput, clean_text
from connector_kit.output import unmarked
from connector_kit.wire import JsonObject, as_object
from jira_mcp.client.documents import aside, editable, is_document, is_long
from jira_mcp.client.issues import Issues
from jira_mcp.client.passages import rewritten
from jira_mcp.client.readings import Place
from jira_mcp.models import FieldInfo, PlainValue

if TYPE_CHECKING:
    from atlassian_kit.adf import Edit, Loss

LONGEST = 65_536
"""Characters of Markdown. Jira's own limit is 32,767 characters of text; markup and links come on top of it."""

_PEOPLE = 30
_LONGEST_NAME = 100
UNCHANGED = "unchanged"


class TextRefused(InvalidInput):
    """A text that cannot be written as it is; it says all that there is to say, whatever else is wrong."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Whose rich texts are written: the issue's with this key, which is empty for one that is yet to be made.

    `accept_loss` lets an edit drop what it does not show.
    """

    key: str = ""
    accept_loss: bool = False


NEW = Texts()


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text to be sent, None to empty it; `said` tells in a few words what became of it."""

    document: JsonObject | None
    said: str


class RichText(Issues):
    """Writing rich text."""

    async def _new_text(self, markdown: str, name: str) -> JsonObject:
        """A new text as ADF. Raises TextRefused, naming `name`, for one that cannot be written."""
        edit = await self._edit(None, markdown, name)
        _check(edit, name)
        return edit.document

    async def _rewrite(
        self, place: Place, name: str, original: object, value: object, *, accept_loss: bool, look: str
    ) -> Rewritten | None:
        """A text as `value` leaves it: a new wording, None for none, or a change of passages; None if it stays.

        `original` is the text as it is now, `place` where it stands, `look` how to read it.

        Raises Conflict when a new wording replaces something else than was shown, InvalidInput for a passage
        that is not there, and TextRefused when something would be lost unless `accept_loss`.
        """
        long = is_long(original)
        before = await aside(long, editable, original)
        wanted, whole = rewritten(value, before, name)
        if whole and not accept_loss:
            self._check_reading(place, name, before, look)
        if not wanted.strip() and not before.strip():
            return None
        edit = await self._edit(original if before.strip() else None, wanted, name)
        if not edit.changed:
            return None
        _check(edit, name)
        if edit.lost and not accept_loss:
            raise _would_lose(edit.lost, name)
        said = _counted(wanted) + (f", {len(before):,} before" if before else "") if wanted else ""
        dropped = f"; dropped {', '.join(loss.what for loss in edit.lost[:10])}" if edit.lost else ""
        return Rewritten(edit.document if wanted.strip() else None, (said + dropped).removeprefix("; "))

    def _check_reading(self, place: Place, name: str, now: str, look: str) -> None:
        """Raise Conflict where the whole of a text would be replaced by whoever does not know it as it is now."""
        if changes := self._readings.changes(place, now):
            self._forget_content()  # or the next reader would be shown what is outdated
            raise Conflict(
                f"Nothing was written: {name} was changed after it was shown to you.",
                fields=changes,
                next_step=f"Read it again with {look} and put your change into it as it is now, or change a passage "
                "only. accept_loss=true overwrites what others wrote.",
            )
        read = self._readings.read_to(place)
        if read is not None:
            raise Conflict(
                f"Nothing was written: you were shown {read:,} of the {len(now):,} characters of {name}; your text "
                "would replace the others unseen.",
                next_step=f"Read the rest first ({look}), change a passage only, or pass accept_loss=true.",
            )

    def note_part(self, place: Place, start: int, end: int) -> None:
        """Remember that a reader was shown only these characters of a text that `issue` or `comments` read."""
        self._readings.note_part(place, start, end)

    async def _note_texts(self, key: str, written: Mapping[str, object], now: JsonObject) -> None:
        """Remember texts as they are after they were `written`: whoever wrote them knows them."""
        for field_id, sent in written.items():
            self._readings.forget((key, field_id))
            if is_document(sent) and field_id in now:
                document = now[field_id]
                self._readings.note((key, field_id), await aside(is_long(document), editable, document))

    async def _write_text(
        self,
        fields: dict[str, object],
        changed: dict[str, PlainValue],
        info: FieldInfo,
        value: object,
        texts: Texts,
    ) -> None:
        """Put a rich text field into `fields` as `value` leaves it, and into `changed` what that means."""
        if not texts.key:
            wanted, whole = rewritten(value, "", info.name)
            if not whole:
                raise InvalidInput("That is no text.", fields={info.name: "takes Markdown: there is no text to change"})
            fields[info.id] = await self._new_text(wanted, info.name) if wanted.strip() else None
            changed[info.name] = _counted(wanted) if wanted.strip() else None
            return
        answer = as_object(await self._call("get_issue", texts.key, fields=info.id))
        self._answered_key(texts.key, answer)
        done = await self._rewrite(
            (texts.key, info.id),
            info.name,
            as_object(answer.get("fields")).get(info.id),
            value,
            accept_loss=texts.accept_loss,
            look=f"jira_get_issue {texts.key}",
        )
        if done is None:
            changed[info.name] = UNCHANGED
            return
        fields[info.id], changed[info.name] = done.document, done.said

    async def _edit(self, original: object, markdown: str, name: str) -> "Edit":
        if len(markdown) > LONGEST:
            raise TextRefused(
                f"A text of {len(markdown):,} characters is too long for Jira.",
                fields={name: "at most 32,767 characters"},
                next_step="Shorten it, or attach the long version as a file.",
            )
        from atlassian_kit.adf import names_in, write_back  # a server must answer before anyone writes Markdown

        markdown = unmarked(markdown)
        long = is_long(markdown, original)
        people: dict[str, str] = {}
        if "@[" in markdown:
            people = await self._mentioned(await aside(long, names_in, markdown, original), name)
        return await aside(long, write_back, original, markdown, people)

    async def _mentioned(self, names: tuple[str, ...], text: str) -> dict[str, str]:
        """The account ids of those whom a text mentions. Raises TextRefused that lists who may be meant."""
        if len(names) > _PEOPLE:
            raise TextRefused(f"{text} mentions {len(names)} people by name: at most {_PEOPLE} can be looked up.")
        found: dict[str, str] = {}
        reasons: list[str] = []
        candidates: dict[str, str] = {}
        for name in names:
            try:
                if len(name) > _LONGEST_NAME:
                    raise InvalidInput(f"Nobody is called {clean_text(name, 60)!r}.")
                found[name] = (await self.resolve_user(name)).account_id
            except InvalidInput as error:
                reasons.append(error.message)
                candidates.update(error.fields)
        if reasons:
            known = "Mention the one you mean as [@Name](mention:ACCOUNT_ID). " if candidates else ""
            raise TextRefused(
                f"Nothing was written: {text} mentions somebody by @[…]. {' '.join(reasons)}",
                fields=candidates,
                next_step=f"{known}jira_search_users finds people; without the brackets it is plain text.",
            )
        return found


def _check(edit: "Edit", name: str) -> None:
    if edit.unknown:
        raise TextRefused(
            f"Nothing was written: {name} has placeholders that stand for nothing there: "
            f"{', '.join(edit.unknown[:10])}.",
            next_step="A placeholder (adf:…) can be kept, moved or removed in the text that it was read in, nowhere "
            "else: copy its number from there, or leave it out.",
        )
    if edit.strangers:
        raise TextRefused(f"Nothing was written: nobody is called {', '.join(edit.strangers[:10])}.")


def _would_lose(lost: "tuple[Loss, ...]", name: str) -> TextRefused:
    fields: dict[str, str] = {}
    for number, loss in enumerate(lost, 1):
        fields[loss.token or f"{loss.kind} {number}"] = loss.what
    kept = [
        "Keep each (adf:…) link of the text as it was read" if any(loss.token for loss in lost) else "",
        "leave the words that a comment or a format is on" if any(not loss.token for loss in lost) else "",
    ]
    keep = ", and ".join(part for part in kept if part)
    things = "1 thing" if len(lost) == 1 else f"{len(lost)} things"
    return TextRefused(
        f"Nothing was written: {name} would lose {things} that Markdown cannot say.",
        fields=fields,
        next_step=f"{keep[:1].upper()}{keep[1:]}. If the user wants it dropped: accept_loss=true.",
    )


def _counted(text: str) -> str:
    return f"{len(text):,} character{'' if len(text) == 1 else 's'}"
