"""Changing some variables of a service's env file and leaving every other line of it as it is."""

import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from connector_kit.env_files import env_file_of
from connector_kit.errors import NotConfigured
from connector_kit.private_files import read_private, write_private
from mcp_suite.errors import SuiteError

_PLAIN = re.compile(r"[A-Za-z0-9_.,:/@%+=-]*")
_ASSIGNMENT = re.compile(
    r"(?P<start>\s*(?:export[^\S\r\n]+)?[^=\s]+[^\S\r\n]*=[^\S\r\n]*)"
    r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\r\n]*?)"""
    r"(?P<comment>[^\S\r\n]+#[^\r\n]*)?(?P<end>[^\S\r\n]*(?:\r\n|\r|\n)?)",
    re.DOTALL,
)


class EnvFile:
    """The env file of one account, there or not: the text as read, and the variables in it."""

    def __init__(self, path: Path, text: str) -> None:
        """Take the text apart. Raises NotConfigured naming the lines that are malformed."""
        from dotenv.parser import parse_stream

        self.path = path
        self.text = text
        self._bindings = list(parse_stream(io.StringIO(text, newline="")))
        malformed = [str(binding.original.line) for binding in self._bindings if binding.error]
        if malformed:
            raise NotConfigured(
                f"{path} is malformed in line {', '.join(malformed)}.", next_step="Write NAME=value, one a line."
            )

    @classmethod
    def of(cls, service: str, account: str = "") -> "EnvFile":
        """The user's file `.env.<service>`, or `.env.<service>.<account>`; empty when there is none.

        Raises:
            NotConfigured: others may read it, or it is not UTF-8 or malformed; or that is no name of an account.
                Says how to mend it.
        """
        path = env_file_of(service, account)
        try:
            content = read_private(path)
        except FileNotFoundError:
            return cls(path, "")
        try:
            return cls(path, content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise NotConfigured(f"{path} is not UTF-8 text.", next_step="Save it as UTF-8.") from None

    @property
    def values(self) -> dict[str, str]:
        """The variables that have a value."""
        return {
            binding.key: value
            for binding in self._bindings
            if binding.key and binding.value is not None and (value := binding.value.strip())
        }

    def changed(self, wanted: Mapping[str, str], *, without: Iterable[str] = (), heading: str = "") -> str:
        """The text with the `wanted` variables set and those of `without` gone; `heading` begins an empty file."""
        gone, written, before = set(without), set[str](), self.values
        parts: list[str] = []
        for binding in self._bindings:
            line, key = binding.original.string, binding.key or ""
            if key in wanted and key not in written:
                written.add(key)
                parts.append(line if before.get(key) == wanted[key] == binding.value else _assign(line, wanted[key]))
            elif key in wanted or key in gone:
                parts.append(_lines_before(line))
            else:
                parts.append(line)
        text = "".join(parts)
        missing = [name for name in wanted if name not in written]
        newline = "\r\n" if "\r\n" in text else "\n"
        if not text and missing and heading:
            text = f"# {heading}{newline}"
        if missing and text and not text.endswith(("\n", "\r")):
            text += newline
        return text + "".join(f"{name}={_quoted(wanted[name])}{newline}" for name in missing)

    def write(self, text: str) -> None:
        """Replace the file by `text` (0600); a crash leaves the old or the new one. A link is followed.

        Raises:
            SuiteError: the folder cannot be written.
        """
        if text == self.text:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self.path.resolve(), text.encode())
        except OSError as error:
            raise SuiteError(f"{self.path} cannot be written: {error.strerror}.") from None

    def remove(self) -> None:
        """Delete the file if it is there. Raises SuiteError when that is not allowed."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise SuiteError(f"{self.path} cannot be removed: {error.strerror}.") from None


def _lines_before(line: str) -> str:
    """The blank lines before an assignment, which the parser counts as part of it."""
    blank = line[: len(line) - len(line.lstrip())]
    return blank[: max(blank.rfind("\n"), blank.rfind("\r")) + 1]


def _assign(line: str, value: str) -> str:
    """The line with another value; `export`, spaces and a comment behind it stay."""
    match = _ASSIGNMENT.fullmatch(line)
    if match is None:  # a name alone or in quotes, which has no value that could be replaced
        name = line.strip().partition("=")[0].strip().strip("'").removeprefix("export ").strip()
        return f"{_lines_before(line)}{name}={_quoted(value)}\n"
    return f"{match['start']}{_quoted(value)}{match['comment'] or ''}{match['end']}"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
