"""The labels of a page (https://support.atlassian.com/confluence-cloud/docs/use-labels-to-organize-your-content/)."""

import re
from collections.abc import Iterable, Sequence

from confluence_mcp.client.base import V1, V2, next_cursor
from confluence_mcp.client.opening import Opening, require_live
from confluence_mcp.models import PageRef
from confluence_mcp.write_models import Labels
from connector_kit.errors import InvalidInput, ServiceError, clean_text
from connector_kit.wire import JsonObject, as_object, as_text, objects

LONGEST_LABEL = 255
MOST_LABELS = 50
"""How many are added or removed at once."""
_FORBIDDEN = re.compile(r"[\s:;,.?&\[\]()#^*@!<>\x00-\x1f\x7f\ud800-\udfff]")
_PREFIXES = ("my", "team", "global")


class PageLabels(Opening):
    """Changing labels."""

    async def update_labels(self, page: str, add: Sequence[str], remove: Sequence[str]) -> Labels:
        """Add and remove labels of a page or blog post.

        Raises InvalidInput with each label that is none; then nothing was changed.
        """
        wanted, unwanted = checked(add, "add"), checked(remove, "remove")
        if not wanted and not unwanted:
            raise InvalidInput("No label was given.", fields={"add": "is empty", "remove": "is empty"})
        if both := [label for label in wanted if label in unwanted]:
            raise InvalidInput(f"To be added and removed at once: {', '.join(both[:10])}. Nothing was changed.")
        ref = require_live(await self.page_ref(page, fresh=True))
        before = await self._labels_of(ref)
        new = [label for label in wanted if label not in before]
        gone = [label for label in unwanted if label in before]
        if new:
            await self._add_labels(ref, new)
        for number, label in enumerate(gone):
            try:
                await self._write("DELETE", f"{V1}/content/{ref.id}/label", look=_look(ref), name=label)
            except ServiceError as error:
                raise _after(error, new, gone[:number]) from error
        now = [*(label for label in before if label not in gone), *new]
        return Labels(
            ref,
            tuple(sorted(now)),
            tuple(new),
            tuple(gone),
            tuple(label for label in wanted if label in before),
            tuple(label for label in unwanted if label not in before),
        )

    async def _add_labels(self, ref: PageRef, labels: Sequence[str]) -> None:
        body = [_bean(label) for label in labels]
        await self._write("POST", f"{V1}/content/{ref.id}/label", body, look=_look(ref))

    async def _labels_of(self, ref: PageRef) -> tuple[str, ...]:
        part = "pages" if ref.kind == "page" else "blogposts"
        found: list[str] = []
        cursor: str | None = None
        while True:
            answer = await self._get(f"{V2}/{part}/{ref.id}/labels", limit=250, cursor=cursor)
            found += [label_name(bean) for bean in objects(answer.get("results"))]
            cursor = next_cursor(answer)
            if not cursor:
                return tuple(found)


def checked(labels: Iterable[str], name: str) -> tuple[str, ...]:
    """Labels as Confluence keeps them: in small letters. Raises InvalidInput, naming each that is none."""
    found: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for given in labels:
        label = given.strip().lower()
        prefix, colon, rest = label.partition(":")
        bare = rest if colon and prefix in _PREFIXES else label
        if not bare:
            wrong[f"{name} {given!r}"] = "is empty"
        elif len(bare) > LONGEST_LABEL:
            wrong[f"{name} {clean_text(given, 40)}"] = f"has more than {LONGEST_LABEL} characters"
        elif bad := _FORBIDDEN.search(bare):
            mended = re.sub("-+", "-", _FORBIDDEN.sub("-", bare)).strip("-")
            meant = f"; {clean_text(mended, 60)} would do" if mended else ""
            sign = "blanks" if bad[0].isspace() else clean_text(repr(bad[0]), 10)
            wrong[f"{name} {clean_text(given, 60)!r}"] = f"must not have {sign} in it{meant}"
        else:
            found[label] = ""
    if len(found) > MOST_LABELS:
        wrong[name] = f"{len(found)} labels: at most {MOST_LABELS} at once"
    if wrong:
        raise InvalidInput("Nothing was changed: these are no labels.", fields=wrong)
    return tuple(found)


def label_name(bean: JsonObject) -> str:
    """A label as people write it: with its prefix unless it is everybody's."""
    bean = as_object(bean)
    prefix, name = as_text(bean.get("prefix")), as_text(bean.get("name"))
    return name if prefix in ("", "global") else f"{prefix}:{name}"


def _after(error: ServiceError, added: Sequence[str], removed: Sequence[str]) -> ServiceError:
    """The failure, and which labels were changed before it."""
    parts = (("added", added), ("removed", removed))
    done = "; ".join(f"{word} {', '.join(labels)}" for word, labels in parts if labels)
    if not done:
        return error
    return type(error)(
        error.message,
        next_step=f"Before it: {clean_text(done, 200)}. {error.next_step}".strip(),
        fields=error.fields,
        status=error.status,
        request_id=error.request_id,
        retry_after=error.retry_after,
    )


def _bean(label: str) -> JsonObject:
    prefix, colon, rest = label.partition(":")
    return {"prefix": prefix, "name": rest} if colon else {"prefix": "global", "name": label}


def _look(ref: PageRef) -> str:
    return f"confluence_get_page {ref.id} shows its labels"
