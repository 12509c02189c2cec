"""Links: those between issues taken away again, and those from an issue to other sites
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links/)."""

from collections.abc import Sequence

from atlassian_kit.client import CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, NotFound, clean_text
from connector_kit.wire import JsonObject, as_flag, as_object, as_text, objects
from jira_mcp.client.collaboration import Collaboration, direction
from jira_mcp.client.ids import numeric_id
from jira_mcp.client.matching import listing
from jira_mcp.client.values import issue_ref
from jira_mcp.client.web_address import identifier, same_address, title_of, web_address
from jira_mcp.links_models import RemoteLink, RemoteLinkResult
from jira_mcp.models import LinkResult

_TITLE_CHARS = 255


class RemoteLinks(Collaboration):
    """Links to other sites, and the removal of links."""

    async def remote_links(self, key: str) -> tuple[RemoteLink, ...]:
        """The links from an issue to addresses elsewhere."""
        key = await self._open(key)

        async def load() -> tuple[RemoteLink, ...]:
            return tuple(map(_remote, objects(await self._call("get_remote_issue_links", key))))

        return await self._cached(("remote links", key), CONTENT_TTL, load, CONTENT)

    async def add_remote_link(
        self,
        key: str,
        url: str,
        *,
        title: str = "",
        relation: str = "",
        summary: str = "",
        resolved: bool | None = None,
    ) -> RemoteLinkResult:
        """Link an issue to an https address. One that is linked already, in any spelling, is not linked again: only
        what is given of its title, summary and resolution is changed then, if the link is one of ours.

        Raises InvalidInput for an address that cannot be linked to.
        """
        address = web_address(url)
        key = await self._open(key)
        known = _linked(await self._linked_now(key), address)
        if known is not None and (known.global_id != identifier(address) or not _differs(known, title, resolved)):
            return RemoteLinkResult(key, known, added=False)
        shown = clean_text(title, _TITLE_CHARS) or (known.title if known else "") or title_of(address)
        target: dict[str, object] = {"url": address, "title": shown}
        if said := clean_text(summary, _TITLE_CHARS) or (known.summary if known else ""):
            target["summary"] = said
        done = resolved if resolved is not None else known.resolved if known else None
        if done is not None:
            target["status"] = {"resolved": done}
        data: dict[str, object] = {"globalId": identifier(address), "object": target}
        named = clean_text(relation, _TITLE_CHARS) or (known.relation if known else "")
        if named:
            data["relationship"] = named
        answer = as_object(
            await self._write(
                "create_or_update_remote_issue_link",
                key,
                data=data,
                look=f"jira_list_remote_links {key} shows whether it is there; adding it again does no harm",
            )
        )
        number = as_text(answer.get("id")) or (known.id if known else "")
        link = RemoteLink(number, shown, address, named, said, "", bool(done), identifier(address))
        return RemoteLinkResult(key, link, added=known is None, changed=known is not None)

    async def remove_remote_link(self, key: str, link: str) -> RemoteLink:
        """Take away a link from an issue to an address elsewhere: the address or the link's id names it.

        Raises InvalidInput that lists the links of the issue.
        """
        key = await self._open(key)
        links = await self._linked_now(key)
        wanted = link.strip()
        found = [each for each in links if each.id == wanted or (each.url and same_address(each.url, wanted))]
        if len(found) != 1:
            known = [f"{each.id} ({each.url})" for each in (found or links)]
            raise InvalidInput(
                f"{clean_text(link, 100)!r} {'names several links' if found else 'is no remote link'} of {key}.",
                fields={"link": f"one of {listing(known, 10)}" if known else "the issue has none"},
            )
        await self._write(
            "delete_remote_issue_link_by_id",
            key,
            numeric_id(found[0].id, "remote link"),
            look=f"jira_list_remote_links {key} shows whether it is gone",
        )
        return found[0]

    async def _linked_now(self, key: str) -> tuple[RemoteLink, ...]:
        """The links as they are, not as they were some seconds ago: what is written depends on them."""
        return tuple(map(_remote, objects(await self._call("get_remote_issue_links", key))))

    async def remove_link(self, source: str, target: str, phrase: str = "") -> LinkResult:
        """Take away the link between two issues; with several of them, the one that reads `source` `phrase` `target`.

        Raises NotFound where there is none, InvalidInput where more than one may be meant.
        """
        source, target = await self._open(source), await self._open(target)
        answer = as_object(await self._call("get_issue", source, fields="issuelinks"))
        entries = [
            entry
            for entry in objects(as_object(answer.get("fields")).get("issuelinks"))
            if issue_ref(entry.get("outwardIssue") or entry.get("inwardIssue")).key == target
        ]
        read = {as_text(entry.get("id")): _phrase(entry) for entry in entries}
        if phrase.strip() and read:
            kind, inward = direction(phrase, await self.link_types())
            wanted = kind.inward if inward else kind.outward
            read = {number: words for number, words in read.items() if words == wanted} or _none_of(read, wanted)
        if not read:
            raise NotFound(
                f"{source} and {target} are not linked to each other.",
                next_step=f"jira_get_issue {source} shows its links.",
            )
        if len(read) > 1:
            raise InvalidInput(
                f"{source} and {target} are linked {len(read)} times; nothing was removed.",
                fields={"relation": f"one of {listing(read.values())}"},
            )
        [(number, words)] = read.items()
        await self._write(
            "delete_issue_link", numeric_id(number, "link"), look=f"jira_get_issue {source} shows its links"
        )
        return LinkResult(source, words, target, self.browse_url(source))


def _none_of(read: dict[str, str], wanted: str) -> dict[str, str]:
    raise InvalidInput(
        f"No link between the two issues reads {wanted!r} in this direction; nothing was removed.",
        fields={"relation": f"one of {listing(read.values())}, or empty for the only link"},
    )


def _phrase(entry: JsonObject) -> str:
    kind = as_object(entry.get("type"))
    return as_text(kind.get("outward") if entry.get("outwardIssue") else kind.get("inward"))


def _remote(entry: JsonObject) -> RemoteLink:
    target = as_object(entry.get("object"))
    return RemoteLink(
        as_text(entry.get("id")),
        as_text(target.get("title")),
        as_text(target.get("url")),
        as_text(entry.get("relationship")),
        as_text(target.get("summary")),
        as_text(as_object(entry.get("application")).get("name")),
        as_flag(as_object(target.get("status")).get("resolved")),
        as_text(entry.get("globalId")),
    )


def _linked(links: Sequence[RemoteLink], address: str) -> RemoteLink | None:
    """The link to this address: by the identifier that we gave it, else by where it leads."""
    by_id = next((link for link in links if link.global_id == identifier(address)), None)
    return by_id or next((link for link in links if link.url and same_address(link.url, address)), None)


def _differs(known: RemoteLink, title: str, resolved: bool | None) -> bool:
    wanted = clean_text(title, _TITLE_CHARS)
    return bool(wanted and wanted != known.title) or (resolved is not None and resolved != known.resolved)
