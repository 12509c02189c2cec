"""Publishing a folder of Markdown: what a preview showed is written, page by page, those above first.

A run that breaks off can be repeated: what it wrote is known by the messages of versions and by properties of pages.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import anyio.to_thread

from confluence_mcp.client.base import V2
from confluence_mcp.client.opening import aside
from confluence_mcp.client.publish_plan import REFUSED, Job, Plan, PublishPlanning, file_hash, mark, prefix_of
from confluence_mcp.client.publish_records import Record
from confluence_mcp.models import PageRef
from confluence_mcp.publish_models import PublishItem, PublishOutcome
from connector_kit import trace
from connector_kit.bodies import Part, of_file
from connector_kit.errors import (
    BadAnswer,
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    ScopeMissing,
    ServiceError,
)
from connector_kit.uploads import LARGEST_SENT
from connector_kit.wire import as_int, as_object, as_text

Progress = Callable[[int, int, str], Awaitable[None]]
"""Told how many of how many pages are done, and the file of the last."""

_EMPTY = "<p />"
_COMMENT = "ac:inline-comment-marker"
_UNTIED = "comments on passages may have lost these"
_RESERVE = 12.0
"""Seconds of a call below which no further page is begun after the first."""


@dataclass(slots=True)
class _Run:
    """A run: what is done, and where the pages of the files are."""

    plan: Plan
    pages: dict[str, str]
    known: dict[str, tuple[int, Record | None]]
    done: list[PublishItem]


class Publishing(PublishPlanning):
    """Writing the pages of a folder."""

    async def publish(
        self, token: str, given: Mapping[str, str], *, on_progress: Progress | None = None
    ) -> PublishOutcome:
        """Write what the preview of this token showed, for as long as a call may take.

        `given` are arguments that came with the token; those that are not empty must be those of the preview. A page
        that was changed since is left alone. What Confluence refuses of one page is told of it, and the others go on;
        what would meet all of them ends the run, and is raised if nothing was written before.

        Raises InvalidInput or NotPermitted when the token is not good (any more).
        """
        plan = self._publish_plans.look(token)
        for name, value in given.items():
            if value.strip() and value != plan.asked.get(name):
                raise InvalidInput(
                    f"{REFUSED}.",
                    fields={name: "differs from the preview that this token is of"},
                    next_step="Leave it out to run what was shown, or leave out run to see the new preview.",
                )
        parent = await self.page_ref(plan.parent.id, fresh=True)
        if parent.space_id != plan.parent.space_id:
            raise InvalidInput(
                f"{REFUSED}: page {parent.id} was moved to space {parent.space_key} since the preview.",
                next_step="Call again without run to see what is possible now.",
            )
        self._publish_plans.take(token)
        run = _Run(plan, dict(plan.pages), dict(plan.below), [])
        trouble = ""
        for number, job in enumerate(plan.jobs):
            if run.done and trace.seconds_left() < _RESERVE:
                break
            try:
                run.done.append(await self._publish_job(run, job))
            except ServiceError as error:
                if not run.done:
                    raise
                trouble = f"{job.source}: {error}"
                break
            if on_progress is not None:
                await on_progress(number + 1, len(plan.jobs), job.source)
        if not trouble:
            await self._write_index(plan.parent.id, run.known)
        left = plan.jobs[len(run.done) :]
        # What broke off may have been half done: only a new preview tells how far.
        rest = replace(plan, jobs=left, pages=run.pages, below=run.known)
        again = self._publish_plans.keep(rest) if left and not trouble else ""
        return PublishOutcome(plan.folder, plan.parent, tuple(run.done), len(left), again, trouble)

    async def _publish_job(self, run: _Run, job: Job) -> PublishItem:
        """Write one page. Raises what would meet all the others, too."""
        item = job.item
        above = run.pages.get(job.parent, "") if job.parent else run.plan.parent.id
        if not above and (item.state == "create" or job.moves):
            return replace(item, state="skipped", note=f"the page above it, {job.parent}, is not there")
        try:
            return await (self._create_published if item.state == "create" else self._update_published)(run, job, above)
        except ScopeMissing:
            raise
        except (Conflict, InvalidInput, NotFound, NotPermitted) as error:
            return replace(item, state="failed", page=run.pages.get(job.source, ""), note=str(error))

    async def _create_published(self, run: _Run, job: Job, above: str) -> PublishItem:
        """Make a page. Where it shows files it is made empty: Confluence looks for them when it takes the text."""
        parent = run.plan.parent
        body: dict[str, object] = {
            "spaceId": parent.space_id,
            "status": "current",
            "title": job.item.title,
            "parentId": above,
            "body": _body(_EMPTY if job.files else job.storage),
        }
        look = f"confluence_get_page {parent.space_key}/{job.item.title}"
        try:
            answer = as_object(await self._write("POST", f"{V2}/pages", body, look=look))
        except (InvalidInput, Conflict) as error:
            space = await self._space_by_id(parent.space_id)
            raise await self._title_taken(error, space, job.item.title, "page") from error
        if not as_text(answer.get("id")):
            raise BadAnswer("Confluence took the page but did not say its id.", next_step=f"Look: {look}")
        made = await self._ref({"spaceId": parent.space_id, **answer})
        run.pages[job.source] = made.id
        await self._send_files(run.plan, job, made)
        version = await self._put_published(job, made, 1, above, job.storage) if job.files else made.version
        if job.record.labels:
            await self._add_labels(made, job.record.labels)
        await self._noted(run, job, made.id, version)
        return replace(job.item, state="created", page=made.id)

    async def _update_published(self, run: _Run, job: Job, above: str) -> PublishItem:
        """Give a page its new text, or only note what was written already."""
        now = await self.page_text(job.item.page)
        ref = now.ref
        if ref.version != job.version:
            return replace(
                job.item, state="edited", note=f"version {ref.version} was written since the preview, of {job.version}"
            )
        version, lost = ref.version, tuple[str, ...]()
        if job.item.state != "finish":
            await self._send_files(run.plan, job, ref)
            storage = job.storage
            storage, lost = await aside(len(storage) + len(now.storage), _keeping_comments, now.storage, storage)
            version = await self._put_published(job, ref, ref.version, above if job.moves else "", storage)
        before = job.before.labels if job.before else ()
        add = [label for label in job.record.labels if label not in before]
        remove = [label for label in before if label not in job.record.labels]
        if add or remove:
            await self.update_labels(ref.id, add, remove)
        await self._noted(run, job, ref.id, version)
        note = "; ".join(each for each in (job.item.note, *lost) if each)
        return replace(job.item, state="updated", note=note)

    async def _put_published(self, job: Job, ref: PageRef, version: int, above: str, storage: str) -> int:
        """Write the text; the version that it made."""
        sent: dict[str, object] = {
            "id": ref.id,
            "status": "current",
            "title": job.item.title,
            "body": _body(storage),
            "version": {"number": version + 1, "message": mark(job.record)},
        }
        if above:
            sent["parentId"] = above
        look = f"confluence_list_versions {ref.id}"
        answer = as_object(await self._write("PUT", f"{V2}/pages/{ref.id}", sent, look=look))
        number = as_int(as_object(answer.get("version")).get("number"))
        if as_text(answer.get("id")) != ref.id or not number:
            raise BadAnswer("Confluence took the page but did not say its version.", next_step=f"Look: {look}")
        return number

    async def _send_files(self, plan: Plan, job: Job, ref: PageRef) -> None:
        """Attach the files that the page shows, but for those that it has."""
        place = self.folder(REFUSED)
        there: Mapping[str, str] = job.before.files if job.before else {}
        for name, path in job.files.items():
            if there.get(name) == job.record.files[name]:
                continue
            whole = f"{prefix_of(plan.folder)}{path}"
            if await anyio.to_thread.run_sync(file_hash, place, whole) != job.record.files[name]:
                raise InvalidInput(f"{path} was changed since the preview: call again without run.")
            file = await anyio.to_thread.run_sync(partial(place.open, whole, most=LARGEST_SENT, field="file"))
            try:
                await self._send_part(ref, Part(name, of_file(file)))
            finally:
                file.close()

    async def _noted(self, run: _Run, job: Job, page: str, version: int) -> None:
        record = replace(job.record, version=version)
        await self._note_published(page, version, record, new=job.item.state == "create")
        run.known[page] = (version, record)


def _keeping_comments(now: str, wanted: str) -> tuple[str, tuple[str, ...]]:
    """The text that a page gets instead of the one it has now, and what happens to comments on its passages.

    Comments are tied to words by marks that only the text of now has: what stays of it keeps them.
    """
    if _COMMENT not in now:
        return wanted, ()
    from atlassian_kit.storage import edit, to_markdown
    from atlassian_kit.storage.tree import StorageSyntaxError

    markdown = to_markdown(wanted)
    try:
        done = edit(now, markdown)
    except StorageSyntaxError:
        return wanted, (_UNTIED,)
    if to_markdown(done.storage) != markdown:
        return wanted, (_UNTIED,)
    lost = tuple(loss.what for loss in done.lost if loss.kind == "comment")
    return done.storage, (f"the passage is gone of: {', '.join(lost)}",) if lost else ()


def _body(storage: str) -> Mapping[str, str]:
    return {"representation": "storage", "value": storage}
