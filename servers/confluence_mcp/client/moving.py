"""Moving and copying pages
(https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content---children-and-descendants/).
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from typing import Literal, TypeAlias

from confluence_mcp.client.base import V1, V2
from confluence_mcp.client.create import Create, checked_title
from confluence_mcp.client.long_tasks import LongTasks, Progress
from confluence_mcp.client.opening import require_live
from confluence_mcp.client.page_access import PageAccesses
from confluence_mcp.models import PageRef
from confluence_mcp.toolset_models import Rule
from confluence_mcp.write_models import LongTask, Written
from connector_kit.concurrency import run_all
from connector_kit.errors import BadAnswer, Conflict, InvalidInput, NotFound, ServiceError, clean_text
from connector_kit.wire import as_object, as_text, objects

Position: TypeAlias = Literal["under", "before", "after"]

_POSITIONS: dict[str, str] = {"under": "append", "before": "before", "after": "after"}
COPY_OF = "Copy of "


class Moving(PageAccesses, Create, LongTasks):
    """Putting pages elsewhere."""

    async def move_page(self, page: str, target: str, position: Position = "under") -> Written:
        """Put a page, with all that is under it, under another page, or before or after it.

        `target` may be a page of another space, or for "under" the key of a space: its homepage is meant then.

        The notes tell which restrictions on viewing ended for it, those of pages that it stood below.

        Raises InvalidInput for a place below the page itself, and for one outside of a space's tree.
        """
        ref = await self._movable(page)
        to = await self._target(target, position)
        if to.id == ref.id:
            raise InvalidInput("Nothing was moved: that is the page itself.", fields={"target": f"is {ref.id} too"})
        if position != "under" and to.parent is None:
            raise InvalidInput(
                f'Nothing was moved: {to.id} "{clean_text(to.title, 80)}" is at the top of its space, and beside it '
                "the page would be in no tree.",
                next_step=f"position=under puts it below {to.id}.",
            )
        above = await self._ancestors_of(to)
        if ref.id in above:
            raise InvalidInput(
                f'Nothing was moved: {to.id} "{clean_text(to.title, 80)}" stands below {ref.id} itself.',
                next_step="Move that one out first, or choose another place.",
            )
        ended = await self._ending(ref, {*above, to.id} if position == "under" else above)
        look = f"confluence_get_page {ref.id} shows where it stands"
        await self._write("PUT", f"{V1}/content/{ref.id}/move/{_POSITIONS[position]}/{to.id}", look=look)
        try:
            moved = await self.page_ref(ref.id, fresh=True)
        except ServiceError:  # it stands there all the same
            moved = self._placed(ref, to, ref.id)
        title = clean_text(to.title, 80)
        said = [f'{position} {to.id} "{title}"']
        if moved.space_key != ref.space_key:
            said.append(f"from space {ref.space_key} to {moved.space_key}")
        return Written(moved, tuple(said), ended)

    async def _ending(self, ref: PageRef, above: Collection[str]) -> tuple[str, ...]:
        """What restricts the viewing of a page from places that it will not stand below any more."""
        left = sorted(await self._ancestors_of(ref) - set(above))
        if not left:
            return ()
        rules: list[Rule] = []

        async def load(number: str, title: str) -> None:
            with suppress(NotFound):  # a folder, which has none
                rules.extend(await self._rules(number, title))

        try:
            titles = await self.titles(left)
            await run_all([lambda at=at: load(at, titles.get(at, "")) for at in left], at_once=5)
        except ServiceError:
            return ("Whether a restriction on viewing ended by the move could not be seen.",)
        return tuple(
            f"Not restricted any more by {rule.page} “{clean_text(rule.title, 40)}”, for which only "
            f"{clean_text(', '.join((*rule.people, *rule.groups)), 60)} could view it."
            for rule in sorted(rules, key=lambda each: each.page)
            if rule.operation == "read"
        )

    async def copy_page(self, page: str, target: str, title: str = "") -> Written:
        """Copy one page, with its files and labels, under another page or to the top of a space's tree.

        Raises Conflict when a page has the title already.
        """
        ref = await self._movable(page)
        to = await self._target(target, "under")
        wanted = _title_of_copy(ref, to, title)
        body = {
            "copyAttachments": True,
            "copyLabels": True,
            "copyProperties": True,
            "copyPermissions": True,
            "destination": {"type": "parent_page", "value": to.id},
            "pageTitle": wanted,
        }
        look = f"confluence_get_page {to.space_key}/{wanted}"
        try:
            answer = as_object(await self._write("POST", f"{V1}/content/{ref.id}/copy", body, look=look))
        except (InvalidInput, Conflict) as error:
            space = await self._space_by_id(to.space_id)
            raise await self._title_taken(error, space, wanted, "page") from error
        number = as_text(answer.get("id"))
        if not number.isdecimal():
            raise BadAnswer("Confluence copied the page but did not say its id.", next_step=f"Look: {look}")
        try:
            made = await self.page_ref(number, fresh=True)
        except ServiceError:  # it is there all the same
            made = replace(self._placed(ref, to, number), title=wanted, version=1)
        return Written(made, (f"of {ref.id}", f'under {to.id} "{clean_text(to.title, 80)}"'))

    async def copy_tree(
        self, page: str, target: str, prefix: str = "", *, on_progress: Progress | None = None
    ) -> tuple[PageRef, PageRef, LongTask]:
        """Copy a page with all that is under it, `prefix` before each title; the page, its new parent, and the task.

        Without a prefix the copies are called "Copy of …" where they would stand in the same space.
        """
        ref = await self._movable(page)
        to = await self._target(target, "under")
        if ref.id == to.id or ref.id in await self._ancestors_of(to):
            raise InvalidInput("Nothing was copied: a tree cannot be copied to a place within itself.")
        before = prefix.strip() or (COPY_OF if to.space_id == ref.space_id else "")
        if before and not before.endswith(" "):
            before += " "
        checked_title(before + ref.title)
        body: dict[str, object] = {
            "copyAttachments": True,
            "copyLabels": True,
            "copyProperties": True,
            "copyPermissions": True,
            "copyDescendants": True,
            "destinationPageId": to.id,
        }
        if before:
            body["titleOptions"] = {"prefix": before}
        look = f"confluence_list_pages of {to.id} shows whether the copies are there"
        task = await self._start_task("POST", f"{V1}/content/{ref.id}/pagehierarchy/copy", body, look=look)
        return ref, to, await self._follow_task(task, on_progress=on_progress)

    async def _movable(self, page: str) -> PageRef:
        ref = require_live(await self.page_ref(page, fresh=True))
        if ref.kind != "page":
            raise InvalidInput(f"{ref.id} is a blog post: those stand in no tree.", fields={"page": "is a blog post"})
        if ref.status == "draft":
            raise InvalidInput(f"{ref.id} is a draft.", next_step="Publish it first: confluence_update_page.")
        return ref

    def _placed(self, ref: PageRef, to: PageRef, number: str) -> PageRef:
        """A page as far as is known without looking, after it was put to another one."""
        url = self.page_url(to.space_key, number)
        return replace(ref, id=number, space_id=to.space_id, space_key=to.space_key, url=url)

    async def _target(self, target: str, position: Position) -> PageRef:
        """The page that a place is told by; a space stands for its homepage."""
        wanted = target.strip()
        is_page = wanted.isdecimal() or "/" in wanted
        if not is_page:
            space = await self.space(wanted)
            if position != "under" or not space.homepage:
                raise InvalidInput(
                    "That is no place.", fields={"target": "name a page: its id, its link or SPACE/Title"}
                )
            wanted = space.homepage
        to = require_live(await self.page_ref(wanted, fresh=True))
        if to.kind != "page":
            raise InvalidInput(f"{to.id} is a blog post: pages stand beside pages.", fields={"target": "is no page"})
        return to

    async def _ancestors_of(self, ref: PageRef) -> set[str]:
        """The ids of the pages above one, as far as Confluence tells."""
        try:
            answer = await self._get(f"{V2}/pages/{ref.id}/ancestors", limit=250)
        except ServiceError:
            return {ref.parent} if ref.parent else set()  # Confluence itself refuses a ring
        return {as_text(bean.get("id")) for bean in objects(answer.get("results"))}


def _title_of_copy(ref: PageRef, to: PageRef, title: str) -> str:
    if title.strip():
        return checked_title(title)
    return checked_title(f"{COPY_OF}{ref.title}" if to.space_id == ref.space_id else ref.title)
