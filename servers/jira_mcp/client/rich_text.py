"""Rich text on its way into Jira: Markdown, people by their names, and nothing lost unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atlassian_kit.rich_text import TextRefused, mentioned, refuse_unwritable, would_lose
from connector_kit.concurrency import aside
from connector_kit.errors import Conflict, InvalidInput
from connector_kit.output import unmarked
from connector_kit.wire import JsonObject, as_object
from jira_mcp.client.documents import editable, is_document, is_long
from jira_mcp.client.issues import Issues
from jira_mcp.client.passages import rewritten
from jira_mcp.client.readings import Place
from jira_mcp.models import FieldInfo, PlainValue

if TYPE_CHECKING:
    from atlassian_kit.adf import Edit

LONGEST = 65_536
"""Characters of Markdown. Jira's own limit is 32,767 characters of text; markup and links come on top of it."""

UNCHANGED = "unchanged"


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
        refuse_unwritable(edit, name)
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
        refuse_unwritable(edit, name)
        if edit.lost and not accept_loss:
            raise would_lose(edit.lost, name)
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
            names = await aside(long, names_in, markdown, original)
            people = await mentioned(names, name, self.resolve_user, look="jira_search_users finds people")
        return await aside(long, write_back, original, markdown, people)


def _counted(text: str) -> str:
    return f"{len(text):,} character{'' if len(text) == 1 else 's'}"
