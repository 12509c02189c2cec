"""The versions of a page: which there are, what is different between two, and going back to one
(https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-version/).
"""

from collections.abc import Mapping

from confluence_mcp.client.base import V1, V2, next_cursor
from confluence_mcp.client.opening import PageText, aside
from confluence_mcp.client.reading import Reading
from confluence_mcp.models import PageRef
from confluence_mcp.reading_models import Comparison, PageVersion
from connector_kit.errors import Conflict, InvalidInput
from connector_kit.pages import Page, decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects

COMPARISON_BUDGET = 12_000
"""Bytes of what is different: about 3,000 tokens."""
_KIND = "confluence-versions"


class Versions(Reading):
    """Reading and restoring versions."""

    async def versions(
        self, page: str, *, limit: int = 20, cursor: str | None = None
    ) -> tuple[PageRef, Page[PageVersion]]:
        """A page and its versions, the newest first."""
        ref = await self.page_ref(page)
        print_of = fingerprint(ref.id)
        at = as_text(decode_cursor(_KIND, cursor, print_of).get("next")) if cursor else None
        answer = await self._get(f"{V2}/{_place(ref)}/{ref.id}/versions", limit=limit, cursor=at, sort="-modified-date")
        beans = objects(answer.get("results"))
        names = await self.names_of(as_text(bean.get("authorId")) for bean in beans)
        following = next_cursor(answer)
        return ref, Page(
            tuple(_version(bean, names) for bean in beans),
            encode_cursor(_KIND, {"next": following}, print_of) if following else None,
        )

    async def compare_versions(
        self, page: str, older: int, newer: int | None = None, *, budget: int = COMPARISON_BUDGET
    ) -> Comparison:
        """What is different in version `newer` (None: the one of now) since `older`.

        Raises InvalidInput where both are the same, NotFound for one that does not exist.
        """
        number = await self.page_id(page)
        now = await self._known_text(number, newer)
        if older == now.ref.version:
            raise InvalidInput(f"Version {older} is the one to compare with.", fields={"older": "is the same as newer"})
        then = await self._known_text(number, older)
        if older > now.ref.version:
            then, now = now, then
        length = len(then.storage) + len(now.storage)
        names = await self.names_of(await aside(length, _people, then, now))
        text, changes = await aside(length, _difference, then.storage, now.storage, names, budget)
        return Comparison(
            ref=now.ref,
            older=_known(then, names),
            newer=_known(now, names),
            text=text,
            changes=changes,
            titles=(then.ref.title, now.ref.title),
        )

    async def restore_version(
        self, page: str, number: int, *, version: int, message: str = "", title: bool = False
    ) -> tuple[PageRef, PageVersion]:
        """Make version `number` of a page the current one again, as a new version; its old title too if `title`.

        Raises Conflict if the page is not at `version` any more: then nothing is restored.
        """
        ref = await self.page_ref(page, fresh=True)
        if ref.version != version:
            raise Conflict(
                f"Page {ref.id} is at version {ref.version} now, not {version}; nothing was restored.",
                next_step=f"confluence_compare_versions with older={version} shows what changed since; then repeat it "
                f"with version={ref.version}, if that is wanted still.",
            )
        if number >= ref.version or number < 1:
            raise InvalidInput(
                f"There is no older version {number}.", fields={"number": f"should be below {ref.version}"}
            )
        wish = {"versionNumber": number, "message": message or f"Restored version {number}", "restoreTitle": title}
        answer = await self._write(
            "POST",
            f"{V1}/content/{ref.id}/version",
            {"operationKey": "restore", "params": wish},
            look="confluence_list_versions shows the versions of the page.",
        )
        bean = as_object(answer)
        by = as_object(bean.get("by"))
        made = PageVersion(
            as_int(bean.get("number")) or ref.version + 1,
            as_text(by.get("displayName")),
            as_text(bean.get("when")),
            as_text(bean.get("message")),
        )
        return ref, made


def _people(*texts: PageText) -> list[str]:
    from atlassian_kit.storage import accounts_in

    authors = [account for text in texts for account in (text.ref.updated_by, text.ref.author) if account]
    return [*authors, *(account for text in texts for account in accounts_in(text.storage))]


def _difference(older: str, newer: str, names: Mapping[str, str], budget: int) -> tuple[str, int]:
    from atlassian_kit.storage import compare

    found = compare(older, newer, names)
    return found.text(budget), len(found.changes)


def _place(ref: PageRef) -> str:
    return "pages" if ref.kind == "page" else "blogposts"


def _version(bean: JsonObject, names: Mapping[str, str]) -> PageVersion:
    author = as_text(bean.get("authorId"))
    return PageVersion(
        number=as_int(bean.get("number")) or 0,
        author=names.get(author, author),
        created=as_text(bean.get("createdAt")),
        message=as_text(bean.get("message")),
        minor=as_flag(bean.get("minorEdit")),
    )


def _known(text: PageText, names: Mapping[str, str]) -> PageVersion:
    account = text.ref.updated_by or text.ref.author or ""
    return PageVersion(text.ref.version, names.get(account, account), text.ref.updated, text.ref.message)
