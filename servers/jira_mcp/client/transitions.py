"""Moving an issue to another status by the status's name."""

from collections.abc import Mapping, Sequence

from connector_kit.concurrency import run_all
from connector_kit.errors import InvalidInput, ServiceError, clean_text
from connector_kit.wire import JsonObject, as_object, as_text, objects
from jira_mcp.client.comments import Comments
from jira_mcp.client.fields import Entry, screen_entry
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.rich_text import Texts
from jira_mcp.client.values import normal
from jira_mcp.client.writing import with_allowed
from jira_mcp.models import TransitionResult


class _OutOfReach(InvalidInput):
    """No transition leads there from the present status."""


class Transitions(Comments):
    """Status changes."""

    async def transition(
        self, key: str, to: str, *, values: Mapping[str, object] | None = None, comment: str = ""
    ) -> TransitionResult:
        """Move an issue to the status (or through the transition) called `to`.

        `values` fill fields of the transition's screen by name, `comment` is Markdown. An issue that is there
        already is left alone. Raises InvalidInput that lists what can be reached, or the fields required.
        """
        key = await self._open(key)
        issue: JsonObject = {}
        listed: list[JsonObject] = []

        async def read_status() -> None:
            nonlocal issue
            issue = as_object(await self._call("get_issue", key, fields="status"))

        async def read_ways() -> None:
            answer = as_object(await self._call("get_transitions", key, expand="transitions.fields"))
            listed.extend(objects(answer.get("transitions")))

        await run_all([read_status, read_ways])
        before = self._named(as_object(issue.get("fields")).get("status")) or ""
        url = self.browse_url(key)
        try:
            chosen = _choose(key, before, to, listed)
        except _OutOfReach as error:
            raise InvalidInput(error.message, fields=error.fields, next_step=await self._way_to(to, listed)) from None
        if chosen is None:
            return TransitionResult(key, url, before, before, moved=False)
        screen = tuple(
            screen_entry(field_id, as_object(entry)) for field_id, entry in as_object(chosen.get("fields")).items()
        )
        name = as_text(chosen.get("name"))
        await self.field_names()
        written = await self._convert(
            values or {},
            screen,
            project=key.rpartition("-")[0],
            where=f"the screen of the transition {name!r}",
            texts=Texts(key),
        )
        _check_required(name, screen, {*written.fields, *written.update})
        body: dict[str, object] = {"transition": {"id": as_text(chosen.get("id"))}}
        if written.fields:
            body["fields"] = written.fields
        update: dict[str, object] = dict(written.update)
        on_screen = any(entry.info.id == "comment" for entry in screen)
        # Also a comment that goes by itself: a text that cannot be sent must be found before anything is moved.
        said = await self._new_text(comment, "comment") if comment.strip() else None
        if said is not None and on_screen:
            update["comment"] = [{"add": {"body": said}}]
        if update:
            body["update"] = update
        try:
            await self._write("do_transition", key, data=body, look=f"jira_get_issue {key} shows its status")
        except InvalidInput as error:
            raise with_allowed(error, screen) from error
        self._remember(as_text(issue.get("id")))
        await self._note_texts(key, written.fields, {})
        after = self._named(chosen.get("to")) or to
        if said is not None and not on_screen:
            await self._comment_after(key, after, comment)
        return TransitionResult(key, url, before, after, changed=written.changed)

    async def _way_to(self, status: str, listed: Sequence[JsonObject]) -> str:
        """What to try when no transition leads to a status; "" when the answer says enough."""
        if not listed:
            return "Ask an administrator of the project for the permission to move issues."
        try:
            known = await self.statuses()
        except ServiceError:
            return ""
        exists = normal(status) in map(normal, known)
        return "Go there through one of these." if exists else "The site has no status of this name."

    async def _comment_after(self, key: str, status: str, comment: str) -> None:
        """Add the comment by itself: Jira takes it along only through a screen that has the field."""
        try:
            await self.add_comment(key, comment)
        except ServiceError as error:
            raise type(error)(
                f"{key} is {status} now, but the comment was not added: {error.message}",
                next_step=f"Only the comment is missing. {error.next_step}",
                fields=error.fields,
                status=error.status,
                request_id=error.request_id,
                retry_after=error.retry_after,
            ) from error


def _choose(key: str, before: str, to: str, listed: Sequence[JsonObject]) -> JsonObject | None:
    """The transition that `to` means; None if the issue is there already. Raises InvalidInput."""
    wanted = normal(to)

    def target(way: JsonObject) -> str:
        return as_text(as_object(way.get("to")).get("name"))

    by_name = [way for way in listed if normal(as_text(way.get("name"))) == wanted or way.get("id") == to.strip()]
    by_status = [way for way in listed if normal(target(way)) == wanted]
    if normal(before) == wanted:
        return None
    if len(by_status) == 1:
        return by_status[0]
    both = [way for way in by_status if way in by_name]
    if len(both) == 1:
        return both[0]
    if by_status:
        raise InvalidInput(
            f"{len(by_status)} transitions lead {key} to {target(by_status[0])}.",
            fields={"status": f"one of {listing(as_text(way.get('name')) for way in by_status)}"},
            next_step="Name the transition instead of the status.",
        )
    if len(by_name) == 1:
        return by_name[0]
    if by_name:
        ways = (f"{as_text(way.get('id'))} (to {target(way)})" for way in by_name)
        raise InvalidInput(
            f"{len(by_name)} transitions of {key} have this name.", fields={"status": f"one of {listing(ways)}"}
        )
    reachable = [target(way) for way in listed]
    raise _OutOfReach(
        f"{key} is {before} and cannot go to {clean_text(to, 60)!r} from there.{suggestion(to, reachable)}",
        fields={"status": f"one of {listing(reachable)}" if reachable else "no status can be reached by this account"},
    )


def _check_required(name: str, screen: Sequence[Entry], given: set[str]) -> None:
    lacking = [entry for entry in screen if entry.required and not entry.has_default and entry.info.id not in given]
    if not lacking:
        return
    fields: dict[str, str] = {}
    for entry in lacking:
        shown = entry.shown()
        fields[entry.info.name] = f"required, {shown.kind}" + (
            f": one of {listing(shown.allowed)}" if shown.allowed else ""
        )
    raise InvalidInput(
        f"The transition {name!r} asks for more.",
        fields=fields,
        next_step="Repeat the call with these in fields.",
    )
