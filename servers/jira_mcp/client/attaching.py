"""Adding files to issues, and deleting them."""

from collections.abc import Sequence
from contextlib import ExitStack

from atlassian_kit.client import CATALOGUE, CATALOGUE_TTL
from connector_kit.bodies import Part, form
from connector_kit.errors import BadAnswer, InvalidInput, NotPermitted
from connector_kit.uploads import LARGEST_SENT, check_given, check_sizes, inline_part, parts_of
from connector_kit.wire import as_flag, as_int, as_object, objects
from jira_mcp.attachment_models import Attached, FoundAttachment
from jira_mcp.client.attachments import Attachments
from jira_mcp.client.values import attachment
from jira_mcp.models import Attachment

_REFUSED = "Nothing was attached"


class Attaching(Attachments):
    """Adding and deleting the files of issues."""

    async def attach(self, key: str, paths: Sequence[str], *, text: str = "", name: str = "") -> Attached:
        """Attach files of the allowed folder, and a text under a `name`; all of them or none.

        Raises InvalidInput for what is too large or no file of the folder: then nothing was sent.
        """
        inline = inline_part(text, name, refused=_REFUSED)
        check_given(paths, inline, refused=_REFUSED)
        issue = await self._files_of(key)
        most = await self._upload_limit()
        with ExitStack() as opened:
            parts = [*await parts_of(paths, lambda: self.folder(_REFUSED), opened, most=most), *inline]
            check_sizes(parts, refused=_REFUSED, most=most)
            made = await self._send_files(issue.key, parts)
        self._remember(issue.id)
        return Attached(issue.key, self.browse_url(issue.key), made)

    async def delete_attachment(self, key: str, wanted: str) -> FoundAttachment:
        """Delete a file of an issue for good; what it was."""
        issue = await self._files_of(key, wanted)
        found = await self._find_file(issue, wanted)
        look = f"jira_get_issue {found.key} lists its attachments"
        await self._write("remove_attachment", found.attachment.id, look=look)
        self._remember(issue.id)
        return found

    async def _upload_limit(self) -> int:
        """Bytes that a file may have on this site. Raises NotPermitted where attachments are switched off."""

        async def load() -> tuple[bool, int]:
            answer = as_object(await self._call("get_attachment_meta"))
            return as_flag(answer.get("enabled"), True), as_int(answer.get("uploadLimit")) or LARGEST_SENT

        enabled, most = await self._cached(("attachment settings",), CATALOGUE_TTL, load, CATALOGUE)
        if not enabled:
            raise NotPermitted(
                f"{_REFUSED}: attachments are switched off on this site.",
                next_step="Only an administrator of Jira can switch them on.",
            )
        return most

    async def _send_files(self, key: str, parts: Sequence[Part]) -> tuple[Attachment, ...]:
        look = f"jira_get_issue {key} lists its attachments"
        try:
            async with self._changing(look):
                reply = await self._http.request(
                    "POST",
                    f"/rest/api/3/issue/{key}/attachments",
                    content=form("file", parts),
                    headers={"X-Atlassian-Token": "no-check"},
                    repeatable=False,
                )
                made = tuple(map(attachment, objects(reply.json())))
                if [each.size for each in made] != [part.body.size for part in parts]:
                    raise BadAnswer(f"Jira lists {len(made)} new files in another size than the {len(parts)} sent.")
        except InvalidInput as error:
            if error.status != 413:
                raise
            raise InvalidInput(
                error.message,
                next_step="Attach fewer or smaller files; the issue may also have as many as it may have.",
                status=error.status,
                request_id=error.request_id,
            ) from error
        return made
