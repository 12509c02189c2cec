"""Making pages and blog posts (https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-page/)."""

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from confluence_mcp.attachment_models import Attachment
from confluence_mcp.client.attaching import attached_before
from confluence_mcp.client.base import V2
from confluence_mcp.client.ids import page_argument
from confluence_mcp.client.labels import PageLabels, checked
from confluence_mcp.client.opening import require_live
from confluence_mcp.client.page_files import NamedFile, PageFiles, attached_told, not_attached
from confluence_mcp.client.rich_text import RichText
from confluence_mcp.models import Kind, PageRef, Space
from confluence_mcp.write_models import Written
from connector_kit.errors import Conflict, InvalidInput, NotFound, OutcomeUnknown, ServiceError, clean_text
from connector_kit.wire import as_object, as_text, objects

LONGEST_TITLE = 255
_FILES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page to be made: `parent` is a page by id, link, SPACE/Title, or title in the space."""

    title: str
    body: str
    space: str = ""
    parent: str = ""
    labels: tuple[str, ...] = ()
    draft: bool = False


class Create(PageLabels, PageFiles, RichText):
    """Making pages."""

    async def create_page(self, new: NewPage) -> Written:
        """Make a page from Markdown, with the files of the allowed folder that it shows or links to.

        Raises Conflict, with the page that is there, when its title is taken, and InvalidInput with all that is
        wrong; then nothing was made.
        """
        return await self._create_with_files(new, "page")

    async def create_blog_post(self, new: NewPage) -> Written:
        """Make a blog post from Markdown; raises as `create_page`."""
        return await self._create_with_files(new, "blogpost")

    async def _create_with_files(self, new: NewPage, kind: Kind) -> Written:
        """Make a page and attach the files that its text names; it is told of those that did not get there."""
        with ExitStack() as opened:
            storage, files = await self.with_files(
                new.body, lambda links: self.new_text(new.body, links=links), lambda text: text, opened
            )
            try:
                return await self._create(new, kind, storage, files=files)
            except OutcomeUnknown as error:
                there = " If the page is there, its files are not: confluence_add_attachment." if files else ""
                raise attached_before(error, (), f"{error.next_step}{there}") from error

    async def _create(
        self,
        new: NewPage,
        kind: Kind,
        storage: str,
        place: tuple[Space, PageRef | None] | None = None,
        files: Sequence[NamedFile] = (),
    ) -> Written:
        title = checked_title(new.title)
        labels = checked(new.labels, "labels")
        space, parent = place or await self._place(new)
        body: dict[str, object] = {
            "spaceId": space.id,
            "status": "draft" if new.draft else "current",
            "title": title,
            "body": {"representation": "storage", "value": storage},
        }
        if parent is not None:
            body["parentId"] = parent.id
        part = "pages" if kind == "page" else "blogposts"
        look = f"confluence_get_page {space.key}/{title}"
        await self._space_by_id(space.id)  # so that nothing has to be asked afterwards to tell what was made
        try:
            answer = as_object(await self._write("POST", f"{V2}/{part}", body, look=look))
        except (InvalidInput, Conflict) as error:
            raise await self._title_taken(error, space, title, kind) from error
        made = await self._ref(answer, kind)
        sent: list[Attachment] = []
        notes = list(self._files_missing(storage, known=[file.name for file in files]))
        try:
            await self.send_files(made, files, sent)
        except ServiceError as error:
            notes += not_attached(made, files[len(sent) :], error)
        if labels:
            try:
                await self._add_labels(made, labels)
            except ServiceError as error:
                notes.append(f"its labels were not set: {error}")
                labels = ()
        self._know(made, storage)
        where = f'under {parent.id} "{clean_text(parent.title, 80)}"' if parent else f"in {space.key}"
        said = ("draft" if new.draft else "", where, f"labels {', '.join(labels)}" if labels else "")
        return Written(made, (*(each for each in said if each), *attached_told(sent)), tuple(notes))

    async def _place(self, new: NewPage) -> tuple[Space, PageRef | None]:
        """The space of a new page, and its parent if one is named."""
        if not new.parent.strip():
            if not new.space.strip():
                raise InvalidInput("Where should it stand?", fields={"space": "name a space, or a parent page"})
            return await self.space(new.space), None
        space = await self.space(new.space) if new.space.strip() else None
        parent = await self.parent_page(new.parent, space)
        if space is not None and parent.space_id != space.id:
            raise InvalidInput(
                f"The parent stands in space {parent.space_key}, not in {space.key}.",
                fields={"parent": f'is {parent.id} "{clean_text(parent.title, 80)}"'},
                next_step="Leave out the space, or name a parent in it.",
            )
        return space or await self._space_by_id(parent.space_id), parent

    async def parent_page(self, text: str, space: Space | None) -> PageRef:
        """The page under which something shall stand; in a known `space` its title will do."""
        wanted = text.strip()
        number = ""
        if space is not None and not wanted.isdecimal() and "://" not in wanted:
            number = await self._page_titled(space, wanted)
            if not number and not is_page_argument(wanted):
                raise NotFound(
                    f"Space {space.key} has no page titled {clean_text(wanted, 120)!r}.",
                    next_step="confluence_list_pages shows the pages of a space; titles must be whole.",
                )
        elif space is None:
            page_argument(wanted)
        parent = require_live(await self.page_ref(number or wanted, fresh=True))
        if parent.kind != "page":
            raise InvalidInput(f"{parent.id} is a blog post: pages stand under pages only.")
        return parent

    async def _page_titled(self, space: Space, title: str) -> str:
        if not title or len(title) > LONGEST_TITLE:
            return ""
        answer = await self._get(f"{V2}/pages", title=title, space_id=space.id, limit=1)
        return next((as_text(bean.get("id")) for bean in objects(answer.get("results"))), "")

    async def _title_taken(self, error: ServiceError, space: Space, title: str, kind: Kind) -> ServiceError:
        """The refusal of a new page: with the page that has its title, if there is one."""
        part = "pages" if kind == "page" else "blogposts"
        try:
            answer = await self._get(f"{V2}/{part}", title=title, space_id=space.id, limit=1)
        except ServiceError:
            return error
        there = next(iter(objects(answer.get("results"))), None)
        if there is None:
            return error
        page = await self._ref(there, kind)
        return Conflict(
            f"Nothing was written: space {space.key} has a {'page' if kind == 'page' else 'post'} "
            f"{clean_text(title, 120)!r} already.",
            fields={"there": f"{page.id}, version {page.version} {page.url}"},
            next_step="Change that one with confluence_update_page, or choose another title.",
        )

    def _files_missing(self, storage: str, before: str = "", known: Collection[str] = ()) -> Sequence[str]:
        """A note on the files that a text refers to and that cannot be there yet; of those `known` enough is said."""
        if "ri:attachment" not in storage:
            return ()
        from atlassian_kit.storage import files_in

        there = {*known, *(files_in(before) if before else ())}
        new = [name for name in dict.fromkeys(files_in(storage)) if name not in there]
        if not new:
            return ()
        shown = ", ".join(clean_text(name, 60) for name in new[:_FILES_SHOWN])
        more = f" and {len(new) - _FILES_SHOWN} more" if len(new) > _FILES_SHOWN else ""
        return (f"refers to files; unless they are attached, do it with confluence_add_attachment: {shown}{more}",)

    def _know(self, page: PageRef, storage: str, before: str = "", version: int = 0) -> None:
        """Whoever wrote a text knows it: all blocks of it but those that were there `before`, in `version`, unseen."""
        from atlassian_kit.storage.blocks import outline
        from atlassian_kit.storage.tree import StorageSyntaxError

        reading = self._readings.of(page.id)
        seen = {block for block, shown in reading.blocks.items() if shown >= version} if reading else set[str]()
        try:
            old = {block.id for block in outline(before)} - seen if before else set[str]()
            new = [block.id for block in outline(storage) if block.id not in old]
        except StorageSyntaxError:  # it was written all the same: only its title changed
            new = []
        self.note_shown(page.id, page.version, new)
        if reading is not None and reading.told == version:
            reading.told = page.version


def is_page_argument(text: str) -> bool:
    """Whether a text may name a page otherwise than by its title alone."""
    try:
        page_argument(text)
    except InvalidInput:
        return False
    return True


def checked_title(title: str) -> str:
    """A title as Confluence takes it."""
    cleaned = " ".join(title.split())
    if not cleaned:
        raise InvalidInput("A page needs a title.", fields={"title": "is empty"})
    if len(cleaned) > LONGEST_TITLE:
        raise InvalidInput(
            f"A title of {len(cleaned)} characters is too long.", fields={"title": f"at most {LONGEST_TITLE}"}
        )
    return clean_text(cleaned, LONGEST_TITLE)
