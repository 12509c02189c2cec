"""The env files that hold the settings of a service: where they are, and what they say."""

import io
import os
import re
from collections.abc import Mapping
from pathlib import Path

from connector_kit.errors import NotConfigured, clean_text
from connector_kit.paths import chosen_folder, config_dir
from connector_kit.private_files import read_private

ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")
# The ending of the files that show how an env file looks, and what the usual account is called among stored logins.
_NO_ACCOUNTS = ("example", "default")


def env_file_of(service: str, account: str = "", environ: Mapping[str, str] | None = None) -> Path:
    """The usual env file of a service, or that of one of its accounts by name: `.env.jira`, `.env.jira.work`.

    Raises:
        NotConfigured: that is no name of an account, or the folder that the environment names is not absolute.
    """
    variables = os.environ if environ is None else environ
    if account and (not ACCOUNT_NAME.fullmatch(account) or account in _NO_ACCOUNTS):
        raise NotConfigured(
            f"{clean_text(account, 40)!r} is no name of an account.",
            next_step="Use lower-case letters, digits, hyphens and underscores, 31 at most.",
        )
    named = variables.get("MCP_SUITE_ENV_DIR", "").strip()
    folder = chosen_folder("MCP_SUITE_ENV_DIR", named) if named else config_dir()
    return folder / (f".env.{service}.{account}" if account else f".env.{service}")


def accounts_of(service: str) -> list[str]:
    """The names of a service's accounts that have an env file, the usual one first as an empty name."""
    folder, usual = config_dir(), f".env.{service}"
    found = [path.name.removeprefix(f"{usual}.") for path in sorted(folder.glob(f"{usual}.*"))]
    named = [name for name in found if ACCOUNT_NAME.fullmatch(name) and name not in _NO_ACCOUNTS]
    return [*([""] if (folder / usual).is_file() else []), *named]


def read_env_file(path: Path, *, must_exist: bool) -> dict[str, str]:
    """The variables of an env file that have a value; none where the file may be missing and is.

    Raises:
        NotConfigured: the file is missing, may be read by others, or is malformed.
    """
    try:
        content = read_private(path)
    except FileNotFoundError:
        if must_exist:
            raise NotConfigured(f"{path} does not exist.", next_step="Name an env file that does.") from None
        return {}
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotConfigured(f"{path} is not UTF-8 text.", next_step="Save it as UTF-8.") from None
    from dotenv.parser import parse_stream

    values: dict[str, str] = {}
    malformed: list[str] = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            malformed.append(str(binding.original.line))
        elif binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    if malformed:
        raise NotConfigured(
            f"{path} is malformed in line {', '.join(malformed)}.", next_step="Write NAME=value, one a line."
        )
    return values
