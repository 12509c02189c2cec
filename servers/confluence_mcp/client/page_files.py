"""The files that the Markdown of a page names by their paths: they are attached, and the text shows them by name."""

import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

import anyio.to_thread

from confluence_mcp.attachment_models import Attachment, FoundAttachment
from confluence_mcp.client.attaching import Attaching
from confluence_mcp.client.local_paths import is_markdown, local_path
from confluence_mcp.client.opening import aside
from confluence_mcp.models import PageRef
from connector_kit import trace
from connector_kit.allowed_folder import AllowedFolder, safe_name
from connector_kit.bodies import Part, of_file
from connector_kit.concurrency import run_all
from connector_kit.downloads import beginning
from connector_kit.errors import InvalidInput, NotConfigured, ServiceError, TimedOut, clean_text
from connector_kit.uploads import LARGEST_SENT, MOST_FILES, check_sizes

if TYPE_CHECKING:
    from atlassian_kit.storage.markup import Addresses

T = TypeVar("T")

LARGEST_COMPARED = 8 * 1024 * 1024
"""Bytes of a file that is read from Confluence to see whether it is the same. A larger one gets a new version."""

_REFUSED = "Nothing was written"
_ANY_SIZE = 1 << 62
_SHOWN = 8
_AT_ONCE = 5
_RESERVE = 12.0
"""Seconds of a call below which no further file is begun after the first."""
_ELSE = (
    "A picture that the page has is ![…](attachment:NAME), one of the web has its http(s) address; any other is the "
    "path of a file in CONFLUENCE_FILES_DIR, relative to that."
)
_UNCLEAR = "is where a link of the page leads, which others may have written; if it is meant, confluence_add_attachment"
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNREADABLE = re.compile(r"\]\([ \t]*<?((?:file|data):[^)\s>]*|[A-Za-z]:[\\/][^)\s>]*)", re.IGNORECASE)
"""The end of a picture with an address that is none of Markdown: it would stay as it was typed."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a text names: its path in the folder, and what is sent, open as long as the call lasts."""

    path: str
    part: Part

    @property
    def name(self) -> str:
        """What it is called on the page."""
        return self.part.name


@dataclass(slots=True)
class _Named:
    """Where the links and pictures of a text lead: to what is `known`, by address. It notes the paths of others."""

    known: Mapping[str, str] = field(default_factory=dict[str, str])
    theirs: frozenset[str] = frozenset()
    """Paths that the page led to before: no file of the user was meant by whoever wrote them."""
    links: dict[str, str] = field(default_factory=dict[str, str])
    pictures: dict[str, str] = field(default_factory=dict[str, str])
    unclear: list[str] = field(default_factory=list[str])
    """Pictures of what the page had mere links to. They are read as links, so that a picture was typed anew."""
    meant: dict[str, str] = field(default_factory=dict[str, str])
    """What was told of an unknown picture: that it has its own name, as most have."""

    @property
    def addresses(self) -> "Addresses":
        from atlassian_kit.storage.markup import Addresses

        return Addresses(self._link, self._picture)

    def _link(self, address: str) -> str | None:
        named = local_path(address)
        if named and named[0] and address not in self.known and _plain(named[0]) not in self.theirs:
            self.links[address] = named[0]
        return self.known.get(address)

    def _picture(self, address: str) -> str | None:
        named = ("", "") if address.startswith("//") else local_path(address)
        if named is None or address in self.known:
            return self.known.get(address)
        if _plain(named[0]) in self.theirs:
            self.unclear.append(address)
            return None
        self.pictures[address] = named[0] or address
        self.meant[address] = _address(_last(named[0]))
        return self.meant[address]


class PageFiles(Attaching):
    """Finding and attaching what a text names."""

    async def with_files(
        self,
        markdown: str,
        write: "Callable[[Addresses], Awaitable[T]]",
        storage: Callable[[T], str],
        opened: ExitStack,
        before: str = "",
    ) -> tuple[T, tuple[NamedFile, ...]]:
        """What `write` makes of a text, and the files that this refers to, open until `opened` ends.

        What links of the text `before` led to is no such file: others may have written them.

        A picture must be a file of the allowed folder; a link may be one. Nothing is sent. Raises InvalidInput that
        names each picture that cannot be attached, and NotConfigured for pictures where no folder is allowed.
        """
        if wrong := list(_unreadable(markdown)):
            raise _unusable(dict.fromkeys(wrong, "is no path in the folder"))
        theirs = await aside(len(before), _paths_in, before)
        named = _Named(theirs=theirs)
        done = await write(named.addresses)
        if named.unclear:
            raise _unusable(dict.fromkeys(named.unclear, _UNCLEAR))
        place = self._place_of(named)
        if place is None:
            return done, ()
        files = await anyio.to_thread.run_sync(_open, place, named, opened)
        known = {address: _address(file.name) for address, file in files.items()}
        if any(address in named.links or named.meant.get(address) != meant for address, meant in known.items()):
            done = await write(_Named(known, theirs).addresses)
        return done, await self._referred(storage(done), files)

    def _place_of(self, named: _Named) -> AllowedFolder | None:
        """The folder that files are looked for in; None where there is nothing to look for."""
        if not named.pictures and (not named.links or self.settings.files_dir is None):
            return None
        try:
            return self.folder(_REFUSED)
        except NotConfigured as error:
            if not named.pictures:
                return None
            fields = {_shown(address): "is a picture in that folder" for address in list(named.pictures)[:_SHOWN]}
            raise NotConfigured(error.message, fields=fields, next_step=f"{error.next_step} {_ELSE}") from error

    async def _referred(self, storage: str, files: Mapping[str, NamedFile]) -> tuple[NamedFile, ...]:
        """Those files that a text refers to, once each."""
        from atlassian_kit.storage import files_in

        names = await aside(len(storage), files_in, storage) if files else ()
        found = {file.name: file for file in files.values() if file.name in names}
        check_sizes([file.part for file in found.values()], refused=_REFUSED)
        return tuple(found.values())

    async def send_new(self, ref: PageRef, files: Sequence[NamedFile], made: list[Attachment]) -> None:
        """Attach what the page does not have just so; `made` takes what was attached, also before a failure."""
        different: set[str] = set()

        def looking(file: NamedFile) -> Callable[[], Coroutine[Any, Any, None]]:
            async def look() -> None:
                if not await self._has(ref, file.part):
                    different.add(file.name)

            return look

        await run_all([looking(file) for file in files], at_once=_AT_ONCE)
        await self.send_files(ref, [file for file in files if file.name in different], made)

    async def send_files(self, ref: PageRef, files: Sequence[NamedFile], made: list[Attachment]) -> None:
        """Attach files; `made` takes what was attached, also before a failure."""
        for file in files:
            if made and trace.seconds_left() < _RESERVE:
                raise TimedOut(
                    "The time of a call was up before all files were sent.",
                    next_step="Those that are left go with another call.",
                )
            sent = await self._send_part(ref, file.part)
            made.append(sent)

    async def _has(self, ref: PageRef, part: Part) -> bool:
        """Whether a page has a file of this name with this content."""
        there, _ = await self._attachment_page(ref, part.name, 1, "")
        known = next((each for each in there if each.name == part.name), None)
        if known is None or known.size != part.body.size or known.size > LARGEST_COMPARED:
            return False
        try:
            got = await beginning(self._file_content(FoundAttachment(ref, known)), known.size)
        except ServiceError:  # then it is sent
            return False
        return got.data == b"".join([piece async for piece in part.body.pieces()])


def attached_told(made: Sequence[Attachment]) -> tuple[str, ...]:
    """What was attached, in few words."""
    shown = ", ".join(f"{clean_text(each.name, 60)}{f' v{each.version}' if each.version > 1 else ''}" for each in made)
    return (f"attached {f'{len(made)} files: ' if len(made) > 1 else ''}{shown}",) if made else ()


def not_attached(ref: PageRef, files: Sequence[NamedFile], error: ServiceError) -> tuple[str, ...]:
    """What is to be known of a page that was made without some of its files: which, why, and how to add them."""
    names = ", ".join(clean_text(file.name, 60) for file in files)
    paths = json.dumps([clean_text(file.path, 80) for file in files[:_SHOWN]], ensure_ascii=False)
    rest = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    return (
        f"NOT attached: {names}",
        f"because: {error}",
        f"the page is there, do not create it again; confluence_add_attachment page={ref.id} files={paths}{rest}",
    )


def _open(place: AllowedFolder, named: _Named, opened: ExitStack) -> dict[str, NamedFile]:
    """The files that a text names, by address. Raises InvalidInput with all that is wrong with its pictures."""
    files: dict[str, NamedFile] = {}
    wrong: dict[str, str] = {}
    by_path: dict[str, NamedFile] = {}
    _check_number(len({str(PurePath(path)) for path in named.pictures.values()}))
    for address, path, is_picture in _candidates(named):
        plain = str(PurePath(path))
        if plain not in by_path:
            try:
                if PurePath(path).is_absolute():
                    raise InvalidInput(_REFUSED, fields={"path": "is no path in the folder"})
                if _is_hidden(path):
                    raise InvalidInput(
                        _REFUSED, fields={"path": "is hidden: confluence_add_attachment, if it is meant"}
                    )
                file = place.open(path, most=LARGEST_SENT if is_picture else _ANY_SIZE)
                opened.callback(file.close)
                name = safe_name(file.name)
            except InvalidInput as error:
                if is_picture:
                    wrong[address] = "; ".join(error.fields.values())
                continue
            by_path[plain] = NamedFile(plain, Part(name, of_file(file)))
            _check_number(len(by_path))
        files[address] = by_path[plain]
    paths: dict[str, str] = {}
    for address, file in files.items():
        if paths.setdefault(file.name, file.path) != file.path:
            wrong[address] = f"has the name of {clean_text(paths[file.name], 80)}: a page has one file of a name"
    if wrong:
        raise _unusable(wrong)
    return files


def _check_number(files: int) -> None:
    """Raise InvalidInput for more files than a call may send."""
    if files > MOST_FILES:
        raise InvalidInput(
            f"{_REFUSED}.",
            fields={"body": f"names more than {MOST_FILES} files, which is too many for one call"},
            next_step="Write the page in parts: confluence_update_page with how=append.",
        )


def _unreadable(markdown: str) -> Iterator[str]:
    """The addresses of pictures, outside of code, that are none of Markdown."""
    if not _UNREADABLE.search(markdown):
        return
    fence = ""
    for line in markdown.splitlines():
        mark = _FENCE.match(line)
        if fence or mark:
            if mark and not fence:
                fence = mark[1]
            elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        last, ticks = 0, 0
        for found in _UNREADABLE.finditer(line):
            before, picture, label = line[last : found.start()].rpartition("![")
            ticks += before.count("`")
            if picture and "]" not in label and ticks % 2 == 0:
                yield found[1]
            ticks += label.count("`")
            last = found.end()


def _candidates(named: _Named) -> Iterator[tuple[str, str, bool]]:
    """Address, path, and whether it is a picture: these first."""
    for address, path in named.pictures.items():
        yield address, path, True
    for address, path in named.links.items():
        # What publishing a folder passes over is not sent for a mere link, either.
        if address not in named.pictures and not _is_hidden(path) and not is_markdown(path):
            yield address, path, False


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") and part != ".." for part in PurePath(path).parts)


def _unusable(wrong: Mapping[str, str]) -> InvalidInput:
    fields = {_shown(address): why for address, why in list(wrong.items())[:_SHOWN]}
    if len(wrong) > _SHOWN:
        fields["and"] = f"{len(wrong) - _SHOWN} more"
    number = f"{len(wrong)} files" if len(wrong) > 1 else "a file"
    return InvalidInput(f"{_REFUSED}: {number} that body names cannot be attached.", fields=fields, next_step=_ELSE)


def _paths_in(storage: str) -> frozenset[str]:
    """The paths that links and pictures of a text lead to."""
    from atlassian_kit.storage.tree import StorageSyntaxError, parse

    try:
        elements = parse(storage).walk()
    except StorageSyntaxError:
        return frozenset()  # such a text is not edited
    named = (local_path(each.attrs.get(name, "")) for each in elements for name in ("href", "ri:value"))
    return frozenset(_plain(each[0]) for each in named if each and each[0])


def _plain(path: str) -> str:
    """A path to compare by, without what is lost or changed where an address is written as Markdown."""
    return str(PurePath(re.sub(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]", "", unquote(path)).casefold()))


def _shown(address: str) -> str:
    return clean_text(address, 80)


def _last(path: str) -> str:
    try:
        return safe_name(path.rstrip("/").rpartition("/")[2])
    except InvalidInput:
        return path


def _address(name: str) -> str:
    from atlassian_kit.storage.links import Target

    return Target("attachment", title=name).address
