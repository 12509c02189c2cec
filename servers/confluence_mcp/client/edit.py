"""Changing pages and blog posts: always against the version that the caller knows, and nothing lost unseen."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from confluence_mcp.attachment_models import Attachment
from confluence_mcp.client.attaching import after, attached_before
from confluence_mcp.client.base import V2
from confluence_mcp.client.create import Create, checked_title
from confluence_mcp.client.opening import PageText, aside, require_live
from confluence_mcp.client.page_files import NamedFile, attached_told
from confluence_mcp.client.rich_text import How, check_length, parts_explained
from confluence_mcp.models import PageRef
from confluence_mcp.write_models import Written
from connector_kit.errors import Conflict, InvalidInput, NotFound, ServiceError, clean_text
from connector_kit.output import marked
from connector_kit.wire import as_object

if TYPE_CHECKING:
    from atlassian_kit.storage import Block
    from atlassian_kit.storage import Edit as TextEdit
    from atlassian_kit.storage.markup import Links

_LONGEST_MESSAGE = 255
_CHANGES = 8


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a page.

    `body` is its new text, or with `part` (a section by its heading, a block by its id) what comes in the place of
    that, before it, after it, or at its end; with `find` what a passage is replaced by. None leaves the text.
    `version` is the one that the caller knows, 0 for the one that was last shown. `publish` makes a draft public.
    """

    body: str | None = None
    part: str = ""
    how: How = "replace"
    find: str = ""
    title: str = ""
    version: int = 0
    message: str = ""
    accept_loss: bool = False
    publish: bool = False


class Edit(Create):
    """Changing pages."""

    async def update_page(self, page: str, change: Change) -> Written:
        """Change a page or blog post.

        Raises Conflict, with what changed since, when it is not as the caller knows it, and InvalidInput for a part
        or passage that is not there and for an edit that would drop what Markdown cannot say; then nothing is changed.
        """
        _check(change)
        check_length(f"{change.body or ''}{change.find}", "body")
        number = await self.page_id(page)
        async with self._turn(number):
            now = await self.page_text(number)
            with ExitStack() as opened:
                return await self._update(now, change, opened)

    async def _update(self, now: PageText, change: Change, opened: ExitStack) -> Written:
        ref = require_live(now.ref)
        if change.version and change.version != ref.version:
            raise await self._outdated(now, change.version)
        if change.publish and ref.status != "draft":
            raise InvalidInput(f"Nothing was changed: {ref.id} is published already.")
        storage, said = now.storage, list[str]()
        files: tuple[NamedFile, ...] = ()
        if change.body is not None:
            edit, files = await self.with_files(
                change.body,
                lambda links: self._change_text(now, change, links),
                lambda edit: edit.storage,
                opened,
                now.storage,
            )
            if edit.changed:
                storage = edit.storage
                said.append(_described(change))
                said += [f"dropped {', '.join(loss.what for loss in edit.lost[:10])}"] if edit.lost else []
        title = checked_title(change.title) if change.title.strip() else ref.title
        if title != ref.title:
            said.append(f'title, "{clean_text(ref.title, 80)}" before')
        if change.publish:
            said.append("published")
        sent = await self._send_before(ref, files)
        attached = attached_told(sent)
        if not said:
            return Written(ref, attached, wrote=bool(attached))
        try:
            written = await self._put(now, storage, title, change)
        except ServiceError as error:
            raise attached_before(error, sent, error.next_step) from error
        await aside(len(storage) + len(now.storage), self._know, written, storage, now.storage, ref.version)
        missing = self._files_missing(storage, now.storage, [file.name for file in files])
        return Written(written, (*said, *attached), tuple(missing))

    async def _send_before(self, ref: PageRef, files: Sequence[NamedFile]) -> Sequence[Attachment]:
        """Attach what a text will show; what was attached. A failure tells that the text was not written."""
        sent: list[Attachment] = []
        try:
            await self.send_new(ref, files, sent)
        except ServiceError as error:
            failed = after(error, sent)
            raise attached_before(failed, (), f"The text of {ref.id} was not written. {failed.next_step}") from error
        return sent

    async def _change_text(self, now: PageText, change: Change, links: "Links") -> "TextEdit":
        body = change.body or ""
        if change.find:
            return await self.replaced_text(
                now.storage,
                change.find,
                body,
                part=change.part,
                accept_loss=change.accept_loss,
                links=links,
                page=now.ref.id,
            )
        if change.how == "replace":
            await self._check_reading(now, change)
        return await self.edited_text(
            now.storage,
            body,
            part=change.part,
            how=change.how,
            accept_loss=change.accept_loss,
            links=links,
            page=now.ref.id,
        )

    async def _check_reading(self, now: PageText, change: Change) -> None:
        """Raise Conflict where a text would be replaced by whoever does not know it as it is now."""
        ref, reading = now.ref, self._readings.of(now.ref.id)
        if change.version and (reading is None or reading.version < ref.version or reading.told == ref.version):
            return  # whoever names the version as it is now knows the text from elsewhere, or what changed in it
        with parts_explained("body", ref.id):
            replaced = await aside(len(now.storage), within, now.storage, change.part)
        unseen = [each for each in replaced if each.id not in reading.blocks] if reading else replaced
        if reading is not None and (not unseen or reading.version < ref.version):
            known = reading.version if unseen else reading.oldest([each.id for each in replaced])
            if not unseen and await self._is_same(now, known, change.part):
                return
            reading.told = ref.version
            raise await self._outdated(now, known)
        if not unseen:
            return
        if reading is not None and change.accept_loss:
            return
        what = f"the part {clean_text(change.part, 60)!r}" if change.part else "the page"
        shown = f"{len(replaced) - len(unseen)} of its {len(replaced)} blocks" if reading else "nothing of it"
        where = f", part={clean_text(change.part, 60)}" if change.part else ""
        raise Conflict(
            f"Nothing was written: of {what} you were shown {shown}; your text would replace the others unseen."
            if reading
            else f"Nothing was written: {what} would be replaced, and you were shown nothing of it.",
            next_step=f"Read it first (confluence_get_page {ref.id}{where}), change a section, a block or a passage "
            f"only, or pass {'accept_loss=true' if reading else f'version={ref.version} if you know the text'}.",
        )

    async def _is_same(self, now: PageText, known: int, part: str) -> bool:
        """Whether a part is as it was in a version: with the same blocks, and none that others took out."""
        if known >= now.ref.version:
            return True
        try:
            then = await self.page_text(now.ref.id, version=known)
        except ServiceError:
            return False
        return await aside(len(now.storage), source_of, then.storage, part) == source_of(now.storage, part)

    async def _outdated(self, now: PageText, known: int) -> ServiceError:
        """The refusal of an edit of an older version, with what changed since."""
        ref = now.ref
        self._forget_content()  # or the next reader would be shown what is outdated
        if known > ref.version:
            return InvalidInput(
                f"Nothing was written: {ref.id} is at version {ref.version}.", fields={"version": f"{known} is not yet"}
            )
        fields: dict[str, str] = {}
        try:
            then = await self.page_text(ref.id, version=known)
            fields = await self._differences(then, now)
        except ServiceError:
            fields["text"] = f"version {known} cannot be read any more"
        by = (await self.names_of([ref.updated_by or ""])).get(ref.updated_by or "", "")
        who = f" by {clean_text(by, 60)}" if by else ""
        return Conflict(
            f"Nothing was written: the page was changed after version {known}, and is at version {ref.version} "
            f"now ({ref.updated}{who}).",
            fields=fields or {"text": "the same, it was written again"},
            next_step=f"Put your change into the page as it is now: read it again (confluence_get_page {ref.id}), or "
            f"pass version={ref.version} if these changes do not touch yours.",
        )

    async def _differences(self, then: PageText, now: PageText) -> dict[str, str]:
        from atlassian_kit.storage import compare

        names = await self._names_in(then.storage, now.storage)
        length = len(then.storage) + len(now.storage)
        changes = (await aside(length, compare, then.storage, now.storage, names)).changes
        told: dict[str, str] = {}
        if then.ref.title != now.ref.title:
            told["title"] = marked(f'"{clean_text(then.ref.title, 80)}" became "{clean_text(now.ref.title, 80)}"', 180)
        for each in changes[:_CHANGES]:
            under = f" ({clean_text(each.section, 40)})" if each.section else ""
            told[f"{each.kind} {each.id}{under}"] = _told(each.kind, each.old, each.new)
        if len(changes) > _CHANGES:
            told["and"] = f"{len(changes) - _CHANGES} more places"
        return told

    async def _put(self, now: PageText, storage: str, title: str, change: Change) -> PageRef:
        ref = now.ref
        draft = ref.status == "draft"
        # A draft has one version for as long as it is one, and is published as that.
        number = ref.version if draft else ref.version + 1
        body: dict[str, object] = {
            "id": ref.id,
            "status": "draft" if draft and not change.publish else "current",
            "title": title,
            "body": {"representation": "storage", "value": storage},
            "version": {"number": number, "message": clean_text(change.message, _LONGEST_MESSAGE)},
        }
        part = "pages" if ref.kind == "page" else "blogposts"
        look = f"confluence_get_page {ref.id} (it was at version {ref.version})"
        try:
            answer = as_object(await self._write("PUT", f"{V2}/{part}/{ref.id}", body, look=look))
        except Conflict as error:
            raise await self._overtaken(error, ref) from error
        except NotFound as error:
            raise NotFound(
                f"Confluence does not let this account change {ref.id}: it may only view it, or the page is gone.",
                next_step="Ask somebody who may edit it, or the user.",
                status=error.status,
                request_id=error.request_id,
            ) from error
        except InvalidInput as error:
            if title == ref.title:
                raise
            raise await self._title_taken(error, await self._space_by_id(ref.space_id), title, ref.kind) from error
        made = await self._ref({"id": ref.id, "spaceId": ref.space_id, **answer}, ref.kind)
        return replace(made, version=made.version or number)

    async def _overtaken(self, error: Conflict, ref: PageRef) -> ServiceError:
        """What to say when somebody else wrote between our reading and our writing."""
        try:
            now = await self.page_text(ref.id)
        except ServiceError:
            return error
        return await self._outdated(now, ref.version) if now.ref.version != ref.version else error


def within(storage: str, part: str) -> "list[Block]":
    """The blocks of a part of a page, none for a part that is not there."""
    from atlassian_kit.storage.blocks import Page, PartNotFoundError

    page = Page(storage)
    try:
        span = page.find(part)
    except PartNotFoundError:
        return []  # what edits it says so
    return [each.block for each in page.placed if span.start <= each.span.start and each.span.end <= span.end]


def source_of(storage: str, part: str) -> str | None:
    """The source of a part of a page, None for a part that is not there."""
    from atlassian_kit.storage.blocks import Page, PartNotFoundError

    page = Page(storage)
    try:
        return page.raw(page.find(part))
    except PartNotFoundError:
        return None


def _check(change: Change) -> None:
    if change.body is None and not change.title.strip() and not change.publish:
        raise InvalidInput("Nothing to change was given.", fields={"body": "is empty"})
    if change.body is None:
        if change.find or change.part:
            raise InvalidInput("Nothing was changed.", fields={"body": "is missing: what comes there?"})
        return
    if change.find and change.how != "replace":
        raise InvalidInput("Nothing was changed.", fields={"how": "goes without find: what was found is replaced"})
    if change.how in ("before", "after") and not change.part.strip():
        raise InvalidInput("Nothing was changed.", fields={"part": f"is missing: {change.how} what?"})
    if change.body.strip() or change.find:
        return
    if change.how != "replace":
        raise InvalidInput("Nothing was changed.", fields={"body": "is empty"})
    if not change.part.strip():
        raise InvalidInput(
            "Nothing was changed: the whole text would be gone.", next_step="confluence_delete_page deletes pages."
        )


def _described(change: Change) -> str:
    part = clean_text(change.part, 60)
    if change.find:
        return f"a passage{f' in {part}' if part else ''}"
    if change.how == "append":
        return f"appended to {part or 'the page'}"
    if change.how != "replace":
        return f"added {change.how} {part}"
    if part:
        return f"{part} {'rewritten' if (change.body or '').strip() else 'removed'}"
    return f"text, {len(change.body or ''):,} characters"


def _told(kind: str, old: str, new: str) -> str:
    if kind == "changed" and old != new:
        before, after = _differing(old, new)
        return marked(f"“{clean_text(before, 80)}” became “{clean_text(after, 80)}”", 180)
    return marked(f"“{clean_text(new or old, 160)}”", 180)


def _differing(old: str, new: str) -> tuple[str, str]:
    """The words that differ, with one on either side that does not."""
    left, right = old.split(), new.split()
    shortest = min(len(left), len(right))
    start = next((at for at in range(shortest) if left[at] != right[at]), shortest)
    end = next((at for at in range(shortest - start) if left[-1 - at] != right[-1 - at]), shortest - start)
    first, tail = max(0, start - 1), max(0, end - 1)
    return " ".join(left[first : len(left) - tail]), " ".join(right[first : len(right) - tail])
