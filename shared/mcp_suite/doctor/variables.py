"""Where a service's variables come from: the env file, with the line of each, and the environment."""

import io
import os
import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector_kit.credentials import ServiceSettings
from connector_kit.env_files import env_file_of
from connector_kit.errors import NotConfigured
from connector_kit.private_files import MAX_BYTES, read_private
from mcp_suite.doctor.account import Account


@dataclass(frozen=True, slots=True)
class EnvFile:
    """A service's env file as far as it can be read; `fault` is why the server would not read it."""

    path: Path
    exists: bool
    fault: NotConfigured | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    lines: Mapping[str, int] = field(default_factory=dict[str, int])
    malformed: tuple[int, ...] = ()

    @classmethod
    def of(cls, account: Account) -> "EnvFile":
        """Read an account's env file, also one that others may read: the rest is looked at as well.

        Raises:
            NotConfigured: that is no name of an account.
        """
        path = env_file_of(account.service, account.name)
        fault: NotConfigured | None = None
        try:
            content = read_private(path)
        except FileNotFoundError:
            return cls(path, exists=False)
        except NotConfigured as error:
            fault = error
            try:
                # A pipe or a device could keep us waiting for ever.
                content = path.read_bytes()[:MAX_BYTES] if path.is_file() else b""
            except OSError:
                content = b""
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            fault = fault or NotConfigured(f"{path} is not UTF-8 text.", next_step=f"Save {path} as UTF-8.")
            return cls(path, exists=True, fault=fault)
        values, lines, malformed = _parse(text)
        return cls(path, True, fault, values, lines, malformed)

    @property
    def is_folder_open(self) -> bool:
        """Whether others may put another file in its place."""
        if os.name != "posix":
            return False
        mode = self.path.parent.stat().st_mode
        return bool(mode & (stat.S_IWGRP | stat.S_IWOTH)) and not mode & stat.S_ISVTX


@dataclass(frozen=True, slots=True)
class Origins:
    """Says where the value of an account's variable stands, and how to change it there."""

    account: Account
    file: EnvFile
    environ: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, account: Account, settings: type[ServiceSettings]) -> "Origins":
        """The origins of an account's variables in this process. Raises NotConfigured as `EnvFile.of`."""
        return cls(account, EnvFile.of(account), settings.environment(account.name))

    def merged(self) -> dict[str, str]:
        """The variables as a server sees them: the environment is stronger than the file."""
        return {**self.file.values, **self.environ}

    def place(self, variable: str) -> str:
        """Where its value stands, in words."""
        if self.environ.get(variable, "").strip():
            return "in the environment"
        line = self.file.lines.get(variable)
        return f"in {self.file.path}, line {line}" if line else f"not in {self.file.path}"

    def edit(self, variable: str, value: str) -> str:
        """The edit that gives it another value; `value` describes it."""
        if self.environ.get(variable, "").strip():
            return f"Run: unset {variable} (where your shell sets it), and write {variable}={value} into {self.named}"
        line = self.file.lines.get(variable)
        if line:
            return f"In {self.named}, line {line}, write: {variable}={value}"
        return f"Add a line to {self.named}: {variable}={value}"

    @property
    def named(self) -> str:
        """The env file's path as a shell takes it."""
        return shlex.quote(str(self.file.path))


def _parse(text: str) -> tuple[dict[str, str], dict[str, int], tuple[int, ...]]:
    from dotenv.parser import parse_stream

    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    malformed: list[int] = []
    for binding in parse_stream(io.StringIO(text)):
        # The blank lines before an assignment count as part of it.
        blank = len(binding.original.string) - len(binding.original.string.lstrip())
        line = binding.original.line + binding.original.string.count("\n", 0, blank)
        if binding.error:
            malformed.append(line)
        elif binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
            lines[binding.key] = line
    return values, lines, tuple(malformed)
