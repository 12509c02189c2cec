"""How v1 shows pages, blog posts, folders, comments and attachments (`Content`)."""

from __future__ import annotations

import json
from collections.abc import Collection

from confluence_mcp.sandbox import bodies, label_store
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.model import Attachment, Comment, Content, JsonObject, Space, Version
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v1 import beans, links
from confluence_mcp.sandbox.v1.links import API
from confluence_mcp.sandbox.web import Call
from sandbox_kit.atlassian.accounts import BY_ID

_EXPANDABLE = (
    *("childTypes", "container", "metadata", "operations", "children", "restrictions", "history", "ancestors", "body"),
    *("version", "descendants", "space", "extensions", "schedulePublishDate", "macroRenderedOutput"),
)
_FORMS = ("storage", "view", "export_view", "styled_view", "anonymous_export_view", "atlas_doc_format", "editor")


class ContentBean:
    """Shows contents of one session to one caller. `expand` names what is shown besides the usual."""

    def __init__(self, call: Call, session: Session, expand: Collection[str] = ()) -> None:
        self._call = call
        self._session = session
        self._expand = frozenset(expand) | {each.partition(".")[0] for each in expand}
        self._forms = [form for form in _FORMS if f"body.{form}" in expand]
        self._spaces: dict[int, Space] = {}

    def content(self, content: Content) -> JsonObject:
        """A page, blog post or folder."""
        space = self.space_of(content.space)
        shown = self._base(str(content.id), content.type, content.status, content.title)
        shown["_links"] |= {"webui": links.web(content, space), "tinyui": links.tiny(content.id)}
        shown["extensions"] = {"position": content.position}
        self._fill(shown, content.id, content.version, content.author, content.created, space)
        if "ancestors" in self._expand:
            inner = ContentBean(self._call, self._session)
            shown["ancestors"] = [inner.content(each) for each in self._session.ancestors(content)]
        if "container" in self._expand:
            shown["container"] = beans.space(self._call, space)
        return self._finished(shown)

    def comment(self, comment: Comment, content: Content) -> JsonObject:
        """A comment on a content."""
        space = self.space_of(content.space)
        shown = self._base(str(comment.id), "comment", comment.status, f"Re: {content.title}")
        shown["_links"]["webui"] = links.web_of_comment(comment, content, space)
        shown["extensions"] = {"location": comment.kind}
        if comment.kind == "inline":
            shown["extensions"] |= {"resolution": {"status": comment.resolution}}
        self._fill(shown, comment.id, comment.version, comment.author, comment.created, space)
        if "container" in self._expand:
            shown["container"] = ContentBean(self._call, self._session).content(content)
        return self._finished(shown)

    def attachment(self, attachment: Attachment, content: Content) -> JsonObject:
        """A file on a content."""
        space = self.space_of(content.space)
        number = f"att{attachment.id}"
        shown = self._base(number, "attachment", attachment.status, attachment.title)
        shown["_links"] |= {
            "webui": links.web_of_attachment(attachment),
            "download": links.download(attachment),
        }
        shown["metadata"] = {"comment": attachment.comment, "mediaType": attachment.media_type}
        shown["extensions"] = {
            "mediaType": attachment.media_type,
            "fileSize": attachment.size,
            "comment": attachment.comment,
            "mediaTypeDescription": "File",
            "fileId": attachment.file,
            "collectionName": f"contentId-{attachment.container}",
        }
        self._fill(shown, attachment.id, attachment.version, attachment.author, attachment.created, space)
        if "container" in self._expand:
            shown["container"] = ContentBean(self._call, self._session).content(content)
        return self._finished(shown)

    def space_of(self, number: int) -> Space:
        """The space with this id."""
        if number not in self._spaces:
            found = self._session.space(number)
            assert found is not None
            self._spaces[number] = found
        return self._spaces[number]

    def _base(self, number: str, kind: str, status: str, title: str) -> JsonObject:
        return {
            "id": number,
            "type": kind,
            "status": status,
            "title": title,
            "macroRenderedOutput": {},
            "_links": {"self": f"{self._call.base}{API}/content/{number}"},
        }

    def _fill(self, shown: JsonObject, number: int, version: int, author: str, created: int, space: Space) -> None:
        wish, call, session = self._expand, self._call, self._session
        if "space" in wish:
            shown["space"] = beans.space(call, space)
        newest = session.version(number, version) if wish & {"version", "history", "body"} else None
        if "version" in wish and newest:
            shown["version"] = beans.version(call, newest)
        if "history" in wish and newest:
            shown["history"] = self._history(newest, author, created)
        if self._forms and newest:
            shown["body"] = {form: self._body(newest.body, form) for form in self._forms}
        if "metadata" in wish:
            shown["metadata"] = {**shown.get("metadata", {}), **self._metadata(number)}

    def _history(self, newest: Version, author: str, created: int) -> JsonObject:
        expandable = ("previousVersion", "contributors", "nextVersion", "lastOwnedBy", "ownedBy")
        return {
            "latest": True,
            "createdBy": beans.user(self._call, author),
            "createdDate": stamp(created),
            "lastUpdated": beans.version(self._call, newest),
            "_expandable": dict.fromkeys(expandable, ""),
            "_links": {"self": f"{self._call.base}{API}/content/{newest.content}/history"},
        }

    def _body(self, stored: str, form: str) -> JsonObject:
        return {
            "value": converted(stored, form),
            "representation": form,
            "embeddedContent": [],
            "_expandable": {"content": "", "mediaToken": "", "webresource": ""},
        }

    def _metadata(self, number: int) -> JsonObject:
        shown: JsonObject = {"_expandable": {"currentuser": "", "frontend": ""}}
        if "metadata.labels" in self._expand:
            known = [beans.label(each) for each in label_store.of(self._session, number)]
            shown["labels"] = {"results": known, "start": 0, "limit": 200, "size": len(known)}
        if "metadata.properties" in self._expand:
            shown["properties"] = {
                each.key: {"key": each.key, "value": json.loads(each.value), "version": {"number": each.version}}
                for each in beans.properties_of(self._session, number)
            }
        return shown

    def _finished(self, shown: JsonObject) -> JsonObject:
        shown["_expandable"] = {name: "" for name in _EXPANDABLE if name not in shown}
        return shown


def converted(stored: str, form: str) -> str:
    """A body in the storage format in another form."""
    match form:
        case "storage" | "editor":
            return stored
        case "atlas_doc_format":
            return json.dumps(bodies.storage_to_adf(stored), ensure_ascii=False)
        case _:
            return bodies.storage_to_view(stored, {each.account_id: each.name for each in BY_ID.values()})
