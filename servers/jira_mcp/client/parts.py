"""What versions and components share: finding one of a project's by its name or id."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from atlassian_kit.client import CATALOGUE, CONTENT, CONTENT_TTL
from connector_kit.errors import InvalidInput, NotFound, clean_text
from connector_kit.wire import JsonObject, as_object, as_text
from jira_mcp.client.matching import listing, suggestion
from jira_mcp.client.opening import Opening
from jira_mcp.client.values import normal

LONGEST_NAME = 255


class Part(Protocol):
    """A version or a component."""

    @property
    def id(self) -> str:
        """The number that Jira gave it."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...


PartT = TypeVar("PartT", bound=Part)


class Parts(Opening):
    """What is known of a project as a whole."""

    async def _project_bean(self, project: str) -> JsonObject:
        """A project as Jira shows it, by a key that tools may touch."""
        key = self._project(project)

        async def load() -> JsonObject:
            return as_object(await self._call("get_project", key))

        bean = await self._cached(("project", key), CONTENT_TTL, load, CONTENT)
        real = as_text(bean.get("key")) or key
        if not self._allowed(real):  # a former key of a project leads to it still
            raise self._outside(real)
        return bean

    async def _open_project(self, project: str) -> str:
        """The key of a project that tools may touch, also if it leads to another one that was renamed."""
        key = self._project(project)
        if self.settings.projects:
            await self._project_bean(key)
        return key

    async def _project_id(self, project: str) -> str:
        """The id of a project that tools may touch."""
        return as_text((await self._project_bean(project)).get("id"))

    async def _change_part(
        self, operation: str, *ids: str, data: Mapping[str, object] | None = None, look: str, **params: object
    ) -> JsonObject:
        """The answer of an operation that changes versions or components; see `_write`. Screens list them too."""
        try:
            return as_object(await self._write(operation, *ids, data=data, look=look, **params))
        except NotFound as error:
            raise NotFound(
                error.message,
                next_step=f"Jira answers so, too, to accounts that may not administer the project. {look} shows what "
                "there is.",
                status=error.status,
                request_id=error.request_id,
            ) from error
        finally:
            self.cache.invalidate(CATALOGUE)

    async def _check_owner(self, bean: JsonObject, project: str, what: str) -> None:
        """Raise InvalidInput unless a version or component that was answered is one of this project."""
        owner = as_text(bean.get("projectId"))
        if owner and owner != await self._project_id(project):
            raise InvalidInput(f"This {what} is not one of {project}.", next_step=f"Name one of {project}.")


def pick(text: str, parts: Sequence[PartT], *, what: str, project: str, look: str) -> PartT:
    """The part of a project that `text` means: its name, its id, or its name in another case.

    `look` is the tool that lists them. Raises InvalidInput that lists what may be meant.
    """
    wanted = text.strip()
    for fits in (
        [part for part in parts if part.name == wanted],
        [part for part in parts if part.id == wanted],
        [part for part in parts if normal(part.name) == normal(wanted)],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise InvalidInput(
                f"{clean_text(wanted, 60)!r} may mean {len(fits)} {what}s of {project}.",
                fields={part.id: part.name for part in fits},
                next_step="Name the one you mean by its id.",
            )
    known = [part.name for part in parts]
    raise InvalidInput(
        f"{project} has no {what} called {clean_text(wanted, 60)!r}.{suggestion(wanted, known)}",
        fields={what: f"one of {listing(known)}" if known else "there is none yet"},
        next_step=f"{look} shows them.",
    )


def part_name(text: str, what: str) -> str:
    """A name for a version or component. Raises InvalidInput for none, for one of several lines or a too long one."""
    name = text.strip()
    if not name:
        raise InvalidInput(f"A {what} needs a name.", fields={"name": "is empty"})
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(
            f"That cannot be the name of a {what}.",
            fields={"name": f"should be one line of at most {LONGEST_NAME} characters"},
        )
    return name
