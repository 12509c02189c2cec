"""Adding files to pages, and deleting them
(https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content---attachments/).
"""

from collections.abc import Sequence
from contextlib import ExitStack

from confluence_mcp.attachment_models import Attached, Attachment, FoundAttachment
from confluence_mcp.client.attachments import AttachmentReads, attachment
from confluence_mcp.client.base import V1, V2
from confluence_mcp.models import PageRef
from connector_kit.bodies import Part, form
from connector_kit.errors import BadAnswer, InvalidInput, NotFound, ServiceError
from connector_kit.uploads import check_given, check_sizes, inline_part, parts_of
from connector_kit.wire import as_object, objects

_REFUSED = "Nothing was attached"
_CHECKED = {"X-Atlassian-Token": "no-check"}


class Attaching(AttachmentReads):
    """Adding and deleting the files of pages."""

    async def attach(
        self, page: str, paths: Sequence[str], *, text: str = "", name: str = "", comment: str = ""
    ) -> Attached:
        """Attach files of the allowed folder, and a text under a `name`; a name that is there gets a new version.

        Raises InvalidInput for what is too large or no file of the folder: then nothing was sent. A failure in
        between tells which files were attached before it.
        """
        inline = inline_part(text, name, refused=_REFUSED)
        check_given(paths, inline, refused=_REFUSED)
        ref = await self.page_ref(page, fresh=True)
        made: list[Attachment] = []
        with ExitStack() as opened:
            parts = [*await parts_of(paths, lambda: self.folder(_REFUSED), opened), *inline]
            check_sizes(parts, refused=_REFUSED)
            _check_names(parts)
            for part in parts:
                try:
                    made.append(await self._send_part(ref, part, comment))
                except ServiceError as error:
                    raise after(error, made) from error
        return Attached(ref, tuple(made))

    async def _send_part(self, ref: PageRef, part: Part, comment: str = "") -> Attachment:
        """Attach one file; a further version where the page has its name."""
        texts = {"minorEdit": "true", **({"comment": comment} if comment else {})}
        path = f"{V1}/content/{ref.id}/child/attachment"
        look = f"confluence_list_attachments {ref.id}"
        try:
            answer = await self._send_file("PUT", path, form("file", [part], texts), _CHECKED, look=look)
        except InvalidInput as error:
            if error.status != 413:
                raise
            raise InvalidInput(
                error.message,
                next_step="This site takes smaller files only.",
                status=error.status,
                request_id=error.request_id,
            ) from error
        made = [attachment(bean) for bean in objects(as_object(answer).get("results"))]
        if len(made) != 1 or not made[0].id or made[0].size not in (0, part.body.size):
            raise BadAnswer(
                f"Confluence lists {len(made)} new files, or another size than was sent.", next_step=f"Look: {look}"
            )
        return made[0]

    async def delete_attachment(self, page: str, wanted: str) -> FoundAttachment:
        """Put a file of a page into the trash of its space; what it was."""
        found = await self.attachment(page, wanted, fresh=True)
        number = found.attachment.id.removeprefix("att")
        look = f"confluence_list_attachments {found.page.id}"
        await self._write("DELETE", f"{V2}/attachments/{number}", look=look)
        return found


def _check_names(parts: Sequence[Part]) -> None:
    """Two files of a name would be two versions of one."""
    names = [part.name for part in parts]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidInput(f"{_REFUSED}.", fields={"files": f"{twice[0]!r} is the name of several: a page has one"})


def after(error: ServiceError, made: Sequence[Attachment]) -> ServiceError:
    """The failure, and what was attached before it."""
    next_step = error.next_step
    if isinstance(error, NotFound):
        next_step = "The account may lack the right to attach files, or the file is larger than this site takes."
    return attached_before(error, made, next_step)


def attached_before(error: ServiceError, made: Sequence[Attachment], next_step: str) -> ServiceError:
    """The failure with its `next_step`, and what was attached before it."""
    if made:
        done = ", ".join(each.name for each in made)
        next_step = f"{next_step} Attached before it: {done}.".strip()
    if next_step == error.next_step:
        return error
    return type(error)(
        error.message,
        next_step=next_step,
        fields=error.fields,
        status=error.status,
        request_id=error.request_id,
        retry_after=error.retry_after,
    )
